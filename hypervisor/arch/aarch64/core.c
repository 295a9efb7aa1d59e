/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 controls of a core, and what of EL1 a guest finds set
 */
#include "hyp.h"

/* Arm ARM D13.2.48 HCR_EL2. WFI does not trap: a vCPU has its core alone, or for its slot; but see arch_trap_sleep. */
#define HCR_VM (1ul << 0)       /* stage 2 on */
#define HCR_SWIO (1ul << 1)
#define HCR_PTW (1ul << 2)      /* a stage 1 walk of the guest into device memory faults */
#define HCR_FMO (1ul << 3)      /* FIQ, IRQ, SError come to EL2; ICC_* of EL1 are the virtual ones */
#define HCR_IMO (1ul << 4)
#define HCR_AMO (1ul << 5)
#define HCR_TID3 (1ul << 18)    /* ID registers trap: sysreg.c says what a VM has */
#define HCR_TSC (1ul << 19)     /* SMC traps */
#define HCR_TIDCP (1ul << 20)   /* implementation-defined registers trap */
#define HCR_RW (1ul << 31)      /* EL1 is AArch64 */
#define HCR_GUEST (HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_RW)

/* Arm ARM D13.3.20 MDCR_EL2. Breakpoints, watchpoints and single step are the guest's own where it has the core alone (they act at EL1 and
 * EL0 only); on a shared core they trap. Performance monitors, OS lock and debug ROM trap; sysreg.c answers. */
#define MDCR_TPMCR (1u << 5)
#define MDCR_TPM (1u << 6)
#define MDCR_TDA (1u << 9)
#define MDCR_TDOSA (1u << 10)
#define MDCR_TDRA (1u << 11)
#define MDCR_HPMN 0x1fu

/* CNTHCTL_EL2 (D13.11.3): EL1 has the physical counter and the physical timer; the alarm here is EL2's own. */
#define CNTHCTL_EL1PCTEN 1u
#define CNTHCTL_EL1PCEN 2u

#define CPTR_RES1 0x33ffu       /* D13.2.30 CPTR_EL2 */
#define CPTR_TFP (1u << 10)

#define SPSR_EL1H 0x3c5u        /* DAIF masked */
#define SPSR_EL0T 0x3c0u
#define SCTLR_EL1_RES1 0x30d00800u      /* MMU and caches off */

struct vcpu *arch_vcpu(void) { return (struct vcpu *)READ_SYSREG(tpidr_el2); }

struct core *arch_core(void)
{
    extern char hyp_stacks[];
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    return &hyp_cores[(here - (uint64_t)hyp_stacks) >> STACK_SHIFT];
}

uint64_t arch_now(void)
{
    ISB();                                  /* else it may be read early (D11.1.2) */
    return READ_SYSREG(cntpct_el0);
}

void arch_alarm(uint64_t at)
{
    WRITE_SYSREG(cnthp_cval_el2, at);
    WRITE_SYSREG(cnthp_ctl_el2, 1);
    ISB();
}

