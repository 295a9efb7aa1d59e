// SPDX-License-Identifier: GPL-2.0-or-later
// Every single mishap that can be made between driver and device, in every place where it can happen: whose is it?
#include <tuple>

#include <gtest/gtest.h>

#include "platform/replay/judge.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

const char *const names[] = { "none", "a write is dropped", "a write comes twice", "a written bit is wrong", "one read too many", "a bit that is read is wrong",
                              "an access fails", "an edge is lost", "an edge too many", "a DMA write's bit is wrong", "a DMA goes elsewhere", "a console bit is wrong" };

struct Score {
    unsigned right = 0, timing = 0, unseen = 0, wrong = 0;
};

Recording recorded(const std::string &type, const std::string &impl, Mutation m)
{
    std::string text = in_process([&] { return recording_text(drive(type, impl, DriverBug::None, m)); });
    return recording_parse(text, type + "=" + impl, "");
}

// `on`: the implementation that the mutant ran on.
Score score(const std::string &type, const std::string &right, const std::string &on)
{
    const Rules rules = rules_load(type, Registers(type));
    const Recording good = recorded(type, right, {});
    Score all;
    for (int what = Mutation::DropWrite; what <= Mutation::FlipConsole; what++) {
        Score s;
        for (unsigned nth = 0, step = type == "uart16550" ? 5 : 1;; nth += step) {
            const Mutation m = { static_cast<Mutation::What>(what), nth };
            const Recording mutant = recorded(type, on, m);
            if (mutant.all.empty()) {
                break;
            }
            Judgement j = judge_recordings(good, mutant, rules, 3);
            const Verdict expected = m.by_driver() ? Verdict::Driver : Verdict::Device;
            s.right += j.verdict == expected;
            s.unseen += j.verdict == Verdict::Same;
            s.timing += j.verdict == Verdict::Timing;
            if (j.verdict != expected && j.verdict != Verdict::Same && j.verdict != Verdict::Timing) {
                s.wrong++;
                printf("%s, number %u of %s=%s, is blamed on the %s\n%s\n", names[what], nth, type.c_str(), on.c_str(), verdict_name(j.verdict), j.report.c_str());
            }
        }
        printf("  %-9s on %-7s %-28s %3u right, %u not seen, %u as timing, %u wrong\n", type.c_str(), on.c_str(), names[what], s.right, s.unseen, s.timing, s.wrong);
        all = { all.right + s.right, all.timing + s.timing, all.unseen + s.unseen, all.wrong + s.wrong };
    }
    return all;
}

TEST(Mutants, AreBlamedOnTheSideThatHasThem)
{
    replay_devices_folder(INGOT_VDEVICES);
    Score all;
    for (auto [type, right, on] : { std::tuple("dmaq", "model", "model"), { "dmaq", "model", "rtl" }, { "pulse", "systemc", "systemc" },
                                    { "pulse", "systemc", "rtl" }, { "uart16550", "model", "model" } }) {
        Score s = score(type, right, on);
        all = { all.right + s.right, all.timing + s.timing, all.unseen + s.unseen, all.wrong + s.wrong };
    }
    unsigned count = all.right + all.timing + all.unseen + all.wrong;
    printf("mutants blamed rightly: %u of %u; as timing only %u, not seen %u, wrongly %u\n", all.right, count, all.timing, all.unseen, all.wrong);
    EXPECT_EQ(all.wrong, 0u);
    EXPECT_GT(all.right, count * 9 / 10);
}

}  // namespace
