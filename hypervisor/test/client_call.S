/* SPDX-License-Identifier: GPL-2.0-or-later
 * int64_t client_call(x0, words): a hypercall, with x1 to x7 from words and back there
 */
    .section .text, "ax"
    .global client_call
client_call:
    mov     x9, x1
    ldp     x1, x2, [x9]
    ldp     x3, x4, [x9, #16]
    ldp     x5, x6, [x9, #32]
    ldr     x7, [x9, #48]
    hvc     #1
    stp     x1, x2, [x9]
    stp     x3, x4, [x9, #16]
    stp     x5, x6, [x9, #32]
    str     x7, [x9, #48]
    ret
