/* SPDX-License-Identifier: GPL-2.0-or-later
 * A guest that resets the machine once, with a pulse on its way, and finds the device reset
 */
#include "guest.h"

#define PSCI_SYSTEM_RESET 0x84000009
#define FLAG 0x43000000             /* RAM that no image covers: it survives */

    .text
    .global _start
_start:
    mov32 x1, FLAG
    mov32 x2, PULSE
    ldr w3, [x1]
    cbnz w3, second
    mov w3, #1
    str w3, [x1]
    put_char 'R'
    mov32 w3, 1000000
    str w3, [x2, #0x08]             /* DELAY: 1 ms */
    mov w3, #1
    str w3, [x2, #0x04]             /* CTRL.START */
    mov32 w0, PSCI_SYSTEM_RESET
    smc #0
    b .
second:
    ldr w3, [x2, #0x04]
    cbnz w3, armed
    put_char 'S'
    power_off
armed:
    put_char 'A'
    power_off
