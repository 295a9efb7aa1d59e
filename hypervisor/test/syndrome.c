/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accesses to the virtual GIC and to an emulated device by instructions that leave no syndrome: pairs, post- and pre-indexed
 */
#include "check.h"

#define PL031 0x09010000ul              /* hypervisor/test/syndrome.xml */
#define MATCH 0x4
#define LOAD 0x8
#define ID 0xfe0                        /* PeriphID0 to 3, PCellID0 to 3 (ARM DDI0224 3.3.9) */
#define TYPER 4
#define OWN (GICD + IPRIORITYR + 209)     /* of its UART */
#define MAIR 0xff00ul                   /* AttrIndx 0: device, 1: normal memory */
#define TCR 0x200003019ul               /* 39 bits, 4 KiB, IPS 40 bits */
#define DEVICES 0x401ul
#define MEMORY 0x40000705ul

static uint64_t table[512] __attribute__((aligned(4096)));
static const uint8_t ids[8] = { 0x31, 0x10, 0x04, 0, 0x0d, 0xf0, 0x05, 0xb1 };

/* Offset and pair forms leave the base where it is; `moved` is what the others make of it. */
#define FORM(text, at, moved) do { p = (at); a = 0x5555555555555555ul; b = a; \
        __asm__ volatile(text : "+r"(a), "+r"(b), "+r"(p) :: "memory"); expect("the base after " text, p - (at), moved); } while (0)

static void forms(void)
{
    uint64_t a, b, p;
    uint32_t typer = *reg(GICD + TYPER);
    FORM("ldr %w0, [%2], #4", GICD + TYPER, 4);
    expect("LDR, post-indexed", a, typer);
    FORM("ldr %w0, [%2, #4]!", GICD, 4);
    expect("LDR, pre-indexed", a, typer);
    FORM("ldrsw %0, [%2], #-4", GICD + 0x84, -4ul);             /* IGROUPR1 */
    expect("LDRSW", a, ~0ul);
    FORM("ldp %w0, %w1, [%2]", GICD, 0);
    expect("LDP, first", a, *reg(GICD));
    expect("LDP, second", b, typer);
    FORM("ldp %w0, %w1, [%2, #4]!", GICD, 4);
    expect("LDP, pre-indexed", a, typer);
    expect("GICD_IIDR", b, *reg(GICD + 8));
    FORM("ldpsw %0, %1, [%2], #8", GICD + 0x84, 8);
    expect("LDPSW, first", a, ~0ul);
    expect("LDPSW, second", b, ~0ul);
    p = GICR + 8;
    __asm__ volatile("ldr %0, [%1], #8" : "=&r"(a), "+r"(p) :: "memory");
    expect("LDR of 8 bytes", a, *(volatile uint64_t *)(GICR + 8));
    p = OWN;
    __asm__ volatile("strb %w1, [%0], #-3" : "+r"(p) : "r"(0xe8) : "memory");
    expect("STRB, post-indexed", *reg8(OWN), 0xe8);
    expect("its base", p, OWN - 3);
    __asm__ volatile("strb %w1, [%0, #3]!" : "+r"(p) : "r"(0xd0) : "memory");
    expect("STRB, pre-indexed", *reg8(OWN), 0xd0);
    expect("its base", p, OWN);
    __asm__ volatile("ldrsb %0, [%1], #1" : "=r"(a), "+r"(p) :: "memory");
    expect("LDRSB, post-indexed", a, ~0x2ful);
    __asm__ volatile("stp %w0, %w1, [%2]" :: "r"(0x48484848), "r"(0x50505050), "r"(OWN - 5) : "memory");
    expect("STP", *reg8(OWN), 0x50);

    p = PL031 + ID;
    for (unsigned i = 0; i < 8; i++) {
        __asm__ volatile("ldr %w0, [%1], #4" : "=r"(a), "+r"(p) :: "memory");
        expect("an ID register of the PL031", a, ids[i]);
    }
    for (unsigned i = 0; i < 8; i += 2) {
        __asm__ volatile("ldp %w0, %w1, [%2]" : "=r"(a), "=r"(b) : "r"(PL031 + ID + 4 * i) : "memory");
        expect("the first of two", a, ids[i]);
        expect("the second of two", b, ids[i + 1]);
    }
    p = PL031 + ID;
    __asm__ volatile("ldp %w0, %w1, [%0]" : "+r"(p), "=&r"(b) :: "memory");     /* into its own base */
    expect("the base of a pair that it is read into", p, ids[0]);
    expect("the second of it", b, ids[1]);
    __asm__ volatile("stp %w0, wzr, [%1, #4]" :: "r"(0x12345678), "r"(PL031) : "memory");
    expect("STP, first", *reg(PL031 + MATCH), 0x12345678);
    expect("STP, second", *reg(PL031 + LOAD), 0);
    p = PL031;
    __asm__ volatile("str %w1, [%0, #4]!" : "+r"(p) : "r"(0x1234) : "memory");
    expect("STR, pre-indexed", *reg(PL031 + MATCH), 0x1234);
    expect("its base", p, PL031 + MATCH);
}

/* As a compiler has it; the sum of the ID registers. */
static void compiled(void)
{
    uint32_t sum = 0, wanted = 0;
    for (volatile uint32_t *r = reg(PL031 + ID); r < reg(PL031 + ID + 32);) {
        sum += *r++;
    }
    for (unsigned i = 0; i < 8; i++) {
        wanted += ids[i];
    }
    expect("a compiler's loop", sum, wanted);
}

/* Once more through the guest's own tables, which lead from the instruction's address to where it lies. */
static void mmu(bool on)
{
    table[0] = DEVICES;
    table[1] = MEMORY;
    WRITE_SYSREG(mair_el1, MAIR);
    WRITE_SYSREG(tcr_el1, TCR);
    WRITE_SYSREG(ttbr0_el1, (uint64_t)table);
    __asm__ volatile("dsb sy\n tlbi vmalle1\n dsb sy\n isb" ::: "memory");
    uint64_t sctlr = READ_SYSREG(sctlr_el1);
    WRITE_SYSREG(sctlr_el1, on ? sctlr | 1 : sctlr & ~1ul);
}

void check_syndromes(void)
{
    WRITE_SYSREG(par_el1, 0x800);
    forms();
    expect("PAR_EL1, which is the guest's", READ_SYSREG(par_el1), 0x800);
    compiled();
    mmu(true);
    forms();
    compiled();
    mmu(false);
}
