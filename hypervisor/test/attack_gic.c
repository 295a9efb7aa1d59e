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
    put32(GICR + 0x14, 0);              /* GICR_WAKER */
    while (get32(GICR + 0x14) & 4) {
    }
    for (unsigned word = 0; word < WORDS; word++) {
        uint64_t base = word ? GICD : GICR_SGI;
        put32(base + ICENABLER + word * 4, ~0u);
        put32(base + ICPENDR + word * 4, ~0u);
        put32(base + ICACTIVER + word * 4, ~0u);
        for (unsigned i = 0; i < 32; i += 4) {
            put32(base + IPRIORITYR + word * 32 + i, 0x80808080);
        }
        if (word) {
            put32(base + ICFGR + word * 8, 0);
            put32(base + ICFGR + word * 8 + 4, 0);
        }
    }
    WRITE_SYSREG(ICC_AP1R0_EL1, 0);
    WRITE_SYSREG(ICC_AP0R0_EL1, 0);
    put32(GICD, 0x12);                  /* ARE, group 1 */
    while (gic_take() != NO_INTID) {
    }
    put32(GICR_SGI + ISENABLER, 0xffff | 1u << TIMER);
    put32(GICD + ISENABLER + attack_uart_intid / 32 * 4, 1u << attack_uart_intid % 32);
}

uint32_t gic_take(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
    if (intid < 1020) {
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    }
    return intid < 1020 ? intid : NO_INTID;
}

void gic_hold_sgi(void) { WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)HELD_SGI << 24 | 1); }
