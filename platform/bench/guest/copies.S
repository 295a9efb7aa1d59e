/* SPDX-License-Identifier: GPL-2.0-or-later
 * Keeps dmaq busy: ROUNDS times a ring of 255 descriptors of 4 KiB, and sleeps until each ring is done
 */
#include "platform/qemu/test/guest.h"

#define SPI     179
#define INTID_DMAQ (32 + SPI)
#define RING    0x41000000          /* as the device sees it: its window is one to one */
#define SOURCE  0x41100000
#define TARGET  0x41200000
#define COUNT   255

    .text
    .global _start
_start:
    distributor_on
    mov32 x9, GICD
    mov w10, #1 << (INTID_DMAQ % 32)
    str w10, [x9, #0x80 + INTID_DMAQ / 32 * 4]
    mov32 x12, 0x6000 + INTID_DMAQ * 8
    str xzr, [x9, x12]
    mov w10, #1 << (INTID_DMAQ % 32)
    str w10, [x9, #0x100 + INTID_DMAQ / 32 * 4]
    cpu_interface_on 0

    mov32 x1, RING                  /* 256 descriptors: source, target, 4096 bytes */
    mov32 x2, SOURCE
    mov32 x3, TARGET
    mov x4, #0
1:  stp x2, x3, [x1]
    mov x5, #4096
    stp x5, xzr, [x1, #16]
    add x1, x1, #32
    add x4, x4, #1
    cmp x4, #256
    b.ne 1b

    mov32 x1, DMAQ
    mov32 w2, RING
    str w2, [x1, #0x10]
    mov w2, #8
    str w2, [x1, #0x18]
    mov w2, #3
    str w2, [x1, #0x28]             /* IRQ_ENABLE */
    mov w2, #0xff
    str w2, [x1, #0x2c]             /* COALESCE: 255 */
    mov w2, #1
    str w2, [x1, #0x08]
    mov32 x20, ROUNDS
    mov w21, #0                     /* TAIL */
2:  add w21, w21, #COUNT
    and w21, w21, #0xff
    str w21, [x1, #0x1c]
3:  wfi                             /* the pending interrupt wakes, masked as it is: after 255 descriptors */
    mov w2, #3
    str w2, [x1, #0x24]             /* IRQ_STATUS */
    ldr w2, [x1, #0x20]
    cmp w2, w21
    b.ne 3b
    subs x20, x20, #1
    b.ne 2b
    power_off
