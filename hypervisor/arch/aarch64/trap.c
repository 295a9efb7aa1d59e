/* SPDX-License-Identifier: GPL-2.0-or-later
 * Exceptions of a guest (Arm ARM D13.2.39, ESR_EL2)
 */
#include "hyp.h"

enum { EC_WFX = 0x01, EC_CP15 = 0x03, EC_CP15_64 = 0x04, EC_CP14 = 0x05, EC_CP14_LDC = 0x06, EC_FPU = 0x07, EC_CP10 = 0x08, EC_CP14_64 = 0x0c,
       EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_IABT_LOWER = 0x20, EC_DABT_LOWER = 0x24, EC_SERROR = 0x2f };

/* ISS of a data abort */
#define DABT_ISV (1u << 24)
#define DABT_SAS(iss) ((iss) >> 22 & 3)
#define DABT_SSE (1u << 21)
#define DABT_SRT(iss) ((iss) >> 16 & 31)
#define DABT_SF (1u << 15)
#define DABT_S1PTW (1u << 7)
#define DABT_WNR (1u << 6)
#define DABT_TRANSLATION(iss) (((iss) & 0x3c) == 0x4)   /* DFSC: translation fault, any level */

uint64_t arch_fault_ipa(void)
{
    /* HPFAR_EL2 bits 39:4 are IPA bits 47:12; FAR_EL2 has the rest */
    return (READ_SYSREG(hpfar_el2) & 0xfffffffff0ul) << 8 | (READ_SYSREG(far_el2) & 0xfff);
}

static uint64_t extended(uint64_t v, unsigned size, uint32_t iss)
{
    unsigned unused = 64 - 8 * size;
    v <<= unused;
    v = iss & DABT_SSE ? (uint64_t)((int64_t)v >> unused) : v >> unused;
    return iss & DABT_SF ? v : (uint32_t)v;
}

/* The instruction is done: the guest goes on behind it. IL: an AArch32 program's instruction can be short. */
static void done(uint64_t esr) { WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) + (esr >> 25 & 1 ? 4 : 2)); }

bool trap_vgic(struct vcpu *v, uint32_t esr)
{
    uint64_t ipa = arch_fault_ipa(), value = 0;
    bool write = esr & DABT_WNR;
    unsigned rt = DABT_SRT(esr), size = 1u << DABT_SAS(esr);

    if (!vgic_covers(v, ipa)) {
        return false;
    }
    if (write && rt != 31) {
        value = v->frame.x[rt];
    }
    if (!vgic_access(v, ipa, size, write, &value)) {
        return false;
    }
    if (!write && rt != 31) {
        v->frame.x[rt] = extended(value, size, esr);
    }
    done(esr);
    return true;
}

/* NULL: emulated. Else what is wrong. */
static const char *data_abort(struct vcpu *v, uint32_t esr)
{
    if (!DABT_TRANSLATION(esr) || esr & DABT_S1PTW || !vgic_covers(v, arch_fault_ipa())) {
        return "data access outside of the VM";
    }
    if (!(esr & DABT_ISV)) {
        return "access to the interrupt controller by an instruction without syndrome (pair, post-index, SIMD)";
    }
    if (!trap_vgic(v, esr)) {
        return "access to the interrupt controller in a size or alignment that the register does not have";
    }
    return 0;
}

static void call(struct vcpu *v, uint64_t esr)
{
    if (esr & 0xffff) {
        v->frame.x[0] = -1l;        /* SMCCC 1.1 2.9: other immediates are nobody's */
    } else {
        psci_call(v);
    }
}

struct vcpu *trap_sync(struct vcpu *v)
{
    uint64_t esr = READ_SYSREG(esr_el2);
    const char *wrong = 0;

    switch (esr >> 26 & 0x3f) {
    case EC_SMC64:
        done(esr);
        call(v, esr);
        break;
    case EC_HVC64:                  /* ELR is behind the HVC already */
        call(v, esr);
        break;
    case EC_SYSREG:
        if (sysreg_trap(v, esr)) {
            done(esr);
        } else {
            arch_undefined();
        }
        break;
    case EC_FPU:
        arch_use_fpu(v);
        break;
    case EC_CP15: case EC_CP15_64: case EC_CP14: case EC_CP14_LDC: case EC_CP10: case EC_CP14_64:      /* of an AArch32 program at EL0 */
        arch_undefined();
        break;
    case EC_DABT_LOWER:
        wrong = data_abort(v, esr);
        break;
    case EC_IABT_LOWER:
        wrong = "instruction fetch outside of the VM";
        break;
    case EC_SERROR:
        wrong = "asynchronous external abort";
        break;
    default:
        wrong = "exception that no VM may cause";
    }
    if (wrong) {
        fault_report(v, wrong);
    }
    return v->online ? v : schedule(v->core);
}

/* Acknowledged. The vCPU's own, if no list register was free; else the hypervisor's, or another vCPU's. */
struct vcpu *trap_interrupt(struct vcpu *v, uint32_t intid)
{
    if (intid < HYP_INTIDS && v->route[intid] & ROUTE_OWNED) {
        lists_own(v, intid);
        return v;
    }
    schedule_interrupt(v->core, intid);
    return schedule(v->core);
}
