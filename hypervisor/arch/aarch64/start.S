/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL2: core 0 from the loader, the others from PSCI CPU_ON with their number in x0
 */
#include "layout.h"

    .section .text.boot, "ax"
    .global _start
_start:
    mov     x0, #0
    .global hyp_secondary_entry
hyp_secondary_entry:
    msr     daifset, #0xf
    /* A stack a core, the first core's lowest; it grows down from where the next one begins. */
    adrp    x1, hyp_stacks
    add     x1, x1, :lo12:hyp_stacks
    add     x2, x0, #1
    add     x1, x1, x2, lsl #STACK_SHIFT
    mov     sp, x1
    adrp    x1, hyp_vectors
    add     x1, x1, :lo12:hyp_vectors
    msr     vbar_el2, x1
    msr     tpidr_el2, xzr                  /* no vCPU yet: fatal looks */

    /* The map is in the image; only the registers that point to it are set here (Arm ARM D13.2.99 MAIR, .133 TCR). */
    adrp    x1, hyp_el2_root
    add     x1, x1, :lo12:hyp_el2_root
    msr     ttbr0_el2, x1
    mov     x1, #0xff00                     /* Attr0 device-nGnRnE, Attr1 normal write-back */
    msr     mair_el2, x1
    ldr     x1, =0x80823519                 /* TCR_EL2: T0SZ 25 (39-bit VA), 4 KiB, write-back, inner shareable, 40-bit PA */
    msr     tcr_el2, x1
    isb
    tlbi    alle2
    ic      iallu
    dsb     sy
    isb
    ldr     x1, =0x30cd183d                 /* SCTLR_EL2: RES1, M, C, SA, I, WXN */
    msr     sctlr_el2, x1
    isb
    bl      hyp_main                        /* x0: core; does not return */

    .section .text, "ax"
    .global smc
smc:
    smc     #0
    ret

    .section .bss
    .balign 4096
    .global hyp_stacks
hyp_stacks:
    .space  8 << STACK_SHIFT                /* HYP_CORES_MAX */
