// SPDX-License-Identifier: GPL-2.0-or-later
// Exact time: an interrupt that a device raises at an instant is seen by its core at that instant
#include <gtest/gtest.h>

#include "board.h"

namespace {

constexpr uint64_t kVector = 0x40080a80;    // vectors + 0x280 of pulses.S
constexpr size_t kPulses = 1000;
constexpr uint64_t kStart = 0x04, kDelay = 0x08;

struct Case {
    const char *name;
    int cores;
    const char *impl;
    uint64_t clock_ps;      // the pulse comes up to so much later than asked
};

void PrintTo(const Case &c, std::ostream *out) { *out << c.name; }

std::vector<trace_record> run(const Case &c)
{
    BoardOptions o;
    o.guest = "pulses" + std::to_string(c.cores) + ".elf";
    o.cores = c.cores;
    o.pulse_impl = c.impl;
    Board b(o);
    b.held();
    b.ok("probe 1 vector pc * 2 " + std::to_string(kVector));
    EXPECT_EQ("poweroff", b.go().reason);
    return b.trace();
}

class Exact : public testing::TestWithParam<Case> {};

TEST_P(Exact, TheHandlerBeginsAtTheInstantOfTheEdge)
{
    std::vector<trace_record> edges, starts, vectors;
    std::vector<uint64_t> delays;
    for (const trace_record &r : run(GetParam())) {
        if (r.kind == TRACE_IRQ && r.value)
            edges.push_back(r);
        else if (r.kind == TRACE_WRITE && r.id == 2 && r.addr == kStart)
            starts.push_back(r);
        else if (r.kind == TRACE_WRITE && r.id == 2 && r.addr == kDelay)
            delays.push_back(r.value * 1000);
        else if (r.kind == TRACE_PROBE)
            vectors.push_back(r);
    }
    ASSERT_EQ(kPulses, edges.size());
    ASSERT_EQ(kPulses, starts.size());
    ASSERT_EQ(kPulses, delays.size());
    ASSERT_EQ(kPulses, vectors.size());
    for (size_t i = 0; i < kPulses; i++) {
        uint64_t asked = starts[i].time_ps + delays[i];
        ASSERT_GE(edges[i].time_ps, asked) << "pulse " << i;
        ASSERT_LE(edges[i].time_ps, asked + GetParam().clock_ps) << "pulse " << i;
        ASSERT_EQ((edges[i].time_ps + 999) / 1000 * 1000, vectors[i].time_ps) << "pulse " << i;
        ASSERT_EQ(GetParam().cores - 1, vectors[i].core);
        ASSERT_EQ(kVector, vectors[i].addr);
    }
}

TEST_P(Exact, TwoRunsAreEqual) { EXPECT_EQ("", first_difference(run(GetParam()), run(GetParam()))); }

INSTANTIATE_TEST_SUITE_P(, Exact, testing::Values(
    Case{ "OneCoreSystemC", 1, "systemc", 0 }, Case{ "TwoCoresSystemC", 2, "systemc", 0 },
    Case{ "FourCoresSystemC", 4, "systemc", 0 }, Case{ "EightCoresSystemC", 8, "systemc", 0 },
    Case{ "OneCoreRtl", 1, "rtl", 20000 }, Case{ "TwoCoresRtl", 2, "rtl", 20000 },
    Case{ "FourCoresRtl", 4, "rtl", 20000 }, Case{ "EightCoresRtl", 8, "rtl", 20000 }),
    [](const auto &info) { return std::string(info.param.name); });

}  // namespace
