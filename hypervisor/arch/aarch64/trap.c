/* SPDX-License-Identifier: GPL-2.0-or-later
 * Synchronous exceptions of a guest (Arm ARM D13.2.39, ESR_EL2)
 */
#include "hyp.h"

enum { EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_IABT_LOWER = 0x20, EC_DABT_LOWER = 0x24, EC_SERROR = 0x2f };

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

/* NULL: a register of the virtual GIC was accessed. Else what is wrong. */
static const char *emulate(struct core *c, struct trap_frame *f, uint32_t iss)
{
    uint64_t ipa = arch_fault_ipa(), value = 0;
    bool write = iss & DABT_WNR;
    unsigned rt = DABT_SRT(iss), size = 1u << DABT_SAS(iss);

    if (!DABT_TRANSLATION(iss) || iss & DABT_S1PTW || !vgic_covers(ipa)) {
        return "data access outside of the VM";
    }
    if (!(iss & DABT_ISV)) {
        return "access to the interrupt controller by an instruction without syndrome (pair, post-index, SIMD)";
    }
    if (write && rt != 31) {
        value = f->x[rt];
    }
    if (!vgic_access(c, ipa, size, write, &value)) {
        return "access to the interrupt controller in a size or alignment that the register does not have";
    }
    if (!write && rt != 31) {
        f->x[rt] = extended(value, size, iss);
    }
    return 0;
}

/* The guest gets an Undefined exception, as on a CPU without that instruction (D1.10.2: entry; D13.2.37: EC 0, IL). */
#define ESR_UNDEFINED (1ul << 25)
#define SPSR_EL1H_MASKED 0x3c5ul
#define SPSR_SP_EL0(spsr) (((spsr) & 0xf) == 4)         /* EL1t */
#define SPSR_EL0(spsr) (((spsr) & 0xf) == 0)            /* also of an AArch32 program, whose user mode is 0x10 */
#define SPSR_AARCH32 (1ul << 4)

static void inject_undefined(struct trap_frame *f)
{
    uint64_t spsr = READ_SYSREG(spsr_el2), vector = 0x200;

    if (SPSR_EL0(spsr)) {
        vector = spsr & SPSR_AARCH32 ? 0x600 : 0x400;
    } else if (SPSR_SP_EL0(spsr)) {
        vector = 0;
    }
    WRITE_SYSREG(elr_el1, f->elr);
    WRITE_SYSREG(spsr_el1, spsr);
    WRITE_SYSREG(esr_el1, ESR_UNDEFINED);
    WRITE_SYSREG(spsr_el2, SPSR_EL1H_MASKED);
    f->elr = READ_SYSREG(vbar_el1) + vector;
}

void trap_sync(struct core *c, struct trap_frame *f)
{
    uint64_t esr = READ_SYSREG(esr_el2);
    uint32_t ec = esr >> 26 & 0x3f, iss = esr & 0x1ffffff;
    const char *wrong;

    switch (ec) {
    case EC_HVC64:          /* ELR is behind the HVC already */
    case EC_SMC64:
        if (iss & 0xffff) {
            f->x[0] = -1l;  /* SMCCC 1.1 2.9: other immediates are nobody's */
        } else {
            psci_call(c, f);
        }
        if (ec == EC_HVC64) {
            return;
        }
        break;
    case EC_SYSREG:
        if (!sysreg_trap(c, f, iss)) {
            inject_undefined(f);
            return;
        }
        break;
    case EC_DABT_LOWER:
        if ((wrong = emulate(c, f, iss))) {
            fault_report(c, f, wrong);
        }
        break;
    case EC_IABT_LOWER:
        fault_report(c, f, "instruction fetch outside of the VM");
    case EC_SERROR:
        fault_report(c, f, "asynchronous external abort");
    default:
        fault_report(c, f, "exception that no VM may cause");
    }
    f->elr += esr >> 25 & 1 ? 4 : 2;    /* IL: an AArch32 program's instruction can be short */
}
