/* SPDX-License-Identifier: GPL-2.0-or-later
 * PSCI abuse: other CPUs turned on and asked for, states that there are not (Arm DEN 0022 5.4, 5.7)
 */
#include "attack.h"

#define CPU_SUSPEND 0x84000001u
#define CPU_ON 0x84000003u
#define AFFINITY_INFO 0x84000004u
#define SMC64 0x40000000u

static int64_t psci(bool smc, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    if (smc) {
        __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory");
    } else {
        __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "memory");
    }
    return x0;
}

static uint64_t tried, started, on, slept;

static void target(uint64_t mpidr)
{
    for (unsigned way = 0; way < 4; way++) {
        uint32_t bits = way & 1 ? SMC64 : 0;
        uint64_t entry = way & 2 ? 0x40000000 : random64();
        uint64_t cpu = bits ? mpidr : (uint32_t)mpidr;
        started += psci(way & 2, CPU_ON | bits, cpu, entry, random64()) == 0;
        bool answers_on = psci(way & 2, AFFINITY_INFO | bits, cpu, 0, 0) == 0;
        on += answers_on && cpu;
        psci(way & 2, AFFINITY_INFO | bits, cpu, random64() & 3, 0);
        tried += 3;
    }
}

void attack_psci(void)
{
    tried = started = on = slept = 0;
    for (uint64_t mpidr = 0; mpidr < 0x1000; mpidr++) {
        target(mpidr);                                      /* affinities 0 and 1; the neighbour's is 1 or 0.0.1.0 */
    }
    for (unsigned i = 0; i < 40; i++) {
        target(1ul << i);
        target(0x80000000ul | 1ul << i);
    }
    for (unsigned i = 0; i < 2000; i++) {
        target(random64() >> (random64() & 63));
    }
    gic_hold_sgi();
    for (unsigned i = 0; i < 10000; i++) {                  /* StateType 16: power down */
        uint64_t state = random64() | 1u << 16;
        slept += psci(i & 1, CPU_SUSPEND | (i & 2 ? SMC64 : 0), i & 4 ? state : (uint32_t)state, random64(), random64()) == 0;
        tried++;
    }
    for (unsigned i = 0; i < 10000; i++) {                  /* stand-by, and all bits that are reserved */
        psci(i & 1, CPU_SUSPEND, random64() & ~(1ul << 16), random64(), random64());
        tried++;
    }
    count_of(tried, "tried");
    count_of(started, "CPUs started");
    count_of(on, "others said to be on");
    count_of(slept, "powered down");
    require(!started, "a CPU was started");
    require(!on, "another CPU is on");
    require(!slept, "it powered down");
}
