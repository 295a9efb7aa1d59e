/* SPDX-License-Identifier: GPL-2.0-or-later
 * switch: a VM that fills every register that it has, is away for a while, and looks for them
 *
 * Two of them share a core (switch.xml); each has its own values. What is written and does not stay (RES0) is not looked for.
 */
#include "guest.h"

#define UARTS 0x0b000000ul
#define UART_SPI_0 (176u + 32)          /* the console of SPI 176 + n is at UARTS + n * 4096 */
#define FIRST_WORD 6u                   /* of SPIs */
#define WORDS 9u
#define FRAME_TICKS 5000u               /* switch.xml: 80 us */
#define ROUNDS 300u
#define SPANS 220u                      /* of ./ingot bench hypervisor */
#define NO_INTID 1023u
#define PPI_VIRTUAL_TIMER 27u
#define PPIS (1u << PPI_VIRTUAL_TIMER | 1u << 30)

void leak_wait(uint64_t *x, uint64_t *q);       /* attack_leak.S: all general and SIMD registers are x and q until CNTVCT_EL0 is x1; x0 changes */
void path_switch(uint64_t until);               /* bench_paths.S: the same two, so that it is seen who runs */
void path_switch_end(uint64_t until);

/* Registers of EL1 and EL0, and bits that may have any value while this runs: no MMU, interrupts masked */
#define REGISTERS(F) \
    F(sctlr_el1, 0x0400c200) F(ttbr0_el1, ~0ul) F(ttbr1_el1, ~0ul) F(tcr_el1, ~0ul) F(mair_el1, ~0ul) F(amair_el1, ~0ul) F(vbar_el1, ~0ul) F(esr_el1, ~0ul) \
    F(far_el1, ~0ul) F(afsr0_el1, ~0ul) F(afsr1_el1, ~0ul) F(actlr_el1, ~0ul) F(par_el1, ~0ul) F(elr_el1, ~0ul) F(spsr_el1, ~0ul) F(sp_el0, ~0ul) \
    F(contextidr_el1, ~0ul) F(tpidr_el0, ~0ul) F(tpidrro_el0, ~0ul) F(tpidr_el1, ~0ul) F(csselr_el1, 0xf) F(cntkctl_el1, 0x3ff) F(mdscr_el1, ~0ul) \
    F(cntv_cval_el0, ~0ul) F(cntv_ctl_el0, 1) F(cntp_cval_el0, ~0ul) F(cntp_ctl_el0, 1) F(fpcr, ~0ul) F(fpsr, ~0ul) \
    F(ICC_PMR_EL1, 0xff) F(ICC_BPR1_EL1, 7) F(ICC_CTLR_EL1, 2) F(ICC_IGRPEN1_EL1, 1)
#define IMASK 2ul                       /* of CNT*_CTL_EL0 */

static volatile uint8_t *uart;
static uint32_t spis[WORDS];            /* the VM's own */
static uint64_t x[31], before_x[31], q[64] __attribute__((aligned(16))), before_q[64], random_state;

static void text(const char *s)
{
    while (*s) {
        *uart = *s++;
    }
}

static void number(uint64_t v)
{
    if (v >= 10) {
        number(v / 10);
    }
    *uart = '0' + v % 10;
}

void check_unexpected(void)
{
    text("switch: UNEXPECTED exception\n");
    for (;;) {
        WFI();
    }
}

void check_irq(void) { check_unexpected(); }

static uint64_t random64(void)          /* xorshift64 */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void differs(const char *name, uint64_t is, uint64_t was, unsigned *changed)
{
    if (is != was) {
        text("switch: ");
        text(name);
        text(" has changed\n");
        ++*changed;
    }
}

/* Some interrupts pending, some active, some enabled: in list registers, and in the physical GIC. */
static void fill_gic(void)
{
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    WRITE_SYSREG(ICC_CTLR_EL1, 0);
    for (unsigned i = random64() % 4, n = random64() % 5; i < n; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1);
    }
    if (random64() % 2) {
        (void)READ_SYSREG(ICC_IAR1_EL1);
    }
    uint32_t ppis = random64() & PPIS;
    *reg(GICR_SGI + ICENABLER) = PPIS & ~ppis;
    *reg(GICR_SGI + ISENABLER) = ppis;
    *reg(GICR_SGI + ISACTIVER) = random64() & PPIS;
    for (unsigned word = FIRST_WORD; word < WORDS; word++) {
        uint32_t bits = random64() & spis[word];
        *reg(GICD + ICENABLER + 4 * word) = spis[word] & ~bits;
        *reg(GICD + ISENABLER + 4 * word) = bits;
    }
}

static void empty_gic(uint32_t active)
{
    *reg(GICR_SGI + ICACTIVER) = PPIS;
    WRITE_SYSREG(ICC_CTLR_EL1, 0);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    for (uint32_t left = active & 0xffff; left; left &= left - 1) {
        WRITE_SYSREG(ICC_EOIR1_EL1, __builtin_ctz(left));
    }
    for (uint32_t intid; (intid = READ_SYSREG(ICC_IAR1_EL1)) != NO_INTID;) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    }
}

struct gic {
    uint32_t enabled[WORDS], pending, active, running;
};

static struct gic gic_now(void)
{
    struct gic g = { .enabled = { *reg(GICR_SGI + ISENABLER) } };
    for (unsigned word = FIRST_WORD; word < WORDS; word++) {
        g.enabled[word] = *reg(GICD + ISENABLER + 4 * word);
    }
    g.pending = *reg(GICR_SGI + ISPENDR) & 0xffff;
    g.active = *reg(GICR_SGI + ISACTIVER);
    g.running = READ_SYSREG(ICC_RPR_EL1);
    return g;
}

static unsigned round(void)
{
    unsigned changed = 0;
    uint64_t vbar = READ_SYSREG(vbar_el1), sctlr = READ_SYSREG(sctlr_el1);
    for (unsigned r = 0; r < 64; r++) {
        before_x[r % 31] = x[r % 31] = random64();
        before_q[r] = q[r] = random64();
    }
    fill_gic();
    before_x[1] = x[1] = READ_SYSREG(cntvct_el0) + 2 * FRAME_TICKS;
    WRITE_SYSREG(cntv_ctl_el0, IMASK);
    WRITE_SYSREG(cntp_ctl_el0, IMASK);
#define SET(name, bits) uint64_t name##_ = READ_SYSREG(name); name##_ = (name##_ & ~(bits)) | (random64() & (bits)); WRITE_SYSREG(name, name##_); name##_ = READ_SYSREG(name);
    REGISTERS(SET)
    struct gic gic = gic_now();
    leak_wait(x, q);
    struct gic now = gic_now();
#define LOOK(name, bits) uint64_t name##_now = READ_SYSREG(name);
    REGISTERS(LOOK)
    WRITE_SYSREG(vbar_el1, vbar);
    WRITE_SYSREG(sctlr_el1, sctlr);
#define COMPARE(name, bits) differs(#name, name##_now, name##_, &changed);
    REGISTERS(COMPARE)
    for (unsigned r = 1; r < 31; r++) {
        differs("a general register", x[r], before_x[r], &changed);
    }
    for (unsigned r = 0; r < 64; r++) {
        differs("a SIMD register", q[r], before_q[r], &changed);
    }
    for (unsigned word = 0; word < WORDS; word++) {
        differs("what interrupts are enabled", now.enabled[word], gic.enabled[word], &changed);
    }
    differs("what SGIs are pending", now.pending, gic.pending, &changed);
    differs("what interrupts are active", now.active, gic.active, &changed);
    differs("the running priority", now.running, gic.running, &changed);
    empty_gic(gic.active);
    return changed;
}

/* For ./ingot bench hypervisor: the marked instructions of both, one after the other as the slots say. In some rounds this VM's list registers are full, and a PPI is active. */
static void span(unsigned n, void (*path)(uint64_t))
{
    bool full = n % 50 > 47;
    for (unsigned i = 0; i < 4 && full; i++) {
        WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)i << 24 | 1);
    }
    *reg(GICR_SGI + ISACTIVER) = full ? 1u << PPI_VIRTUAL_TIMER : 0;
    path(READ_SYSREG(cntvct_el0) + FRAME_TICKS);
    empty_gic(0);
}

void check_main(void)
{
    unsigned changed = 0, console = 0;
    *reg(GICD) = 0x12;                  /* ARE, group 1 */
    *reg(GICR_SGI + ISENABLER) = 0xffff;
    for (unsigned word = WORDS; word-- > FIRST_WORD;) {
        *reg(GICD + ISENABLER + 4 * word) = ~0u;
        spis[word] = *reg(GICD + ISENABLER + 4 * word);
        console = spis[word] ? word * 32 + __builtin_ctz(spis[word]) - UART_SPI_0 : console;
    }
    uart = reg8(UARTS + console * 4096);
    random_state = console * 0x9e3779b97f4a7c15;
    WRITE_SYSREG(cpacr_el1, 3ul << 20);
    text("switch: ready\n");
    for (unsigned i = 0; i < ROUNDS; i++) {
        changed += round();
    }
    text("switch: ");
    number(ROUNDS);
    text(changed ? " rounds: WRONG\n" : " rounds: ok\n");
    empty_gic(0);
    for (unsigned i = 0; i < SPANS; i++) {
        span(i, console == 1 ? path_switch : path_switch_end);
    }
    text("switch: done\n");
    for (;;) {
        WFI();
    }
}
