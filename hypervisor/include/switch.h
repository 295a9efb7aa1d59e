/* SPDX-License-Identifier: GPL-2.0-or-later
 * World switch: what moves between a core and struct arch_state, as macros of assembly
 *
 * Straight-line, as nothing else is as long at each slot's end. What is not here, and why nobody sees another's:
 *   AMAIR_EL1, AFSR0_EL1, AFSR1_EL1, ACTLR_EL1: RES0 on Cortex-A57 and A72 (their TRMs, 4.3); hypervisor/test/switch.lua writes them and finds out
 *   MDSCR_EL1, breakpoints: trap on a shared core (MDCR_EL2.TDA); a vCPU that has its core alone begins with MDSCR_EL1 0 (arch_reset_vcpu)
 *   ICH_AP0R0_EL2: no VM has group 0; SIMD registers: moved when another vCPU uses them (arch_use_fpu)
 *   list registers, ICH_AP1R0_EL2, active PPIs: only if there are any, by the two functions of switch.S
 * In all of them x3 is the vCPU's VCPU_REGISTERS, x6 SGI_base of this core's redistributor, x9 GICD_BASE; x4, x5, x7, x8 change.
 */
#ifndef HYP_SWITCH_H
#define HYP_SWITCH_H

#ifdef __ASSEMBLER__
#include "layout.h"

    .equ    ISENABLER, 0x100
    .equ    ICENABLER, 0x180
    .equ    ISACTIVER, 0x300
    .equ    ICACTIVER, 0x380
    .equ    SGI_BASE_PAGES, 0x10            /* in a redistributor, in 4 KiB */
    .equ    GICD_BASE_HIGH, 0x0800          /* of 64 KiB */
    /* struct arch_own, struct arch_state */
    .equ    OWN_PPIS, -40                   /* and its first SPIs */
    .equ    OWN_SPIS_1, -32                 /* and _2 */
    .equ    PPIS_ENABLED, -24               /* and seldom */
    .equ    SELDOM, -20
    .equ    SPIS_ENABLED, -16
    .equ    SPIS_ENABLED_2, -8
    .equ    PPIS_ACTIVE, -4
    .equ    VMCR, 232                       /* and hcr */
    .equ    HCR, 240
    .equ    LR0, 248
    .equ    LR2, 264
    .equ    AP1R0, 280

    .macro SAVE a, b
    mrs     x4, \a
    mrs     x5, \b
    stp     x4, x5, [x3, #at]
    .set    at, at + 16
    .endm
    .macro LOAD a, b
    ldp     x4, x5, [x3, #at]
    msr     \a, x4
    msr     \b, x5
    .set    at, at + 16
    .endm
    /* A timer's value comes before its control: the old one's must not act on the new one's enable bit. */
    .macro REGISTERS pair
    .set    at, 0
    \pair   elr_el2, spsr_el2
    \pair   sctlr_el1, cpacr_el1
    \pair   ttbr0_el1, ttbr1_el1
    \pair   tcr_el1, mair_el1
    \pair   vbar_el1, esr_el1
    \pair   far_el1, par_el1
    \pair   elr_el1, spsr_el1
    \pair   sp_el0, sp_el1
    \pair   contextidr_el1, tpidr_el0
    \pair   tpidrro_el0, tpidr_el1
    \pair   csselr_el1, cntkctl_el1
    \pair   cntv_cval_el0, cntv_ctl_el0
    \pair   cntp_cval_el0, cntp_ctl_el0
    .endm

    /* Out: registers; no virtual interrupt any more; its interrupts rest. Its PPIs are the next one's too: what is active goes with it. An SPI that is active stays
     * so: it is nobody else's. Other bits of a word of the redistributor are the hypervisor's own: always enabled, and not active here. */
    .macro SAVE_VCPU
    REGISTERS SAVE
    .set    at, VMCR
    SAVE    ICH_VMCR_EL2, ICH_HCR_EL2
    msr     ICH_HCR_EL2, xzr
    ldp     w7, w8, [x3, #OWN_PPIS]
    ldr     w4, [x6, #ISENABLER]
    str     w7, [x6, #ICENABLER]
    mrs     x5, ICH_ELRSR_EL2
    mrs     x7, ICH_AP1R0_EL2
    eor     x5, x5, #(1 << 4) - 1           /* a bit a list register that is in use */
    orr     w5, w5, w7
    ldr     w7, [x6, #ISACTIVER]
    orr     w5, w5, w7
    stp     w4, w5, [x3, #PPIS_ENABLED]
    .endm
    /* w5: not 0: bl switch_save_seldom. w8 is OWN_SPIS_0 still. */
    .macro SPIS_OFF
    ldp     w7, w10, [x3, #OWN_SPIS_1]
    ldr     w4, [x9, #ISENABLER + 4 * SPI_WORD]
    ldr     w5, [x9, #ISENABLER + 4 * SPI_WORD + 4]
    and     w4, w4, w8
    and     w5, w5, w7
    stp     w4, w5, [x3, #SPIS_ENABLED]
    ldr     w4, [x9, #ISENABLER + 4 * SPI_WORD + 8]
    and     w4, w4, w10
    str     w4, [x3, #SPIS_ENABLED_2]
    str     w8, [x9, #ICENABLER + 4 * SPI_WORD]
    str     w7, [x9, #ICENABLER + 4 * SPI_WORD + 4]
    str     w10, [x9, #ICENABLER + 4 * SPI_WORD + 8]
    .endm

    /* In: registers. w5 not 0: bl switch_load_seldom. */
    .macro LOAD_VCPU vcpu
    msr     tpidr_el2, \vcpu
    REGISTERS LOAD
    LOAD    vmpidr_el2, vttbr_el2
    LOAD    cptr_el2, ICH_VMCR_EL2
    ldr     w5, [x3, #SELDOM]
    .endm
    /* Its interrupts come again. */
    .macro OPEN_VCPU
    ldr     w4, [x3, #PPIS_ENABLED]
    str     w4, [x6, #ISENABLER]
    ldp     w4, w5, [x3, #SPIS_ENABLED]
    ldr     w7, [x3, #SPIS_ENABLED_2]
    str     w4, [x9, #ISENABLER + 4 * SPI_WORD]
    str     w5, [x9, #ISENABLER + 4 * SPI_WORD + 4]
    str     w7, [x9, #ISENABLER + 4 * SPI_WORD + 8]
    .endm
#endif

#endif
