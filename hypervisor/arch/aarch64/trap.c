/* SPDX-License-Identifier: GPL-2.0-or-later
 * Synchronous exceptions of a guest (Arm ARM D13.2.39, ESR_EL2)
 */
#include "hyp.h"

enum { EC_HVC64 = 0x16, EC_SMC64 = 0x17, EC_SYSREG = 0x18, EC_DABT_LOWER = 0x24 };

static uint64_t fault_ipa(void)
{
    /* HPFAR_EL2 bits 39:4 are IPA bits 47:12; FAR_EL2 has the rest */
    return (READ_SYSREG(hpfar_el2) & 0xfffffffff0ul) << 8 | (READ_SYSREG(far_el2) & 0xfff);
}

/* Data abort with a valid syndrome: a register of the virtual GIC, or nothing of this VM. */
static bool emulate(struct core *c, struct trap_frame *f, uint32_t iss)
{
    uint64_t ipa = fault_ipa(), value = 0;
    bool write = iss >> 6 & 1, valid = iss >> 24 & 1;
    unsigned rt = iss >> 16 & 31, size = 1u << (iss >> 22 & 3);

    if (!valid) {
        return false;
    }
    if (write && rt != 31) {
        value = f->x[rt];
    }
    if (ipa - GICD_BASE < 0x10000) {
        if (!vgicd_access(c, ipa - GICD_BASE, size, write, &value)) {
            return false;
        }
    } else if (ipa - GICR_BASE < GICR_STRIDE) {
        if (!vgicr_access(c, ipa - GICR_BASE, size, write, &value)) {
            return false;
        }
    } else {
        return false;
    }
    if (!write && rt != 31) {
        f->x[rt] = size == 8 ? value : value & ((1ul << size * 8) - 1);
    }
    return true;
}

void trap_sync(struct core *c, struct trap_frame *f)
{
    uint64_t esr = READ_SYSREG(esr_el2);
    uint32_t ec = esr >> 26 & 0x3f, iss = esr & 0x1ffffff;

    switch (ec) {
    case EC_HVC64:          /* ELR is behind the HVC already */
        psci_call(c, f);
        return;
    case EC_SMC64:
        psci_call(c, f);
        break;
    case EC_SYSREG:
        if (!sysreg_trap(c, f, iss)) {
            fault_report(c, f, "access to a system register that a guest may not use");
        }
        break;
    case EC_DABT_LOWER:
        if (!emulate(c, f, iss)) {
            fault_report(c, f, "data access outside of the VM");
        }
        break;
    default:
        fault_report(c, f, "exception that no VM may cause");
    }
    f->elr += 4;
}
