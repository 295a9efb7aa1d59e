/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last seconds of a board: there when something fails, gone when nothing does
 */
#include "cli_testing.h"

#include <sys/stat.h>

namespace {

using cli::Command;
using cli::Scenario;

const std::string boots = "local b = board.start { system = 'one-core', name = 'it', devices = { pulse0 = 'systemc' } }\nb:expect('rt', 'rt: done')\n";
const std::string runs_on = boots + "b:run_for('2s')\nlog('it runs')\nb:run_for('1000000s')\n";

#define EXPECT_SAID(c, text) EXPECT_TRUE((c).said(text)) << (c).output

struct Last : testing::Test {
    std::string file(const Scenario &s, const std::string &name) const { return INGOT_BUILD "/runs/" + s.name + "/it/" + name; }
    bool there(const std::string &path) const { return access(path.c_str(), F_OK) == 0; }
    std::string stat_of(const std::string &path) const
    {
        Command c({ "trace", "stat", path });
        EXPECT_EQ(c.finish(), 0) << c.output;
        return c.output;
    }
};

TEST_F(Last, AGoodRunLeavesNothing)
{
    Scenario s(boots);
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_FALSE(c.said("trace")) << c.output;
    for (const char *name : { "trace", "trace.ring", "trace-1" })
        EXPECT_FALSE(there(file(s, name))) << name;
}

TEST_F(Last, AFailureLeavesTheEndOfTheWholeRun)
{
    Scenario s(boots + "b:run_for('300ms')\nerror('enough')\n");
    Command c({ "run", "--quiet", "--last", "100ms", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, "board 'it': the last 0.1 s of its trace: ./ingot trace show " + file(s, "trace"));
    EXPECT_FALSE(there(file(s, "trace.ring")));
    const std::string kept = INGOT_BUILD "/runs/" + s.name + ".kept";
    ASSERT_EQ(rename(file(s, "trace").c_str(), kept.c_str()), 0);
    Command whole({ "run", "--quiet", "--trace", s.path });
    EXPECT_EQ(whole.finish(), 1);
    Command same({ "trace", "compare", file(s, "trace"), kept });
    EXPECT_EQ(same.finish(), 0) << same.output;
    EXPECT_SAID(same, " records are not in both: compared is what follows\nidentical: 3");       /* 338: two interrupts and a write a ms */
    EXPECT_NE(stat_of(kept).find("it begins in the middle"), std::string::npos);
    EXPECT_NE(stat_of(kept).find("uart1"), std::string::npos) << "names are there";
    Command replay({ "replay-device", kept, "--device", "pulse0" });
    EXPECT_EQ(replay.finish(), 1);
    EXPECT_SAID(replay, kept + ": it begins in the middle of a run: the ");
    EXPECT_SAID(replay, "record the whole run (ingot run --trace)");
    unlink(kept.c_str());
}

TEST_F(Last, WhatCannotBeCopiedStaysInTheRing)
{
    Scenario s(boots + "os.execute('mkdir ' .. '" INGOT_BUILD "/runs/' .. debug.getinfo(1, 'S').source:match('([^/]+)%.lua$') .. '/it/trace')\nerror('enough')\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, "it/trace: cannot create the trace: Is a directory: what it did last stays in " + file(s, "trace.ring"));
    EXPECT_SAID(c, ".lua:4: enough");
    EXPECT_NE(stat_of(file(s, "trace.ring")).find("irq"), std::string::npos);
}

TEST_F(Last, OfAShortRunItIsAllAndADeviceIsReplayed)
{
    Scenario s(boots + "error('enough')\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_SAID(c, "board 'it': all of its trace: ./ingot trace show ");
    Command replay({ "replay-device", file(s, "trace"), "--device", "pulse0" });
    EXPECT_EQ(replay.finish(), 0) << replay.output;
}

TEST_F(Last, AKilledBoardAndCtrlCLeaveIt)
{
    Scenario s(runs_on);
    for (bool killed : { true, false }) {
        Command c({ "run", "--quiet", "--last", "100ms", s.path });
        ASSERT_TRUE(c.says("it runs")) << c.output;
        if (killed)
            for (pid_t pid : s.processes())
                kill(pid, SIGKILL);
        else
            c.send(SIGINT);
        EXPECT_EQ(c.finish(), killed ? 1 : 130) << c.output;
        EXPECT_SAID(c, "board 'it': the last 0.1 s of its trace: ");
        EXPECT_NE(stat_of(file(s, "trace")).find("irq"), std::string::npos);
    }
}

/* Nobody is left to make a file of it: it is read as it is. */
TEST_F(Last, AKilledCommandLeavesTheRing)
{
    Scenario s(runs_on);
    Command c({ "run", "--quiet", "--last", "100ms", s.path });
    ASSERT_TRUE(c.says("it runs")) << c.output;
    c.send(SIGKILL);
    c.finish();
    EXPECT_TRUE(s.all_end());
    std::string stat = stat_of(file(s, "trace.ring"));
    EXPECT_NE(stat.find(" (a ring of the last 0.1 s)"), std::string::npos) << stat;
    EXPECT_NE(stat.find("it begins in the middle"), std::string::npos) << stat;
    EXPECT_NE(stat.find("irq"), std::string::npos) << stat;
}

TEST_F(Last, AVmThatIsStoppedLeavesItThoughTheScenarioGoesOn)
{
    Scenario s(boots + "b:send('rt', 'c')\nb:expect('hypervisor', 'ingot: vm rt: stopped: ')\nb:run_for('20ms')\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_SAID(c, "board 'it', whose vm rt was stopped: all of its trace: ./ingot trace show " + file(s, "trace-1"));
    Command show({ "trace", "show", "--kind", "step", file(s, "trace-1") });
    EXPECT_EQ(show.finish(), 0);
    EXPECT_SAID(show, "scenario step: send uart1 c");
    EXPECT_FALSE(there(file(s, "trace")));
    EXPECT_FALSE(there(file(s, "trace-2")));
}

TEST_F(Last, TheScenarioAsks)
{
    Scenario s(boots + R"(
local early = b:trace()
b:run_for("2s")
b:close()
local c = board.start { system = "one-core", name = "other", devices = { pulse0 = "systemc" } }
c:expect("rt", "rt: done")
c:run_for("2s")
local last = c:keep_trace("/tmp/" .. NAME .. ".kept")
check(trace.compare(early, last), "the kept end is not the run's")
local good, why = pcall(c.trace, c)
check(not good and why:find("records of its trace are gone, for a run keeps its last 0.05", 1, true), why)
c:close()
local d = board.start { system = "one-core", name = "third", devices = { pulse0 = "systemc" } }
d:run_for("10ms")
d:close()
check(trace.records(d:trace())(), "the trace of a board that has ended")
)");
    std::string text;
    {
        std::ifstream in(s.path);
        text.assign(std::istreambuf_iterator<char>(in), {});
    }
    std::ofstream(s.path) << "NAME = '" + s.name + "' " + text;
    Command c({ "run", "--quiet", "--last", "50ms", s.path });
    EXPECT_EQ(c.finish(), 0) << c.output;
    EXPECT_TRUE(there(file(s, "trace"))) << "asked for";
    EXPECT_FALSE(there(INGOT_BUILD "/runs/" + s.name + "/other/trace"));
    unlink(("/tmp/" + s.name + ".kept").c_str());
}

TEST_F(Last, ABoardThatHasNotRunHasNone)
{
    Scenario s("local b = board.start { system = 'one-core', name = 'it' }\nerror('enough')\n");
    Command c({ "run", "--quiet", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_FALSE(c.said("trace show")) << c.output;
    EXPECT_FALSE(there(file(s, "trace.ring")));
}

TEST_F(Last, WithoutATraceThereIsNone)
{
    Scenario s(boots + "error('enough')\n");
    Command c({ "run", "--quiet", "--no-trace", s.path });
    EXPECT_EQ(c.finish(), 1);
    EXPECT_FALSE(c.said("trace show")) << c.output;
    EXPECT_FALSE(there(file(s, "trace")));
    Scenario asks(boots + "b:trace()\n");
    Command a({ "run", "--quiet", "--no-trace", asks.path });
    EXPECT_EQ(a.finish(), 1);
    EXPECT_SAID(a, ".lua:3: board 'it' has no trace: run it without --no-trace");
}

TEST_F(Last, WhateverIsKeptTheRunIsTheSame)
{
    Scenario s(boots + "b:probe { name = 'lr', vm = 'rt', kind = 'lr' }\nb:send('rt', 'p')\nb:expect('rt', 'rt: pulse: 1000')\n"
               "b:run_for('123456789ns')\nlog(b:time() .. ' ' .. table.concat(b:cores(), ' ') .. b:state(0))\n");
    std::string first;
    for (std::vector<std::string> args : { std::vector<std::string>{ "--no-trace" }, { "--trace" }, { "--last", "10ms" }, { "--last", "1000s,1G" } }) {
        args.insert(args.begin(), { "run", s.path });
        Command c(args);
        EXPECT_EQ(c.finish(), 0) << c.output;
        const std::string said = c.output.substr(c.output.find("==> "));
        EXPECT_NE(said.find(" "), std::string::npos);
        first = first.empty() ? said : first;
        EXPECT_EQ(said, first) << args.back();
    }
}

TEST_F(Last, OptionsThatMakeNoSenseAreRefused)
{
    const struct {
        std::vector<std::string> args;
        const char *said;
    } cases[] = {
        { { "run", "--last", "soon", "x.lua" }, "--last soon: write for example 30s, or 30s,1G" },
        { { "run", "--last", "0s", "x.lua" }, "--last 0s: write for example" },
        { { "run", "--last", "3s,5M", "x.lua" }, "--last 3s,5M: the size is a number and M or G, 32M at least" },
        { { "run", "--last", "3s,50", "x.lua" }, "--last 3s,50: the size is" },
        { { "run", "--trace", "--no-trace", "x.lua" }, "--trace or --no-trace?" },
        { { "run", "--last", "3s", "--trace", "x.lua" }, "--last with --trace: one of them" },
        { { "record", "--last", "3s", "x.lua" }, "a recording is compared by its whole trace: leave --last out" },
        { { "record", "--no-trace", "x.lua" }, "leave --no-trace out" } };
    for (const auto &x : cases) {
        Command c(x.args);
        EXPECT_NE(c.finish(), 0);
        EXPECT_SAID(c, x.said);
    }
}

}  // namespace
