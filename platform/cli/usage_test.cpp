/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the ingot command says to a mistake, before any board
 */
#include "cli_testing.h"

namespace {

using cli::Command;
using cli::Scenario;

struct Said {
    int status;
    std::string output;
};

Said ingot(std::vector<std::string> args)
{
    Command c(args);
    c.finish();
    return { c.status, c.output };
}

Said play(const std::string &text, std::vector<std::string> options = {})
{
    Scenario s(text);
    options.insert(options.begin(), { "run", s.path });
    Said said = ingot(options);
    EXPECT_TRUE(s.processes().empty());
    return said;
}

#define EXPECT_SAYS(said, text) EXPECT_NE((said).output.find(text), std::string::npos) << (said).output

TEST(Usage, AnUnknownCommandIsToldWithTheNearest)
{
    Said s = ingot({ "rum" });
    EXPECT_EQ(s.status, 2);
    EXPECT_SAYS(s, "unknown command 'rum' (did you mean 'run'?)");
}

TEST(Usage, AnUnknownScenarioIsToldWithTheNearestAndAll)
{
    Said s = ingot({ "run", "scenarios/first-lihgt.lua" });
    EXPECT_EQ(s.status, 2);
    EXPECT_SAYS(s, "no scenario 'scenarios/first-lihgt.lua' (did you mean 'scenarios/first-light.lua'?)");
    EXPECT_SAYS(s, "scenarios/vm-crash.lua");
}

TEST(Usage, AFolderIsNoScenario) { EXPECT_EQ(ingot({ "run", "/tmp" }).status, 2); }

TEST(Usage, AnUnknownOptionIsAUsageError)
{
    for (const char *command : { "run", "forge", "latency", "checkpoint", "trace" }) {
        Said s = ingot({ command, "--nonsense" });
        EXPECT_EQ(s.status, 2) << command << ": " << s.output;
    }
    EXPECT_EQ(ingot({ "run" }).status, 2);
    EXPECT_EQ(ingot({ "run", "a.lua", "b.lua" }).status, 2);
    EXPECT_EQ(ingot({ "run", "a.lua", "--device", "dmaq0" }).status, 2);
    EXPECT_EQ(ingot({ "checkpoint", "lost" }).status, 2);
    EXPECT_EQ(ingot({}).status, 2);
}

TEST(Usage, HelpIsNoError)
{
    for (std::vector<std::string> args : { std::vector<std::string>{ "--help" }, { "help" }, { "run", "--help" }, { "latency", "--help" },
                                           { "checkpoint", "--help" }, { "forge", "--help" } })
        EXPECT_EQ(ingot(args).status, 0) << args[0];
}

TEST(Usage, AMissingTraceIsNamed)
{
    Said s = ingot({ "latency", "/nowhere/trace", "--device", "pulse0" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "/nowhere/trace");
}

TEST(Scenarios, ASyntaxErrorHasItsLine)
{
    Said s = play("log('a')\nlog('b'\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:3:");
}

TEST(Scenarios, AnErrorHasItsLine)
{
    Said s = play("log('a')\n\nerror('my own')\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:3: my own");
    s = play("check(1 == 1, 'not told')\ncheck(1 == 2, 'one is not two')\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:2: check failed: one is not two");
}

TEST(Scenarios, AnUnknownSystemIsToldWithTheNearest)
{
    Said s = play("board.start { system = 'one-kore' }\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:1: no system 'one-kore' (did you mean 'one-core'?)");
}

TEST(Scenarios, AnUnknownDeviceIsToldWithTheNearest)
{
    Said s = play("board.start { system = 'one-core', devices = { pulse1 = 'rtl' } }\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:1: devices=: system one-core has no device 'pulse1' (did you mean 'pulse0'?)");
    s = play("board.start { system = 'one-core' }\n", { "--device", "puls0=rtl" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "--device: system one-core has no device 'puls0' (did you mean 'pulse0'?)");
}

TEST(Scenarios, AnUnknownImplementationIsToldWithAll)
{
    Said s = play("board.start { system = 'one-core', devices = { pulse0 = 'model' } }\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "a pulse has no implementation 'model'");
    EXPECT_SAYS(s, "there are: systemc rtl");
}

TEST(Scenarios, AnUnknownOptionIsToldWithTheNearest)
{
    Said s = play("board.start { sytem = 'one-core' }\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "unknown option 'sytem' (did you mean 'system'?)");
}

TEST(Scenarios, AnUnknownCheckpointIsTold)
{
    Said s = play("board.restore('no-such-checkpoint')\n");
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, ".lua:1: no checkpoint 'no-such-checkpoint'");
}

TEST(Scenarios, AnEndlessLoopIsInterrupted)
{
    Scenario s("log('looping')\nwhile true do end\n");
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("looping"));
    c.send(SIGINT);
    EXPECT_EQ(c.finish(), 130) << c.output;
    EXPECT_TRUE(c.said("interrupted")) << c.output;
}

TEST(Scenarios, PcallDoesNotHideAnInterruption)
{
    Scenario s("log('looping')\nwhile true do pcall(function() while true do end end) end\n");
    Command c({ "run", s.path });
    ASSERT_TRUE(c.says("looping"));
    c.send(SIGTERM);
    EXPECT_EQ(c.finish(), 143) << c.output;
}

}  // namespace
