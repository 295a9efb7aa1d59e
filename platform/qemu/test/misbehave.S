/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tells the device at PULSE to misbehave in the way WAY (platform/systemc/test/devices.h), once in an access and, a
 * little later, in a timer; then waits for the end
 */
#include "guest.h"

    .text
    .global _start
_start:
    mov32 x1, PULSE
#ifdef BEFORE                           /* so many accesses that do no harm */
    mov x3, #BEFORE
2:  ldr w2, [x1, #0x08]
    subs x3, x3, #1
    b.ne 2b
#endif
    mov w2, #WAY
    str w2, [x1, #0x20]             /* REG_MISBEHAVE */
    mov w2, #1000
    str w2, [x1, #0x00]             /* REG_AFTER: 1 ns */
    mov x3, #1000
1:  subs x3, x3, #1
    b.ne 1b
    ldr w2, [x1, #0x08]
    power_off
