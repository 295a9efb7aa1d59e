/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL1, MMU off; vectors; calls to the hypervisor
 */
    .section .text.boot, "ax"
    .global _start
_start:
    /* All but x0 must be 0: collected in x1 for the first check. */
    .irp r, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    orr     x1, x1, x\r
    .endr
    mrs     x2, daif
    mrs     x3, sctlr_el1
    mrs     x4, CurrentEL
    adrp    x5, stack_end
    add     x5, x5, :lo12:stack_end
    mov     sp, x5
    adrp    x5, vectors
    add     x5, x5, :lo12:vectors
    msr     vbar_el1, x5
    isb
    bl      check_main
1:  wfi
    b       1b

    .section .text, "ax"
    /* int64_t call_hvc(function, a, b, c), call_smc: the same by SMC; call_hvc_imm: an HVC that is not a PSCI call. */
    .global call_hvc, call_smc, call_hvc_imm, call_own
call_own:                               /* the hypervisor's own: number and selector in x0 */
    hvc     #1
    ret
call_hvc:
    hvc     #0
    ret
call_smc:
    smc     #0
    ret
call_hvc_imm:
    hvc     #7
    ret

    .macro FATAL
    .balign 128
    b       check_unexpected
    .endm

    .balign 2048
vectors:
    FATAL
    FATAL
    FATAL
    FATAL
    .balign 128                     /* current EL with SPx: synchronous */
    b       check_unexpected
    .balign 128                     /* IRQ; may be nested, so ELR and SPSR are kept */
    sub     sp, sp, #192
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    b       irq_more
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
irq_more:
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x0, x1, [sp, #160]
    bl      check_irq
    ldp     x0, x1, [sp, #160]
    msr     elr_el1, x0
    msr     spsr_el1, x1
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
    .space  16384
stack_end:
