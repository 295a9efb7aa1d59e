// SPDX-License-Identifier: GPL-2.0-or-later
// Decoder: every form that there is, as an assembler writes it, and none of their neighbours
#include <gtest/gtest.h>

extern "C" {
#include "monitor_decode.h"
#include "hypervisor/include/monitor.h"
}

namespace {

struct Form {
    const char *text;
    uint32_t word;
    unsigned size;
    bool store, is_signed, wide;
    unsigned rt, rt2, base;
    bool pair, write_back, post;
    int64_t offset;
};

const Form forms[] = {
    { "str w1, [x2], #4", 0xb8004441, 4, true, false, false, 1, 0, 2, false, true, true, 4 },
    { "ldr w1, [x2], #4", 0xb8404441, 4, false, false, false, 1, 0, 2, false, true, true, 4 },
    { "ldr x30, [x29, #-8]!", 0xf85f8fbe, 8, false, false, true, 30, 0, 29, false, true, false, -8 },
    { "str x0, [x1, #-256]!", 0xf8100c20, 8, true, false, true, 0, 0, 1, false, true, false, -256 },
    { "strb wzr, [x5], #255", 0x380ff4bf, 1, true, false, false, 31, 0, 5, false, true, true, 255 },
    { "ldrb w3, [x4], #1", 0x38401483, 1, false, false, false, 3, 0, 4, false, true, true, 1 },
    { "ldrsb x3, [x4], #1", 0x38801483, 1, false, true, true, 3, 0, 4, false, true, true, 1 },
    { "ldrsb w3, [x4], #1", 0x38c01483, 1, false, true, false, 3, 0, 4, false, true, true, 1 },
    { "ldrsh w3, [x4, #2]!", 0x78c02c83, 2, false, true, false, 3, 0, 4, false, true, false, 2 },
    { "ldrsw x3, [x4], #4", 0xb8804483, 4, false, true, true, 3, 0, 4, false, true, true, 4 },
    { "stp w0, w1, [x2]", 0x29000440, 4, true, false, false, 0, 1, 2, true, false, false, 0 },
    { "ldp x0, x1, [x2, #-512]", 0xa9600440, 8, false, false, true, 0, 1, 2, true, false, false, -512 },
    { "ldp w3, w4, [x5], #8", 0x28c110a3, 4, false, false, false, 3, 4, 5, true, true, true, 8 },
    { "stp x3, x4, [x5, #504]!", 0xa99f90a3, 8, true, false, true, 3, 4, 5, true, true, false, 504 },
    { "ldpsw x3, x4, [x5, #4]", 0x694090a3, 4, false, true, true, 3, 4, 5, true, false, false, 4 },
    { "ldnp w6, w7, [x8]", 0x28401d06, 4, false, false, false, 6, 7, 8, true, false, false, 0 },
};

TEST(Decode, GivesTheSyndromeOfEachForm)
{
    for (const Form &f : forms) {
        uint64_t d = 0;
        ASSERT_TRUE(decode_a64(f.word, &d)) << f.text;
        EXPECT_EQ(1u, d >> 24 & 1) << f.text;
        EXPECT_EQ(f.size, 1u << (d >> 22 & 3)) << f.text;
        EXPECT_EQ(f.is_signed, d >> 21 & 1) << f.text;
        EXPECT_EQ(f.rt, d >> 16 & 31) << f.text;
        EXPECT_EQ(f.wide, d >> 15 & 1) << f.text;
        EXPECT_EQ(f.store, d >> 6 & 1) << f.text;
        EXPECT_EQ(f.base, DECODED_BASE(d)) << f.text;
        EXPECT_EQ(f.pair, !!(d & DECODED_PAIR)) << f.text;
        EXPECT_EQ(f.pair ? f.rt2 : 0, DECODED_SECOND(d)) << f.text;
        EXPECT_EQ(f.write_back, !!(d & DECODED_WRITE_BACK)) << f.text;
        EXPECT_EQ(f.post, !!(d & DECODED_POST)) << f.text;
        EXPECT_EQ(f.offset, DECODED_OFFSET(d)) << f.text;
    }
}

TEST(Decode, RefusesWhatIsNoneOfThem)
{
    const struct { const char *text; uint32_t word; } others[] = {
        { "ldr w1, [x2]", 0xb9400041 }, { "ldur w1, [x2]", 0xb8400041 }, { "ldtr w1, [x2]", 0xb8400841 }, { "ldr w1, [x2, x3]", 0xb8636841 },
        { "str q0, [x1], #16", 0x3c810420 }, { "ldp q0, q1, [x2]", 0xad400440 }, { "ldr s0, [x1], #4", 0xbc404420 }, { "ldxr w0, [x1]", 0x885f7c20 },
        { "ldaxr x0, [x1]", 0xc85ffc20 }, { "ldxp w0, w1, [x2]", 0x887f0440 }, { "ldr w0, [sp], #4", 0xb84047e0 }, { "stp x0, x1, [sp, #-16]!", 0xa9bf07e0 },
        { "ldadd w0, w1, [x2]", 0xb8200041 }, { "cas w0, w1, [x2]", 0x88a07c41 }, { "prfm with an index, which there is not", 0xf8804483 }, { "ld1 {v0.16b}, [x0], #16", 0x4cdf7000 },
        { "stgp, which is no pair of words", 0x68800440 }, { "opc 3", 0xe9000440 }, { "ldrsw to w", 0xb8c04483 }, { "dc civac, x0", 0xd50b7e20 }, { "nop", 0xd503201f }, { "0", 0 } };
    for (const auto &o : others) {
        uint64_t d;
        EXPECT_FALSE(decode_a64(o.word, &d)) << o.text;
    }
}

}  // namespace
