/* SPDX-License-Identifier: GPL-2.0-or-later
 * interrupts="direct": how its interrupts reach EL1, and the registers of the CPU interface that all groups share
 *
 * ICC_PMR, ICC_CTLR, ICC_DIR and ICC_RPR trap (ICH_HCR_EL2.TC), as do SGIs, which sysreg.c sends as it does for all. ICC_IAR1, EOIR1, HPPIR1, BPR1, IGRPEN1 and AP1R
 * are the physical ones; those of group 0 are virtual ones of nobody (FMO), with nothing behind them.
 */
#include "hyp.h"

#define HCR_IMO (1ul << 4)
#define ICH_HCR_TC (1ul << 10)          /* GICv3 12.4.6 */

#define REG(op0, op1, crn, crm, op2) ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define EXACT REG(3, 7, 15, 15, 7)
enum { ICC_PMR = REG(3, 0, 4, 6, 0), ICC_DIR = REG(3, 0, 12, 11, 1), ICC_RPR = REG(3, 0, 12, 11, 3), ICC_CTLR = REG(3, 0, 12, 12, 4) };

/* A vCPU's part of its core's CPU interface; pmr as the guest sees it, the others while it is not loaded. */
static struct { uint8_t pmr, igrpen1, bpr1, ctlr; uint32_t ap1r0; } kept[HYP_VCPUS_MAX];

/* That this is there is what lets FIQs in (vectors.S). */
__asm__(".section .text.direct_vector, \"ax\"\n    .global direct_vector\ndirect_vector:\n    b       direct_vector_taken\n    .text");

void arch_direct(void)
{
    WRITE_SYSREG(hcr_el2, READ_SYSREG(hcr_el2) & ~HCR_IMO);
    ISB();
}

/* A mask of 0 keeps all of the guest's out, and none of the hypervisor's. */
static void mask(struct vcpu *v, uint64_t value)
{
    uint8_t pmr = kept[v->number].pmr = value & 0xf8;
    WRITE_SYSREG(ICC_PMR_EL1, pmr < DIRECT_URGENT ? DIRECT_URGENT : pmr);
    ISB();
}

void arch_direct_reset(struct vcpu *v) { kept[v->number] = (__typeof__(kept[0])){ 0 }; }

void arch_direct_save(struct vcpu *v)
{
    kept[v->number].igrpen1 = READ_SYSREG(ICC_IGRPEN1_EL1);
    kept[v->number].bpr1 = READ_SYSREG(ICC_BPR1_EL1);
    kept[v->number].ctlr = READ_SYSREG(ICC_CTLR_EL1) & ICC_CTLR_EOIMODE;
    kept[v->number].ap1r0 = READ_SYSREG(ICC_AP1R0_EL1);
    WRITE_SYSREG(ICC_AP1R0_EL1, 0);         /* or the hypervisor's own would not come while the core rests */
}

void arch_direct_load(struct vcpu *v)
{
    WRITE_SYSREG(ICH_HCR_EL2, ICH_HCR_TC);
    WRITE_SYSREG(ICC_CTLR_EL1, kept[v->number].ctlr);
    WRITE_SYSREG(ICC_BPR1_EL1, kept[v->number].bpr1);
    WRITE_SYSREG(ICC_AP1R0_EL1, kept[v->number].ap1r0);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, kept[v->number].igrpen1);
    mask(v, kept[v->number].pmr);
}

/* With EOImode 1 the guest's EOIs drop priorities, and this deactivates, but no other VM's. */
static void deactivate(struct vcpu *v, uint32_t intid)
{
    if (intid < HYP_INTIDS && vgic_owned(v, intid / 32) >> intid % 32 & 1) {
        WRITE_SYSREG(ICC_DIR_EL1, intid);
        ISB();
    }
}

bool direct_sysreg(struct vcpu *v, uint32_t iss)
{
    uint32_t rt = iss >> 5 & 31;
    bool read = iss & 1;
    uint64_t value = rt == 31 ? 0 : v->frame.x[rt];
    if (!(v->config->flags & VM_DIRECT)) {
        return false;
    }
    switch (iss & (EXACT | 1)) {
    case ICC_PMR: mask(v, value); break;
    case ICC_CTLR: WRITE_SYSREG(ICC_CTLR_EL1, value & ICC_CTLR_EOIMODE); break;     /* CBPR stays 0: the group 0 whose binary point it would take is not the guest's */
    case ICC_DIR: deactivate(v, value & 0xffffff); break;
    case ICC_PMR | 1: value = kept[v->number].pmr; break;
    case ICC_CTLR | 1: value = READ_SYSREG(ICC_CTLR_EL1); break;
    case ICC_RPR | 1: value = READ_SYSREG(ICC_RPR_EL1); break;
    default: return false;
    }
    if (read && rt != 31) {
        v->frame.x[rt] = value;
    }
    return true;
}
