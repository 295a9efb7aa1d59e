/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scenarios on real boards: every way out leaves no process; checkpoints are whole or refused
 */
#include "cli_testing.h"

namespace {

using cli::Command;
using cli::Scenario;

const std::string boots = "local b = board.start { system = 'one-core', name = 'it', devices = { pulse0 = 'systemc' } }\n";

#define EXPECT_SAID(c, text) EXPECT_TRUE((c).said(text)) << (c).output

/* rt beats for ever: this scenario runs until somebody ends it. */
const std::string runs_on = boots + "b:expect('rt', 'rt: done')\nlog('it runs')\nb:run_for('1000000s')\n";

TEST(BoardRuns, AScenarioEndsItsBoards)
{
    Scenario s(boots + "b:expect('rt', 'rt: done')\nlog(tostring(b))\n");
    Command c({ "run", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_SAID(c, "rt| rt: up");
    EXPECT_TRUE(s.processes().empty());
}

TEST(BoardRuns, QuietShowsNoConsole)
{
    Scenario s(boots + "b:expect('rt', 'rt: done')\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_FALSE(c.said("rt: up")) << c.output;
    std::ifstream log(INGOT_BUILD "/runs/" + s.name + "/it/uart1.log");
    std::string first;
    EXPECT_TRUE(std::getline(log, first));
}

TEST(BoardRuns, AnErrorEndsTheBoards)
{
    Scenario s(boots + "b:run_for('1ms')\nerror('enough')\n");
    Command c({ "run", s.path });
    EXPECT_EQ(c.finish(), 1) << c.output;
    EXPECT_SAID(c, ".lua:3: enough");
    EXPECT_TRUE(s.processes().empty());
}

TEST(BoardRuns, WhatIsNotSaidIsToldWithTheLastWords)
{
    Scenario s(boots + "b:expect('rt', 'rt: never', { within = '20ms' })\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, ".lua:2: board 'it': 'rt' has not said \"rt: never\" by 0.02 s");
    EXPECT_SAID(c, "rt: done");
}

TEST(BoardRuns, ATextIsFoundThoughItBeganBeforeTheWait)
{
    Scenario s(boots + R"(
b:expect("rt", "rt: d")
b:expect("rt", "one")
local said, which = b:expect("rt", { "nothing like it", "rt: alive 1" })
check(which == 2 and said:find("alive 1", 1, true), said)
b:expect("rt", "rt: ")
b:run_until_trace("write", "uart1", 2)
check(b:expect("rt", "alive") == "alive", "a text that was begun")
)");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
}

TEST(BoardRuns, CtrlCWhileARunningBoard)
{
    Scenario s(runs_on);
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("it runs")) << c.output;
    EXPECT_EQ(s.processes().size(), 1u);
    c.send(SIGINT);
    EXPECT_EQ(c.finish(), 130) << c.output;
    EXPECT_SAID(c, "interrupted: the boards are stopped");
    EXPECT_TRUE(s.processes().empty());
}

/* Whatever the command is at when it comes: start, run, save, restore. */
TEST(BoardRuns, CtrlCAtAnyTime)
{
    Scenario s(boots + "b:run_for('1ms')\nb:checkpoint('test-interrupt-" + std::to_string(getpid()) + "')\n"
               "local r = board.restore('test-interrupt-" + std::to_string(getpid()) + "')\nr:run_for('1000000s')\n");
    for (int ms : { 0, 20, 60, 120, 250, 400, 700, 1000, 1500 }) {
        Command c({ "run", "--quiet", s.path });
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        c.send(SIGINT);
        int status = c.finish();
        EXPECT_TRUE(status == 130 || status == 1000 + SIGINT) << "after " << ms << " ms: " << status << ": " << c.output;
        EXPECT_TRUE(s.all_end()) << "after " << ms << " ms";
    }
    std::string remove = "rm -rf '" INGOT_BUILD "/checkpoints/test-interrupt-" + std::to_string(getpid()) + "'*";
    EXPECT_EQ(system(remove.c_str()), 0);
}

TEST(BoardRuns, AKilledCommandLeavesNoProcess)
{
    Scenario s(runs_on);
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("it runs")) << c.output;
    c.send(SIGKILL);
    EXPECT_EQ(c.finish(), 1000 + SIGKILL);
    EXPECT_TRUE(s.all_end());
}

TEST(BoardRuns, AKilledBoardIsToldAndTheScenarioEnds)
{
    Scenario s(runs_on);
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("it runs")) << c.output;
    for (pid_t pid : s.processes())
        kill(pid, SIGKILL);
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, "board 'it': the board has ended");
    EXPECT_TRUE(s.processes().empty());
}

