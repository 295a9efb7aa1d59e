// SPDX-License-Identifier: GPL-2.0-or-later
// Clocks: no drift, and edges that come where they belong
#include "platform/rtl/run_ahead.h"

#include <gtest/gtest.h>

using ingot::Clock;

constexpr seam_ps second = 1000000000000;

TEST(Clock, HasNoDriftOverTenSeconds)
{
    Clock c = Clock::of_hz(33333000);
    EXPECT_EQ(10 * second, c.edge(333330000));
    EXPECT_EQ(333330000u, c.last(10 * second));
    EXPECT_EQ(333329999u, c.last(10 * second - 1));
    EXPECT_EQ(3600 * second, c.edge(33333000ull * 3600));
    EXPECT_EQ(30000u, c.edge(1));           // 30,000.300003…
    EXPECT_EQ(300003u, c.edge(10));
}

TEST(Clock, OfAWholePeriodCountsInPs)
{
    Clock c = Clock::of_period(30000), same = Clock::of_hz(100000000);
    EXPECT_EQ(10 * second - 10000, c.edge(333333333));
    EXPECT_EQ(333333333u, c.last(10 * second));
    EXPECT_EQ(Clock::of_period(10000), same);
    EXPECT_EQ("10000ps", same.text());
}

TEST(Clock, LastIsTheInverseOfEdge)
{
    for (uint64_t hz : { 1ull, 3ull, 7ull, 32768ull, 33333000ull, 48000000ull, 999999999ull, 1000000000000ull }) {
        Clock c = Clock::of_hz(hz);
        for (uint64_t k : { 1ull, 2ull, 3ull, 999ull, 1000003ull, 123456789ull }) {
            if (k / hz > 100000) {
                continue;
            }
            EXPECT_EQ(k, c.last(c.edge(k))) << hz << " " << k;
            EXPECT_EQ(k - 1, c.last(c.edge(k) - 1)) << hz << " " << k;
        }
    }
}

ingot::RtlCore *ingot_rtl_two_clocks(const char *instance);

struct Nobody final : ingot::RtlAdapter::Client {
    seam_result dma_read(uint64_t, void *, size_t) override { return SEAM_DENIED; }
    seam_result dma_write(uint64_t, const void *, size_t) override { return SEAM_DENIED; }
    void irq(seam_ps at, unsigned, bool level) override { raised = level ? at : raised; }
    void broken(const std::string &what) override { FAIL() << what; }
    seam_ps raised = 0;
};

template <class A> class SeveralClocks : public testing::Test {};
using Both = testing::Types<ingot::RtlAdapter, ingot::RunAhead>;
TYPED_TEST_SUITE(SeveralClocks, Both);

// clk_bit has a period of 30,000 ps, clk_usb 48 MHz (20,833.3 ps); both cross by gray code and two flip-flops.
TYPED_TEST(SeveralClocks, EachKeepsItsOwnTime)
{
    Nobody nobody;
    TypeParam adapter(std::unique_ptr<ingot::RtlCore>(ingot_rtl_two_clocks("t")), Clock::of_hz(33333000), 1, nobody);
    adapter.reset(0);
    const seam_ps ms = second / 1000;
    auto read = [&](uint64_t offset, seam_ps at) {
        uint64_t v = 0;
        seam_ps delay = 0;
        for (seam_ps next; (next = adapter.next_event()) <= at;) {
            adapter.run(next);
        }
        EXPECT_EQ(SEAM_OK, adapter.access(false, offset, 4, at, &v, &delay));
        return v;
    };
    EXPECT_EQ(33333u, read(0x00, ms));
    EXPECT_NEAR(33333 + 33333, read(0x04, 2 * ms), 3);
    EXPECT_NEAR(144000, read(0x08, 3 * ms), 5);
}

TYPED_TEST(SeveralClocks, AnInterruptRisesWithItsOwnClock)
{
    Nobody nobody;
    TypeParam adapter(std::unique_ptr<ingot::RtlCore>(ingot_rtl_two_clocks("t")), Clock::of_period(10000), 1, nobody);
    adapter.reset(0);
    uint64_t v = 1000;
    seam_ps delay = 0;
    ASSERT_EQ(SEAM_OK, adapter.access(true, 0x0c, 4, 0, &v, &delay));
    for (seam_ps next; (next = adapter.next_event()) <= second / 1000;) {
        adapter.run(next);
    }
    EXPECT_EQ(0u, nobody.raised % 30000);
    EXPECT_NEAR(1002, double(nobody.raised) / 30000, 2);
}
