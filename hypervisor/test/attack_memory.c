/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accesses outside of the VM: each of them ends it, so none of these letters gives an answer
 */
#include "attack.h"

#define HYPERVISOR 0x40200000ul         /* its text, as forge places it */
#define OTHERS 0x40c00000ul             /* memory that VMs have */
#define NEIGHBOURS_WAKER 0x080c0014ul   /* GICR_WAKER of core 1 */
#define PULSE 0x0b020000ul              /* the neighbour's device */

/* Stage 1 tables in memory of the hypervisor: T0SZ 25, 4 KiB, and the MMU on (D13.2.113, D13.2.131) */
static void walk(void)
{
    WRITE_SYSREG(ttbr0_el1, HYPERVISOR);
    WRITE_SYSREG(tcr_el1, 25);
    WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) | 1);
}

void attack_memory(int letter)
{
    switch (letter) {
    case '1': (void)get32(HYPERVISOR); break;
    case '2': __asm__ volatile("stp q0, q1, [%0]" :: "r"(OTHERS) : "memory"); break;
    case '3': put32(NEIGHBOURS_WAKER, 2); break;
    case '4': put32(PULSE, 0); break;
    case '5': ((void (*)(void))HYPERVISOR)(); break;
    case '6': walk(); break;
    case '7': __asm__ volatile("dc ivac, %0" :: "r"(HYPERVISOR) : "memory"); break;
    case '8': (void)get8(GICD + ISENABLER); break;             /* a size that it has not */
    default: return;
    }
    say("attack memory: WRONG: this VM still runs\n");
}
