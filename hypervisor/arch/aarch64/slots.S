/* SPDX-License-Identifier: GPL-2.0-or-later
 * The end of a slot while its vCPU runs, and the next slot's vCPU online: the short way through core/slots.c and the world switch
 *
 * One line of instructions from the alarm to the next guest: 199; with list registers in use or active PPIs on both sides, 230. `ctest -R Budget` holds it to 260.
 */
#include "switch.h"

    .equ    ISTATUS_BIT, 2                  /* of CNTHP_CTL_EL2 */

    .section .text.slots_alarm, "ax"
    /* From vectors.S: all general registers are in the frame, x0 is PPI_ALARM, acknowledged, SP is the guest's. */
    .global slots_alarm
slots_alarm:
    ldr     x1, [sp, #VCPU_CORE - VCPU_FRAME]
    ldp     x2, x4, [x1, #CORE_SLOT]        /* and slot_end */
    cbz     x2, irq_any                     /* no slots here: the alarm is a monitor's */
    msr     ICC_EOIR1_EL1, x0
    add     x5, x4, #SLOT_SWITCH
    msr     cnthp_cval_el2, x5
    isb
    msr     ICC_DIR_EL1, x0
    ldr     x2, [x2, #SLOT_NEXT]
    ldp     w5, w7, [x2, #SLOT_TICKS]       /* and vcpu */
    add     x4, x4, x5
    stp     x2, x4, [x1, #CORE_SLOT]
    cmp     w7, #SLOT_NOBODY
    b.hs    over
    adrp    x0, hyp_vcpu_states
    add     x0, x0, :lo12:hyp_vcpu_states
    mov     w4, #VCPU_SIZE
    umaddl  x0, w7, w4, x0
    ldrh    w4, [x0, #VCPU_ONLINE]          /* on, and not away in a domain; a domain's context, whose slot ends, is not on */
    ldrh    w5, [sp, #VCPU_ONLINE - VCPU_FRAME]
    cmp     w4, #1
    ccmp    w5, #1, #0, eq
    b.ne    over
    stp     x0, x0, [x1, #CORE_LOADED]      /* and current: others tell us from here on; what came before is in incoming */
    ldr     x6, [x1, #CORE_GICR]
    add     x3, sp, #VCPU_REGISTERS - VCPU_FRAME
    add     x6, x6, #SGI_BASE_PAGES, lsl #12
    movz    x9, #GICD_BASE_HIGH, lsl #16
    SAVE_VCPU
    cbnz    w5, save_seldom
saved:
    SPIS_OFF
    add     x3, x0, #VCPU_REGISTERS
    LOAD_VCPU x0
    cbnz    w5, load_seldom
loaded:
    dsb     sy
    ldr     x4, [x0, #VCPU_INCOMING]
    ldr     w5, [x0, #VCPU_WAITING]
    orr     x4, x4, x5
    cbnz    x4, over_loaded
    ldr     x2, [x1, #CORE_SLOT + 8]
    /* The core sleeps until the slot begins. What follows is the same however it has come here, so that the first instruction is always at the same nanosecond.
     * The alarm is not acknowledged: with the next one set, it is not pending any more. */
until_it_begins:
    wfi
    mrs     x4, cnthp_ctl_el2
    tbz     w4, #ISTATUS_BIT, over_loaded
    msr     cnthp_cval_el2, x2
    ldr     x4, [x3, #HCR]
    msr     ICH_HCR_EL2, x4
    OPEN_VCPU
    b       arch_resume

    .global slots_begin
slots_begin:                                /* x3: who runs then: v, or a domain on its time */
    mov     x8, x3
    add     x3, x0, #VCPU_REGISTERS
    mov     x0, x8
    ldr     x6, [x1, #CORE_GICR]
    add     x6, x6, #SGI_BASE_PAGES, lsl #12
    movz    x9, #GICD_BASE_HIGH, lsl #16
    dsb     sy
    b       until_it_begins

save_seldom:
    bl      switch_save_seldom
    b       saved
load_seldom:
    bl      switch_load_seldom
    b       loaded
    /* Something to be done before the slot begins, or nobody to run: the long way. */
over_loaded:
    strb    wzr, [x1, #CORE_OPEN]
    add     sp, x0, #VCPU_FRAME
over:
    mov     w4, #1
    strb    w4, [x1, #CORE_SWITCHING]
    ldr     x4, [sp, #VCPU_STACK - VCPU_FRAME]
    mov     sp, x4
    mov     x0, x1
    bl      slots_again
    b       arch_resume
