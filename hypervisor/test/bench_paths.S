/* SPDX-License-Identifier: GPL-2.0-or-later
 * The instructions whose way through the hypervisor is counted: from path_NAME up to path_NAME_end
 */
    .macro PATH name, instruction:vararg
    .global path_\name, path_\name\()_end
path_\name:
    \instruction
path_\name\()_end:
    ret
    .endm

    .macro PATH_SPINNING name, count, instruction:vararg
    .global path_\name, path_\name\()_end
path_\name:
    \instruction
1:  subs    \count, \count, #1
    b.ne    1b
path_\name\()_end:
    ret
    .endm

    .section .text, "ax"
    PATH hvc_null, hvc #1
    PATH hvc_failing, hvc #1
    PATH ipc, hvc #1
    PATH up, hvc #1
    PATH down, hvc #1
    PATH virq_masked, hvc #1
    PATH virq_vector, hvc #1
    PATH ctlr_read, ldr w0, [x0]
    PATH typer_read, ldr x0, [x0]
    PATH enabled_read, ldr w0, [x0]
    PATH pending_read, ldr w0, [x0]
    PATH spi_enable, str w1, [x0]
    PATH ppi_enable, str w1, [x0]
    PATH sgi, msr ICC_SGI1R_EL1, x0
    PATH raz, mrs x0, oslsr_el1
    PATH id, mrs x0, id_aa64pfr0_el1
    PATH portal, ldr w0, [x0]
    PATH wfi, wfi
    PATH_SPINNING irq_spi, x2, str w1, [x0]
    PATH_SPINNING irq_overflow, x2, str w1, [x0]
    PATH_SPINNING irq_timer, x1, msr cntv_tval_el0, x0

    /* Marked once in a while, until the counter has reached x0: of two VMs that take turns one is here and one there. */
    .irp path, path_switch, path_switch_end
    .global \path
\path:
    mov     x2, #100
1:  subs    x2, x2, #1
    b.ne    1b
    mrs     x1, cntvct_el0
    cmp     x1, x0
    b.lo    \path
    ret
    .endr