void arch_init_core(bool shared)
{
    WRITE_SYSREG(hcr_el2, HCR_GUEST);
    WRITE_SYSREG(cptr_el2, CPTR_RES1);
    WRITE_SYSREG(hstr_el2, 0);
    WRITE_SYSREG(mdcr_el2, MDCR_TPMCR | MDCR_TPM | MDCR_TDOSA | MDCR_TDRA | (shared ? MDCR_TDA : 0) | (READ_SYSREG(mdcr_el2) & MDCR_HPMN));
    WRITE_SYSREG(oslar_el1, 0);             /* set at reset, and it disables the guest's debug exceptions (D2.5) */
    WRITE_SYSREG(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
    WRITE_SYSREG(cntvoff_el2, 0);
    WRITE_SYSREG(cnthp_ctl_el2, 0);
    WRITE_SYSREG(vtcr_el2, hyp_vtcr);
    WRITE_SYSREG(vpidr_el2, READ_SYSREG(midr_el1));
    ISB();
}

/* booting.rst: x0 the device tree, all else 0; nothing of the hypervisor's or of another VM's is left in a register. */
void arch_reset_vcpu(struct vcpu *v, uint64_t entry, uint64_t x0)
{
    v->frame = (struct trap_frame){ .x = { x0 } };
    v->fpu = (struct arch_fpu){ 0 };
    v->state = (struct arch_state){
        .elr_el2 = entry, .spsr_el2 = v->domain ? SPSR_EL0T : SPSR_EL1H, .sctlr = SCTLR_EL1_RES1, .cptr = CPTR_RES1 | CPTR_TFP, .vmpidr = 0x80000000ul | v->index,
        .vttbr = v->config->vttbr };
    WRITE_SYSREG(mdscr_el1, 0);             /* not in its state: switch.h */
}

void arch_use_fpu(struct vcpu *v)
{
    struct core *c = v->core;
    WRITE_SYSREG(cptr_el2, CPTR_RES1);
    ISB();
    if (c->fpu) {
        arch_fpu_save(&c->fpu->fpu);
        c->fpu->state.cptr = CPTR_RES1 | CPTR_TFP;
    }
    arch_fpu_load(&v->fpu);
    c->fpu = v;
    v->state.cptr = CPTR_RES1;
}

/* D1.16.2: a WFI of the guest comes here instead of sleeping. */
#define HCR_TWI (1ul << 13)
void arch_trap_sleep(bool on) { WRITE_SYSREG(hcr_el2, on ? HCR_GUEST | HCR_TWI : HCR_GUEST); }

/* D1.16.3: with TGE its SVC and its faults come to EL2; stage 2 is all the translation that it has (D5.1.5). */
#define HCR_TGE (1ul << 27)
#define HCR_DC (1ul << 12)      /* stage 1 is off, and memory is normal, write-back, as the VM has it: what one writes the other finds */
#define HCR_MONITOR (HCR_VM | HCR_DC | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TSC | HCR_TIDCP | HCR_TGE | HCR_RW)

void arch_enter_monitor(struct vcpu *guest, struct vcpu *m)
{
    const struct hyp_monitor *t = guest->config->monitor;
    struct arch_state *s = &guest->state;
    s->elr_el2 = READ_SYSREG(elr_el2);
    s->spsr_el2 = READ_SYSREG(spsr_el2);
    s->sp_el0 = READ_SYSREG(sp_el0);
    s->sctlr = READ_SYSREG(sctlr_el1);          /* with TGE its M is as if it were 0, but not for QEMU 7.2 */
    WRITE_SYSREG(sctlr_el1, SCTLR_EL1_RES1);
    WRITE_SYSREG(elr_el2, t->entry);
    WRITE_SYSREG(spsr_el2, SPSR_EL0T);
    WRITE_SYSREG(sp_el0, t->sp);
    WRITE_SYSREG(vttbr_el2, t->vttbr);
    WRITE_SYSREG(hcr_el2, HCR_MONITOR);
    WRITE_SYSREG(tpidr_el2, (uint64_t)m);
}

void arch_leave_monitor(struct vcpu *guest)
{
    const struct arch_state *s = &guest->state;
    WRITE_SYSREG(elr_el2, s->elr_el2);
    WRITE_SYSREG(spsr_el2, s->spsr_el2);
    WRITE_SYSREG(sp_el0, s->sp_el0);
    WRITE_SYSREG(sctlr_el1, s->sctlr);
    WRITE_SYSREG(vttbr_el2, s->vttbr);
    WRITE_SYSREG(hcr_el2, HCR_GUEST);
    WRITE_SYSREG(tpidr_el2, (uint64_t)guest);
}

/* Domains. While a domain's context runs, EL1's registers stay the guest's; what EL0 can read, write or is ruled by changes sides. SIMD traps. */
#define CNTKCTL_EL0VCTEN 2u     /* EL0 reads the virtual counter, which is the physical one; no timer */

/* What EL0 has of its own. */
static void keep_el0(struct arch_state *s)
{
    s->elr_el2 = READ_SYSREG(elr_el2);
    s->spsr_el2 = READ_SYSREG(spsr_el2);
    s->sp_el0 = READ_SYSREG(sp_el0);
    s->tpidr_el0 = READ_SYSREG(tpidr_el0);
}

static void give_el0(const struct arch_state *s)
{
    WRITE_SYSREG(elr_el2, s->elr_el2);
    WRITE_SYSREG(spsr_el2, s->spsr_el2);
    WRITE_SYSREG(sp_el0, s->sp_el0);
    WRITE_SYSREG(tpidr_el0, s->tpidr_el0);
}

/* What EL1 lets EL0 do, and tells it. */
static void keep_el1(struct arch_state *s)
{
    s->sctlr = READ_SYSREG(sctlr_el1);
    s->cntkctl = READ_SYSREG(cntkctl_el1);
    s->tpidrro_el0 = READ_SYSREG(tpidrro_el0);
}

static void give_el1(struct vcpu *v)
{
    const struct arch_state *s = &v->state;
    WRITE_SYSREG(sctlr_el1, s->sctlr);
    WRITE_SYSREG(cntkctl_el1, s->cntkctl);
    WRITE_SYSREG(tpidrro_el0, s->tpidrro_el0);
    WRITE_SYSREG(cptr_el2, s->cptr);
    WRITE_SYSREG(hcr_el2, HCR_GUEST);
}

static void set_el0_rules(void)
{
    WRITE_SYSREG(sctlr_el1, SCTLR_EL1_RES1);
    WRITE_SYSREG(cntkctl_el1, CNTKCTL_EL0VCTEN);
    WRITE_SYSREG(tpidrro_el0, 0);
    WRITE_SYSREG(cptr_el2, CPTR_RES1 | CPTR_TFP);
    WRITE_SYSREG(hcr_el2, HCR_MONITOR);
}

static void become(struct vcpu *v)
{
    WRITE_SYSREG(vttbr_el2, v->state.vttbr);
    WRITE_SYSREG(tpidr_el2, (uint64_t)v);
}

void arch_domain_enter(struct vcpu *from, struct vcpu *c)
{
    keep_el0(&from->state);
    if (!from->domain) {
        keep_el1(&from->state);
    }
    set_el0_rules();
    WRITE_SYSREG(elr_el2, c->entry);
    WRITE_SYSREG(spsr_el2, SPSR_EL0T);
    WRITE_SYSREG(sp_el0, c->sp);
    WRITE_SYSREG(tpidr_el0, 0);
    become(c);
}

void arch_domain_leave(struct vcpu *to)
{
    give_el0(&to->state);
    if (!to->domain) {
        give_el1(to);
    }
    become(to);
}

void arch_domain_pause(struct vcpu *c, struct vcpu *v)
{
    if (c != v) {
        keep_el0(&c->state);
        give_el0(&v->state);
        if (!v->domain) {
            give_el1(v);
        }
    }
    WRITE_SYSREG(hcr_el2, HCR_GUEST);
}

void arch_domain_resume(struct vcpu *c, struct vcpu *v)
{
    set_el0_rules();
    if (c != v) {
        give_el0(&c->state);
    }
    become(c);
}

/* Until there is an interrupt, or the counter is there. The alarm is as it was then. */
void arch_sleep(uint64_t deadline)
{
    uint64_t at = READ_SYSREG(cnthp_cval_el2), on = READ_SYSREG(cnthp_ctl_el2) & 1;
    if (!on || deadline < at) {
        arch_alarm(deadline);
    }
    WFI();
    WRITE_SYSREG(cnthp_cval_el2, at);
    WRITE_SYSREG(cnthp_ctl_el2, on);
    ISB();
}

void arch_park(void)
{
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 0);
    ISB();
    for (;;) {
        WFI();
    }
}

/* Arm ARM D1.10.2, AArch64.TakeException to EL1 with an Undefined exception: as if the instruction were not there. */
#define SPSR_M_EL(spsr) ((spsr) >> 2 & 3)
#define SPSR_A32 (1u << 4)
#define ESR_IL (1u << 25)

void arch_undefined(void)
{
    uint64_t spsr = READ_SYSREG(spsr_el2), esr = READ_SYSREG(esr_el2);
    uint64_t offset = spsr & SPSR_A32 ? 0x600 : SPSR_M_EL(spsr) == 0 ? 0x400 : spsr & 1 ? 0x200 : 0;
    WRITE_SYSREG(elr_el1, READ_SYSREG(elr_el2));
    WRITE_SYSREG(spsr_el1, spsr);
    WRITE_SYSREG(esr_el1, esr & ESR_IL);                    /* EC 0: unknown reason */
    WRITE_SYSREG(elr_el2, READ_SYSREG(vbar_el1) + offset);
    WRITE_SYSREG(spsr_el2, SPSR_EL1H);                      /* an A57 has no PAN: condition flags become 0, UAO, DIT, SSBS likewise */
}
