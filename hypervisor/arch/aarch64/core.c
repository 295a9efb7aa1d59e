/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 controls of a core, and EL1 as a guest finds it after reset
 */
#include "hyp.h"

/* Arm ARM D13.2.48 HCR_EL2 */
#define HCR_VM (1ul << 0)       /* stage 2 on */
#define HCR_SWIO (1ul << 1)
#define HCR_FMO (1ul << 3)      /* FIQ, IRQ, SError come to EL2; ICC_* of EL1 are the virtual ones */
#define HCR_IMO (1ul << 4)
#define HCR_AMO (1ul << 5)
#define HCR_TSC (1ul << 19)     /* SMC traps */
#define HCR_TIDCP (1ul << 20)   /* implementation-defined registers trap */
#define HCR_RW (1ul << 31)      /* EL1 is AArch64 */

/* Arm ARM D13.3.20 MDCR_EL2: PMU, breakpoints, OS lock and debug ROM trap (sysreg.c answers) */
#define MDCR_TRAPS ((1u << 5) | (1u << 6) | (1u << 9) | (1u << 10) | (1u << 11))

struct core *arch_core(void) { return (struct core *)READ_SYSREG(tpidr_el2); }
void arch_set_core(struct core *c) { WRITE_SYSREG(tpidr_el2, (uint64_t)c); }

void arch_init_core(void)
{
    WRITE_SYSREG(hcr_el2, HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TSC | HCR_TIDCP | HCR_RW);
    WRITE_SYSREG(cptr_el2, 0x33ff);         /* RES1 only: FP and SIMD do not trap, the core has one owner */
    WRITE_SYSREG(hstr_el2, 0);
    WRITE_SYSREG(mdcr_el2, MDCR_TRAPS | (READ_SYSREG(mdcr_el2) & 0x1f));
    WRITE_SYSREG(cnthctl_el2, 3);           /* EL1 may read the counters and use its timers */
    WRITE_SYSREG(cntvoff_el2, 0);
    WRITE_SYSREG(vtcr_el2, hyp_vtcr);
    ISB();
}

void arch_init_guest(uint64_t vttbr)
{
    WRITE_SYSREG(vttbr_el2, vttbr);
    WRITE_SYSREG(vpidr_el2, READ_SYSREG(midr_el1));
    WRITE_SYSREG(vmpidr_el2, 0x80000000ul); /* its only CPU is 0.0.0.0, whatever core it runs on */
    WRITE_SYSREG(sctlr_el1, 0x30d00800);    /* RES1: MMU and caches off */
    WRITE_SYSREG(cpacr_el1, 0);
    WRITE_SYSREG(vbar_el1, 0);
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, 0);
    ISB();
    __asm__ volatile("tlbi vmalls12e1is\n dsb sy\n isb" ::: "memory");
}
