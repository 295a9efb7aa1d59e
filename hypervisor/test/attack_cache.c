/* SPDX-License-Identifier: GPL-2.0-or-later
 * Storms of cache and TLB maintenance, by address, by set and way, and all at once, also for all cores
 */
#include "attack.h"

#define RAM 0x40000000ul
#define RAM_SIZE 0x200000ul
#define LINE 64

static uint64_t tried;

#define OPERATION(text, value) do { __asm__ volatile(text :: "r"((uint64_t)(value)) : "memory"); tried++; } while (0)
#define OPERATION_ALL(text) do { __asm__ volatile(text ::: "memory"); tried++; } while (0)

static void by_address(void)
{
    for (uint64_t at = RAM; at < RAM + RAM_SIZE; at += LINE) {
        OPERATION("dc civac, %0", at);
        OPERATION("dc cvac, %0", at);
        OPERATION("dc cvau, %0", at);
        OPERATION("ic ivau, %0", at);
    }
}

/* D13.2.26 CCSIDR_EL1: sets - 1 in 27:13, ways - 1 in 12:3, log2(line) - 4 in 2:0. D7.4.8: way from bit 31 down, set, level. */
static void by_set_and_way(void)
{
    for (unsigned level = 0; level < 7; level++) {
        unsigned type = READ_SYSREG(clidr_el1) >> 3 * level & 7;
        if (type < 2) {
            continue;
        }
        WRITE_SYSREG(csselr_el1, level << 1);
        uint64_t size = READ_SYSREG(ccsidr_el1);
        unsigned sets = (size >> 13 & 0x7fff) + 1, ways = (size >> 3 & 0x3ff) + 1, line = (size & 7) + 4;
        unsigned shift = ways == 1 ? 0 : __builtin_clz(ways - 1);
        for (uint64_t set = 0; set < sets; set++) {
            for (uint64_t way = 0; way < ways; way++) {
                uint64_t at = way << shift | set << line | level << 1;
                OPERATION("dc cisw, %0", at);
                OPERATION("dc csw, %0", at);
            }
        }
    }
}

static void translations(void)
{
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t at = random64();
        OPERATION_ALL("tlbi vmalle1");
        OPERATION_ALL("tlbi vmalle1is");
        OPERATION("tlbi aside1is, %0", at);
        OPERATION("tlbi vaae1is, %0", at);
        OPERATION("tlbi vale1, %0", at);
        OPERATION_ALL("ic iallu");
        OPERATION_ALL("ic ialluis");
        OPERATION_ALL("dsb sy\n isb");
    }
}

void attack_caches(void)
{
    tried = 0;
    by_address();
    by_set_and_way();
    translations();
    count_of(tried, "tried");
}
