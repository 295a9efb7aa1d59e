// SPDX-License-Identifier: GPL-2.0-or-later
// Twenty seeded bugs, ten in drivers and ten in devices: each is found, and blamed on the side that has it
#include <gtest/gtest.h>

#include "platform/replay/judge.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

struct Seed {
    const char *what, *type, *impl;     // impl: the one that is right, or the seeded one
    DriverBug bug;
};
const Seed driver_seeds[] = {
    { "IRQ_STATUS is not written back", "dmaq", "model", DriverBug::DmaqNoAcknowledge },
    { "doorbell before the descriptor", "dmaq", "model", DriverBug::DmaqEarlyDoorbell },
    { "RING_SIZE of another ring", "dmaq", "model", DriverBug::DmaqRingSize },
    { "a length 8 bytes short", "dmaq", "model", DriverBug::DmaqLength },
    { "0 written to the W1C bit", "pulse", "systemc", DriverBug::PulseAcknowledge },
    { "armed before DELAY is set", "pulse", "systemc", DriverBug::PulseArmedFirst },
    { "periodic without COUNT", "pulse", "systemc", DriverBug::PulseCount },
    { "DLAB left set", "uart16550", "model", DriverBug::UartDlab },
    { "FIFOs left off", "uart16550", "model", DriverBug::UartNoFifo },
    { "RBR read once too often", "uart16550", "model", DriverBug::UartOverread },
};
const Seed device_seeds[] = {
    { "CRC without its final xor", "dmaq", "crc", DriverBug::None },
    { "HEAD does not wrap", "dmaq", "wrap", DriverBug::None },
    { "W1C clears all bits", "dmaq", "clear", DriverBug::None },
    { "a burst crosses the destination's page", "dmaq", "page", DriverBug::None },
    { "ERR_INDEX is not set", "dmaq", "index", DriverBug::None },
    { "RTL: a CRC on errors, too", "dmaq", "rtl-zero", DriverBug::None },
    { "MISSED does not count", "pulse", "missed", DriverBug::None },
    { "RTL: a run does not end", "pulse", "rtl-more", DriverBug::None },
    { "THRE stays pending", "uart16550", "thre", DriverBug::None },
    { "wrong trigger level", "uart16550", "trigger", DriverBug::None },
};

const char *right_one(const std::string &type) { return type == "pulse" ? "systemc" : "model"; }

Recording recorded(const std::string &type, const std::string &impl, DriverBug bug)
{
    std::string text = in_process([&] { return recording_text(drive(type, impl, bug)); });
    return recording_parse(text, type + "=" + impl, "");
}

Rules rules_of(const std::string &type) { return rules_load(type, Registers(type)); }

Judgement on_implementation(const Recording &r, const std::string &impl)
{
    Replay how;
    how.impl = impl;
    return judge_device(r, how, rules_of(r.type), 4);
}

class Seeded : public testing::Test {
protected:
    Seeded() { replay_devices_folder(INGOT_ROOT "/vdevices"); }
};

std::string second_line(const std::string &report)
{
    size_t from = report.find('\n') + 1;
    return report.substr(from, report.find('\n', from) - from);
}

bool blamed(const char *side, const Seed &s, const Judgement &j, Verdict expected)
{
    printf("  %-7s %-10s %-40s -> %-11s %s\n", side, s.type, s.what, verdict_name(j.verdict), second_line(j.report).c_str());
    EXPECT_EQ(j.verdict, expected) << s.what << "\n" << j.report;
    return j.verdict == expected;
}

TEST_F(Seeded, TwentyBugsAreFoundAndBlamedOnTheSideThatHasThem)
{
    unsigned found = 0;
    for (const Seed &s : driver_seeds) {
        const Recording good = recorded(s.type, s.impl, DriverBug::None);
        found += blamed("driver", s, judge_recordings(good, recorded(s.type, s.impl, s.bug), rules_of(s.type), 4), Verdict::Driver);
    }
    for (const Seed &s : device_seeds) {
        const Recording good = recorded(s.type, right_one(s.type), DriverBug::None);
        found += blamed("device", s, on_implementation(good, s.impl), Verdict::Device);
    }
    printf("seeded bugs found and blamed rightly: %u of 20\n", found);
    EXPECT_EQ(found, 20u);
}

// The driver meets the bug, and goes another way from there on: the device is to blame all the same.
TEST_F(Seeded, ADeviceBugIsTheDevicesAlsoWhereTheDriverReactsToIt)
{
    for (const Seed &s : device_seeds) {
        const Recording good = recorded(s.type, right_one(s.type), DriverBug::None);
        blamed("device", s, judge_recordings(good, recorded(s.type, s.impl, DriverBug::None), rules_of(s.type), 4), Verdict::Device);
    }
}

// Recorded on RTL, where each time is another.
TEST_F(Seeded, ADriverBugIsTheDriversOnAnotherImplementationToo)
{
    for (const Seed &s : driver_seeds) {
        if (std::string(s.type) != "uart16550") {
            const Recording good = recorded(s.type, s.impl, DriverBug::None);
            blamed("driver", s, judge_recordings(good, recorded(s.type, "rtl", s.bug), rules_of(s.type), 4), Verdict::Driver);
        }
    }
}

TEST_F(Seeded, WithoutABugNobodyIsBlamed)
{
    for (const char *type : { "dmaq", "pulse", "uart16550" }) {
        const Recording good = recorded(type, right_one(type), DriverBug::None);
        EXPECT_EQ(on_implementation(good, right_one(type)).verdict, Verdict::Same) << type;
        EXPECT_EQ(judge_recordings(good, recorded(type, right_one(type), DriverBug::None), rules_of(type), 4).verdict, Verdict::Same);
        if (std::string(type) != "uart16550") {
            Judgement on_rtl = on_implementation(good, "rtl"), two = judge_recordings(good, recorded(type, "rtl", DriverBug::None), rules_of(type), 4);
            EXPECT_EQ(on_rtl.verdict, Verdict::Timing) << type << "\n" << on_rtl.report;
            EXPECT_EQ(two.verdict, Verdict::Timing) << type << "\n" << two.report;
            const Recording rtl = recorded(type, "rtl", DriverBug::None);
            Judgement on_model = on_implementation(rtl, right_one(type));
            EXPECT_EQ(on_model.verdict, Verdict::Timing) << type << "\n" << on_model.report;
        }
    }
}

}  // namespace
