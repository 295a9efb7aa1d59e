/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trapped system registers: a table of decisions
 */
#include "hyp.h"

/* ISS of EC 0x18 (Arm ARM D13.2.39): op0 21:20, op2 19:17, op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, direction 0 (1: read) */
#define ISS_REG(op0, op1, crn, crm, op2) ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ISS_REG_MASK ISS_REG(3, 7, 15, 15, 7)

enum decision { DECIDE_RAZ_WI, DECIDE_SGI };

static const struct {
    uint32_t mask, match;
    enum decision decision;
} table[] = {
    /* GICv3 12.2.20 ICC_SGI1R_EL1: traps because of HCR_EL2.IMO */
    { ISS_REG_MASK, ISS_REG(3, 0, 12, 11, 5), DECIDE_SGI },
    /* debug: op0 = 2 (Arm ARM D13.3): breakpoints, OS lock, MDSCR: the guest has none of them */
    { ISS_REG(3, 0, 0, 0, 0), ISS_REG(2, 0, 0, 0, 0), DECIDE_RAZ_WI },
    /* performance monitors (D13.4): CRn 9, CRm 12-14 of op1 0 and 3; counters CRn 14, CRm 8-15 of op1 3 */
    { ISS_REG(3, 0, 15, 12, 0), ISS_REG(3, 0, 9, 12, 0), DECIDE_RAZ_WI },
    { ISS_REG(3, 7, 15, 8, 0), ISS_REG(3, 3, 14, 8, 0), DECIDE_RAZ_WI },
};

/* ICC_SGI1R_EL1: target list 15:0 with bit 0 for the only CPU, INTID 27:24, IRM 40 (all but self) */
static void send_sgi(struct core *c, uint64_t value)
{
    bool others_only = value >> 40 & 1;
    bool self = (value & 1) && !(value >> 16 & 0xff) && !(value >> 32 & 0xff) && !(value >> 48 & 0xff);
    if (!others_only && self) {
        lists_sgi(c, value >> 24 & 0xf);
    }
}

bool sysreg_trap(struct core *c, struct trap_frame *f, uint32_t iss)
{
    uint32_t rt = iss >> 5 & 31;
    bool read = iss & 1;
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        if ((iss & table[i].mask) != table[i].match) {
            continue;
        }
        if (table[i].decision == DECIDE_SGI && !read) {
            send_sgi(c, rt == 31 ? 0 : f->x[rt]);
        } else if (read && rt != 31) {
            f->x[rt] = 0;
        }
        return true;
    }
    return false;
}
