/* SPDX-License-Identifier: GPL-2.0-or-later
 * COUNT passes of a loop; with ADDR, each reads a register there; with WORK, each has so many more instructions
 */
#include "platform/qemu/test/guest.h"

    .text
    .global _start
_start:
#ifdef ADDR
    mov32 x1, ADDR
#endif
    mov32 x3, COUNT
1:
#ifdef ADDR
    ldr w2, [x1]
#endif
#ifdef WORK
    mov x4, #(WORK / 2)
2:  subs x4, x4, #1
    b.ne 2b
#endif
    subs x3, x3, #1
    b.ne 1b
    power_off
