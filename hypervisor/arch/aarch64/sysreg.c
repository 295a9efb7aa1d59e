/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trapped system registers: a tree of decisions
 */
#include "hyp.h"

/* ISS of EC 0x18 (Arm ARM D13.2.39): op0 21:20, op2 19:17, op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, direction 0 (1: read) */
#define CRM(iss) ((iss) >> 1 & 15)
#define OP2(iss) ((iss) >> 17 & 7)
/* op0, op1 and CRn together: of these the compiler makes a balanced tree of comparisons */
#define GROUP(op0, op1, crn) ((op0) << 7 | (op1) << 4 | (crn))
#define GROUP_OF(iss) (((iss) >> 20 & 3) << 7 | ((iss) >> 10 & 0x7f))

enum decision { UNDEFINED, RAZ_WI, SEND_SGI, ID };

/* What is not here is Undefined for a VM, as on a CPU that does not have it: among them registers of EL2 and EL3 (which do not even trap),
 * implementation-defined registers (D12.3.2), and performance monitors (D13.4), which ID_AA64DFR0.PMUVer says are not there. */
static enum decision decide(uint32_t iss)
{
    switch (GROUP_OF(iss)) {
    /* D13.3: breakpoints, watchpoints, MDSCR, MDCCINT, OSDTR, OSECCR with MDCR_EL2.TDA: on a core with several vCPUs a VM has none */
    case GROUP(2, 0, 0):
    case GROUP(2, 3, 0):
    /* D13.3: OSLAR, OSLSR, OSDLR, DBGPRCR, MDRAR with MDCR_EL2.TDOSA and TDRA; OSLSR 0: not locked */
    case GROUP(2, 0, 1):
        return RAZ_WI;
    /* D13.2.60 and after: ID registers, CRm 1 to 7 (HCR_EL2.TID3) */
    case GROUP(3, 0, 0):
        return CRM(iss) < 8 ? ID : UNDEFINED;
    /* GICv3 12.2.20, 12.2.18, 12.2.3: CRm 11, op2 5: ICC_SGI1R_EL1; 6, 7: ICC_ASGI1R_EL1 and ICC_SGI0R_EL1, whose groups no VM has */
    case GROUP(3, 0, 12):
        return CRM(iss) != 11 ? UNDEFINED : OP2(iss) == 5 ? SEND_SGI : OP2(iss) > 5 ? RAZ_WI : UNDEFINED;
    default:
        return UNDEFINED;
    }
}

/* What of an ID register (CRm, op2) a VM sees: the bits of `keep`. A register that is not here reads as zero. D13.2.63: ID_AA64PFR0 without EL2 (11:8), EL3 (15:12), RAS,
 * SVE, SEL2, MPAM, AMU. D13.2.60: ID_AA64DFR0 without PMUVer (11:8), trace, and what came after v8.0. */
#define ID_REGISTERS(_) \
    _(1, 0, id_pfr0_el1, ~0ul) _(1, 1, id_pfr1_el1, 0xf00f00fful) _(1, 2, id_dfr0_el1, 0xffful) _(1, 4, id_mmfr0_el1, ~0ul) \
    _(1, 5, id_mmfr1_el1, ~0ul) _(1, 6, id_mmfr2_el1, ~0ul) _(1, 7, id_mmfr3_el1, ~0ul) _(2, 0, id_isar0_el1, ~0ul) \
    _(2, 1, id_isar1_el1, ~0ul) _(2, 2, id_isar2_el1, ~0ul) _(2, 3, id_isar3_el1, ~0ul) _(2, 4, id_isar4_el1, ~0ul) \
    _(2, 5, id_isar5_el1, ~0ul) _(2, 6, id_mmfr4_el1, ~0ul) _(3, 0, mvfr0_el1, ~0ul) _(3, 1, mvfr1_el1, ~0ul) _(3, 2, mvfr2_el1, ~0ul) \
    _(4, 0, id_aa64pfr0_el1, 0x000000000fff00fful) _(5, 0, id_aa64dfr0_el1, 0x00000000f0f0f00ful) _(6, 0, id_aa64isar0_el1, ~0ul) \
    _(6, 1, id_aa64isar1_el1, ~0ul) _(7, 0, id_aa64mmfr0_el1, ~0ul) _(7, 1, id_aa64mmfr1_el1, ~0ul)

static uint64_t id_register(uint32_t iss)
{
    switch (CRM(iss) << 3 | OP2(iss)) {
#define CASE(crm, op2, name, keep) case (crm) << 3 | (op2): return READ_SYSREG(name) & (keep);
    ID_REGISTERS(CASE)
    default:
        return 0;
    }
}

/* ICC_SGI1R_EL1: targets 15:0, a bit a vCPU, with affinity 1 to 3 and range selector 0; INTID 27:24; IRM 40: all but itself. */
#define SGI1R_AFFINITY (0xfful << 16 | 0xfful << 32 | 0xfful << 48 | 0xful << 44)
#define SGI1R_IRM (1ul << 40)

static void send_sgi(struct vcpu *v, uint64_t value)
{
    uint32_t all = (1u << v->config->vcpu_count) - 1, targets = value & SGI1R_IRM ? all & ~(1u << v->index) : value & SGI1R_AFFINITY ? 0 : value & all;
    for (; targets; targets &= targets - 1) {
        vcpu_raise(&hyp_vcpu_states[v->config->first_vcpu + __builtin_ctz(targets)], value >> 24 & 0xf);
    }
}

bool sysreg_trap(struct vcpu *v, uint32_t iss)
{
    uint32_t rt = iss >> 5 & 31;
    bool read = iss & 1;
    enum decision decision = decide(iss);
    if (decision == UNDEFINED || (decision == ID && !read)) {
        return false;
    }
    if (decision == SEND_SGI && !read) {
        send_sgi(v, rt == 31 ? 0 : v->frame.x[rt]);
    } else if (read && rt != 31) {
        v->frame.x[rt] = decision == ID ? id_register(iss) : 0;
    }
    return true;
}
