// SPDX-License-Identifier: GPL-2.0-or-later
// Golden traces: those of the repository hold, a change is shown, accepting it is all that is needed
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/replay/golden.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

class Golden : public testing::Test {
protected:
    Golden() { replay_devices_folder(INGOT_VDEVICES); }
};

TEST_F(Golden, TracesOfTheRepositoryHoldToTheLetter)
{
    unsigned count = 0;
    for (const std::string &path : golden_paths(INGOT_ROOT "/traces/golden", {})) {
        Judgement j = golden_check(path);
        EXPECT_EQ(j.verdict, Verdict::Same) << path << "\n" << j.report << "If the change is meant: ./ingot golden accept, then review the diff";
        count++;
    }
    EXPECT_GE(count, 5u);
}

// Each implementation answers to the others' golden traces, at times of its own.
TEST_F(Golden, TracesHoldOnTheOtherImplementationToo)
{
    for (const std::string &path : golden_paths(INGOT_ROOT "/traces/golden", {})) {
        const Recording r = recording_load(path, "");
        if (r.type == "uart16550") {
            continue;
        }
        Replay how;
        how.impl = r.impl != "rtl" ? "rtl" : r.type == "pulse" ? "systemc" : "model";
        Judgement j = judge_device(r, how, rules_load(r.type, Registers(r.type)), 4);
        EXPECT_EQ(j.verdict, Verdict::Timing) << path << " on " << how.impl << "\n" << j.report;
    }
}

std::string text_of(const std::string &path)
{
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
}

TEST_F(Golden, AnIntendedChangeIsAcceptedWithAReviewableDiff)
{
    std::string text = in_process([] { return recording_text(drive("dmaq", "model", DriverBug::None)); });
    std::string folder = testing::TempDir() + "ingot-golden-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/dmaq-changed.rec", changed = "0x444d4151", as = "0x444d4150";
    std::string old = text;
    old.replace(old.find(changed), changed.size(), as);
    std::ofstream(path) << old;
    ASSERT_EQ(golden_paths(folder, { "dmaq-changed" }), std::vector<std::string>{ path });
    EXPECT_THROW(golden_paths(folder, { "dmaq-other" }), std::runtime_error);

    Judgement j = golden_check(path);
    EXPECT_EQ(j.verdict, Verdict::Device);
    EXPECT_NE(j.report.find("ID.VALUE is 0x444d4151 instead of 0x444d4150"), std::string::npos) << j.report;
    std::string diff = golden_accept(path);
    EXPECT_NE(diff.find("-10000000 read 0x0 4 0x444d4150"), std::string::npos) << diff;
    EXPECT_NE(diff.find("+10000000 read 0x0 4 0x444d4151"), std::string::npos) << diff;
    EXPECT_LT(diff.size(), 1000u);
    EXPECT_EQ(text_of(path), text);
    EXPECT_EQ(golden_check(path).verdict, Verdict::Same);
    EXPECT_EQ(golden_accept(path), "");
    unlink(path.c_str());
    rmdir(folder.c_str());
}

TEST_F(Golden, ADiffHasTheChangedLinesAndThoseAround)
{
    EXPECT_EQ(lines_diff("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n", 1), "@@ line 2\n b\n-c\n+X\n d\n");
    EXPECT_EQ(lines_diff("a\nb\n", "a\nb\nc\n", 0), "@@ line 3\n+c\n");
    EXPECT_EQ(lines_diff("a\n", "a\n", 3), "");
}

}  // namespace
