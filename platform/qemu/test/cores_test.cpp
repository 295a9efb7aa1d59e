// SPDX-License-Identifier: GPL-2.0-or-later
// Cores that wait for each other, and interrupts without end
#include <gtest/gtest.h>

#include <sstream>

#include <unistd.h>

#include "board.h"

namespace {

std::vector<uint64_t> instructions(Board &b)
{
    std::istringstream words(b.ask("cores"));
    std::string ok;
    uint64_t n, v;
    std::vector<uint64_t> result;
    words >> ok >> n;
    while (words >> v)
        result.push_back(v);
    return result;
}

BoardOptions guest(const std::string &name, int cores)
{
    BoardOptions o;
    o.guest = name;
    o.cores = cores;
    return o;
}

std::string file()
{
    char pattern[] = "/tmp/ingot-qemu-cores-XXXXXX";
    int fd = mkstemp(pattern);
    if (fd >= 0)
        close(fd);
    return pattern;
}

// Continues `saved`, which is held, here and in another process; both must do the same to their end.
void expect_same_end(Board &saved, BoardOptions o)
{
    std::vector<trace_record> joined = saved.trace();
    o.incoming = file();
    saved.checkpoint(o.incoming);
    Board restored(o);
    restored.resume();
    EXPECT_EQ("restored", restored.held().reason);
    Held end = restored.go();
    saved.qmp("cont");
    Held whole = saved.go();
    EXPECT_EQ("poweroff", whole.reason);
    EXPECT_EQ("poweroff", end.reason);
    EXPECT_EQ(whole.time_ps, end.time_ps);
    EXPECT_EQ(saved.ask("cores"), restored.ask("cores"));
    for (const trace_record &r : restored.trace())
        joined.push_back(r);
    EXPECT_EQ("", first_difference(saved.trace(), joined));
    remove(o.incoming.c_str());
}

class Lock : public testing::TestWithParam<int> {};

// The holder works for a million instructions. A core that burnt its quantum would take as many as the holder.
TEST_P(Lock, ACoreThatSpinsPassesTheTurn)
{
    int cores = GetParam();
    Board b(guest("lock" + std::to_string(cores) + ".elf", cores));
    b.held();
    EXPECT_EQ("poweroff", b.go().reason);
    std::vector<uint64_t> n = instructions(b);
    ASSERT_EQ(static_cast<size_t>(cores), n.size());
    EXPECT_GT(n[0], 1'000'000u);
    for (int c = 1; c < cores; c++)
        EXPECT_LT(n[c], n[0] / 50) << "core " << c;
}

TEST_P(Lock, ASpinningBoardIsContinuedByAnotherProcess)
{
    BoardOptions o = guest("lock" + std::to_string(GetParam()) + ".elf", GetParam());
    for (uint64_t at : { 123'457'000u, 400'031'000u }) {
        Board b(o);
        b.held();
        b.ok("watch w time " + std::to_string(at));
        ASSERT_EQ("watch w", b.go().reason);
        expect_same_end(b, o);
    }
}

// A hold in the middle of a pass, or many of them, changes nothing.
TEST_P(Lock, HoldsDoNotMoveTheTurns)
{
    auto run = [](bool holds) {
        Board b(guest("lock" + std::to_string(GetParam()) + ".elf", GetParam()));
        Held h = b.held();
        for (uint64_t at = 50'000'000; holds && at < 51'000'000; at += 9000) {
            b.ok("watch w time " + std::to_string(at));
            h = b.go();
            EXPECT_EQ("watch w", h.reason);
        }
        h = b.go();
        EXPECT_EQ("poweroff", h.reason);
        return std::to_string(h.time_ps) + " " + b.ask("cores");
    };
    EXPECT_EQ(run(false), run(true));
}

INSTANTIATE_TEST_SUITE_P(, Lock, testing::Values(2, 4, 8));

TEST(Storm, AMillionInterruptsASecondAreExactAndTheTraceIsComplete)
{
    Board b(guest("storm.elf", 1));
    b.held();
    EXPECT_EQ("poweroff", b.go().reason);
    EXPECT_EQ("p", b.console());
    std::vector<uint64_t> edges;
    size_t acknowledged = 0;
    for (const trace_record &r : b.trace()) {
        if (r.kind == TRACE_IRQ && r.value)
            edges.push_back(r.time_ps);
        acknowledged += r.kind == TRACE_WRITE && r.id == 2 && r.addr == 0x10;
    }
    EXPECT_EQ(1000u, acknowledged);
    ASSERT_EQ(1000u, edges.size());
    for (size_t i = 1; i < edges.size(); i++)
        ASSERT_EQ(1'000'000u, edges[i] - edges[i - 1]) << "edge " << i;
}

TEST(Storm, InItsMiddleTheBoardIsHeldStoppedAndContinuedByAnotherProcess)
{
    for (const char *name : { "storm.elf", "flood.elf" }) {
        BoardOptions o = guest(name, 1);
        Board b(o);
        b.held();
        b.ok("watch w trace irq pulse0 501");
        ASSERT_EQ("watch w", b.go().reason) << name;
        b.qmp("stop");
        b.qmp("cont");
        expect_same_end(b, o);
    }
}

// 200 million a second: more than a core can serve. It does nothing else, as a real one would; the board lives.
TEST(Storm, AFloodStarvesTheGuestNotTheBoard)
{
    Board b(guest("flood.elf", 1));
    b.held();
    b.ok("watch w time 10000000");
    ASSERT_EQ("watch w", b.go().reason);
    EXPECT_EQ("poweroff", b.go().reason);
    EXPECT_EQ("s", b.console());
}

}  // namespace
