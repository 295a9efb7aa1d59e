/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 vectors (Arm ARM D1.3.1)
 *
 * The IRQ path is the hot one. Budget: 20 instructions from hyp_vector_irq to and with its ERET when list register 0 is
 * free, 2 more for each of the next three; no loop, no call, 2 lines of 64 bytes. hypervisor/test holds it to that.
 */
#include "layout.h"

    .equ    LR_PENDING_HW_GROUP1, 7 << 60   /* GICv3 12.4.7 ICH_LR<n>_EL2: State 01, HW, Group */
    .equ    LR_PRIORITY, 48

    /* What C code may use and does not keep (AAPCS64), behind the x0-x3 that the fast path has saved. */
    .equ    IRQ_FRAME, 176
    .macro SAVE_CALLER
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x29, [sp, #144]
    str     x30, [sp, #160]
    .endm

    .macro LOAD_CALLER
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x29, [sp, #144]
    ldr     x30, [sp, #160]
    .endm

    .macro FATAL vector
    .balign 128
    mov     x0, #\vector
    b       fatal
    .endm

    .section .text, "ax"
    .balign 2048
    .global hyp_vectors
hyp_vectors:
    FATAL 0                                 /* current EL with SP0: not used */
    FATAL 1
    FATAL 2
    FATAL 3
    FATAL 4                                 /* current EL with SPx: a fault of the hypervisor itself */
    FATAL 5
    FATAL 6
    FATAL 7
    .balign 128                             /* lower EL, AArch64: synchronous (EL1 is AArch64, so a 32-bit EL0 comes here too) */
    b       trap_entry

    /* Lower EL, AArch64: IRQ. Acknowledge; drop the priority, so that the next one can come; and pass it on in a list
     * register with HW = 1, so that the guest's own EOI deactivates the physical interrupt without coming here. */
    .balign 128
    .global hyp_vector_irq
hyp_vector_irq:
    stp     x0, x1, [sp, #-IRQ_FRAME]!
    stp     x2, x3, [sp, #16]
    mrs     x0, ICC_IAR1_EL1                /* physically active from here on */
    mrs     x1, tpidr_el2
    cmp     x0, #CORE_ROUTES                /* LPIs would be above; none is ever enabled */
    b.hs    irq_other
    ldrb    w2, [x1, x0]                    /* struct core begins with route[] */
    tbz     w2, #ROUTE_OWNED_BIT, irq_other /* the maintenance interrupt, 1023: none */
    lsr     w2, w2, #ROUTE_PRIORITY_SHIFT
    orr     x3, x0, x0, lsl #32             /* vINTID 31:0, pINTID 41:32: the same */
    bfi     x3, x2, #LR_PRIORITY + ROUTE_PRIORITY_SHIFT, #5
    orr     x3, x3, #LR_PENDING_HW_GROUP1
    mrs     x2, ICH_ELRSR_EL2               /* a bit a free list register */
    msr     ICC_EOIR1_EL1, x0               /* EOImode 1: only drops the priority */
    tbz     w2, #0, irq_lr1
    msr     ICH_LR0_EL2, x3
    .global hyp_lr_written
hyp_lr_written:
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #IRQ_FRAME
    .global hyp_irq_eret
hyp_irq_eret:
    eret

    FATAL 10                                /* FIQ: all interrupts are group 1 */
    .balign 128                             /* SError of the guest */
    b       trap_entry
    FATAL 12                                /* lower EL, AArch32: EL1 never is */
    FATAL 13
    FATAL 14
    FATAL 15

    /* The other list registers. Four are used: so many has each GICv3 CPU interface of an Arm core. */
irq_lr1:
    tbz     w2, #1, irq_lr2
    msr     ICH_LR1_EL2, x3
    b       hyp_lr_written
irq_lr2:
    tbz     w2, #2, irq_lr3
    msr     ICH_LR2_EL2, x3
    b       hyp_lr_written
irq_lr3:
    tbz     w2, #3, irq_overflow
    msr     ICH_LR3_EL2, x3
    b       hyp_lr_written

    /* The rare ones go on in C: x0 is the INTID, x1 the core. */
    .macro TO_C function
    SAVE_CALLER
    mov     w2, w0
    mov     x0, x1
    mov     w1, w2
    bl      \function
    LOAD_CALLER
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #IRQ_FRAME
    eret
    .endm
irq_overflow:
    TO_C lists_overflow
irq_other:
    TO_C lists_other

    /* Everything else may change any register, so all are in memory, in the order of struct trap_frame. */
trap_entry:
    sub     sp, sp, #TRAP_FRAME
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x1, elr_el2
    stp     x30, x1, [sp, #240]
    mrs     x0, tpidr_el2
    mov     x1, sp
    bl      trap_sync
    ldp     x30, x1, [sp, #240]
    msr     elr_el2, x1
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldp     x0, x1, [sp, #0]
    add     sp, sp, #TRAP_FRAME
    eret

    /* The hypervisor's own fault, x0 its vector. The stack may be the reason, and nothing on it is needed any more:
     * the report starts at the top, where this core's stack is empty. */
fatal:
    mrs     x1, tpidr_el2
    cbz     x1, 1f                          /* before the core has a struct: its stack is fresh */
    ldr     w1, [x1, #CORE_ID]
    adrp    x2, hyp_stacks
    add     x2, x2, :lo12:hyp_stacks
    add     x1, x1, #1
    add     x1, x2, x1, lsl #STACK_SHIFT
    mov     sp, x1
1:  b       fault_el2
