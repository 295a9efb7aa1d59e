/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that has more of its cores than others: interrupts="direct", pmu="yes"
 */
#include "hyp.h"

STANDS_BEFORE(sysreg_trap);
STANDS_BEFORE(arch_reset_vcpu);

bool INSTEAD_OF(sysreg_trap)(struct vcpu *v, uint32_t iss)
{
    if (direct_sysreg(v, iss)) {
        return true;
    }
    if (!ORIGINAL(sysreg_trap)(v, iss)) {
        return false;
    }
    pmu_sysreg(v, iss);
    return true;
}

void INSTEAD_OF(arch_reset_vcpu)(struct vcpu *v, uint64_t entry, uint64_t x0)
{
    ORIGINAL(arch_reset_vcpu)(v, entry, x0);
    direct_reset(v);
    pmu_reset(v);
}
