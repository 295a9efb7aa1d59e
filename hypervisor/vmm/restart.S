/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts a VM's memory back as it was before its first boot: run by the VM's first vCPU at EL1, MMU off, in a space that forge made for it
 *
 * What it reads and writes goes past the caches (Arm ARM D5.2.9: device memory while the MMU is off). So lines that the VM has left dirty are first cleaned and thrown
 * away, job by job; nothing can bring one back, as nobody else runs. It needs no stack and is the same for each VM: its jobs are behind it.
 */
#include "hypervisor/include/control.h"

#define PSCI_SYSTEM_RESET 0x84000009

    .section .text.portal, "ax"
    .global restart_entry
restart_entry:
    ldr     x8, =RESTART_JOBS
    mrs     x9, ctr_el0
    ubfx    x9, x9, #16, #4                 /* DminLine: words of the smallest line, as a power of 2 */
    mov     x10, #4
    lsl     x9, x10, x9
job:
    ldp     x0, x2, [x8], #16               /* to, bytes */
    ldr     x1, [x8], #8                    /* from */
    cbz     x0, finished
    cbz     x2, job
    cmp     x2, #8
    b.ls    register
    add     x2, x0, x2                      /* end */
    mov     x3, x0
1:  dc      civac, x3
    add     x3, x3, x9
    cmp     x3, x2
    b.lo    1b
    dsb     sy
    cbz     x1, zeroes
2:  ldp     x3, x4, [x1]
    ldp     x5, x6, [x1, #16]
    ldp     x10, x11, [x1, #32]
    ldp     x12, x13, [x1, #48]
    stp     x3, x4, [x0]
    stp     x5, x6, [x0, #16]
    stp     x10, x11, [x0, #32]
    stp     x12, x13, [x0, #48]
    add     x1, x1, #RESTART_LINE
    add     x0, x0, #RESTART_LINE
    cmp     x0, x2
    b.lo    2b
    b       job
zeroes:
    stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #RESTART_LINE
    cmp     x0, x2
    b.lo    zeroes
    b       job
register:                                   /* of a device */
    b.eq    wait
    cmp     x2, #1
    b.ne    1f
    strb    w1, [x0]
    b       job
1:  str     w1, [x0]
    b       job
wait:
    ldr     w4, =RESTART_PATIENCE
1:  ldr     w3, [x0]
    tst     w3, w1
    sub     w4, w4, #1
    ccmp    w4, #0, #4, ne                  /* none of the bits, or no patience: equal */
    b.ne    1b
    b       job
finished:
    dsb     sy
    ldr     w0, =PSCI_SYSTEM_RESET
    hvc     #0
    .ltorg
    .global restart_end
restart_end:
