/* SPDX-License-Identifier: GPL-2.0-or-later
 * PULSES interrupts after random delays, for the last core, which sleeps in WFI; all others are busy
 *
 * Each delay is 200 to 16583 ns: more than the START write's time on the bus, so the core is asleep when the pulse comes.
 */
#include "guest.h"

#define RECEIVER (CORES - 1)

    .text
    .global _start
_start:
#if CORES > 1
    mov x20, #RECEIVER
    ldr x2, =receiver
start_core:                         /* the receiver first, then the busy ones */
    mov32 w0, PSCI_CPU_ON
    mov x1, x20
    mov x3, #0
    smc #0
    ldr x2, =busy_core
    subs x20, x20, #1
    b.ne start_core
busy_core:
    mov x19, #0
busy:                               /* arithmetic, memory, and now and then an access to a device */
    ldr x9, =scratch
    str x19, [x9]
    add x19, x19, #1
    tst x19, #0x3ff
    b.ne busy
    mov32 x9, UART
    ldrb w10, [x9, #5]
    tst x19, #0xfc00
    b.ne busy
    put_char '.'
    b busy
#endif

receiver:
    distributor_on
    cpu_interface_on RECEIVER
    route_pulse RECEIVER
    ldr x9, =vectors
    msr vbar_el2, x9
    isb
    ldr x20, =SEED
    mov32 x23, PULSE
    mov x24, #0                     /* pulses seen */
    msr daifclr, #2
again:
    random x10
    and x10, x10, #0x3fff
    add x10, x10, #200
    str w10, [x23, #0x08]           /* DELAY */
    mov w10, #1
    mov x25, x24
    str w10, [x23, #0x04]           /* CTRL.START */
sleep:
    wfi
    cmp x24, x25
    b.eq sleep
    tst x24, #0x3f
    b.ne more
    put_char '*'
more:
    mov x9, #PULSES
    cmp x24, x9
    b.ne again
    put_char 'D'
    power_off

irq:
    mrs x10, S3_0_C12_C12_0         /* ICC_IAR1_EL1 */
    mov w11, #1
    str w11, [x23, #0x10]           /* STATUS.PENDING: acknowledge */
    dsb sy
    msr S3_0_C12_C12_1, x10         /* ICC_EOIR1_EL1 */
    add x24, x24, #1
    eret

    .ltorg
    .balign 2048
    .global vectors
vectors:
    .org vectors + 0x280
    b irq                           /* the probed instruction */
    .org vectors + 0x800

    .bss
    .balign 8
scratch: .skip 8
