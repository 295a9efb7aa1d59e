/* SPDX-License-Identifier: GPL-2.0-or-later
 * A register access that its device refuses arrives as a synchronous external abort, at its own instruction
 */
#include "guest.h"

    .text
    .global _start
_start:
    ldr x9, =vectors
    msr vbar_el2, x9
    isb
    mov32 x1, PULSE
refused:
    ldrb w2, [x1]                   /* pulse has 32-bit registers only */
    put_char 'N'
    power_off

synchronous:
    mrs x3, elr_el2
    ldr x4, =refused
    cmp x3, x4
    b.ne wrong
    mrs x3, esr_el2                 /* Arm ARM D17.2.37: EC 0x25, data abort from the same EL; DFSC 0x10, external */
    lsr x4, x3, #26
    cmp x4, #0x25
    b.ne wrong
    and x3, x3, #0x3f
    cmp x3, #0x10
    b.ne wrong
    put_char 'A'
    power_off
wrong:
    put_char 'W'
    power_off

    .ltorg
    .balign 2048
vectors:
    .org vectors + 0x200
    b synchronous
