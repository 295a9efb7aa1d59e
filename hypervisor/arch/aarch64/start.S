/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entry at EL2: core 0 from the loader, the others from PSCI CPU_ON with their number in x0; and entry of a guest
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
    msr     tpidr_el2, xzr                  /* no struct core yet: fatal looks */

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

    /* arch_enter_guest(entry, x0): the guest starts as after reset, with its device tree in x0 (booting.rst). Nothing of
     * the hypervisor's may be left in a register. */
    .global arch_enter_guest
arch_enter_guest:
    msr     elr_el2, x0
    mov     x2, #0x3c5                      /* SPSR_EL2: EL1h, DAIF masked */
    msr     spsr_el2, x2
    mov     x0, x1
    /* The stack is empty from here on: each exception of the guest begins at its top. */
    mrs     x1, tpidr_el2
    ldr     w1, [x1, #CORE_ID]
    adrp    x2, hyp_stacks
    add     x2, x2, :lo12:hyp_stacks
    add     x1, x1, #1
    add     x1, x2, x1, lsl #STACK_SHIFT
    mov     sp, x1
    .irp r, tcr_el1, ttbr0_el1, ttbr1_el1, mair_el1, amair_el1, vbar_el1, esr_el1, far_el1, afsr0_el1, afsr1_el1, par_el1, \
            elr_el1, spsr_el1, sp_el0, sp_el1, contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1, cpacr_el1, csselr_el1, \
            cntkctl_el1, cntv_ctl_el0, cntp_ctl_el0, mdscr_el1, fpcr, fpsr
    msr     \r, xzr
    .endr
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    movi    v\r\().2d, #0
    .endr
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    mov     x\r, #0
    .endr
    eret

    .section .bss
    .balign 4096
    .global hyp_stacks
hyp_stacks:
    .space  8 << STACK_SHIFT                /* HYP_CORES_MAX */
