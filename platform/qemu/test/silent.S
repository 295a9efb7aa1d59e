/* SPDX-License-Identifier: GPL-2.0-or-later
 * Makes the RTL core at PULSE silent (platform/rtl/test/probe.v: BREAK), then reads from it: no answer comes. The read is an
 * external abort, and the guest goes on.
 */
#include "guest.h"

    .text
    .global _start
_start:
    ldr x9, =vectors
    msr vbar_el2, x9
    isb
    mov32 x1, PULSE
    mov w2, #1                      /* SILENT */
    str w2, [x1, #0x3c]
    ldr w2, [x1, #0x04]
    power_off

synchronous:
    power_off

    .balign 2048
vectors:
    .rept 4
    .balign 128
    b .
    .endr
    .balign 128
    b synchronous
