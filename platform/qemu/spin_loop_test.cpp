// SPDX-License-Identifier: GPL-2.0-or-later
// Loops that only wait
#include <gtest/gtest.h>

#include <vector>

#include "spin_loop.h"

namespace {

bool waits(const std::vector<uint32_t> &code)
{
    return spin_loop_length(code.back()) == code.size() && spin_loop_waits(code.data(), code.size());
}

TEST(SpinLoop, LocksAndFlagsArePolled)
{
    EXPECT_TRUE(waits({ 0xb9400020, 0x35ffffe0 }));                 // ldr w0, [x1]; cbnz w0
    EXPECT_TRUE(waits({ 0x885ffc20, 0x35ffffe0 }));                 // ldaxr w0, [x1]; cbnz w0
    EXPECT_TRUE(waits({ 0xc8dffc20, 0xb4ffffe0 }));                 // ldar x0, [x1]; cbz x0
    EXPECT_TRUE(waits({ 0xb9401520, 0x3717ffe0 }));                 // ldr w0, [x9, #0x14]; tbnz w0, #2
    EXPECT_TRUE(waits({ 0xb9400020, 0x6b02001f, 0x54ffffc1 }));     // ldr w0, [x1]; cmp w0, w2; b.ne
    EXPECT_TRUE(waits({ 0xb9400020, 0x34000060, 0x17fffffe }));     // ldr w0, [x1]; cbz w0, out; b
}

TEST(SpinLoop, LoopsThatWorkAreNot)
{
    EXPECT_FALSE(waits({ 0xb8404420, 0x35ffffe0 }));                // ldr w0, [x1], #4: the address moves
    EXPECT_FALSE(waits({ 0xf1000400, 0x54ffffe1 }));                // subs x0, x0, #1; b.ne: a delay
    EXPECT_FALSE(waits({ 0xb9400020, 0xb9000020, 0x35ffffc0 }));    // it stores
    EXPECT_FALSE(waits({ 0xb9400020, 0x0b000042, 0x35ffffc0 }));    // add w2, w2, w0: a sum
    EXPECT_FALSE(waits({ 0xd53be040, 0xb5ffffe0 }));                // mrs x0, cntvct_el0: time passes
    EXPECT_FALSE(waits({ 0xb9400021, 0xb5ffffe1 }));                // ldr w1, [x1]: a list
}

TEST(SpinLoop, OnlyShortBackwardBranchesCloseOne)
{
    EXPECT_EQ(0u, spin_loop_length(0x14000000));                    // b .
    EXPECT_EQ(0u, spin_loop_length(0x35000060));                    // forward
    EXPECT_EQ(0u, spin_loop_length(0x35ffff00));                    // nine instructions
    EXPECT_EQ(8u, spin_loop_length(0x35ffff20));
    EXPECT_EQ(0u, spin_loop_length(0xd65f03c0));                    // ret
}

}  // namespace
