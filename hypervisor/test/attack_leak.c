/* SPDX-License-Identifier: GPL-2.0-or-later
 * After an exit of whichever kind each register that is no result of it has its old value
 */
#include "attack.h"

void leak_hvc(uint64_t *x, uint64_t *q);
void leak_hvc_own(uint64_t *x, uint64_t *q);
void leak_smc(uint64_t *x, uint64_t *q);
void leak_read(uint64_t *x, uint64_t *q);
void leak_write(uint64_t *x, uint64_t *q);
void leak_mrs(uint64_t *x, uint64_t *q);
void leak_msr(uint64_t *x, uint64_t *q);
void leak_undefined(uint64_t *x, uint64_t *q);
void leak_sgi(uint64_t *x, uint64_t *q);
void leak_wfi(uint64_t *x, uint64_t *q);
void leak_wait(uint64_t *x, uint64_t *q);

#define ROUNDS 40

/* x0, x1 of the exit; ANY: random. result: x0 is one. sgis: so many list registers are in use before a timer interrupt. */
#define ANY 0xffffffffffff0000ul
#define NO_TIMER -1
static const struct {
    const char *name;
    void (*exit)(uint64_t *x, uint64_t *q);
    uint64_t x0, x1;
    bool result, irq_on;
    int sgis;
} exits[] = {
    { "HVC: PSCI_VERSION", leak_hvc, 0x84000000, ANY, true, false, NO_TIMER },
    { "HVC: no such function", leak_hvc, 0x84001234, ANY, true, false, NO_TIMER },
    { "HVC: CPU_ON", leak_hvc, 0xc4000003, ANY, true, false, NO_TIMER },
    { "HVC #1", leak_hvc_own, ANY, ANY, true, false, NO_TIMER },
    { "SMC", leak_smc, 0x84000000, ANY, true, false, NO_TIMER },
    { "GICD_TYPER", leak_read, ANY, GICD + 4, true, false, NO_TIMER },
    { "GICR_WAKER", leak_read, ANY, GICR + 0x14, true, false, NO_TIMER },
    { "GICD_CTLR", leak_write, 0x12, GICD, false, false, NO_TIMER },
    { "GICD_ISENABLER", leak_write, 0, GICD + ISENABLER + 4, false, false, NO_TIMER },
    { "OSLSR_EL1 read", leak_mrs, ANY, ANY, true, false, NO_TIMER },
    { "OSLAR_EL1 write", leak_msr, ANY, ANY, false, false, NO_TIMER },
    { "undefined register", leak_undefined, ANY, ANY, false, false, NO_TIMER },
    { "SGI", leak_sgi, 3ul << 24 | 1, ANY, false, false, NO_TIMER },
    { "WFI", leak_wfi, ANY, ANY, false, false, 0 },
    { "WFI, taken", leak_wfi, ANY, ANY, false, true, 0 },
    { "IRQ, list register 0", leak_wait, ANY, ANY, true, false, 0 },
    { "IRQ, list register 1", leak_wait, ANY, ANY, true, false, 1 },
    { "IRQ, list register 2", leak_wait, ANY, ANY, true, false, 2 },
    { "IRQ, list register 3", leak_wait, ANY, ANY, true, false, 3 },
    { "IRQ, none free", leak_wait, ANY, ANY, true, false, 4 },
    { "IRQ, taken", leak_wait, ANY, ANY, true, true, 0 },
};

/* System registers of EL1 and EL0 that this program has no other use for (no MMU, no EL0), and bits that they have */
#define KEPT(F) \
    F(sp_el0, ~0ul) F(tpidr_el0, ~0ul) F(tpidrro_el0, ~0ul) F(tpidr_el1, ~0ul) F(ttbr0_el1, 0xfffffffff000) F(ttbr1_el1, 0xfffffffff000) \
    F(mair_el1, 0x4444444444444444) F(contextidr_el1, 0xffffffff) F(far_el1, ~0ul) F(par_el1, 1) F(fpcr, 0x07c00000) F(fpsr, 0x0800009f)

static uint64_t x[31], before_x[31];
static uint64_t q[64] __attribute__((aligned(16))), before_q[64];

static void timer_in(unsigned ticks, int sgis)
{
    for (int i = 0; i < sgis; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1);
    }
    WRITE_SYSREG(cntv_tval_el0, ticks);
    WRITE_SYSREG(cntv_ctl_el0, 1);
}

static unsigned wrong(unsigned i)
{
    unsigned changed = 0;
    for (unsigned r = 0; r < 64; r++) {
        x[r % 31] = random64();
        q[r] = before_q[r] = random64();
    }
    if (exits[i].x0 != ANY) {
        x[0] = exits[i].x0;
    }
    if (exits[i].x1 != ANY) {
        x[1] = exits[i].x1;
    }
#define SET(name, bits) uint64_t name##_ = random64() & (bits); WRITE_SYSREG(name, name##_);
    KEPT(SET)
    fault_expected = true;
    if (exits[i].sgis != NO_TIMER) {
        timer_in(200, exits[i].sgis);
        if (exits[i].exit == leak_wait) {
            x[1] = READ_SYSREG(cntvct_el0) + 300;
        }
    }
    for (unsigned r = 0; r < 31; r++) {
        before_x[r] = x[r];
    }
    if (exits[i].irq_on) {
        IRQ_ON();
    }
    exits[i].exit(x, q);
    IRQ_OFF();
    fault_expected = false;
#define LOOK(name, bits) changed += READ_SYSREG(name) != name##_;
    KEPT(LOOK)
    for (unsigned r = exits[i].result; r < 31; r++) {
        changed += x[r] != before_x[r];
    }
    for (unsigned r = 0; r < 64; r++) {
        changed += q[r] != before_q[r];
    }
    WRITE_SYSREG(cntv_ctl_el0, 0);
    while (gic_take() != NO_INTID) {
    }
    return changed;
}

void attack_leaks(void)
{
    unsigned kinds = sizeof exits / sizeof exits[0], changed = 0;
    for (unsigned i = 0; i < kinds; i++) {
        unsigned here = 0;
        for (unsigned round = 0; round < ROUNDS; round++) {
            here += wrong(i);
        }
        if (here) {
            say(exits[i].name);
            say(": ");
            count_of(here, "registers changed");
        }
        changed += here;
    }
    count_of(kinds * ROUNDS, "exits tried");
    count_of(kinds, "kinds");
    count_of(changed, "registers changed");
    require(!changed, "a register has not its old value");
}
