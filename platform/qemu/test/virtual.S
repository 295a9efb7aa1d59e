/* SPDX-License-Identifier: GPL-2.0-or-later
 * The smallest hypervisor: for each HVC of its guest it puts a virtual interrupt into a list register
 *
 * Rounds 0 to 2 use list registers 0, 1 and 3 with INTID 32, 33 and 34. Then the guest asks for the end.
 */
#include "guest.h"

#define ROUNDS 3
/* GICv3 12.4.5 ICH_LR<n>_EL2: pending, group 1, priority 0x80 */
#define LR_PENDING ((1 << 62) | (1 << 60) | (0x80 << 48))

    .text
    .global _start
_start:
    mov x10, #0xf
    msr S3_4_C12_C9_5, x10          /* ICC_SRE_EL2 */
    isb
    mov x10, #1
    msr S3_4_C12_C11_0, x10         /* ICH_HCR_EL2.En */
    mov x10, #1 << 31               /* HCR_EL2.RW */
    orr x10, x10, #1 << 4           /* IMO */
    msr hcr_el2, x10
    mov x10, #5 << 48               /* VTTBR_EL2.VMID; there is no stage 2 */
    msr vttbr_el2, x10
    ldr x10, =vectors_el2
    msr vbar_el2, x10
    ldr x10, =vectors_el1
    msr vbar_el1, x10
    ldr x10, =guest
    msr elr_el2, x10
    mov x10, #0x3c5                 /* EL1h, masked */
    msr spsr_el2, x10
    isb
    eret

guest:
    mov x10, #0xff
    msr S3_0_C4_C6_0, x10           /* ICC_PMR_EL1: the virtual one */
    mov x10, #1
    msr S3_0_C12_C12_7, x10         /* ICC_IGRPEN1_EL1 */
    msr daifclr, #2
    mov x24, #0
round:
    hvc #0
    cmp x24, #ROUNDS
    b.ne round
    hvc #1

    .ltorg
    .balign 2048
vectors_el1:
    .org vectors_el1 + 0x280
    mrs x10, S3_0_C12_C12_0         /* ICC_IAR1_EL1 */
    add x24, x24, #1
    msr S3_0_C12_C12_1, x10         /* ICC_EOIR1_EL1 */
    eret
    .balign 2048
vectors_el2:
    .org vectors_el2 + 0x400        /* synchronous, from a lower EL */
    mrs x10, esr_el2
    tbnz x10, #0, end
    ldr x10, =LR_PENDING
    add x11, x24, #32
    orr x10, x10, x11
    cbnz x24, 1f
    msr S3_4_C12_C12_0, x10         /* ICH_LR0_EL2 */
    eret
1:  cmp x24, #1
    b.ne 2f
    msr S3_4_C12_C12_1, x10
    eret
2:  msr S3_4_C12_C12_3, x10
    eret
end:
    power_off
