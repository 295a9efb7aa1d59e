// SPDX-License-Identifier: GPL-2.0-or-later
// PL031 by its manual (ARM DDI0224)
#include "pl031.h"
#include "vmm_test.h"

namespace {

enum { DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0c, IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1c };
const uint64_t BASE = 0x9010000, SECOND = 1000000000;
const uint32_t SPI = 2, START_S = 1700000000;

class Pl031 : public testing::Test {
protected:
    Pl031()
    {
        vmm_place place = { BASE, SPI, 0 };
        EXPECT_TRUE(pl031_init(&rtc, &out.bus, &place, START_S));
    }
    uint32_t get(uint32_t offset) { return (uint32_t)out.read(BASE + offset); }
    void set(uint32_t offset, uint32_t value) { EXPECT_EQ(VMM_DONE, out.write(BASE + offset, value)); }

    Outside out;
    struct pl031 rtc = {};
};

TEST_F(Pl031, StartsAtTheTimeGivenAndRuns)
{
    EXPECT_EQ(START_S, get(DR));
    EXPECT_EQ(1u, get(CR));
    for (uint32_t offset : { MR, LR, IMSC, RIS, MIS })
        EXPECT_EQ(0u, get(offset)) << offset;
    out.pass_ns(SECOND - 1);
    EXPECT_EQ(START_S, get(DR));
    out.pass_ns(1);
    EXPECT_EQ(START_S + 1, get(DR));
}

TEST_F(Pl031, IdentifiesItselfAsAPrimeCell)
{
    const uint32_t ids[] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
    for (unsigned i = 0; i < 8; i++)
        EXPECT_EQ(ids[i], get(0xfe0 + 4 * i)) << i;
}

TEST_F(Pl031, NothingStopsARunningClock)
{
    set(CR, 0);
    EXPECT_EQ(1u, get(CR));
    set(DR, 5);
    out.pass_ns(SECOND);
    EXPECT_EQ(START_S + 1, get(DR));
}

TEST_F(Pl031, LoadSetsTheCounter)
{
    out.pass_ns(3 * SECOND);
    set(LR, 1000);
    EXPECT_EQ(1000u, get(LR));
    EXPECT_EQ(1000u, get(DR));
    out.pass_ns(7 * SECOND);
    EXPECT_EQ(1007u, get(DR));
    EXPECT_EQ(1000u, get(LR));
}

TEST_F(Pl031, TheCounterWraps)
{
    set(LR, ~0u);
    out.pass_ns(SECOND);
    EXPECT_EQ(0u, get(DR));
}

TEST_F(Pl031, AMatchInterruptsOnItsSecond)
{
    out.pass_ns(SECOND / 2);
    set(IMSC, 1);
    set(MR, START_S + 10);
    EXPECT_EQ(START_S + 10, get(MR));
    out.pass_ns(10 * SECOND - SECOND / 2 - 1);
    EXPECT_FALSE(out.irq[SPI]);
    out.pass_ns(1);
    EXPECT_TRUE(out.irq[SPI]);
    EXPECT_EQ(1u, get(RIS));
    EXPECT_EQ(1u, get(MIS));
    set(ICR, 1);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(0u, get(RIS));
    out.pass_ns(100 * SECOND);
    EXPECT_FALSE(out.irq[SPI]);
}

TEST_F(Pl031, AMatchIsRawWhileItIsMasked)
{
    set(MR, START_S + 1);
    out.pass_ns(SECOND);
    EXPECT_EQ(1u, get(RIS));
    EXPECT_EQ(0u, get(MIS));
    EXPECT_FALSE(out.irq[SPI]);
    set(IMSC, ~0u);
    EXPECT_EQ(1u, get(IMSC));
    EXPECT_TRUE(out.irq[SPI]);
    set(ICR, 0);
    EXPECT_TRUE(out.irq[SPI]) << "a zero clears nothing";
    set(IMSC, 2);
    EXPECT_EQ(0u, get(IMSC));
    EXPECT_FALSE(out.irq[SPI]);
}

TEST_F(Pl031, ASecondThatIsNowMatchesNow)
{
    set(MR, START_S);
    EXPECT_EQ(1u, get(RIS));
    set(ICR, 1);
    set(MR, 77);
    EXPECT_EQ(0u, get(RIS));
    set(LR, 77);
    EXPECT_EQ(1u, get(RIS));
}

TEST_F(Pl031, ALoadMovesTheMatch)
{
    set(MR, START_S + 10);
    set(LR, START_S + 8);
    out.pass_ns(2 * SECOND - 1);
    EXPECT_EQ(0u, get(RIS));
    out.pass_ns(1);
    EXPECT_EQ(1u, get(RIS));
}

TEST_F(Pl031, AMatchThatIsPastComesWhenTheCounterHasWrapped)
{
    set(MR, START_S - 1);
    EXPECT_EQ(((UINT64_C(1) << 32) - 1) * SECOND, out.alarm_ns);
    out.pass_ns(((UINT64_C(1) << 32) - 1) * SECOND);
    EXPECT_EQ(1u, get(RIS));
    EXPECT_EQ(START_S - 1, get(DR));
}

TEST_F(Pl031, AMatchComesAgainWhenTheCounterHasWrapped)
{
    set(MR, START_S + 1);
    out.pass_ns(SECOND);
    set(ICR, 1);
    out.pass_ns((SECOND << 32) - 1);
    EXPECT_EQ(0u, get(RIS));
    out.pass_ns(1);
    EXPECT_EQ(1u, get(RIS));
}

TEST_F(Pl031, TheMatchRegisterOfAResetMatchesZero)
{
    struct pl031 late = {};
    vmm_place place = { BASE + 0x1000, SPI + 1, 0 };
    EXPECT_TRUE(pl031_init(&late, &out.bus, &place, ~0u));
    EXPECT_FALSE(late.ris);
    out.pass_ns(SECOND);
    EXPECT_TRUE(late.ris);
}

TEST_F(Pl031, OnlyWordsAreAccesses)
{
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + MR, 1, 1));
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + MR, 1, 8));
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + MR + 2, 1, 4));
    EXPECT_EQ(0u, get(MR));
}

TEST_F(Pl031, ResetGivesTheTimeOfDayBack)
{
    set(LR, 5);
    set(IMSC, 1);
    set(MR, 5);
    EXPECT_TRUE(out.irq[SPI]);
    out.pass_ns(2 * SECOND);
    bus_reset(&out.bus);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(START_S + 2, get(DR));
    EXPECT_EQ(0u, get(RIS));
}

} // namespace
