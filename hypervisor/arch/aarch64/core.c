/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 controls of a core, and what of EL1 a guest finds set
 */
#include "hyp.h"

/* Arm ARM D13.2.48 HCR_EL2. WFI does not trap: the core has no other guest to run. */
#define HCR_VM (1ul << 0)       /* stage 2 on */
#define HCR_SWIO (1ul << 1)
#define HCR_PTW (1ul << 2)      /* a stage 1 walk of the guest into device memory faults */
#define HCR_FMO (1ul << 3)      /* FIQ, IRQ, SError come to EL2; ICC_* of EL1 are the virtual ones */
#define HCR_IMO (1ul << 4)
#define HCR_AMO (1ul << 5)
#define HCR_TSC (1ul << 19)     /* SMC traps */
#define HCR_TIDCP (1ul << 20)   /* implementation-defined registers trap */
#define HCR_RW (1ul << 31)      /* EL1 is AArch64 */

/* Arm ARM D13.3.20 MDCR_EL2. Breakpoints, watchpoints and single step are the guest's own (TDA 0): they act at EL1 and
 * EL0 only. Performance monitors, OS lock and debug ROM trap; sysreg.c answers. */
#define MDCR_TPMCR (1u << 5)
#define MDCR_TPM (1u << 6)
#define MDCR_TDOSA (1u << 10)
#define MDCR_TDRA (1u << 11)
#define MDCR_HPMN 0x1fu

/* CNTHCTL_EL2 (D13.11.3): EL1 reads the physical counter; the physical timer traps, as no VM owns its PPI. */
#define CNTHCTL_EL1PCTEN 1u

struct core *arch_core(void) { return (struct core *)READ_SYSREG(tpidr_el2); }
void arch_set_core(struct core *c) { WRITE_SYSREG(tpidr_el2, (uint64_t)c); }

void arch_init_core(void)
{
    WRITE_SYSREG(hcr_el2, HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TSC | HCR_TIDCP | HCR_RW);
    WRITE_SYSREG(cptr_el2, 0x33ff);         /* RES1 only: FP and SIMD do not trap, the core has one owner */
    WRITE_SYSREG(hstr_el2, 0);
    WRITE_SYSREG(mdcr_el2, MDCR_TPMCR | MDCR_TPM | MDCR_TDOSA | MDCR_TDRA | (READ_SYSREG(mdcr_el2) & MDCR_HPMN));
    WRITE_SYSREG(oslar_el1, 0);             /* set at reset, and it disables the guest's debug exceptions (D2.5) */
    WRITE_SYSREG(cnthctl_el2, CNTHCTL_EL1PCTEN);
    WRITE_SYSREG(cntvoff_el2, 0);
    WRITE_SYSREG(vtcr_el2, hyp_vtcr);
    ISB();
}

void arch_init_guest(uint64_t vttbr)
{
    WRITE_SYSREG(vttbr_el2, vttbr);
    WRITE_SYSREG(vpidr_el2, READ_SYSREG(midr_el1));
    WRITE_SYSREG(vmpidr_el2, 0x80000000ul); /* its only CPU is 0.0.0.0, whatever core it runs on */
    WRITE_SYSREG(sctlr_el1, 0x30d00800);    /* RES1: MMU and caches off; the others are 0 (arch_enter_guest) */
    ISB();
    __asm__ volatile("tlbi vmalls12e1\n dsb sy\n isb" ::: "memory");
}

void arch_park(void)
{
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 0);
    ISB();
    for (;;) {
        WFI();
    }
}
