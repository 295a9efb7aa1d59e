/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a core still has of a vCPU that leaves it for another one: timers, SIMD registers, breakpoints, translations
 */
#include "hyp.h"

void arch_leave(void)
{
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, 0);
    WRITE_SYSREG(tpidr_el2, 0);             /* its stack is another core's from now on */
    ISB();
}

/* A guest of one CPU, and sometimes others, invalidates TLB and instruction cache for the core that it is on alone. */
void arch_arrive(uint64_t vttbr)
{
    WRITE_SYSREG(vttbr_el2, vttbr);
    ISB();
    __asm__ volatile("tlbi vmalls12e1\n ic iallu\n dsb nsh\n isb" ::: "memory");
}

#define CPTR_RES1 0x33ffu       /* D13.2.30 CPTR_EL2: nothing traps. The next one's is loaded with it */
#define CPTR_TFP (1u << 10)

void arch_keep_fpu(struct vcpu *v)
{
    WRITE_SYSREG(cptr_el2, CPTR_RES1);
    ISB();
    arch_fpu_save(&v->fpu);
    v->state.cptr = CPTR_RES1 | CPTR_TFP;   /* they come when it uses them, where it goes */
}

/* D13.3: they are a core's own, and the next vCPU here must not find them. Enabled last, disabled first. */
#define BREAKPOINTS(_) _(0) _(1) _(2) _(3) _(4) _(5)
#define WATCHPOINTS(_) _(0) _(1) _(2) _(3)

void arch_keep_debug(struct arch_debug *d)
{
#define KEEP_B(n) d->breakpoint[n][0] = READ_SYSREG(dbgbvr##n##_el1); d->breakpoint[n][1] = READ_SYSREG(dbgbcr##n##_el1); \
    WRITE_SYSREG(dbgbcr##n##_el1, 0); WRITE_SYSREG(dbgbvr##n##_el1, 0);
#define KEEP_W(n) d->watchpoint[n][0] = READ_SYSREG(dbgwvr##n##_el1); d->watchpoint[n][1] = READ_SYSREG(dbgwcr##n##_el1); \
    WRITE_SYSREG(dbgwcr##n##_el1, 0); WRITE_SYSREG(dbgwvr##n##_el1, 0);
    BREAKPOINTS(KEEP_B)
    WATCHPOINTS(KEEP_W)
    ISB();
}

void arch_give_debug(const struct arch_debug *d)
{
#define GIVE_B(n) WRITE_SYSREG(dbgbvr##n##_el1, d->breakpoint[n][0]); WRITE_SYSREG(dbgbcr##n##_el1, d->breakpoint[n][1]);
#define GIVE_W(n) WRITE_SYSREG(dbgwvr##n##_el1, d->watchpoint[n][0]); WRITE_SYSREG(dbgwcr##n##_el1, d->watchpoint[n][1]);
    BREAKPOINTS(GIVE_B)
    WATCHPOINTS(GIVE_W)
    ISB();
}
