/* SPDX-License-Identifier: GPL-2.0-or-later
 * A descriptor ring where the device's stream may not go: the fetch is refused, and the engine halts
 */
#include "guest.h"

#define RING 0x48000000             /* RAM, but in no window of the stream */

    .text
    .global _start
_start:
    mov32 x1, DMAQ
    mov32 w2, RING
    str w2, [x1, #0x10]             /* RING_LO */
    mov w2, #1
    str w2, [x1, #0x18]             /* RING_SIZE */
    str w2, [x1, #0x08]             /* CTRL.ENABLE */
    str w2, [x1, #0x1c]             /* TAIL */
halted:
    ldr w2, [x1, #0x0c]             /* STATUS */
    tbz w2, #1, halted
    put_char 'H'
    power_off
