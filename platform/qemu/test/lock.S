/* SPDX-License-Identifier: GPL-2.0-or-later
 * Core 0 holds a lock while it works; all others spin on it with plain loads, without WFE or YIELD
 */
#include "guest.h"

#define WORK 500000                 /* passes of two instructions */

    .text
    .global _start
_start:
    ldr x19, =lock
    mov w0, #1
    str w0, [x19]
    mov x20, #CORES - 1
start_core:
    mov32 w0, PSCI_CPU_ON
    mov x1, x20
    ldr x2, =waiter
    mov x3, #0
    smc #0
    subs x20, x20, #1
    b.ne start_core
    mov32 x20, WORK
work:
    subs x20, x20, #1
    b.ne work
    stlr wzr, [x19]
    ldr x21, =passed
all:
    ldr w0, [x21]
    cmp w0, #CORES - 1
    b.ne all
    power_off

waiter:
    ldr x19, =lock
    ldr x21, =passed
again:
    ldaxr w0, [x19]
    cbnz w0, again                  /* the instruction at which the turn passes */
    mov w0, #1
    stxr w2, w0, [x19]
    cbnz w2, again
    ldr w0, [x21]
    add w0, w0, #1
    str w0, [x21]
    stlr wzr, [x19]
    wfi
    b .

    .bss
    .balign 64
lock: .skip 64
passed: .skip 64
