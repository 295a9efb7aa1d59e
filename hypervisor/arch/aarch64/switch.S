/* SPDX-License-Identifier: GPL-2.0-or-later
 * World switch, for all but the end of a slot (slots.S)
 */
#include "switch.h"

    .macro OF_VCPU vcpu                     /* what the macros go by; x0 is the core */
    add     x3, \vcpu, #VCPU_REGISTERS
    ldr     x6, [x0, #CORE_GICR]
    add     x6, x6, #SGI_BASE_PAGES, lsl #12
    movz    x9, #GICD_BASE_HIGH, lsl #16
    .endm

    .section .text.arch_switch, "ax"
    .global arch_switch
arch_switch:
    mov     x11, x30
    ldr     x2, [x0, #CORE_LOADED]
    str     x1, [x0, #CORE_LOADED]
    cbz     x2, 2f
    OF_VCPU x2
    SAVE_VCPU
    cbz     w5, 1f
    bl      switch_save_seldom
1:  SPIS_OFF
2:  cbz     x1, 3f
    OF_VCPU x1
    LOAD_VCPU x1
    cbz     w5, 3f
    bl      switch_load_seldom
3:  ret     x11

    .section .text.arch_open, "ax"
    .global arch_open
arch_open:
    OF_VCPU x1
    OPEN_VCPU
    ret

    .section .text.switch_seldom, "ax"
    .global switch_save_seldom, switch_load_seldom
switch_save_seldom:
    str     w7, [x3, #PPIS_ACTIVE]
    str     w7, [x6, #ICACTIVER]
    .set    at, LR0
    SAVE    ICH_LR0_EL2, ICH_LR1_EL2
    SAVE    ICH_LR2_EL2, ICH_LR3_EL2
    mrs     x4, ICH_AP1R0_EL2
    str     x4, [x3, #AP1R0]
    .irp reg, LR0, LR1, LR2, LR3, AP1R0
    msr     ICH_\reg\()_EL2, xzr
    .endr
    ret
switch_load_seldom:
    ldr     w4, [x3, #PPIS_ACTIVE]
    str     w4, [x6, #ISACTIVER]
    .set    at, LR0
    LOAD    ICH_LR0_EL2, ICH_LR1_EL2
    LOAD    ICH_LR2_EL2, ICH_LR3_EL2
    ldr     x4, [x3, #AP1R0]
    msr     ICH_AP1R0_EL2, x4
    ret
