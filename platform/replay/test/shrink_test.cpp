// SPDX-License-Identifier: GPL-2.0-or-later
// Shrinking: few requests are left, they still fail, and the right device passes them
#include "platform/replay/replay_testing.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

Recording recorded(const std::string &type, const std::string &impl)
{
    replay_devices_folder(INGOT_VDEVICES);
    std::string text = in_process([&] { return recording_text(drive(type, impl, DriverBug::None)); });
    return recording_parse(text, type + "=" + impl, "");
}

struct Case {
    const char *type, *right, *wrong;
    size_t at_most;     // requests that a person would need
};

TEST(Shrink, LeavesTheFewestRequestsThatStillFail)
{
    for (const Case &c : { Case{ "dmaq", "model", "crc", 3 }, { "dmaq", "model", "wrap", 7 }, { "dmaq", "model", "clear", 8 },
                           { "dmaq", "model", "page", 6 }, { "dmaq", "model", "index", 6 }, { "dmaq", "model", "rtl-zero", 6 },
                           { "pulse", "systemc", "missed", 6 }, { "pulse", "systemc", "rtl-more", 6 }, { "uart16550", "model", "thre", 4 },
                           { "uart16550", "model", "trigger", 10 } }) {
        const Recording r = recorded(c.type, c.right);
        const Rules rules = rules_load(c.type, Registers(c.type));
        const Shrunk s = shrink(r, c.right, c.wrong, rules);
        printf("  %-10s %-9s %3zu requests -> %2zu, in %zu replays\n", c.type, c.wrong, s.requests_before, s.requests, s.replays);
        EXPECT_LE(s.requests, c.at_most) << c.wrong << "\n" << recording_text(s.recording);
        const std::string text = recording_text(s.recording);
        EXPECT_EQ(replays(c.type, c.right, text), "") << c.wrong;
        EXPECT_NE(replays(c.type, c.wrong, text), "") << c.wrong << "\n" << text;
        if (std::string(c.type) == "dmaq") {
            EXPECT_EQ(replays(c.type, "rtl", text), "") << c.wrong << "\n" << text;
        }
    }
}

TEST(Shrink, WorksOnWhatARealDriverDid)
{
    replay_devices_folder(INGOT_VDEVICES);
    const Recording r = recording_load(INGOT_ROOT "/traces/golden/dmaq-linux-model.rec", "");
    const Shrunk s = shrink(r, "model", "crc", rules_load(r.type, Registers(r.type)));
    printf("  Linux's driver: %zu requests -> %zu, in %zu replays\n", s.requests_before, s.requests, s.replays);
    EXPECT_LE(s.requests, 6u) << recording_text(s.recording);
    EXPECT_EQ(replays("dmaq", "rtl", recording_text(s.recording)), "");
}

TEST(Shrink, WhatDoesNotFailIsRefused)
{
    const Recording r = recorded("pulse", "systemc");
    EXPECT_THROW(shrink(r, "systemc", "rtl", rules_load("pulse", Registers("pulse"))), std::runtime_error);
}

TEST(Shrink, WritesAConformanceTest)
{
    const Recording r = recorded("pulse", "systemc");
    const std::string source = conformance_test(r, "PulsePeriodic.CountsWhatItMissed", "systemc", "rtl");
    EXPECT_EQ(source.find("// SPDX-License-Identifier: GPL-2.0-or-later\n"), 0u);
    EXPECT_NE(source.find("REPLAY_TEST(PulsePeriodic, CountsWhatItMissed, \"pulse\", PulsePeriodicCountsWhatItMissed, \"systemc\", \"rtl\")"), std::string::npos);
    for (const char *bad : { "NoDot", "A.", ".B", "A.B.C", "A.b c", "A.\"" }) {
        EXPECT_THROW(conformance_test(r, bad, "systemc", "rtl"), std::runtime_error) << bad;
    }
}

// What such a source becomes.
const char shrunk[] = R"(ingot-recording 1
device pulse0 pulse systemc
1000000 read 0x0 4 0x50554c53
2000000 write 0x8 4 0x64
3000000 write 0x4 4 0x1
3100000 irq 0 1
4000000 write 0x10 4 0x1
4000000 irq 0 0
4000000 end
)";
REPLAY_TEST(ShrunkTest, RunsOnEachImplementation, "pulse", shrunk, "systemc", "rtl")

}  // namespace
