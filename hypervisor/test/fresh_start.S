/* SPDX-License-Identifier: GPL-2.0-or-later
 * fresh: a sum of all that a vCPU finds at its first instruction, before anything of it is changed
 */
    .equ    RAM, 0x40000000
    .equ    RAM_END, 0x40200000             /* the boards of these tests give 2 MiB */

    .macro ADD_TO sum, value
    eor     \sum, \sum, \value
    ror     \sum, \sum, #13
    add     \sum, \sum, #0x3b
    .endm

    .macro SUM_SIMD n
    mov     x1, v\n\().d[0]
    mov     x2, v\n\().d[1]
    ADD_TO  x19, x1
    ADD_TO  x19, x2
    .endm

    /* x19: of general, system and SIMD registers. Changes x1 to x3 besides. */
    .macro SUM_REGISTERS
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,20,21,22,23,24,25,26,27,28,29,30
    ADD_TO  x19, x\r
    .endr
    .irp r, sctlr_el1, cpacr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, amair_el1, vbar_el1, esr_el1, far_el1, afsr0_el1, afsr1_el1, par_el1, elr_el1, \
            spsr_el1, sp_el0, contextidr_el1, tpidr_el0, tpidrro_el0, tpidr_el1, csselr_el1, cntkctl_el1, mdscr_el1, cntv_ctl_el0, cntv_cval_el0, cntp_ctl_el0, \
            cntp_cval_el0, daif, CurrentEL, mpidr_el1, ICC_PMR_EL1, ICC_BPR1_EL1, ICC_AP1R0_EL1, ICC_IGRPEN1_EL1, ICC_CTLR_EL1, ICC_HPPIR1_EL1, ICC_RPR_EL1, \
            dbgbcr0_el1, dbgbcr5_el1, dbgbvr0_el1, dbgwcr0_el1, dbgwcr3_el1, dbgwvr3_el1
    mrs     x1, \r
    ADD_TO  x19, x1
    .endr
    mov     x1, sp
    ADD_TO  x19, x1
    mov     x1, #3 << 20                    /* CPACR_EL1.FPEN: FP and SIMD do not trap */
    msr     cpacr_el1, x1
    isb
    .arch_extension fp
    .arch_extension simd
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    SUM_SIMD \n
    .endr
    mrs     x1, fpcr
    mrs     x2, fpsr
    ADD_TO  x19, x1
    ADD_TO  x19, x2
    .endm

    .section .text.boot, "ax"
    .global _start, fresh_second_entry, boot_end
_start:
    SUM_REGISTERS
    mov     x20, #0
    mov     x1, #RAM
    mov     x2, #RAM_END
1:  ldr     x3, [x1], #8
    ADD_TO  x20, x3
    cmp     x1, x2
    b.lo    1b
    ldr     x1, =stack_end
    mov     sp, x1
    ldr     x1, =vectors
    msr     vbar_el1, x1
    isb
    mov     x1, x19
    mov     x2, x20
    bl      fresh_main
    .ltorg
boot_end:
fresh_second_entry:                         /* CPU_ON */
    SUM_REGISTERS
    ldr     x1, =second_stack_end
    mov     sp, x1
    ldr     x1, =vectors
    msr     vbar_el1, x1
    isb
    mov     x1, x19
    bl      fresh_second
    .ltorg

    .section .text, "ax"
    .global call, spoil_simd
    /* int64_t call(x0, x1, x2, x3, struct { x0 to x2 } *, immediate): HVC #1, or #0 if immediate is 0 */
call:
    mov     x6, x4
    cbz     x5, 1f
    hvc     #1
    b       2f
1:  hvc     #0
2:  cbz     x6, 3f
    stp     x0, x1, [x6]
    str     x2, [x6, #16]
3:  ret
spoil_simd:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    dup     v\n\().2d, x0
    .endr
    mov     x0, #1 << 22
    msr     fpcr, x0
    ret

    .balign 2048
vectors:
    .rept   16
    .balign 128
    b       fresh_unexpected
    .endr

    .section .bss
    .balign 16
    .space  8192
stack_end:
    .space  8192
second_stack_end:
