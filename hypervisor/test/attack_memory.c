/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accesses outside of the VM: each of them ends it, so none of these letters has an answer; or, in a VM with outside="abort", is its external abort
 */
#include "attack.h"

#define NEIGHBOURS_WAKER 0x080c0014ul   /* GICR_WAKER of core 1 */

/* Stage 1 tables in memory of the hypervisor: T0SZ 25, 4 KiB, and the MMU on (D13.2.113, D13.2.131). The program's own fetch
 * walks; or, with the MMU off, an instruction that only translates. */
static void walk(bool by_fetch)
{
    WRITE_SYSREG(ttbr0_el1, HYPERVISOR);
    WRITE_SYSREG(tcr_el1, 25);
    if (by_fetch) {
        WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) | 1);
    } else {
        static uint64_t table[512] __attribute__((aligned(4096)));
        uint64_t own = (uint64_t)table;
        for (unsigned i = 0; i < 512; i++) {
            table[i] = (uint64_t)i << 30 | 0x405;           /* a block of 1 GiB each: AF, AttrIndx 1 */
        }
        table[0] = HYPERVISOR | 3;                          /* the first one's are in memory of the hypervisor */
        table[1] = 1ul << 30 | 0x401;
        WRITE_SYSREG(ttbr0_el1, own);
        __asm__ volatile("tlbi vmalle1\n dsb sy" ::: "memory");
        WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) | 1);
        (void)get32(GICD);
        WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) & ~1ul);     /* a VM that goes on has its MMU off again */
    }
}

static bool access(int letter)
{
    uint64_t a, b;
    switch (letter) {
    case '1': (void)get32(HYPERVISOR); break;
    case '2': __asm__ volatile("stp q0, q1, [%0]" :: "r"(OTHERS) : "memory"); break;
    case '3': put32(NEIGHBOURS_WAKER, 2); break;
    case '4': put32(PULSE, 0); break;
    case '5': ((void (*)(void))HYPERVISOR)(); break;
    case '6': walk(true); break;
    /* sizes that the register has not, a pair */
    case '7': (void)get8(GICD + ISENABLER); break;
    case '8': put64(GICR_SGI + ISENABLER, ~0ul); break;
    case '9': __asm__ volatile("ldp %0, %1, [%2]" : "=r"(a), "=r"(b) : "r"(GICD + ISENABLER) : "memory"); break;
    case 'A': __asm__ volatile("ldtr %0, [%1]" : "=r"(a) : "r"(HYPERVISOR) : "memory"); break;
    case 'B': __asm__ volatile("ldaxr %0, [%1]\n stlxr %w0, xzr, [%1]" : "=&r"(a) : "r"(OTHERS) : "memory"); break;
    case 'C': ((void (*)(void))PULSE)(); break;
    case 'D': walk(false); break;
    default: return false;
    }
    return true;
}

void attack_memory(int letter)
{
    if (access(letter)) {
        say("attack memory: WRONG: this VM still runs\n");
    }
}

/* D13.2.37: synchronous external aborts taken from EL1: of a load, of a store, of a fetch */
#define ABORT_READ 0x96000010ul
#define ABORT_WRITE 0x96000050ul
#define ABORT_FETCH 0x86000010ul
#define STORM 20000

void attack_outside(void)
{
    static const struct { char letter; uint64_t esr, far; } tries[] = {
        { '1', ABORT_READ, HYPERVISOR }, { '2', ABORT_WRITE, OTHERS }, { '3', ABORT_WRITE, NEIGHBOURS_WAKER }, { '4', ABORT_WRITE, PULSE },
        { '5', ABORT_FETCH, HYPERVISOR }, { '7', ABORT_READ, GICD + ISENABLER }, { '8', ABORT_WRITE, GICR_SGI + ISENABLER }, { '9', ABORT_READ, GICD + ISENABLER },
        { 'A', ABORT_READ, HYPERVISOR }, { 'B', ABORT_READ, OTHERS }, { 'C', ABORT_FETCH, PULSE }, { 'D', ABORT_READ, GICD },
    };
    uint64_t before = fault_count;
    for (unsigned i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        fault_esr = fault_far = ESR_NONE;
        fault_expected = true;
        access(tries[i].letter);
        fault_expected = false;
        if (fault_esr != tries[i].esr || fault_far != tries[i].far) {
            say("of letter ");
            say((char[]){ tries[i].letter, 0 });
            say(" ESR ");
            say_hex(fault_esr);
            say(" FAR ");
            say_hex(fault_far);
            say(", ");
        }
        require(fault_esr == tries[i].esr && fault_far == tries[i].far, "not the external abort of its access");
    }
    fault_expected = true;
    for (unsigned i = 0; i < STORM; i++) {
        put32(HYPERVISOR + 4 * i, i);
    }
    fault_expected = false;
    count_of(sizeof tries / sizeof tries[0] + STORM, "tried");
    count_of(fault_count - before, "aborts");
    require(fault_count - before == sizeof tries / sizeof tries[0] + STORM, "as many aborts");
}
