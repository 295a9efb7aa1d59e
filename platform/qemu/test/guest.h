/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the test guests share: the board's addresses, and a few steps at EL2 on QEMU virt
 */
#define GICD        0x08000000
#define GICR        0x080a0000      /* 0x20000 a core: RD_base, then SGI_base */
#define UART        0x0b000000      /* uart16550: THR at 0, LSR at 5 */
#define DMAQ        0x0b010000
#define PULSE       0x0b020000
#define PULSE_SPI   180
#define INTID       (32 + PULSE_SPI)
#ifndef PULSES
#define PULSES      1000
#endif

#define PSCI_CPU_ON     0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008

.macro mov32 reg, value
    movz \reg, #((\value) & 0xffff)
    movk \reg, #((\value) >> 16), lsl #16
.endm

.macro power_off
    mov32 w0, PSCI_SYSTEM_OFF
    smc #0
    b .
.endm

.macro put_char c
    mov32 x9, UART
    mov w10, #\c
    strb w10, [x9]
.endm

/* GICv3 12.9: group 1, affinity routing, one security state (QEMU virt without secure=on). */
.macro distributor_on
    mov32 x9, GICD
    mov w10, #0x12
    str w10, [x9]
.endm

/* SPI `PULSE_SPI`: group 1, priority 0x80, to the core of affinity `core`, enabled. */
.macro route_pulse core
    mov32 x9, GICD
    mov w10, #1 << (INTID % 32)
    str w10, [x9, #0x80 + INTID / 32 * 4]
    mov w10, #0x80
    mov w11, #0x400 + INTID
    strb w10, [x9, x11]
    mov32 x12, 0x6000 + INTID * 8
    mov x10, #\core
    str x10, [x9, x12]
    mov w10, #1 << (INTID % 32)
    str w10, [x9, #0x100 + INTID / 32 * 4]
.endm

/* This core's redistributor awake, its CPU interface on, physical IRQs taken at EL2. */
.macro cpu_interface_on core
    mov32 x9, GICR + \core * 0x20000
    str wzr, [x9, #0x14]
1:  ldr w10, [x9, #0x14]
    tbnz w10, #2, 1b
    mov x10, #0xf
    msr S3_4_C12_C9_5, x10          /* ICC_SRE_EL2 */
    isb
    mov x10, #0xff
    msr S3_0_C4_C6_0, x10           /* ICC_PMR_EL1 */
    mov x10, #1
    msr S3_0_C12_C12_7, x10         /* ICC_IGRPEN1_EL1 */
    mrs x10, hcr_el2
    orr x10, x10, #1 << 4           /* IMO */
    msr hcr_el2, x10
    isb
.endm

/* x0 = 64-bit LCG state in x20, next; Knuth's MMIX constants. */
.macro random reg
    ldr x21, =6364136223846793005
    ldr x22, =1442695040888963407
    madd x20, x20, x21, x22
    lsr \reg, x20, #33
.endm
