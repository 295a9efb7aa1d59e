// SPDX-License-Identifier: GPL-2.0-or-later
// The driver alone: against a recording the right driver runs to its end, and each of the ten seeded bugs departs
#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

#include "platform/replay/departure.h"
#include "platform/replay/judge.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

struct Seed {
    const char *type;
    DriverBug bug;
    const char *recorded, *now;         // the first transaction that differs, and what it differs in
};
const Seed seeds[] = {
    { "dmaq", DriverBug::DmaqNoAcknowledge, "write IRQ_STATUS DONE=1", "read HEAD" },
    { "dmaq", DriverBug::DmaqEarlyDoorbell, "dma-read 0x400000a0 +32", "dma-read 0x400000a0 +8 0000000000000000\nthe memory that the device reads: " },
    { "dmaq", DriverBug::DmaqRingSize, "write RING_SIZE (0x3)", "write RING_SIZE (0x2)\nwritten: RING_SIZE.LOG2 is 0x2 instead of 0x3" },
    { "dmaq", DriverBug::DmaqLength, "dma-read 0x40000060 +32", "dma-read 0x40000070 +8 e003000001000000\nthe memory that the device reads: " },
    { "pulse", DriverBug::PulseAcknowledge, "write STATUS PENDING=1", "write STATUS PENDING=0" },
    { "pulse", DriverBug::PulseArmedFirst, "write DELAY (0x7d0)", "write CTRL START=1 PERIODIC=0" },
    { "pulse", DriverBug::PulseCount, "write COUNT (0x5)", "write CTRL START=1 PERIODIC=1" },
    { "uart16550", DriverBug::UartDlab, "write LCR WLS=3", "write FCR ENABLE=1" },
    { "uart16550", DriverBug::UartNoFifo, "write FCR ENABLE=1", "write IER ERBFI=1" },
    { "uart16550", DriverBug::UartOverread, "read IIR NONE=1", "read RBR" },
};

class StandIns : public testing::Test {
protected:
    StandIns()
    {
        replay_devices_folder(INGOT_ROOT "/vdevices");
        close(mkstemp(path_.data()));
    }
    ~StandIns() override { unlink(path_.c_str()); }

    static Recording recorded(const std::string &type, const std::string &impl)
    {
        return recording_parse(in_process([&] { return recording_text(drive(type, impl, DriverBug::None)); }), type + "=" + impl, "");
    }
    // What a stand-in is given of it.
    Recording prepared(const Recording &r)
    {
        std::string remark;
        recording_save(r, path_);
        Recording p = departure_prepare(path_, r.device, r.type, remark);
        recording_save(p, path_);
        return p;
    }
    // Today's driver against the prepared recording: its run, or where it departs in words.
    Recording run(const std::string &type, DriverBug bug, const char *held = "recorded:")
    {
        return recording_parse(in_process([&] { return recording_text(drive(type, held + path_, bug)); }), "now", "");
    }
    std::string departs(const Recording &r, DriverBug bug, const char *held = "recorded:")
    {
        try {
            run(r.type, bug, held);
            return "";
        } catch (const std::runtime_error &e) {
            const std::string said = e.what(), key = "not as recorded: transaction ", now = ": now ";
            EXPECT_EQ(said.compare(0, key.size(), key), 0) << said;
            return departure_words(r, std::stoul(said.substr(key.size())), said.substr(said.find(now) + now.size()), 4);
        }
    }
    std::string path_ = testing::TempDir() + "ingot-stand-in-XXXXXX";
};

// Behind its first word and the time.
bool has(const std::string &report, const std::string &line, const std::string &words)
{
    const size_t from = report.find(line), at = report.find(" us  ", from);
    return from != std::string::npos && report.compare(at + 5, words.size(), words) == 0;
}

const char *right_one(const std::string &type) { return type == "pulse" ? "systemc" : "model"; }

TEST_F(StandIns, TheRightDriverRunsToItsEndAsRecorded)
{
    for (auto [type, impl] : { std::pair("dmaq", "model"), { "dmaq", "rtl" }, { "pulse", "systemc" }, { "pulse", "rtl" }, { "uart16550", "model" } }) {
        const Recording r = prepared(recorded(type, impl));
        EXPECT_EQ(departs(r, DriverBug::None), "");
        EXPECT_TRUE(run(type, DriverBug::None).all == r.all) << type << " " << impl << ": the same, times too";
    }
}

TEST_F(StandIns, EachSeededBugOfADriverIsToldAtItsFirstRequest)
{
    for (const char *impl : { "", "rtl" }) {
        unsigned found = 0, of = 0;
        for (const Seed &s : seeds) {
            if (*impl && std::string(s.type) == "uart16550") {
                continue;
            }
            const Recording r = prepared(recorded(s.type, *impl ? impl : right_one(s.type)));
            const std::string told = departs(r, s.bug);
            const bool is = has(told, "recorded  ", s.recorded) && has(told, "now       ", s.now);
            EXPECT_TRUE(is) << told;
            found += is;
            of++;
        }
        printf("drivers' bugs told at the departing request: %u of %u, against %s\n", found, of, *impl ? impl : "models");
        EXPECT_EQ(found, *impl ? 7u : 10u);
    }
}

TEST_F(StandIns, ABoardsResetIsARequest)
{
    for (auto [type, impl] : { std::pair("dmaq", "model"), { "dmaq", "rtl" }, { "pulse", "systemc" }, { "pulse", "rtl" } }) {
        auto again = [&, type = type](const std::string &how) {
            return recording_parse(in_process([&] { return recording_text(drive_through_a_reset(type, how)); }), type, "");
        };
        const Recording r = prepared(again(impl));
        EXPECT_TRUE(again("recorded:" + path_).all == r.all) << type << " " << impl;
    }
}

// Of the ten one reads too much, which it is free to.
TEST_F(StandIns, ALooseOneHoldsADriverToAllButItsReads)
{
    const char *const loose = "recorded-loose:";
    unsigned told = 0;
    for (const Seed &s : seeds) {
        const Recording r = prepared(recorded(s.type, right_one(s.type)));
        EXPECT_TRUE(run(s.type, DriverBug::None, loose).all == r.all) << s.type;
        const bool departed = !departs(r, s.bug, loose).empty();
        EXPECT_EQ(departed, s.bug != DriverBug::UartOverread) << s.type << " " << s.recorded;
        told += departed;
    }
    EXPECT_EQ(told, 9u);
}

}  // namespace
