/* SPDX-License-Identifier: GPL-2.0-or-later
 * Debug: breakpoints and watchpoints on the hypervisor's own addresses, for EL2; single steps across each kind of exit
 *
 * Debug exceptions of EL2 are disabled while their target is EL1 (D2.5), so what is meant for it does nothing; the guest's own come to the guest.
 */
#include "attack.h"

/* D13.3.2 DBGBCR: enabled, BAS all of a word, HMC and PMC 3: EL2 too; EL1 alone. D13.3.11 DBGWCR: the same, loads and stores, MASK 21 bits */
#define BCR_EL2 (1u | 3u << 1 | 0xfu << 5 | 1u << 13)
#define BCR_EL1 (1u | 1u << 1 | 0xfu << 5)
#define WCR_EL2 (1u | 3u << 1 | 3u << 3 | 0xffu << 5 | 1u << 13 | 21u << 24)
#define MDSCR_SS 1ul
#define MDSCR_KDE (1ul << 13)
#define MDSCR_MDE (1ul << 15)
#define ESR_BREAKPOINT 0xc6000022ul     /* EC 0x31: from EL1 */
#define TEXT HYPERVISOR
#define DATA (HYPERVISOR + 0x400000)
#define NOP 0xd503201fu
#define ROUNDS 2000
#define STEPPED 100

#define POINT(n) do { WRITE_SYSREG(dbgbvr##n##_el1, bvr[n]); WRITE_SYSREG(dbgbcr##n##_el1, bcr); } while (0)

static void points(uint64_t first, uint32_t bcr, uint32_t wcr)
{
    uint64_t bvr[6];
    for (unsigned i = 0; i < 6; i++) {
        bvr[i] = first + 4 * i;
    }
    POINT(0);
    POINT(1);
    POINT(2);
    POINT(3);
    POINT(4);
    POINT(5);
    WRITE_SYSREG(dbgwvr0_el1, DATA);
    WRITE_SYSREG(dbgwcr0_el1, wcr);
    WRITE_SYSREG(dbgwvr1_el1, TEXT + 0x200000);
    WRITE_SYSREG(dbgwcr1_el1, wcr);
}

static void exits(void)
{
    __asm__ volatile("mov x0, #0\n hvc #1\n mov w0, #0x84000000\n hvc #0\n mrs x0, oslsr_el1" ::: "x0", "x1", "x2", "x3", "memory");
    (void)get32(GICD + 4);
    (void)get32(GICD + 8);
    put32(GICD, 0x12);
    put32(GICR_SGI + ICENABLER, 1);
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 24 | 1);
    gic_take();
}

static void debug(uint64_t mdscr)
{
    WRITE_SYSREG(mdscr_el1, mdscr);
    if (mdscr) {
        __asm__ volatile("msr daifclr, #8\n isb" ::: "memory");
    } else {
        __asm__ volatile("msr daifset, #8\n isb" ::: "memory");
    }
}

void attack_debug(void)
{
    uint64_t at = fault_count;
    fault_expected = true;
    debug(MDSCR_KDE | MDSCR_MDE);
    for (unsigned i = 0; i < ROUNDS; i++) {
        points(TEXT + 24 * i, BCR_EL2, WCR_EL2);            /* 24 bytes a round: all of its text in the end */
        exits();
    }
    points(0, 0, 0);
    require(fault_count == at, "an exception for an address of the hypervisor");

    uint32_t *p = program(1);
    p[0] = NOP;
    fault_esr = ESR_NONE;
    WRITE_SYSREG(dbgbvr0_el1, (uint64_t)p);
    WRITE_SYSREG(dbgbcr0_el1, BCR_EL1);
    run_program(1, 0, 0);
    WRITE_SYSREG(dbgbcr0_el1, 0);
    require(fault_esr == ESR_BREAKPOINT, "no breakpoint of its own");

    fault_steps = 0;
    debug(MDSCR_KDE | MDSCR_SS);
    for (unsigned i = 0; i < STEPPED; i++) {
        exits();
    }
    debug(0);
    fault_expected = false;
    WRITE_SYSREG(oslar_el1, 0);
    count_of(ROUNDS, "rounds tried");
    count_of(6 * ROUNDS, "breakpoints");
    count_of(fault_count - at, "of its own");
    count_of(fault_steps, "single steps");
    require(fault_steps > 15 * STEPPED, "single steps are missing");
}
