/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random loads and stores that leave no syndrome, at the virtual GIC, at an emulated device and at nothing, by a VM whose monitor decodes them
 *
 * Each is done, and then moves its base as it says, or is an external abort or Undefined, and then moves nothing.
 */
#include "attack.h"

#define TRIES 30000
#define PL031 0x09010000ul              /* attack-smmu.xml */
#define INDEXED 0x38000400u             /* C4.1.66: size 31:30, V 26, opc 23:22, imm9 20:12, pre 11 */
#define PAIR 0x28000000u                /* opc 31:30, V 26, index 24:23, L 22, imm7 21:15, Rt2 14:10 */
#define SIMD (1u << 26)
#define ABORT_READ 0x96000010ul
#define ABORT_WRITE 0x96000050ul

static uint64_t target(void)
{
    uint64_t r = random64();
    switch (r >> 60 & 7) {
    case 0: return GICD + (r & 0xfffc);
    case 1: return GICD + IPRIORITYR + (r & 0x3ff);
    case 2: return GICR + (r & 0x1fffc);
    case 3: return GICR_SGI + (r & 0xfff);
    case 4: return HYPERVISOR + (r & 0x7ffffc);
    case 5: return PULSE + (r & 0xffc);
    case 6: return PL031 + (r & 0xfff);
    default: return PL031 + (r & 0xffc);
    }
}

/* Of x1 and x2, with base x0; how far the base moves, and how far from it the address is. */
static uint32_t instruction(int64_t *moves, int64_t *offset)
{
    uint64_t r = random64();
    uint32_t rt = 1 + (r & 1), simd = (r >> 1 & 7) ? 0 : SIMD;
    if (r >> 4 & 1) {
        int64_t imm = (int64_t)(r << 40) >> 55;
        bool pre = r >> 5 & 1;
        *moves = imm;
        *offset = pre ? imm : 0;
        return INDEXED | simd | (uint32_t)(r >> 32 & 3) << 30 | (uint32_t)(r >> 34 & 3) << 22 | ((uint32_t)imm & 0x1ff) << 12 | (uint32_t)pre << 11 | rt;
    }
    uint32_t opc = r >> 32 & 3, index = r >> 34 & 3, imm7 = r >> 36 & 0x7f;
    int64_t imm = ((int64_t)((uint64_t)imm7 << 57) >> 57) * (simd ? 4 << opc : opc == 2 ? 8 : 4);
    *moves = index & 1 ? imm : 0;
    *offset = index == 1 ? 0 : imm;
    return PAIR | simd | opc << 30 | index << 23 | (uint32_t)(r >> 43 & 1) << 22 | imm7 << 15 | (3 - rt) << 10 | rt;
}

void attack_decode(void)
{
    uint64_t done = 0, aborts = 0, undefined = 0, wrong = 0;
    for (unsigned i = 0; i < TRIES; i++) {
        int64_t moves, offset;
        uint32_t word = instruction(&moves, &offset);
        uint64_t base = target() - offset, x1 = random64();
        program(1)[0] = word;
        fault_esr = ESR_NONE;
        fault_expected = true;
        uint64_t after = run_program(1, base, &x1);
        fault_expected = false;
        done += fault_esr == ESR_NONE;
        aborts += fault_esr == ABORT_READ || fault_esr == ABORT_WRITE;
        undefined += fault_esr == ESR_UNDEFINED;
        if (after != base + (fault_esr == ESR_NONE ? moves : 0) && !wrong++) {
            say("first wrong base: ");
            say_hex(after);
            say(" of ");
            say_hex(word);
            say(" at ");
            say_hex(base);
            say(", ");
        }
    }
    count_of(TRIES, "tried");
    count_of(done, "done");
    count_of(aborts, "aborts");
    count_of(undefined, "undefined");
    require(!wrong, "a base that is not where it must be");
    require(done + aborts + undefined == TRIES && done > TRIES / 20 && aborts > TRIES / 4, "another exception, or too few of a kind");
}
