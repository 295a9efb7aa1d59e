/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guest's own translation: tables in places that are no memory of its own, aliases, code that changes under another address, tables that lead to themselves
 *
 * What its tables lead to is what stage 2 gives, whatever they say: the VM gets an external abort (outside="abort").
 */
#include "attack.h"

#define RAM 0x40000000ul
#define GIB 0x40000000ul
#define BLOCK 0x701ul                   /* AF, inner shareable, AttrIndx 0: normal memory */
#define TABLE 3ul
#define PAGE_HERE 0x703ul
#define TCR 0x200003019ul               /* T0SZ 25: 39 bits, from level 1; inner shareable, not cached; IPS 2: 40 bits */
#define ABORT_READ 0x96000010ul
#define MOV_X0(n) (0xd2800000u | (n) << 5)
#define CHURN 2000

static uint64_t l1[512] __attribute__((aligned(4096)));

static void mmu(bool on)
{
    if (on) {
        WRITE_SYSREG(mair_el1, 0xff);
        WRITE_SYSREG(tcr_el1, TCR);
        WRITE_SYSREG(ttbr0_el1, (uint64_t)l1);
        __asm__ volatile("dsb sy\n tlbi vmalle1\n dsb sy\n isb" ::: "memory");
    }
    uint64_t sctlr = READ_SYSREG(sctlr_el1);
    WRITE_SYSREG(sctlr_el1, on ? sctlr | 1 : sctlr & ~1ul);
}

/* A load at va, with entry n of the first table as given: its ESR, or ESR_NONE */
static uint64_t load(unsigned n, uint64_t entry, uint64_t va, uint64_t *value)
{
    l1[n] = entry;
    mmu(true);
    fault_esr = ESR_NONE;
    fault_expected = true;
    *value = get64(va);
    fault_expected = false;
    mmu(false);
    return fault_esr;
}

void attack_walk(void)
{
    /* Where a table lies, or what a block leads to; all of them not the VM's memory */
    static const struct { const char *what; uint64_t entry, va; } wrong[] = {
        { "a table in the hypervisor's text", HYPERVISOR | TABLE, 2 * GIB }, { "a table in its data", (HYPERVISOR + 0x400000) | TABLE, 2 * GIB },
        { "a table in the virtual GIC", GICD | TABLE, 2 * GIB }, { "a table in the neighbour's device", PULSE | TABLE, 2 * GIB },
        { "a table behind all memory", 0x7ffffff000 | TABLE, 2 * GIB }, { "an alias of the hypervisor", RAM | BLOCK, 2 * GIB + 0x200000 },
        { "an alias of others", RAM | BLOCK, 2 * GIB + 0xc00000 }, { "a block of nothing", 0x4000000000 | BLOCK, 2 * GIB },
    };
    uint64_t tried = 0, v;
    l1[0] = BLOCK;
    l1[1] = RAM | BLOCK;
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++, tried++) {
        uint64_t esr = load(2, wrong[i].entry, wrong[i].va, &v);
        if (esr != ABORT_READ) {
            say(wrong[i].what);
            say(": ESR ");
            say_hex(esr);
            say(", ");
        }
        require(esr == ABORT_READ && fault_far == wrong[i].va, wrong[i].what);
    }
    /* In its own UART: stage 2 has it as device memory, which no walk may read (HCR_EL2.PTW) */
    require(load(2, (0x0b000000ul + ((attack_uart_intid - 208ul) << 12)) | TABLE, 2 * GIB, &v) == ABORT_READ, "a table in a device");
    /* The table is its own next one, and its page */
    require(load(2, (uint64_t)l1 | PAGE_HERE, 2 * GIB + (2ul << 21) + (2 << 12) + 16, &v) == ESR_NONE && v == l1[2], "a table that is its own");
    tried += 2;

    /* Code is written at one address and executed at another; address spaces come and go */
    uint32_t *p = program(1), *alias = (uint32_t *)((uint64_t)p + GIB);
    l1[2] = RAM | BLOCK;
    unsigned wrong_code = 0;
    for (unsigned i = 0; i < CHURN; i++, tried++) {
        mmu(true);
        WRITE_SYSREG(ttbr0_el1, (uint64_t)l1 | random64() << 48);
        *(volatile uint32_t *)alias = MOV_X0(i);
        wrong_code += run_program(1, ~0ul, 0) != i;
        if (i % 8 == 0) {
            l1[2 + i % 510] = random64();           /* of entries that nobody uses: what a walk makes of them stays its own */
            l1[2] = RAM | BLOCK;
        }
        mmu(false);
    }
    for (unsigned i = 3; i < 512; i++) {
        l1[i] = 0;
    }
    require(!wrong_code, "code that was changed is not what runs");
    count_of(tried, "tried");
    count_of(wrong_code, "times old code");
}
