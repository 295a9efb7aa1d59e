/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual GIC's registers that guests use on their hot paths (GICv3 12.9, 12.11): words of 32 interrupts, and a few constants
 *
 * A continuation of vectors.S: a data abort, x0 to x3 are saved, x1 is HPFAR_EL2, x2 ESR_EL2. It changes x0 to x7; the register that is moved is one of these, which
 * is where compilers have it. What is not here goes on at device_access, with nothing changed; core/vgic.c says the same.
 */
#include "layout.h"
#include "vgic_registers.h"

    /* A data abort (D13.2.39) by a load or store of one register, 4 or 8 bytes, not sign-extended: ESR bits 31:21 */
    .equ    WORD, 0x49c
    .equ    DOUBLE, 0x49e
    /* On an address that stage 2 does not map, not on a table walk: bits 7:2 in place */
    .equ    READ, 0x04
    .equ    WRITE, 0x44
    .equ    SRT_MAX, 7
    .equ    GICD, 0x08000000
    .equ    GICD_PAGE, GICD >> 8            /* its first page, as HPFAR_EL2 has it: bits 39:4 are IPA bits 47:12 */
    .equ    SGI_PAGE, 0x10000 >> 8          /* from RD_base to SGI_base */
    .equ    ISENABLER, 0x100                /* then ICENABLER 0x180, ISPENDR 0x200, ICPENDR 0x280, ISACTIVER */
    .equ    ENABLERS, 0x80                  /* bytes of the first; of the first four: */
    .equ    WORDS, 0x200
    .equ    SGIS, 0xffff
    .equ    PENDING_BIT, 9                  /* of the offset: ISPENDR or ICPENDR */

    .macro OF op, reg, place                /* a member of struct vcpu */
    \op     \reg, [sp, #\place - VCPU_FRAME]
    .endm

    .section .text.vgic_fast, "ax"
    .global vgic_fast
vgic_fast:
    stp     x4, x5, [sp, #-VCPU_FRAME + 8 * 4]
    stp     x6, x7, [sp, #-VCPU_FRAME + 8 * 6]
    ubfx    w0, w2, #16, #5                 /* SRT */
    cmp     w0, #SRT_MAX
    b.hi    slow
    lsr     w3, w2, #21
    and     w4, w2, #0xfc
    mrs     x5, far_el2
    and     w5, w5, #0xfff                  /* offset in the page */
    cmp     w3, #WORD
    b.ne    not_a_word
    cmp     x1, #GICD_PAGE
    b.ne    redistributor

    ubfx    w6, w5, #2, #5                  /* word of 32 interrupts, */
    sub     w7, w6, #VGIC_FIRST_WORD       /* with physical ones behind it */
    cmp     w7, #VGIC_WORDS - VGIC_FIRST_WORD
    sub     w3, w5, #ISENABLER              /* kept for `write` */
    mov     w7, #GICD                       /* the physical one */
    b.hs    constants
    cmp     w3, #WORDS
    b.hs    slow
word:
    OF ldr, x1, VCPU_IRQ_MASK
    ldr     w1, [x1, x6, lsl #2]
    cmp     w4, #READ
    b.ne    write
    ldr     w3, [x7, x5]
    and     w3, w3, w1
    tbnz    w5, #PENDING_BIT, pending
    cbz     w6, sgis_enabled
answer:
    sub     x1, sp, #VCPU_FRAME
    str     x3, [x1, x0, lsl #3]
done:
    mrs     x1, elr_el2
    add     x1, x1, #4                      /* IL: no A32 guest's kernel has a GIC */
    msr     elr_el2, x1
    ldp     x4, x5, [sp, #-VCPU_FRAME + 8 * 4]
    ldp     x6, x7, [sp, #-VCPU_FRAME + 8 * 6]
    ldp     x0, x1, [sp, #-VCPU_FRAME]
    ldp     x2, x3, [sp, #-VCPU_FRAME + 8 * 2]
    eret

sgis_enabled:
    OF ldr, w1, VCPU_SGI_ENABLED
    orr     w3, w3, w1
    b       answer

    /* What waits, and what list registers have pending (State 62, vINTID 31:0), is so to the guest. */
pending:
    cbz     w1, answer                      /* nothing of it is the VM's, or this is not a VM: a domain that looks there sees nothing of its caller's */
    add     x7, sp, x6, lsl #2
    ldr     w7, [x7, #VCPU_WAITING_BITS - VCPU_FRAME]
    orr     w3, w3, w7
    mrs     x1, ICH_ELRSR_EL2
    and     w1, w1, #0xf
    cmp     w1, #0xf                        /* none is in use */
    b.eq    answer
    mov     w4, #1
    mov     x5, #0xffffffe0
    movk    x5, #1 << 14, lsl #48
    lsl     w6, w6, #5
    orr     x6, x6, #1 << 62
    .irp n, 0, 1, 2, 3
    mrs     x1, ICH_LR\n\()_EL2
    eor     x7, x1, x6
    lsl     w1, w4, w1
    tst     x7, x5
    csel    w1, w1, wzr, eq
    orr     w3, w3, w1
    .endr
    b       answer

    /* A word of ISENABLER: w1 what is owned, x7 the physical one */
write:
    cmp     w4, #WRITE
    b.ne    slow
    cmp     w3, #ENABLERS
    b.hs    slow
    sub     x3, sp, #VCPU_FRAME
    ldr     x3, [x3, x0, lsl #3]
    ands    w1, w1, w3
    b.eq    1f
    str     w1, [x7, x5]
1:  cbnz    w6, done
    OF ldr, w1, VCPU_SGI_ENABLED
    and     w4, w3, #SGIS
    orr     w1, w1, w4
    OF str, w1, VCPU_SGI_ENABLED
    OF ldr, w1, VCPU_WAITING_BITS
    tst     w1, w3
    b.eq    done
    OF ldr, x1, VCPU_CORE                   /* the interrupt of the core's own puts them into list registers */
    ldr     w1, [x1]
    mov     x3, #1
    lsl     x3, x3, x1
    orr     x3, x3, #SGI_KICK << 24
    msr     ICC_SGI1R_EL1, x3
    b       done

    /* Not a word that is: GICD_CTLR, GICD_TYPER */
constants:
    cmp     w4, #READ
    b.ne    slow
    cbnz    w5, 1f
    OF ldr, x3, VCPU_VM
    ldp     w3, w1, [x3, #VM_GICD_CTLR]
    cbz     w1, 2f
    orr     w3, w3, #GICD_CTLR_RWP
2:  mov     w1, #GICD_CTLR_FIXED
    orr     w3, w3, w1
    b       answer
1:  cmp     w5, #GICD_TYPER
    b.ne    slow
    ldr     w3, =GICD_TYPER_VALUE
    b       answer

redistributor:
    OF ldr, x6, VCPU_GICR_HPFAR
    sub     x6, x1, x6
    cbz     x6, typer
    cmp     x6, #SGI_PAGE
    b.ne    slow
    mov     w6, #0
    OF ldr, x7, VCPU_GICR_SGI
    tst     w5, #0x7f
    b.ne    slow
    sub     w3, w5, #ISENABLER
    cmp     w3, #WORDS
    b.lo    word
slow:
    ldp     x4, x5, [sp, #-VCPU_FRAME + 8 * 4]
    ldp     x6, x7, [sp, #-VCPU_FRAME + 8 * 6]
    b       device_access

not_a_word:
    OF ldr, x6, VCPU_GICR_HPFAR
    cmp     w3, #DOUBLE
    ccmp    x1, x6, #0, eq
    b.ne    slow
typer:                                      /* of its own; LDR X takes all of it */
    cmp     w5, #GICR_TYPER
    ccmp    w4, #READ, #0, eq
    b.ne    slow
    OF ldr, x3, VCPU_GICR_TYPER
    tbnz    w2, #22, answer                 /* SAS: 8 bytes */
    mov     w3, w3
    b       answer
