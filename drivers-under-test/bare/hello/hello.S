/* SPDX-License-Identifier: GPL-2.0-or-later
 * hello: says at which exception level it was entered, whether x0 is a device tree, and what the module at MODULE is
 */
#define UART    0x0b000000          /* uart16550: THR at 0, LSR at 5 */
#define MODULE  0x48000000
#define PSCI_SYSTEM_OFF 0x84000008

    .text
    .global _start
_start:
    mov x20, x0
    adr x1, text_el
    bl say
    mrs x0, CurrentEL               /* Arm ARM C5.2.1: bits 3:2 */
    ubfx x21, x0, #2, #2
    add w0, w21, #'0'
    bl put
    adr x1, text_tree
    bl say
    ldr w0, [x20]
    rev w0, w0
    ldr w1, =0xd00dfeed             /* Devicetree Specification 5.2 */
    cmp w0, w1
    adr x1, text_yes
    adr x2, text_no
    csel x1, x1, x2, eq
    bl say
    adr x1, text_module
    bl say
    ldr x1, =MODULE                 /* a text's first line; memory without a module reads 0 */
    bl say
    adr x1, text_end
    bl say
    ldr w0, =PSCI_SYSTEM_OFF
    cmp x21, #2
    b.eq 1f
    hvc #0
1:  smc #0
    b .

/* x1: text up to a 0 or a line's end. */
say:
    mov x19, x30
2:  ldrb w0, [x1], #1
    cbz w0, 3f
    cmp w0, #'\n'
    b.eq 3f
    bl put
    b 2b
3:  ret x19

put:
    ldr x2, =UART
4:  ldrb w3, [x2, #5]
    tbz w3, #5, 4b                  /* THRE */
    strb w0, [x2]
    ret

text_el:     .asciz "hello: EL"
text_tree:   .asciz ", device tree "
text_yes:    .asciz "yes"
text_no:     .asciz "no"
text_module: .asciz ", module: "
text_end:    .asciz " (end)"
    .balign 8
