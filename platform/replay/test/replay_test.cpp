// SPDX-License-Identifier: GPL-2.0-or-later
// The replay of a device: exact, elastic, and what it refuses
#include <chrono>
#include <cstring>

#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/replay/judge.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

Recording recorded(const std::string &type, const std::string &impl)
{
    replay_devices_folder(INGOT_ROOT "/vdevices");
    std::string text = in_process([&] { return recording_text(drive(type, impl, DriverBug::None)); });
    return recording_parse(text, type + "=" + impl, "");
}

Judgement exactly(const Recording &r, const std::string &impl = "")
{
    Replay how;
    how.impl = impl;
    return judge_exact(r, how, 3);
}

TEST(ReplayDevice, EveryImplementationAnswersAsItWasRecorded)
{
    for (auto [type, impl] : { std::pair("dmaq", "model"), { "dmaq", "rtl" }, { "pulse", "systemc" }, { "pulse", "rtl" }, { "uart16550", "model" } }) {
        const Recording r = recorded(type, impl);
        EXPECT_GT(r.all.size(), 50u);
        Judgement j = exactly(r);
        EXPECT_EQ(j.verdict, Verdict::Same) << type << "=" << impl << "\n" << j.report;
    }
}

// With a pulse pending, another on its way, and a copy in work.
TEST(ReplayDevice, AResetInTheMiddleIsReplayed)
{
    for (auto [type, impl] : { std::pair("pulse", "systemc"), { "pulse", "rtl" }, { "dmaq", "model" }, { "dmaq", "rtl" } }) {
        std::string text = in_process([type = type, impl = impl] { return recording_text(drive_through_a_reset(type, impl)); });
        EXPECT_NE(text.find(" reset\n"), std::string::npos);
        const Recording r = recording_parse(text, type, "");
        Judgement j = exactly(r);
        EXPECT_EQ(j.verdict, Verdict::Same) << type << "=" << impl << "\n" << j.report << text;
        Recording without = r;
        for (size_t i = 0; i < without.all.size(); i++) {
            if (without.all[i].kind == Kind::Reset) {
                without.all.erase(without.all.begin() + static_cast<long>(i));
            }
        }
        EXPECT_EQ(exactly(without).verdict, Verdict::Device) << type;
    }
}

// One bit, one clock, one edge: each is a difference, and the first one is told.
TEST(ReplayDevice, AnyChangedAnswerIsTheFirstDifference)
{
    const Recording r = recorded("dmaq", "model");
    unsigned changed = 0;
    for (size_t i = 0; i < r.all.size(); i += 5) {
        Recording other = r;
        Transaction &t = other.all[i];
        switch (t.kind) {
        case Kind::Read: t.value ^= 1; break;
        case Kind::Irq: t.value ^= 1; break;
        case Kind::DmaWrite: t.result == SEAM_OK ? t.data[0] ^= 1 : t.value++; break;
        default: continue;
        }
        Judgement j = exactly(other);
        EXPECT_EQ(j.verdict, Verdict::Device) << i;
        EXPECT_NE(j.report.find("from transaction " + std::to_string(i) + " of"), std::string::npos) << j.report;
        changed++;
    }
    EXPECT_GT(changed, 10u);
    Recording late = r;
    for (Transaction &t : late.all) {
        if (t.kind == Kind::Irq) {
            t.time_ps += 1;
            break;
        }
    }
    EXPECT_EQ(exactly(late).verdict, Verdict::Device);
    Recording less = r;
    less.all.erase(less.all.end() - 3, less.all.end());
    for (size_t i = 0; i < less.all.size(); i++) {
        if (less.all[i].kind == Kind::Irq) {
            less.all.erase(less.all.begin() + static_cast<long>(i));
            break;
        }
    }
    EXPECT_EQ(exactly(less).verdict, Verdict::Device);
    Recording more = r;
    more.all.push_back({ more.end_ps, Kind::Irq, 0, SEAM_OK, 0, 1, "" });
    EXPECT_NE(exactly(more).report.find("now       (nothing)"), std::string::npos);
}

