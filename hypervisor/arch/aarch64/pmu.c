/* SPDX-License-Identifier: GPL-2.0-or-later
 * pmu="yes": a VM has its cores' performance monitors (Arm ARM D7, D13.4)
 *
 * No other VM is ever on such a core, so nothing is saved; each start of a vCPU finds all counters off and at 0. The counters count at EL2 if their filters say so
 * (NSH): what is seen of the hypervisor there is its work for this VM.
 */
#include "hyp.h"

#define MDCR_HPMN 0x1fu
#define MDCR_TPMCR (1u << 5)
#define MDCR_TPM (1u << 6)
#define PMCR_P (1u << 1)                /* event counters to 0 */
#define PMCR_C (1u << 2)                /* cycle counter to 0 */
#define PMCR_N(pmcr) ((pmcr) >> 11 & 31)

#define REG(op0, op1, crn, crm, op2) ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ID_AA64DFR0 REG(3, 0, 0, 5, 0)
#define PMUVER (0xful << 8)

void pmu_reset(struct vcpu *v)
{
    if (!(v->config->flags & VM_PMU)) {
        return;
    }
    uint64_t count = PMCR_N(READ_SYSREG(pmcr_el0));
    WRITE_SYSREG(mdcr_el2, (READ_SYSREG(mdcr_el2) & ~(uint64_t)(MDCR_TPM | MDCR_TPMCR | MDCR_HPMN)) | count);
    WRITE_SYSREG(pmcr_el0, PMCR_P | PMCR_C);
    WRITE_SYSREG(pmcntenclr_el0, 0xffffffff);
    WRITE_SYSREG(pmintenclr_el1, 0xffffffff);
    WRITE_SYSREG(pmovsclr_el0, 0xffffffff);
    WRITE_SYSREG(pmuserenr_el0, 0);
    WRITE_SYSREG(pmccfiltr_el0, 0);
    for (uint64_t n = 0; n < count; n++) {
        WRITE_SYSREG(pmselr_el0, n);
        ISB();
        WRITE_SYSREG(pmxevtyper_el0, 0);
    }
    WRITE_SYSREG(pmselr_el0, 0);
    ISB();
}

/* Said after sysreg.c, for which there are none. */
void pmu_sysreg(struct vcpu *v, uint32_t iss)
{
    uint32_t rt = iss >> 5 & 31;
    if (v->config->flags & VM_PMU && (iss & (REG(3, 7, 15, 15, 7) | 1)) == (ID_AA64DFR0 | 1) && rt != 31) {
        v->frame.x[rt] |= READ_SYSREG(id_aa64dfr0_el1) & PMUVER;
    }
}
