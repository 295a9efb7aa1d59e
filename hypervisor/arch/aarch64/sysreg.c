/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trapped system registers: a table of decisions
 */
#include "hyp.h"

/* ISS of EC 0x18 (Arm ARM D13.2.39): op0 21:20, op2 19:17, op1 16:14, CRn 13:10, Rt 9:5, CRm 4:1, direction 0 (1: read) */
#define REG(op0, op1, crn, crm, op2) ((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define EXACT REG(3, 7, 15, 15, 7)

enum decision { RAZ_WI, SGI };

/* First match counts; a register that is not here is undefined to the VM: among them the physical timer (D13.11.16: its PPI
 * is not the VM's), implementation-defined registers (D12.3.2), and set/way maintenance where it traps. */
static const struct {
    uint32_t mask, match;
    enum decision decision;
} table[] = {
    /* GICv3 12.2.20, 12.2.18, 12.2.3: ICC_SGI1R_EL1; ICC_SGI0R_EL1 and ICC_ASGI1R_EL1, whose groups no VM has */
    { EXACT, REG(3, 0, 12, 11, 5), SGI },
    { EXACT, REG(3, 0, 12, 11, 7), RAZ_WI },
    { EXACT, REG(3, 0, 12, 11, 6), RAZ_WI },
    /* D13.3: OSLAR, OSLSR, OSDLR, DBGPRCR, MDRAR: CRn 1 with MDCR_EL2.TDOSA and TDRA; OSLSR 0: not locked */
    { REG(3, 7, 15, 0, 0), REG(2, 0, 1, 0, 0), RAZ_WI },
    /* D13.4: performance monitors: PMCR 0 has no counters. CRn 9, CRm 12-14 of EL1 and EL0; event counters CRn 14, CRm 8-15 */
    { REG(3, 7, 15, 15, 0), REG(3, 0, 9, 14, 0), RAZ_WI },
    { REG(3, 7, 15, 12, 0), REG(3, 3, 9, 12, 0), RAZ_WI },
    { REG(3, 7, 15, 8, 0), REG(3, 3, 14, 8, 0), RAZ_WI },
};

/* ICC_SGI1R_EL1: targets 15:0 with bit 0 for the only CPU, affinity 1 to 3 and range selector 0; INTID 27:24; IRM 40 is
 * "all but self", which is nobody. */
#define SGI1R_AFFINITY (0xfful << 16 | 0xfful << 32 | 0xfful << 48 | 0xful << 44)
#define SGI1R_IRM (1ul << 40)

static void send_sgi(struct core *c, uint64_t value)
{
    if (!(value & (SGI1R_AFFINITY | SGI1R_IRM)) && value & 1) {
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
        if (table[i].decision == SGI && !read) {
            send_sgi(c, rt == 31 ? 0 : f->x[rt]);
        } else if (read && rt != 31) {
            f->x[rt] = 0;
        }
        return true;
    }
    return false;
}
