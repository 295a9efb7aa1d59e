/* SPDX-License-Identifier: GPL-2.0-or-later
 * Clears memory, at EL1 in a domain that reaches the pools and this page, in a vCPU's time: x0 from, x1 to, whole pages; changes x0 to x4
 *
 * With stage 1 off its stores go past the caches: lines of the last owner are written back and dropped before, so that none comes later.
 */
#include "layout.h"

    .section .clear, "ax"                   /* a page of its own: forge/link.c */
    .global hyp_clear
hyp_clear:
    mrs     x3, ctr_el0                     /* DminLine, 19:16: log2 of words in the shortest line (D13.2.34) */
    ubfx    x3, x3, #16, #4
    mov     x4, #4
    lsl     x4, x4, x3
    mov     x2, x0
1:  dc      civac, x2
    add     x2, x2, x4
    cmp     x2, x1
    b.lo    1b
    dsb     sy
2:  stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    2b
    dsb     sy
    mov     x0, #CALL_SET
    hvc     #1
