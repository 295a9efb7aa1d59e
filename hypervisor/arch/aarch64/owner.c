/* SPDX-License-Identifier: GPL-2.0-or-later
 * System registers of a VM that has more of its cores than others: interrupts="direct", pmu="yes"
 */
#include "hyp.h"

STANDS_BEFORE(sysreg_trap);

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
