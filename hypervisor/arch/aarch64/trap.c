/* SPDX-License-Identifier: GPL-2.0-or-later
 * Exceptions of a guest (Arm ARM D13.2.39, ESR_EL2)
 */
#include "hyp.h"

enum { EC_WFX = 0x01, EC_CP15 = 0x03, EC_CP15_64 = 0x04, EC_CP14 = 0x05, EC_CP14_LDC = 0x06, EC_FPU = 0x07, EC_CP10 = 0x08, EC_CP14_64 = 0x0c,
       EC_SVC64 = 0x15, EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_IABT_LOWER = 0x20, EC_DABT_LOWER = 0x24, EC_SERROR = 0x2f };

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

uint64_t arch_access_value(const struct vcpu *v, uint32_t esr)
{
    unsigned rt = DABT_SRT(esr), unused = 64 - (8 << DABT_SAS(esr));
    return !(esr & DABT_WNR) || rt == 31 ? 0 : v->frame.x[rt] << unused >> unused;
}

void arch_access_result(struct vcpu *v, uint32_t esr, uint64_t value)
{
    unsigned rt = DABT_SRT(esr);
    if (!(esr & DABT_WNR) && rt != 31) {
        v->frame.x[rt] = extended(value, 1u << DABT_SAS(esr), esr);
    }
}

void arch_access_done(struct vcpu *v, uint32_t esr, uint64_t value)
{
    arch_access_result(v, esr, value);
    done(esr);
}

void arch_access_again(uint32_t esr, uint64_t ipa)
{
    WRITE_SYSREG(esr_el2, esr);
    WRITE_SYSREG(far_el2, ipa);
    WRITE_SYSREG(hpfar_el2, ipa >> 12 << 4);
}

bool trap_vgic(struct vcpu *v, uint32_t esr)
{
    uint64_t ipa = arch_fault_ipa();
    if (v->monitor || !vgic_covers(v, ipa)) {
        return false;
    }
    uint64_t value = arch_access_value(v, esr);
    if (!vgic_access(v, ipa, 1u << DABT_SAS(esr), esr & DABT_WNR, &value)) {
        return false;
    }
    arch_access_done(v, esr, value);
    return true;
}

/* NULL: emulated. Else what is wrong. */
static const char *data_abort(struct vcpu *v, uint32_t esr, struct vcpu **next)
{
    uint64_t ipa = arch_fault_ipa();
    if (!DABT_TRANSLATION(esr) || esr & DABT_S1PTW) {
        return "data access outside of the VM";
    }
    struct vcpu *decoding = esr & DABT_ISV ? 0 : decode_access(v, esr, ipa);
    if (decoding) {
        *next = decoding;
        return 0;
    }
    if (!vgic_covers(v, ipa)) {
        if (!v->peer || !(esr & DABT_ISV)) {
            return "data access outside of the VM";
        }
        *next = monitor_access(v, esr, ipa);
        return 0;
    }
    if (!(esr & DABT_ISV)) {
        return "access to the interrupt controller by an instruction without syndrome (pair, post-index, SIMD)";
    }
    if (!trap_vgic(v, esr)) {
        return "access to the interrupt controller in a size or alignment that the register does not have";
    }
    return 0;
}

/* All that a monitor may do is call. */
static struct vcpu *of_monitor(struct vcpu *m, uint64_t esr)
{
    return (esr >> 26 & 0x3f) == EC_SVC64 ? monitor_call(m) : monitor_crash(m, "its monitor has failed");
}

static struct vcpu *call(struct vcpu *v, uint64_t esr)
{
    if (esr & 0xffff) {
        v->frame.x[0] = -1l;        /* SMCCC 1.1 2.9: other immediates are nobody's */
    } else if (psci_call(v)) {
        return priority_sleep(v);
    }
    return v;
}

/* An access that is not the GIC's, by a guest: its monitor's business if it has one. */
struct vcpu *trap_device(struct vcpu *v, uint32_t esr)
{
    if (v->monitor || !v->peer || !(esr & DABT_ISV) || !DABT_TRANSLATION(esr) || esr & DABT_S1PTW) {
        return trap_sync(v);
    }
    return monitor_access(v, esr, arch_fault_ipa());
}

struct vcpu *trap_sync(struct vcpu *v)
{
    uint64_t esr = READ_SYSREG(esr_el2);
    const char *wrong = 0;
    struct vcpu *next = v;

    if (v->monitor) {
        return v->domain ? domain_trap(v, esr) : of_monitor(v, esr);
    }
    switch (esr >> 26 & 0x3f) {
    case EC_SMC64:
        done(esr);
        next = call(v, esr);
        break;
    case EC_HVC64:                  /* ELR is behind the HVC already */
        next = call(v, esr);
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
        wrong = data_abort(v, esr, &next);
        break;
    case EC_IABT_LOWER:
        wrong = "instruction fetch outside of the VM";
        break;
    case EC_SERROR:
        wrong = "asynchronous external abort";
        break;
    default:
        if (esr >> 26 == EC_WFX) {      /* here, not above: with one case more this is a jump table, which is longer for all others */
            done(esr);
            return priority_sleep(v);
        }
        wrong = "exception that no VM may cause";
    }
    if (wrong && !arch_abort(v, esr) && (schedule_has_time(v) || esr >> 26 == EC_SERROR)) {
        fault_report(v, wrong);
    }
    return v->online ? next : schedule(v->core);
}

/* Acknowledged. The vCPU's own, if no list register was free; its monitor's; else the hypervisor's, or another vCPU's. */
struct vcpu *trap_interrupt(struct vcpu *v, uint32_t intid)
{
    struct vcpu *guest = v->monitor ? v->peer : v;
    if (intid < HYP_INTIDS && guest->route[intid] & ROUTE_OWNED) {
        lists_own(guest, intid);
        return v;
    }
    if (monitor_owns(guest->core, intid)) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
        return monitor_interrupt(v, intid);
    }
    schedule_interrupt(guest->core, intid);
    return v->monitor && !v->domain ? monitor_interrupted(v) : schedule(guest->core);
}
