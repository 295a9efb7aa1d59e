/* SPDX-License-Identifier: GPL-2.0-or-later
 * Registers of the virtual distributor that are answered in two places, in C and in assembly
 */
#ifndef HYP_VGIC_REGISTERS_H
#define HYP_VGIC_REGISTERS_H

#define GICD_CTLR 0x0
#define GICD_TYPER 0x4
#define GICR_TYPER 0x8
#define GICD_CTLR_FIXED 0x50            /* ARE, DS */
#define GICD_CTLR_RWP 0x80000000
#define VGIC_WORDS 9                    /* of 32 interrupts: 288 INTIDs, as on QEMU virt */
#define VGIC_FIRST_WORD 2               /* with physical interrupts alone: before it SGIs and PPIs, and HYP_VIRTUAL_WORD */
#define GICD_TYPER_VALUE ((VGIC_WORDS - 1) | 9 << 19 | 1 << 25)         /* ITLinesNumber, 10 bits of INTID, No1N */

#endif
