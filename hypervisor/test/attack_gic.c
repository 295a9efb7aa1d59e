/* SPDX-License-Identifier: GPL-2.0-or-later
 * The attacker's own virtual GIC: back to a known state, and its interrupts
 */
#include "attack.h"

#define WORDS 9                         /* of 32 interrupts */

void gic_calm(void)
{
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(ICC_CTLR_EL1, 0);
    WRITE_SYSREG(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG(ICC_BPR1_EL1, 0);
    WRITE_SYSREG(ICC_IGRPEN0_EL1, 0);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 1);
    *reg(GICR + 0x14) = 0;              /* GICR_WAKER */
    while (*reg(GICR + 0x14) & 4) {
    }
    for (unsigned word = 0; word < WORDS; word++) {
        uint64_t base = word ? GICD : GICR_SGI;
        *reg(base + ICENABLER + word * 4) = ~0u;
        *reg(base + ICPENDR + word * 4) = ~0u;
        *reg(base + ICACTIVER + word * 4) = ~0u;
        for (unsigned i = 0; i < 32; i += 4) {
            *reg(base + IPRIORITYR + word * 32 + i) = 0x80808080;
        }
        if (word) {
            *reg(base + ICFGR + word * 8) = 0;
            *reg(base + ICFGR + word * 8 + 4) = 0;
        }
    }
    WRITE_SYSREG(ICC_AP1R0_EL1, 0);
    WRITE_SYSREG(ICC_AP0R0_EL1, 0);
    *reg(GICD) = 0x12;                  /* ARE, group 1 */
    while (gic_take() != NO_INTID) {
    }
    *reg(GICR_SGI + ISENABLER) = 0xffff | 1u << TIMER;
    *reg(GICD + ISENABLER + attack_uart_intid / 32 * 4) = 1u << attack_uart_intid % 32;
}

uint32_t gic_take(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid < 1020) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    }
    return intid < 1020 ? intid : NO_INTID;
}

void gic_hold_sgi(void) { WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 24 | 1); }
