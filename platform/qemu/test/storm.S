/* SPDX-License-Identifier: GPL-2.0-or-later
 * A device that raises an interrupt each PERIOD ns for ever; ends after PULSES of them have been served
 */
#include "guest.h"

    .text
    .global _start
_start:
    distributor_on
    cpu_interface_on 0
    route_pulse 0
    ldr x9, =vectors
    msr vbar_el2, x9
    isb
    mov32 x23, PULSE
    mov w10, #PERIOD
    str w10, [x23, #0x08]           /* DELAY, the period too */
    mov x24, #0                     /* served */
    mov x25, #0                     /* the guest's own progress */
    mov w10, #3
    str w10, [x23, #0x04]           /* CTRL: START, PERIODIC */
    msr daifclr, #2
loop:
    add x25, x25, #1
    b loop

irq:
    mrs x10, S3_0_C12_C12_0         /* ICC_IAR1_EL1 */
    mov w11, #1
    str w11, [x23, #0x10]           /* STATUS.PENDING: acknowledge */
    dsb sy
    msr S3_0_C12_C12_1, x10         /* ICC_EOIR1_EL1 */
    add x24, x24, #1
    mov x9, #PULSES
    cmp x24, x9
    b.eq end
    eret
end:
    mov32 x9, UART
    mov w10, #'p'                   /* progress was made */
    mov w11, #'s'                   /* starved */
    cmp x25, #PULSES
    csel w10, w10, w11, hi
    strb w10, [x9]
    power_off

    .ltorg
    .balign 2048
vectors:
    .org vectors + 0x280
    b irq
    .org vectors + 0x800
