/* SPDX-License-Identifier: GPL-2.0-or-later
 * One exit with all registers known: attack_leak.c
 *
 * void leak_NAME(uint64_t x[31], uint64_t q[64]): general and SIMD registers before it, and after it.
 */
    .macro KNOWN
    stp     x29, x30, [sp, #-112]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    stp     x0, x1, [sp, #96]
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ldr     q\r, [x1, #16 * \r]
    .endr
    mov     x30, x0
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    ldr     x\r, [x30, #8 * \r]
    .endr
    .endm

known_after:                                /* by B, not BL: x30 is under test too */
    stp     x0, x1, [sp, #-16]!
    ldr     x0, [sp, #16 + 96]
    .irp r, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    str     x\r, [x0, #8 * \r]
    .endr
    ldp     x2, x3, [sp], #16
    stp     x2, x3, [x0]
    ldr     x1, [sp, #96 + 8]
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    str     q\r, [x1, #16 * \r]
    .endr
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #112
    ret

    .macro LEAK name, instruction:vararg
    .global leak_\name
leak_\name:
    KNOWN
    \instruction
    b       known_after
    .endm

    .section .text, "ax"
    LEAK    hvc, hvc #0
    LEAK    hvc_own, hvc #1
    LEAK    smc, smc #0
    LEAK    read, ldr w0, [x1]
    LEAK    write, str w0, [x1]
    LEAK    mrs, mrs x0, oslsr_el1
    LEAK    msr, msr oslar_el1, x0
    LEAK    undefined, mrs x0, pmcr_el0
    LEAK    sgi, msr S3_0_C12_C11_5, x0
    LEAK    wfi, wfi

    /* Until the counter has reached x1; an interrupt comes on the way, to EL2 alone or to EL1 as well. x0 changes. */
    .global leak_wait
leak_wait:
    KNOWN
1:  mrs     x0, cntvct_el0
    cmp     x0, x1
    b.lo    1b
    b       known_after
