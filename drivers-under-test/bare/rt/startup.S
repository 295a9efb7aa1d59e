/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL1, MMU off; vectors; the image is loaded and entered at 0x40000000
 */
    .section .text.boot, "ax"
    .global _start
_start:
    adrp    x1, rt_stack_end
    add     x1, x1, :lo12:rt_stack_end
    mov     sp, x1
    adrp    x1, rt_vectors
    add     x1, x1, :lo12:rt_vectors
    msr     vbar_el1, x1
    isb
    bl      rt_main
1:  wfi
    b       1b

    /* As little as a handler in C needs (AAPCS64: x0-x18, x30). */
    .macro HANDLER function
    .balign 128
    sub     sp, sp, #192
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    bl      \function
    b       rt_return
    .endm
    .macro FATAL
    .balign 128
    b       rt_fatal
    .endm

    .balign 2048
    .global rt_vectors
rt_vectors:
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    HANDLER rt_irq                  /* current EL with SPx: IRQ */
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
    FATAL
rt_return:
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    add     sp, sp, #192
    eret

    .section .bss
    .balign 16
    .space  8192
rt_stack_end:
