/* SPDX-License-Identifier: GPL-2.0-or-later
 * One descriptor: 24 bytes are copied, from 0x1000 in the window of the stream to 0x2000
 */
#include "guest.h"

#define WINDOW 0x41000000           /* where the cores see what the device sees at IPA */
#define IPA    0x40000000

    .text
    .global _start
_start:
    mov32 x3, WINDOW + 0x1000
    mov32 x4, 0x03020100
    mov32 x5, 0x04040404
    mov x6, #6
fill:
    str w4, [x3], #4
    add w4, w4, w5
    subs x6, x6, #1
    b.ne fill
    mov32 x3, WINDOW
    mov32 x4, IPA + 0x1000
    str x4, [x3]                    /* source */
    mov32 x4, IPA + 0x2000
    str x4, [x3, #8]                /* destination */
    mov w4, #24
    str x4, [x3, #16]               /* length, no flags */
    str xzr, [x3, #24]
    mov32 x1, DMAQ
    mov32 w2, IPA
    str w2, [x1, #0x10]             /* RING_LO */
    mov w2, #1
    str w2, [x1, #0x18]             /* RING_SIZE */
    str w2, [x1, #0x08]             /* CTRL.ENABLE */
    str w2, [x1, #0x1c]             /* TAIL */
done:
    ldr w2, [x1, #0x20]             /* HEAD */
    cbz w2, done
    put_char 'C'
    power_off