TEST(BoardRuns, OneScenarioIsRunOnceAtATime)
{
    Scenario s(runs_on);
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("it runs")) << c.output;
    Command second({ "run", s.path });
    EXPECT_EQ(second.finish(), 1);
    EXPECT_SAID(second, "is being run by another process");
    c.send(SIGTERM);
    EXPECT_EQ(c.finish(), 143) << c.output;
}

struct Checkpoint : testing::Test {
    std::string name = "test-" + std::to_string(getpid()), dir = INGOT_BUILD "/checkpoints/" + name;

    void SetUp() override
    {
        Scenario s(boots + "b:expect('rt', 'rt: done')\nb:checkpoint('" + name + "')\n");
        Command c({ "run", "--quiet", s.path });
        ASSERT_EQ(c.finish(), 0) << c.output;
    }
    void TearDown() override
    {
        std::string remove = "rm -rf '" + dir + "'*";
        EXPECT_EQ(system(remove.c_str()), 0);
    }
    void expect_refused(const std::string &words, std::vector<std::string> options = {})
    {
        Scenario s("board.restore('" + name + "')\n");
        options.insert(options.begin(), { "run", "--quiet", s.path });
        Command c(options);
        EXPECT_EQ(c.finish(), 1);
        EXPECT_SAID(c, ".lua:1: ");
        EXPECT_SAID(c, words);
        EXPECT_TRUE(s.processes().empty());
    }
};

TEST_F(Checkpoint, IsRestoredByAnotherCommand)
{
    Scenario s("local b = board.restore('" + name + "')\nlog(b:name() .. ' at ' .. b:time())\nb:expect('rt', 'rt: alive')\n");
    Command c({ "run", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_SAID(c, "restored at ");
    EXPECT_FALSE(c.said("rt: up")) << c.output;
    EXPECT_TRUE(s.processes().empty());
    Command list({ "checkpoint", "list" });
    EXPECT_EQ(list.finish(), 0) << list.output;
    EXPECT_SAID(list, name);
}

TEST_F(Checkpoint, IsRefusedWhenDamaged)
{
    {
        std::fstream f(dir + "/state", std::ios::in | std::ios::out | std::ios::binary);
        f.seekp(100000);
        f.put('\x55');
        f.put('\xaa');
    }
    expect_refused("damaged");
    ASSERT_EQ(truncate((dir + "/state").c_str(), 5000), 0);
    expect_refused("damaged");
    ASSERT_EQ(truncate((dir + "/manifest").c_str(), 40), 0);
    expect_refused("damaged");
    unlink((dir + "/manifest").c_str());
    expect_refused("manifest");
}

TEST_F(Checkpoint, IsRefusedForOtherImplementations)
{
    expect_refused("pulse0 was systemc, and is rtl now", { "--device", "pulse0=rtl" });
}

TEST_F(Checkpoint, IsNotRunTwiceAtATime)
{
    Scenario s("local a = board.restore('" + name + "', { name = 'a' })\nlocal b = board.restore('" + name + "', { name = 'b' })\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, ".lua:2: that checkpoint is running already");
}

}  // namespace
