// SPDX-License-Identifier: GPL-2.0-or-later
// Failures of devices: a stop with the device and the reason; the board and the other devices go on
#include "platform/systemc/bench_testing.h"
#include "platform/systemc/test/devices.h"

using ingot::Bench;
using ingot::BenchEvent;

static void expect_stop(Bench &b, unsigned device, const std::string &part)
{
    auto stops = b.log_of(BenchEvent::Stop);
    ASSERT_EQ(1u, stops.size()) << part;
    EXPECT_EQ(device, stops[0].device);
    EXPECT_NE(std::string::npos, stops[0].text.find(part)) << stops[0].text;
    b.clear_log();
}

BENCH_TEST(Failure, AMistakeOfAModelIsTold)
{
    Bench b;
    b.add("t0", "ticker");
    unsigned t = b.add("t1", "ticker");
    b.run_until(5000);
    b.write32(t, REG_MISBEHAVE, PAST_TIMER);
    expect_stop(b, t, "arms a timer in the past, at 4999 ps, now being 5000 ps");
    b.write32(t, REG_MISBEHAVE, BAD_LINE);
    expect_stop(b, t, "interrupt line 2 of 2");
    b.write32(t, REG_MISBEHAVE, BAD_TIMER);
    expect_stop(b, t, "timer 2 of 2");
    b.write32(t, REG_MISBEHAVE, STOP);
    expect_stop(b, t, "asked for");
}

BENCH_TEST(Failure, AnExceptionInAnAccessIsASlaveError)
{
    Bench b;
    b.add("t0", "ticker");
    unsigned n = b.add("n0", "bell");
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.write(n, REG_MISBEHAVE, 4, THROW));
    expect_stop(b, n, "thrown by the model");
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.write(n, REG_MISBEHAVE, 4, WARN));
    expect_stop(b, n, "an error report");
    EXPECT_EQ(0x5678u, b.read32(n, REG_WORD));
}

BENCH_TEST(Failure, AnExceptionInAProcessStopsSystemCAndNothingElse)
{
    Bench b;
    unsigned t = b.add("t0", "ticker"), n = b.add("n0", "bell");
    b.write32(n, REG_MISBEHAVE, THROW_IN_PROCESS);
    b.run_until(5000);
    expect_stop(b, n, "thrown in a process");
    b.write32(t, REG_AFTER, 1000);
    b.write32(n, REG_AFTER, 500);
    b.run_until(10000);
    EXPECT_TRUE(b.level(t));
    EXPECT_FALSE(b.level(n));
    EXPECT_EQ(SEAM_NEVER, b.next_event());
}

BENCH_TEST(Failure, DeltaCyclesWithoutEndAreStopped)
{
    Bench b;
    unsigned n = b.add("n0", "bell");
    b.write32(n, REG_MISBEHAVE, DELTA_LOOP);
    expect_stop(b, n, "without end at one instant");
    EXPECT_EQ(SEAM_NEVER, b.next_event());
}

BENCH_TEST(Failure, ScStopIsTold)
{
    Bench b;
    unsigned n = b.add("n0", "bell");
    b.write32(n, REG_MISBEHAVE, SC_STOP);
    expect_stop(b, n, "sc_stop");
    EXPECT_EQ(SEAM_NEVER, b.next_event());
}

TEST(Failure, SystemCIsSilent)
{
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    ingot::in_child([] {
        Bench b;
        unsigned n = b.add("n0", "bell");
        b.write32(n, REG_AFTER, 1000);
        b.run_until(5000);
        return std::string();
    });
    EXPECT_EQ("", ::testing::internal::GetCapturedStdout());
    EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
}
