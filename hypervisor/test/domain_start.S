/* SPDX-License-Identifier: GPL-2.0-or-later
 * A domain's entry: its thread (x0 is 0) or a portal's call, x1 to x7 the message; the answer is a hypercall
 */
#include "hypervisor/include/layout.h"

    .section .text.boot, "ax"
    .global _start, domain_entry
_start:
domain_entry:
    stp     x1, x2, [sp, #-80]!
    stp     x3, x4, [sp, #16]
    stp     x5, x6, [sp, #32]
    /* All others must be 0: told behind the message. */
    .irp r, 9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    orr     x8, x8, x\r
    .endr
    stp     x7, x8, [sp, #48]
    mrs     x8, tpidr_el0
    mrs     x9, tpidrro_el0
    orr     x8, x8, x9
    str     x8, [sp, #64]
    mov     x1, sp
    bl      domain_main                 /* (what, words) */
    ldp     x3, x4, [sp, #16]
    ldp     x5, x6, [sp, #32]
    ldr     x7, [sp, #48]
    ldp     x1, x2, [sp], #80
    mov     x0, #CALL_REPLY
    .global domain_reply
domain_reply:
    svc     #0

    .section .text, "ax"
    /* int64_t call(x0, words): a hypercall, with x1 to x7 from words and back there */
    .global call
call:
    stp     x30, x1, [sp, #-16]!
    mov     x9, x1
    ldp     x1, x2, [x9]
    ldp     x3, x4, [x9, #16]
    ldp     x5, x6, [x9, #32]
    ldr     x7, [x9, #48]
    svc     #0
    ldp     x30, x9, [sp], #16
    stp     x1, x2, [x9]
    stp     x3, x4, [x9, #16]
    stp     x5, x6, [x9, #32]
    str     x7, [x9, #48]
    ret
