/* SPDX-License-Identifier: GPL-2.0-or-later
 * Down to EL0 and back: attack_el0.c
 */
    .section .text, "ax"
    /* uint64_t el0_run(uint64_t pc, uint64_t x0, uint64_t spsr): EL0 from there up to its first exception; returns its x0. */
    .global el0_run, el0_back
el0_run:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    msr     elr_el1, x0
    msr     spsr_el1, x2
    mov     x0, x1
    isb
    eret
el0_back:                                   /* from the vectors: SP_EL1 is as it was left */
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