TEST(ReplayDevice, AnotherImplementationIsToldByItsTimes)
{
    Judgement j = exactly(recorded("dmaq", "model"), "rtl");
    EXPECT_EQ(j.verdict, Verdict::Device);
    EXPECT_NE(j.report.find("dmaq0 (dmaq=rtl): not as recorded"), std::string::npos) << j.report;
}

TEST(ReplayDevice, WhatCannotBeReplayedIsRefusedInWords)
{
    Recording r = recorded("pulse", "systemc");
    EXPECT_THROW(exactly(r, "wooden"), std::runtime_error);
    auto refused = [&](const char *type, const char *impl, const char *says) {
        r.type = type;
        r.impl = impl;
        try {
            exactly(r);
            ADD_FAILURE() << says;
        } catch (const std::exception &e) {
            EXPECT_NE(std::string(e.what()).find(says), std::string::npos) << e.what();
        }
    };
    refused("smmuv3", "", "cannot be replayed alone");
    refused("pulse", "recorded", "pulse0 was no device there, a recording answered: name one that answers now, --device pulse0=IMPL");
}

// 200,000 register accesses in less than the time that a board needs to boot.
TEST(ReplayDevice, RunsAtFullSpeed)
{
    Recording r = recorded("pulse", "systemc");
    for (unsigned n = 0; n < 200000; n++) {
        r.end_ps += 1000;
        r.all.push_back({ r.end_ps, Kind::Read, 4, SEAM_OK, 0, 0x50554c53, "" });
    }
    auto from = std::chrono::steady_clock::now();
    Judgement j = exactly(r);
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    EXPECT_EQ(j.verdict, Verdict::Same) << j.report;
    printf("%.0f transactions a second\n", static_cast<double>(r.all.size()) / s);
    EXPECT_LT(s, 10);
}

TEST(ReplayDevice, ADivergenceOfRtlHasAWaveform)
{
    Recording r = recorded("dmaq", "model");
    Replay how;
    how.impl = "rtl-zero";
    how.waves = testing::TempDir() + "ingot-replay-" + std::to_string(getpid()) + ".fst";
    Judgement j = judge_device(r, how, rules_load("dmaq", Registers("dmaq")), 3);
    EXPECT_EQ(j.verdict, Verdict::Device);
    EXPECT_NE(j.report.find("waveform: " + how.waves), std::string::npos) << j.report;
    EXPECT_EQ(access(how.waves.c_str(), R_OK), 0);
    unlink(how.waves.c_str());
    how.impl = "crc";
    j = judge_device(r, how, rules_load("dmaq", Registers("dmaq")), 3);
    EXPECT_NE(j.report.find("no waveform: "), std::string::npos) << j.report;
}

TEST(ReplayMemory, GivesWhatWasReadThereInItsOrder)
{
    Recording r;
    auto read = [&](uint64_t at, const char *bytes) { r.all.push_back({ 0, Kind::DmaRead, 0, SEAM_OK, at, strlen(bytes), bytes }); };
    read(0x100, "abcdefgh");
    read(0x108, "ijklmnop");
    read(0x100, "ABCDEFGH");
    r.all.push_back({ 0, Kind::DmaRead, 0, SEAM_DENIED, 0x900, 8, "" });
    ReplayMemory m(r, MemoryOf::Each);
    char b[17] = "";
    EXPECT_EQ(m.read(0x104, b, 8), SEAM_OK);        // cut otherwise: pieces of two
    EXPECT_STREQ(b, "efghijkl");
    EXPECT_EQ(m.read(0x100, b, 8), SEAM_OK);
    EXPECT_EQ(std::string(b, 8), "ABCDEFGH");
    EXPECT_EQ(m.read(0x900, b, 8), SEAM_DENIED);
    EXPECT_EQ(m.write(0x200, "written.", 8), SEAM_OK);
    EXPECT_EQ(m.read(0x200, b, 8), SEAM_OK);
    EXPECT_EQ(std::string(b, 8), "written.");
    EXPECT_EQ(m.read(0x300, b, 2), SEAM_OK);
    EXPECT_EQ(std::string(b, 2), std::string(2, '\0'));
}

}  // namespace
