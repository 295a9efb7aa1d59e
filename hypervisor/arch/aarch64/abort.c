/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is not there answers a guest as a bus does: with an external abort, and the guest goes on (<vm outside="abort">)
 *
 * D13.2.37 ESR_EL1: synchronous external abort, not on a table walk, though it may have been one: which level of the guest's walk it was, stage 2 does not tell.
 */
#include "hyp.h"

enum { EC_IABT_LOWER = 0x20, EC_DABT_LOWER = 0x24 };

#define EC_SHIFT 26
#define EC_SAME_EL 1u           /* EC 0x21, 0x25 */
#define IL (1u << 25)
#define CM_WNR (1u << 8 | 1u << 6)
#define EXTERNAL 0x10u          /* IFSC, DFSC */
#define SPSR_M(spsr) ((spsr) & 0x1f)
#define EL0T 0u
#define M_A32 0x10u

bool arch_abort(struct vcpu *v, uint32_t esr)
{
    uint32_t ec = esr >> EC_SHIFT;
    if (!(v->config->flags & VM_ABORTS) || (ec != EC_IABT_LOWER && ec != EC_DABT_LOWER)) {
        return false;
    }
    uint64_t m = SPSR_M(READ_SYSREG(spsr_el2));
    arch_undefined();           /* the same way in, with another syndrome */
    WRITE_SYSREG(esr_el1, (ec | (m == EL0T || m & M_A32 ? 0 : EC_SAME_EL)) << EC_SHIFT | EXTERNAL | (ec == EC_DABT_LOWER ? esr & (IL | CM_WNR) : IL));
    WRITE_SYSREG(far_el1, READ_SYSREG(far_el2));
    return true;
}
