/* SPDX-License-Identifier: GPL-2.0-or-later
 * CPU 1 of the guest check, at EL1, MMU off
 */
    .section .text, "ax"
    .global several_entry
several_entry:
    adrp    x1, stack_end
    add     x1, x1, :lo12:stack_end
    mov     sp, x1
    b       several_main

    .section .bss
    .balign 16
    .space  4096
stack_end:
