/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board that keeps the last records only: the same run to the instruction, its end to the record, and readable after kill -9
 */
#include "board.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace {

BoardOptions keeping(const std::string &guest, const std::string &more)
{
    BoardOptions o;
    o.guest = guest;
    o.more = more;
    return o;
}

const std::string last_5ms = ",last-ps=5000000000";

/* The records behind the cut, and how many came before it. */
std::vector<trace_record> tail(const Board &b, uint64_t &first)
{
    std::vector<trace_record> all = b.trace();
    first = 0;
    for (size_t i = 0; i < all.size(); i++)
        if (all[i].kind == TRACE_CUT) {
            first = all[i].value;
            all.erase(all.begin(), all.begin() + i + 1);
            break;
        }
    return all;
}

struct Course {
    std::vector<std::string> holds;     // time, cores, reason
    std::vector<trace_record> trace;
    std::string console;
    uint64_t first = 0;
};

Course course(const BoardOptions &o)
{
    Course c;
    Board b(o);
    Held h = b.held();
    for (int i = 1; h.reason != "poweroff"; i++) {
        b.ok("watch at time " + std::to_string(i * 7000000000ull));
        h = b.go();
        c.holds.push_back(std::to_string(h.time_ps) + " " + h.reason + " " + b.ask("cores"));
    }
    c.console = b.console();
    b.ok("quit");
    EXPECT_EQ(b.exit_code(60000), 0) << b.output();
    if (o.traced)
        c.trace = tail(b, c.first);
    return c;
}

TEST(BoardRing, TheRunIsTheSameWithItWithAWholeTraceAndWithNone)
{
    BoardOptions none = keeping("gale.elf", "");
    none.traced = false;
    Course without = course(none), whole = course(keeping("gale.elf", "")), ring = course(keeping("gale.elf", last_5ms));
    ASSERT_GT(without.holds.size(), 5u);
    EXPECT_EQ(without.holds, whole.holds);
    EXPECT_EQ(without.holds, ring.holds);
    EXPECT_EQ(without.console, ring.console);
    EXPECT_EQ(whole.first, 0u);
    ASSERT_GT(ring.first, whole.trace.size() / 2);
    whole.trace.erase(whole.trace.begin(), whole.trace.begin() + ring.first);
    EXPECT_EQ("", first_difference(whole.trace, ring.trace));
}

TEST(BoardRing, KilledBoardLeavesItsLastRecords)
{
    Board b(keeping("gale.elf", last_5ms));
    b.held();
    b.ok("watch later time 30000000000");
    b.go();
    b.ok("go");         // killed somewhere behind 30 ms
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    b.killed();
    uint64_t first;
    auto kept = tail(b, first);         // throws where it does not read to its end
    ASSERT_GT(first, 0u);
    ASSERT_GE(kept.back().time_ps, 29998000000u) << "nothing is lost that was recorded before";
    EXPECT_LE(kept.front().time_ps, kept.back().time_ps - 5000000000u);
    Board whole(keeping("gale.elf", ""));
    whole.held();
    whole.ok("watch end time " + std::to_string(kept.back().time_ps + 1000000));
    whole.go();
    auto all = whole.trace();
    ASSERT_GE(all.size(), first + kept.size());
    all.erase(all.begin(), all.begin() + first);
    all.resize(kept.size());
    EXPECT_EQ("", first_difference(all, kept));
}

TEST(BoardRing, KeptFromHereOnIsTheWholeTrace)
{
    Board whole(keeping("storm.elf", ""));
    whole.held();
    EXPECT_EQ("poweroff", whole.go().reason);
    Board b(keeping("storm.elf", last_5ms));
    b.held();
    b.ok("watch soon time 200000000");
    b.go();
    std::string path = b.trace_path() + "-kept";
    EXPECT_EQ(b.ask("keep /nonexistent/trace").rfind("error ", 0), 0u);
    b.ok("keep " + path);
    EXPECT_FALSE(std::filesystem::exists(b.trace_path())) << "the ring";
    EXPECT_EQ(b.ask("keep " + path).rfind("error keep:", 0), 0u) << "twice";
    EXPECT_EQ("poweroff", b.go().reason);
    b.ok("quit");
    EXPECT_EQ(b.exit_code(60000), 0);
    std::filesystem::rename(path, b.trace_path());
    EXPECT_EQ("", first_difference(whole.trace(), b.trace()));
}

TEST(BoardRing, FullDiskHoldsTheBoardAndIsTold)
{
    BoardOptions o = keeping("gale.elf", last_5ms);
    o.file_limit = 700000;
    Board b(o);
    b.held();
    Held h = b.go();
    EXPECT_NE(h.reason.find("error trace%20"), std::string::npos) << h.reason;
    EXPECT_NE(h.reason.find("File%20too%20large:%20free%20some%20space"), std::string::npos) << h.reason;
    EXPECT_GT(records_of(b.trace(), TRACE_IRQ).size(), 1000u) << "what it had written reads";
    b.ok("quit");
    EXPECT_EQ(b.exit_code(60000), 0);
    o.file_limit = 100000;      // not even room for the beginning
    EXPECT_THROW(Board refused(o), std::runtime_error);
}

TEST(BoardRing, WhatIsGoneCannotBeKept)
{
    Board b(keeping("gale.elf", ",last-ps=1000000000"));
    b.held();
    b.ok("watch later time 40000000000");
    b.go();
    std::string path = b.trace_path() + "-kept", answer = b.ask("keep " + path);
    EXPECT_NE(answer.find("records%20are%20gone"), std::string::npos) << answer;
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_GT(b.trace().size(), 100u) << "the ring is as it was";
    EXPECT_EQ("poweroff", b.go().reason);
}

}  // namespace
