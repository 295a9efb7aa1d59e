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
#define VCPU_CORE 1656
#define VCPU_ONLINE 1672        /* 0: it may not run, whatever the reason; slots.S looks at nothing else, and leaves the rest to schedule() */
#define VCPU_INCOMING 1664
#define VCPU_SIZE 2560
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

/* struct hyp_cap: 8 bytes; type 7:0, of a virtual interrupt the INTID 31:16; then its number */
#define CAP_SIZE_SHIFT 3
#define CAP_NONE 0
#define CAP_VIRQ 1

/* Hypercalls: HVC #1 (SVC #0 of a monitor), x0: number in bits 7:0, selector above; the result in x0, all other registers stay */
#define CALL_NULL 0
#define CALL_RAISE 1            /* the virtual interrupt of the capability */
#define CALL_LOWER 2            /* it is not pending any more, if the guest has not taken it */
#define CALL_REPLY 3            /* a monitor's: the exit is handled (monitor.h) */
#define CALL_ALARM 4            /* a monitor's: exit EXIT_ALARM when x1 nanoseconds have passed since reset; all ones: none */
#define CALL_SWITCHING 5        /* this one and all above may end in another vCPU: every register is saved */
#define CALL_BAD -1             /* no such call, no such capability, or one of another type */

#define STACK_SHIFT 13          /* 8 KiB a core */

#endif
