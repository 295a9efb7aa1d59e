/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL1, MMU off, of both vCPUs; vectors of the guest that has its interrupts directly
 */
    .section .text.boot, "ax"
    .global _start
_start:
    mrs     x2, mpidr_el1
    and     x2, x2, #1
    adrp    x1, stacks
    add     x1, x1, :lo12:stacks
    add     x2, x2, #1
    add     x1, x1, x2, lsl #13
    mov     sp, x1
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    sub     x0, x2, #1
    bl      direct_main
1:  wfi
    b       1b

    .section .text, "ax"
    .global call_hvc, call_own
call_own:                               /* the hypervisor's own: number and selector in x0 */
    hvc     #1
    ret
call_hvc:
    hvc     #0
    ret

    /* Instructions whose number is known, for the performance monitors: 2, and 2 for each of x0 rounds. */
    .macro ROUNDS name, counter
    .global \name
\name:
    mrs     x2, \counter
    isb
1:  subs    x0, x0, #1
    b.ne    1b
    mrs     x1, \counter
    sub     x0, x1, x2
    ret
    .endm
    ROUNDS direct_rounds, pmccntr_el0
    ROUNDS direct_instructions, pmevcntr0_el0

    .macro HANDLER function
    .balign 128
    sub     sp, sp, #192
    stp     x0, x1, [sp, #0]
    adr     x0, \function
    b       handle
    .endm
    .macro FATAL
    .balign 128
    b       direct_unexpected
    .endm

    .balign 2048
vectors:
    FATAL
    FATAL
    FATAL
    FATAL
    HANDLER direct_sync                 /* current EL with SPx */
    HANDLER direct_irq
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
    blr     x0
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
stacks:
    .space  2 << 13
