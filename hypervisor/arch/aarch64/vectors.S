/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2 vectors (Arm ARM D1.3.1)
 *
 * While a guest runs, SP_EL2 points to the routes of its struct vcpu: its registers go below, and an interrupt's route is found at [sp, INTID].
 * Three paths are short, and hypervisor/test and `./ingot bench hypervisor` hold them to their length, entry to ERET:
 *   interrupt to list register 0     16 instructions, 1 line of 64 bytes (2 more for each of the next three registers)
 *   hypercall 0                      11
 *   a word of the virtual GIC        saves only what vgic_fast.S changes; other registers of it what C may change
 * All others save every register and may end in another vCPU's.
 */
#include "layout.h"

    .equ    LR_PENDING_HW_GROUP1, 7 << 60   /* GICv3 12.4.7 ICH_LR<n>_EL2: State 01, HW, Group */
    .equ    LR_PENDING_GROUP1, 5 << 60
    .equ    LR_PRIORITY, 48
    .equ    HVC_1, 0x5a000001               /* ESR_EL2 of it: EC 0x16, IL */
    .equ    EC_DABT_LOWER, 0x24
    .equ    PPI_ALARM, 26
    .equ    GIC_MIB, 0x080                  /* its registers, and nothing else, are in this one */
    /* ISS of a data abort (D13.2.39): a syndrome with a register, translation fault, not on a table walk */
    .equ    DABT_MASK, 1 << 24 | 1 << 7 | 0x3c
    .equ    DABT_PLAIN, 1 << 24 | 0x04

    .macro X op, a, b, n                    /* x<n> and its neighbour, in the frame */
    \op     \a, \b, [sp, #-VCPU_FRAME + 8 * \n]
    .endm

    /* From the vCPU to this core's stack; x0 is the vCPU then. And back. */
    .macro TO_STACK scratch
    sub     x0, sp, #VCPU_FRAME
    ldr     \scratch, [x0, #VCPU_STACK]
    mov     sp, \scratch
    .endm
    .macro FROM_STACK
    mrs     x1, tpidr_el2
    add     sp, x1, #VCPU_FRAME
    .endm

    .macro FATAL vector
    .balign 128
    mov     x0, #\vector
    b       fatal
    .endm

    .section .text, "ax"
    .balign 2048
    .global hyp_vectors
hyp_vectors:
    FATAL 0                                 /* current EL with SP0: not used */
    FATAL 1
    FATAL 2
    FATAL 3
    FATAL 4                                 /* current EL with SPx: a fault of the hypervisor itself */
    FATAL 5
    FATAL 6
    FATAL 7

    /* Lower EL, AArch64: synchronous (EL1 is AArch64, so a 32-bit EL0 comes here too). */
    .balign 128
    .global hyp_vector_sync
hyp_vector_sync:
    X stp, x2, x3, 2
    mrs     x2, esr_el2
    movz    w3, #HVC_1 >> 16, lsl #16
    eor     w3, w2, w3
    cmp     w3, #HVC_1 & 0xffff
    b.ne    not_a_hypercall
    and     w2, w0, #0xff
    cbnz    w2, hypercall_c
    mov     x0, #0
    X ldp, x2, x3, 2
    eret

not_a_hypercall:
    X stp, x0, x1, 0
    lsr     w1, w2, #26
    cmp     w1, #EC_DABT_LOWER
    b.eq    device_fast
    b       trap_entry

    /* Lower EL, AArch64: IRQ. Acknowledge; drop the priority, so that the next one can come; and pass it on in a list
     * register with HW = 1, so that the guest's own EOI deactivates the physical interrupt without coming here. An INTID is below
     * 1024: LPIs are never enabled, and 1020 to 1023 have a route that nobody owns. */
    .if     . - hyp_vector_sync > 128
    .error  "the synchronous vector does not fit into its slot"
    .endif
    .balign 128
    .global hyp_vector_irq
hyp_vector_irq:
    X stp, x0, x1, 0
    X stp, x2, x3, 2
    mrs     x0, ICC_IAR1_EL1                /* physically active from here on */
    ldrb    w2, [sp, x0]
    tbz     w2, #ROUTE_OWNED_BIT, irq_other /* the hypervisor's own, another VM's, 1023: none */
    lsr     w2, w2, #ROUTE_PRIORITY_SHIFT
    orr     x3, x0, x0, lsl #32             /* vINTID 31:0, pINTID 41:32: the same */
    bfi     x3, x2, #LR_PRIORITY + ROUTE_PRIORITY_SHIFT, #5
    orr     x3, x3, #LR_PENDING_HW_GROUP1
    mrs     x2, ICH_ELRSR_EL2               /* a bit a free list register */
    msr     ICC_EOIR1_EL1, x0               /* EOImode 1: only drops the priority */
    tbz     w2, #0, irq_lr1
    msr     ICH_LR0_EL2, x3
    .global hyp_lr_written
hyp_lr_written:
    X ldp, x2, x3, 2
    X ldp, x0, x1, 0
    .global hyp_irq_eret
hyp_irq_eret:
    eret

    /* FIQ: the hypervisor's own interrupts on the core of a VM that takes its interrupts itself. In a system without one all are group 1, and the branch to what is
     * not there is a NOP (AAELF64 5.7.7). */
    .balign 128
    X stp, x0, x1, 0
    X stp, x2, x3, 2
    .weak   direct_vector
    b       direct_vector
    mov     x0, #10
    b       fatal
    .global direct_vector_taken             /* direct_vector comes back here */
direct_vector_taken:
    mov     x0, #1023                       /* no INTID yet */
    b       irq_other
    .balign 128                             /* SError of the guest */
    X stp, x2, x3, 2
    X stp, x0, x1, 0
    b       trap_entry
    FATAL 12                                /* lower EL, AArch32: EL1 never is */
    FATAL 13
    FATAL 14
    FATAL 15

    /* The other list registers. Four are used: so many has each GICv3 CPU interface of an Arm core. */
irq_lr1:
    tbz     w2, #1, irq_lr2
    msr     ICH_LR1_EL2, x3
    b       hyp_lr_written
irq_lr2:
    tbz     w2, #2, irq_lr3
    msr     ICH_LR2_EL2, x3
    b       hyp_lr_written
irq_lr3:
    tbz     w2, #3, irq_overflow
    msr     ICH_LR3_EL2, x3
    b       hyp_lr_written

    /* C may change x0-x18, x29 and x30 (AAPCS64); the others are the guest's all the time. */
    .macro SAVE_CALLER_FROM_4
    X stp, x4, x5, 4
    X stp, x6, x7, 6
    X stp, x8, x9, 8
    X stp, x10, x11, 10
    X stp, x12, x13, 12
    X stp, x14, x15, 14
    X stp, x16, x17, 16
    str     x18, [sp, #-VCPU_FRAME + 8 * 18]
    X stp, x29, x30, 29
    .endm
    .macro LOAD_CALLER
    X ldp, x4, x5, 4
    X ldp, x6, x7, 6
    X ldp, x8, x9, 8
    X ldp, x10, x11, 10
    X ldp, x12, x13, 12
    X ldp, x14, x15, 14
    X ldp, x16, x17, 16
    ldr     x18, [sp, #-VCPU_FRAME + 8 * 18]
    X ldp, x29, x30, 29
    X ldp, x0, x1, 0
    X ldp, x2, x3, 2
    .endm

    /* Hypercalls that name a capability; x2, x3 are saved, w2 is the number. A vCPU that interrupts itself, the commonest of them, finds its capability, sees that the
     * interrupt is enabled and in no list register, and puts it into one: as an interrupt above, with nothing physical behind it. */
hypercall_c:
    X stp, x0, x1, 0
    cmp     w2, #CALL_RAISE
    b.ne    hypercall_any
    ldr     x3, [sp, #VCPU_CAP_COUNT - VCPU_FRAME]
    lsr     x0, x0, #8
    cmp     x0, x3
    b.hs    hypercall_any
    ldr     x3, [sp, #VCPU_CAPS - VCPU_FRAME]
    ldr     x3, [x3, x0, lsl #CAP_SIZE_SHIFT]   /* number 63:32, INTID 31:16, type 7:0 */
    ldr     x0, [sp, #VCPU_NUMBER - VCPU_FRAME] /* its own, and what waits 63:32: nothing */
    cmp     x0, x3, lsr #32
    b.ne    hypercall_any
    and     w0, w3, #0xff
    cmp     w0, #CAP_VIRQ
    b.ne    hypercall_any
    ldr     x1, [sp, #VCPU_VM - VCPU_FRAME]
    ldr     w1, [x1]                        /* enabled */
    ubfx    w0, w3, #16, #16                /* INTID: of 32 to 63 */
    lsr     w1, w1, w0                      /* by its low five bits */
    tbz     w1, #0, hypercall_any
    .irp n, 0, 1, 2, 3
    mrs     x1, ICH_LR\n\()_EL2
    cmp     w1, w0
    b.ne    1f
    lsr     x1, x1, #62
    cbnz    x1, hypercall_any
1:
    .endr
    ldrb    w1, [sp, x0]
    movz    x2, #LR_PENDING_GROUP1 >> 48, lsl #48
    orr     x0, x0, x2
    lsr     w1, w1, #ROUTE_PRIORITY_SHIFT
    bfi     x0, x1, #LR_PRIORITY + ROUTE_PRIORITY_SHIFT, #5
    mrs     x1, ICH_ELRSR_EL2
    tbz     w1, #0, 1f
    msr     ICH_LR0_EL2, x0
    b       3f
1:  tbz     w1, #1, 1f
    msr     ICH_LR1_EL2, x0
    b       3f
1:  tbz     w1, #2, 1f
    msr     ICH_LR2_EL2, x0
    b       3f
1:  tbz     w1, #3, hypercall_any
    msr     ICH_LR3_EL2, x0
3:  ldr     x1, [sp, #-VCPU_FRAME + 8]
    mov     x0, #0
    X ldp, x2, x3, 2
    eret
hypercall_any:
    cmp     w2, #CALL_SWITCHING
    b.hs    hypercall_long
    ldr     x0, [sp, #-VCPU_FRAME]          /* x1-x3 are in the frame, too */
    SAVE_CALLER_FROM_4
    mov     x1, x0
    TO_STACK x3
    bl      hypercall
    FROM_STACK
    str     x0, [sp, #-VCPU_FRAME]
    LOAD_CALLER
    eret

    /* An access to an address that stage 2 does not map: to the virtual GIC most often. */
device_fast:
    mrs     x1, hpfar_el2                   /* bits 39:4 are IPA bits 47:12 */
    lsr     x3, x1, #12
    cmp     x3, #GIC_MIB
    b.eq    vgic_fast
monitors:
    SAVE_CALLER_FROM_4
    X stp, x19, x20, 19
    X stp, x21, x22, 21
    X stp, x23, x24, 23
    X stp, x25, x26, 25
    X stp, x27, x28, 27
    mov     x1, x2
    TO_STACK x3
    bl      trap_device
    b       resume

    /* Other registers of the virtual GIC, other sizes. The register that the access moves is in the frame if C may change it, so those above x18 go the long way. */
    .global device_access
device_access:
    mrs     x2, esr_el2
    movz    w3, #DABT_MASK >> 16, lsl #16
    movk    w3, #DABT_MASK & 0xffff
    and     w3, w2, w3
    movz    w1, #DABT_PLAIN >> 16, lsl #16
    movk    w1, #DABT_PLAIN & 0xffff
    cmp     w3, w1
    b.ne    trap_entry
    ubfx    w1, w2, #16, #5                 /* SRT */
    cmp     w1, #18
    b.hi    srt_high
device_access_low:
    SAVE_CALLER_FROM_4
    mov     w1, w2
    TO_STACK x3
    bl      trap_vgic
    FROM_STACK
    cbz     w0, save_rest
    LOAD_CALLER
    eret
srt_high:
    cmp     w1, #31                         /* XZR */
    b.eq    device_access_low
    b       trap_entry

hypercall_long:
    SAVE_CALLER_FROM_4
    X stp, x19, x20, 19
    X stp, x21, x22, 21
    X stp, x23, x24, 23
    X stp, x25, x26, 25
    X stp, x27, x28, 27
    TO_STACK x3
    bl      hypercall_switching
    b       resume

    /* The hypervisor's own interrupts, and list registers that are full: x0 is the INTID. The end of a slot is in slots.S. */
irq_overflow:
irq_other:
    SAVE_CALLER_FROM_4
    X stp, x19, x20, 19
    X stp, x21, x22, 21
    X stp, x23, x24, 23
    X stp, x25, x26, 25
    X stp, x27, x28, 27
    cmp     x0, #PPI_ALARM
    b.eq    slots_alarm
    .global irq_any
irq_any:
    mov     x1, x0
    TO_STACK x3
    bl      trap_interrupt
    b       resume

    /* Everything else may change any register, or the vCPU. */
trap_entry:
    SAVE_CALLER_FROM_4
save_rest:
    X stp, x19, x20, 19
    X stp, x21, x22, 21
    X stp, x23, x24, 23
    X stp, x25, x26, 25
    X stp, x27, x28, 27
    TO_STACK x3
    bl      trap_sync
    /* x0: the vCPU that runs now; all but its general registers are in place. */
    .global arch_resume
arch_resume:
resume:
    add     sp, x0, #VCPU_FRAME
    X ldp, x19, x20, 19
    X ldp, x21, x22, 21
    X ldp, x23, x24, 23
    X ldp, x25, x26, 25
    X ldp, x27, x28, 27
    LOAD_CALLER
    eret

    /* The hypervisor's own fault, x0 its vector. The stack may be the reason, and nothing on it is needed any more:
     * the report starts at the top, where this core's stack is empty. */
fatal:
    mrs     x1, tpidr_el2
    cbz     x1, 1f                          /* no vCPU yet: its stack is fresh */
    ldr     x1, [x1, #VCPU_STACK]
    mov     sp, x1
1:  b       fault_el2
