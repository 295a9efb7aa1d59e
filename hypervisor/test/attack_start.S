/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL1, MMU off; vectors of the guest that attacks
 */
    .section .text.boot, "ax"
    .global _start
_start:
    adrp    x1, stack_end
    add     x1, x1, :lo12:stack_end
    mov     sp, x1
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    mov     x1, #3 << 20                    /* CPACR_EL1.FPEN: FP and SIMD do not trap */
    msr     cpacr_el1, x1
    isb
    bl      attack_main
1:  wfi
    b       1b

    .section .text, "ax"
    /* struct frame: what a C function may change, and where to go on (an inner exception loses ELR and SPSR) */
    .macro HANDLER function
    .balign 128
    sub     sp, sp, #176
    stp     x0, x1, [sp, #0]
    adr     x0, \function
    b       handle
    .endm
    .macro FATAL
    .balign 128
    b       attack_lost
    .endm

    .balign 2048
vectors:
    FATAL
    FATAL
    FATAL
    FATAL
    HANDLER attack_sync                     /* current EL with SPx */
    HANDLER gic_irq
    FATAL
    FATAL
    .balign 128
    b       el0_back                        /* EL0, AArch64 */
    FATAL
    FATAL
    FATAL
    .balign 128
    b       el0_back                        /* EL0, AArch32 */
    FATAL
    FATAL
    FATAL
handle:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x1, elr_el1
    mrs     x2, spsr_el1
    stp     x1, x2, [sp, #160]
    mov     x1, x0
    mov     x0, sp
    blr     x1
    ldp     x1, x2, [sp, #160]
    msr     elr_el1, x1
    msr     spsr_el1, x2
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp, #0]
    add     sp, sp, #176
    eret

    .section .bss
    .balign 16
    .space  16384
stack_end:
