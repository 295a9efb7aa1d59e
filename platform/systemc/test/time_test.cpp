// SPDX-License-Identifier: GPL-2.0-or-later
// Time: exact to the picosecond, in a defined order, without a loop that never ends
#include <random>

#include "platform/systemc/bench_testing.h"
#include "platform/systemc/test/devices.h"

using ingot::Bench;
using ingot::BenchEvent;

static uint64_t fired(Bench &b, unsigned d) { return b.read32(d, REG_FIRED_LO) | uint64_t(b.read32(d, REG_FIRED_HI)) << 32; }

BENCH_TEST(Time, TimersFireAtTheirPicosecond)
{
    std::mt19937_64 random(7);
    Bench b;
    unsigned d[] = { b.add("model", "ticker"), b.add("native", "bell") };
    for (int i = 0; i < 2000; i++) {
        unsigned device = d[random() % 2];
        uint32_t n = i % 5 ? random() % 100000 : random() >> 32;
        b.run_until(b.now() + random() % 5000);     // the access is between SystemC's events
        seam_ps due = b.now() + n;
        b.write32(device, REG_AFTER, n);
        EXPECT_EQ(n ? due : SEAM_NEVER, b.next_event());
        ASSERT_TRUE(b.run_until_irq(device, due));
        ASSERT_EQ(due, b.now());
        ASSERT_EQ(due, fired(b, device));
        b.write32(device, REG_ACK, 1);
    }
    EXPECT_TRUE(b.log_of(BenchEvent::Note).empty());    // bell notes when SystemC's own clock was not there
}

BENCH_TEST(Time, EventsOfOneInstantComeInTheOrderOfDevices)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        std::string log = ingot::in_child([backwards] {
            Bench b;
            unsigned d[4] = { b.add("a", "ticker"), b.add("b", "bell"), b.add("c", "ticker"), b.add("d", "bell") };
            for (int i = 0; i < 4; i++) {
                b.write32(d[backwards ? 3 - i : i], REG_AFTER, 1000);
            }
            b.run_until(2000);
            return b.log_text();
        });
        EXPECT_EQ("1000 irq device 0 176 1 0\n1000 irq device 1 178 1 0\n1000 irq device 2 179 1 0\n1000 irq device 3 181 1 0\n", log);
    }
}

BENCH_TEST(Time, RearmingReplacesAndNothingIsLeftBehind)
{
    Bench b;
    unsigned d[] = { b.add("model", "ticker"), b.add("native", "bell") };
    for (unsigned device : d) {
        for (int i = 0; i < 10000; i++) {
            b.write32(device, REG_AFTER, 1000000);
            b.write32(device, REG_AFTER, 500);
        }
    }
    EXPECT_EQ(500u, b.next_event());
    b.run_until(500);
    EXPECT_EQ(SEAM_NEVER, b.next_event());
    EXPECT_EQ(2u, b.log().size());
}

BENCH_TEST(Time, AccessesRunWhatTheyMakeDueAtOnce)
{
    Bench b;
    unsigned d[] = { b.add("model", "ticker"), b.add("native", "bell") };
    for (unsigned device : d) {
        b.run_until(b.now() + 333);
        b.write32(device, REG_AFTER, 0);
        EXPECT_TRUE(b.level(device));
        EXPECT_EQ(b.now(), fired(b, device));
        EXPECT_EQ(SEAM_NEVER, b.next_event());
    }
}

BENCH_TEST(Time, ManyEventsInOneCallAreEachAtTheirOwn)
{
    Bench b;
    unsigned a = b.add("a", "ticker"), n = b.add("n", "bell");
    b.write32(a, REG_AFTER, 1000);
    b.write32(n, REG_AFTER, 700);
    b.run_in_one(50000);
    EXPECT_EQ(1000u, fired(b, a));
    EXPECT_EQ(700u, fired(b, n));
}

BENCH_TEST(Time, SystemCsOwnEventsHappenToo)
{
    Bench b;
    unsigned n = b.add("n", "bell");
    b.write32(n, REG_MISBEHAVE, OWN_EVENT);
    EXPECT_EQ(10000u, b.next_event());
    b.run_until(20000);
    ASSERT_EQ(1u, b.log().size());
    EXPECT_EQ("10000 note device 0 2 10000 0", b.log()[0].words());
}

BENCH_TEST(Time, ALoopWithoutTimeIsStoppedWithTheDevicesName)
{
    Bench b;
    b.add("other", "ticker");
    unsigned a = b.add("a", "ticker");
    b.write32(a, REG_MISBEHAVE, ZERO_DELAY_LOOP);
    auto stops = b.log_of(BenchEvent::Stop);
    ASSERT_EQ(1u, stops.size());
    EXPECT_EQ(a, stops[0].device);
    EXPECT_NE(std::string::npos, stops[0].text.find("again and again"));
    EXPECT_EQ(SEAM_NEVER, b.next_event());
}
