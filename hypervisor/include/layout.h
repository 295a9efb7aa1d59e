/* SPDX-License-Identifier: GPL-2.0-or-later
 * Numbers that C and assembly share; core/start.c asserts that struct vcpu agrees
 */
#ifndef HYP_LAYOUT_H
#define HYP_LAYOUT_H

/* struct vcpu, from its beginning. While its guest runs, SP_EL2 points to its routes: registers are saved below, an interrupt's route is found above. */
#define VCPU_FRAME 256          /* bytes of frame[], before the routes */
#define VCPU_ROUTES 1024        /* bytes of route[] */
#define VCPU_STACK 1280         /* where this core's C code begins its stack */
#define VCPU_CAPS 1288          /* its capabilities … */
#define VCPU_CAP_COUNT 1296     /* … and how many */
#define VCPU_PEER 1304          /* its monitor, of a guest; its guest, of a monitor; or 0 */
#define VCPU_VM 1312            /* struct vm, which begins with what is enabled of the virtual interrupts */
#define VCPU_NUMBER 1320        /* in hyp_vcpus */
#define VCPU_WAITING 1324       /* waiting_words */
#define VCPU_OWN 1328           /* struct arch_own, and struct arch_state behind it: switch.h */
#define VCPU_REGISTERS (VCPU_OWN + 40)  /* elr_el2 of that */
#define VCPU_CORE 1656          /* struct core, which begins with its number */
#define VCPU_INCOMING 1664
#define VCPU_ONLINE 1672        /* and away: two bytes */
#define VCPU_IRQ_MASK 1680
#define VCPU_GICR_HPFAR 1688
#define VCPU_GICR_TYPER 1696
#define VCPU_GICR_SGI 1704
#define VCPU_SGI_ENABLED 1712
#define VCPU_WAITING_BITS 1716  /* waiting[] */
#define VCPU_SIZE 2752
#define VM_GICD_CTLR 4          /* in struct vm; then rwp */
#define SGI_KICK 15             /* between cores: look again */
#define SPI_WORD 6              /* devices' SPIs (platform/board/system.rng: from 176) are in words of 32 interrupts from this one on … */
#define SPI_WORDS 3             /* … up to the last one */

/* struct core */
#define CORE_GICR 8
#define CORE_LOADED 16          /* and current */
#define CORE_SLOT 40            /* and slot_end */
#define CORE_SWITCHING 56
#define CORE_OPEN 57
/* struct hyp_slot */
#define SLOT_NEXT 0
#define SLOT_TICKS 8            /* and vcpu */
#define SLOT_NOBODY 16
#define SLOT_SWITCH 312         /* ticks of 62.5 MHz, 5 us, at the beginning of a slot: longer than any path of the hypervisor and a switch together */

#define ROUTE_OWNED_BIT 0
#define ROUTE_OWNED (1 << ROUTE_OWNED_BIT)
#define ROUTE_PRIORITY_SHIFT 3

/* struct hyp_cap: 8 bytes: type 7:0, rights 15:8, more 31:16; then a number */
#define CAP_SIZE_SHIFT 3
#define CAP_NONE 0
#define CAP_VIRQ 1              /* INTID 31:16; the vCPU */
#define CAP_SEMAPHORE 2         /* rights RIGHT_*; the semaphore */
#define CAP_PORTAL 3            /* the portal 31:16; its badge 31:16, and the first of the holder's execution contexts there 15:0 */
#define CAP_CONTROL 4           /* of a VM, by its number: control.h */
#define CAP_SET 5               /* number: in hyp_sets */
#define CAP_PLACEMENT 6         /* number: in hyp_placements */
#define RIGHT_UP 0x100
#define RIGHT_DOWN 0x200

/* Hypercalls: HVC #1 (SVC #0 of a monitor), x0: number in bits 7:0, selector above; the result in x0, all other registers stay */
#define CALL_NULL 0
#define CALL_RAISE 1            /* the virtual interrupt of the capability */
#define CALL_LOWER 2            /* it is not pending any more, if the guest has not taken it */
#define CALL_REPLY 3            /* a monitor's: the exit is handled (monitor.h) */
#define CALL_ALARM 4            /* a monitor's: exit EXIT_ALARM when x1 nanoseconds have passed since reset; all ones: none */
#define CALL_SWITCHING 5        /* this one and all above may end in another vCPU: every register is saved */
#define CALL_UP 5               /* semaphore: one more */
#define CALL_DOWN 6             /* one less, or sleep until there is one; x1: CNTPCT_EL0 until when, 0 does not sleep, all ones for ever */
#define CALL_PORTAL 7           /* message in x1 to x7, the answer there too */
#define CALL_REGISTER 8         /* of a VM that the caller controls: x0 0, and in x2 the value of register x1 (control.h) */
#define CALL_SET_REGISTER 9     /* … becomes x2 */
#define CALL_CONTROL 10         /* x1: resume, halt, restart */
#define CALL_SET 12             /* the set of page tables of the capability is in force when it returns */
#define CALL_PLACE 13           /* the vCPUs of the capability's placement are on its cores when it returns */
#define CALL_GONE -4            /* of CALL_PORTAL: who would have answered is stopped */
#define CALL_INTERRUPTED -3     /* of CALL_DOWN: nothing was taken, but there was an interrupt: call again */
#define CALL_TIMEOUT -2         /* of CALL_DOWN */
#define CALL_NOT_NOW -2         /* of CALL_REGISTER to CALL_CONTROL: the VM is not halted, or not in a phase for that */
#define CALL_TAKEN -2           /* of CALL_SET, CALL_PLACE: another VM has a pool of that set, or a core of that placement; nothing has changed */
#define CALL_BAD -1             /* no such call, no such capability, or one of another type */

#define STACK_SHIFT 13          /* 8 KiB a core */

#endif
