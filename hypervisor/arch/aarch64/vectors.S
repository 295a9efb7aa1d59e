/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 vectors (Arm ARM D1.3.1). The IRQ path is the hot one: budget 72 instructions from hyp_vector_irq to its ERET with
 * one pending interrupt and a free list register; scenarios/irq-budget.lua holds it to that.
 */
    /* C code may use x0-x18, x29 and x30 and keeps the others (AAPCS64), so an interrupt saves just these. */
    .macro SAVE_CALLER
    sub     sp, sp, #176
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
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
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x29, [sp, #144]
    ldr     x30, [sp, #160]
    add     sp, sp, #176
    .endm

    .macro VECTOR_FATAL number
    .balign 128
    mov     x0, #\number
    b       fault_el2
    .endm

    .section .text, "ax"
    .balign 2048
    .global hyp_vectors
hyp_vectors:
    VECTOR_FATAL 0                          /* current EL with SP0: not used */
    VECTOR_FATAL 1
    VECTOR_FATAL 2
    VECTOR_FATAL 3
    VECTOR_FATAL 4                          /* current EL with SPx: a fault of the hypervisor itself */
    VECTOR_FATAL 5
    VECTOR_FATAL 6
    VECTOR_FATAL 7
    .balign 128                             /* lower EL, AArch64: synchronous */
    b       trap_entry
    .balign 128                             /* lower EL, AArch64: IRQ */
    .global hyp_vector_irq
hyp_vector_irq:
    SAVE_CALLER
    mrs     x0, tpidr_el2
    bl      lists_irq
    b       irq_exit
    VECTOR_FATAL 10                         /* FIQ: all interrupts are group 1 */
    .balign 128                             /* SError of the guest */
    b       trap_entry
    VECTOR_FATAL 12                         /* lower EL, AArch32: no VM runs it */
    VECTOR_FATAL 13
    VECTOR_FATAL 14
    VECTOR_FATAL 15

irq_exit:
    LOAD_CALLER
    .global hyp_irq_eret
hyp_irq_eret:
    eret

    /* Everything else needs all registers, in the order of struct trap_frame. */
trap_entry:
    sub     sp, sp, #256
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
    add     sp, sp, #256
    eret
