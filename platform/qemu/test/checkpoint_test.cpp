// SPDX-License-Identifier: GPL-2.0-or-later
// Checkpoints: a restored run is the uninterrupted one, to the byte
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <thread>

#include "board.h"

namespace {

constexpr const char *kProbe = "probe 1 vector pc * 2 0x40080a80";

struct Case {
    const char *name;
    int cores;
    const char *impl;
};

void PrintTo(const Case &c, std::ostream *out) { *out << c.name; }

struct File {
    std::string path;
    File()
    {
        char pattern[] = "/tmp/ingot-qemu-checkpoint-XXXXXX";
        int fd = mkstemp(pattern);
        if (fd >= 0)
            close(fd);
        path = pattern;
    }
    ~File() { remove(path.c_str()); }
};

class Checkpoint : public testing::TestWithParam<Case> {
protected:
    int instants() const { return GetParam().impl == std::string("rtl") ? 2 : 6; }

    BoardOptions options() const
    {
        BoardOptions o;
        o.guest = "pulses" + std::to_string(GetParam().cores) + ".elf";
        o.cores = GetParam().cores;
        o.pulse_impl = GetParam().impl;
        return o;
    }

    // What `saved` wrote before its checkpoint, and what another process wrote after it.
    void expect_same(Board &saved, const File &file)
    {
        std::vector<trace_record> joined = saved.trace();
        BoardOptions o = options();
        o.incoming = file.path;
        Board restored(o);
        restored.resume();
        Held h = restored.held();
        EXPECT_EQ("restored", h.reason);
        restored.ok(kProbe);
        Held end = restored.go();
        EXPECT_EQ("poweroff", end.reason);

        saved.qmp("cont");
        Held uninterrupted = saved.go();
        EXPECT_EQ("poweroff", uninterrupted.reason);
        EXPECT_EQ(uninterrupted.time_ps, end.time_ps);
        EXPECT_EQ(saved.ask("cores"), restored.ask("cores"));
        for (const trace_record &r : restored.trace())
            joined.push_back(r);
        EXPECT_EQ("", first_difference(saved.trace(), joined));
    }
};

TEST_P(Checkpoint, HeldAtAnInstantItIsContinuedByAnotherProcess)
{
    std::mt19937_64 random(GetParam().cores);
    for (int i = 0; i < instants(); i++) {
        Board b(options());
        b.held();
        b.ok(kProbe);
        b.ok("watch w time " + std::to_string(1000 + random() % 8'000'000'000));
        ASSERT_EQ("watch w", b.go().reason);
        File file;
        b.checkpoint(file.path);
        expect_same(b, file);
    }
}

TEST_P(Checkpoint, HeldBeforeAProbeItIsContinuedByAnotherProcess)
{
    Board b(options());
    b.held();
    b.ok(kProbe);
    b.ok("watch w probe vector 500");
    ASSERT_EQ("watch w", b.go().reason);
    File file;
    b.checkpoint(file.path);
    expect_same(b, file);
}

TEST_P(Checkpoint, StoppedByTheMonitorItIsContinuedByAnotherProcess)
{
    std::mt19937_64 random(7);
    for (int i = 0; i < instants(); i++) {
        Board b(options());
        b.held();
        b.ok(kProbe);
        b.ok("go");
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
        b.qmp("stop");      // wherever it is
        b.ok("hold");
        if (b.held().reason != "asked")
            continue;       // it was over already
        File file;
        b.checkpoint(file.path);
        expect_same(b, file);
    }
}

INSTANTIATE_TEST_SUITE_P(, Checkpoint, testing::Values(
    Case{ "OneCoreSystemC", 1, "systemc" }, Case{ "TwoCoresSystemC", 2, "systemc" },
    Case{ "FourCoresSystemC", 4, "systemc" }, Case{ "EightCoresSystemC", 8, "systemc" },
    Case{ "OneCoreRtl", 1, "rtl" }, Case{ "TwoCoresRtl", 2, "rtl" }, Case{ "FourCoresRtl", 4, "rtl" }),
    [](const auto &info) { return std::string(info.param.name); });

}  // namespace
