/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot clone, and checkpoints from the command line
 */
#include "cli_testing.h"

namespace {

using cli::Command;
using cli::Scenario;

#define EXPECT_SAID(c, text) EXPECT_TRUE((c).said(text)) << (c).output

/* A checkpoint of its own for each test; removed by the command. */
class Clones : public testing::Test {
protected:
    Clones() : name_(std::string("test-") + testing::UnitTest::GetInstance()->current_test_info()->name()) {}
    void SetUp() override
    {
        Command save({ "checkpoint", "save", name_, "--quiet", "--system", "one-core", "--after", "3ms" });
        ASSERT_EQ(0, save.finish()) << save.output;
        EXPECT_SAID(save, "checkpoint " + name_ + " of one-core, at 0.003000 s");
    }
    void TearDown() override
    {
        Command rm({ "checkpoint", "rm", name_ });
        EXPECT_EQ(0, rm.finish()) << rm.output;
    }
    std::string folder() const { return INGOT_BUILD "/checkpoints/" + name_; }
    const std::string name_;
};

TEST_F(Clones, RunTheScenarioEachWithItsNumber)
{
    Scenario s("local b = board.from()\nb:run_for('1ms')\ncheck(b:time() == 4000000000, 'time')\nlog('I am ' .. clone)\n"
               "local f = io.open('" INGOT_BUILD "/checkpoints/" + name_ + "/said-' .. clone, 'w')\nf:write(clone)\nf:close()\n");
    Command c({ "clone", name_, "-n", "3", "--", s.path });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAID(c, "3 of 3 passed");
    for (const char *n : { "1", "2", "3" })
        EXPECT_EQ(0, access((folder() + "/said-" + n).c_str(), R_OK));
    EXPECT_TRUE(s.processes().empty());
}

std::string bytes_of(const std::string &path)
{
    std::ifstream f(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(f)), std::istreambuf_iterator<char>());
}

TEST_F(Clones, NeverWriteToTheCheckpoint)
{
    Scenario s("local b = board.from()\nb:expect('rt', 'rt: alive')\n");
    Command first({ "clone", name_, "--", s.path });
    ASSERT_EQ(0, first.finish()) << first.output;
    std::string before[4];
    const char *const files[] = { "/state", "/manifest", "/clones/ram", "/clones/state" };
    for (int i = 0; i < 4; i++) {
        before[i] = bytes_of(folder() + files[i]);
        EXPECT_FALSE(before[i].empty()) << files[i];
    }
    Command c({ "clone", name_, "-n", "2", "--", s.path });
    EXPECT_EQ(0, c.finish()) << c.output;
    for (int i = 0; i < 4; i++)
        EXPECT_TRUE(before[i] == bytes_of(folder() + files[i])) << files[i];
}

TEST_F(Clones, ThatFailAreNamedWithTheirWords)
{
    Scenario s("local b = board.from()\ncheck(clone ~= 2, 'the second does not like it')\n");
    Command c({ "clone", name_, "-n", "2", "-j", "1", "--", s.path });
    EXPECT_EQ(1, c.finish()) << c.output;
    EXPECT_SAID(c, "1 of 2 passed");
    EXPECT_SAID(c, "the second does not like it");
}

TEST_F(Clones, EndWhenTheyAreInterrupted)
{
    Scenario s("local b = board.from()\nlocal f = io.open('" INGOT_BUILD "/checkpoints/" + name_ + "/up', 'w')\nf:close()\nb:run_for('1000000s')\n");
    Command c({ "clone", name_, "-n", "2", "--", s.path });
    for (int i = 0; i < cli::PATIENCE_S * 20 && access((folder() + "/up").c_str(), R_OK); i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    c.send(SIGINT);
    EXPECT_EQ(128 + SIGINT, c.finish()) << c.output;
    EXPECT_TRUE(s.all_end());
}

TEST_F(Clones, RunFromGivesTheRestoredBoard)
{
    Scenario s("local b = board.from()\ncheck(b and not clone, 'restored')\nlog(('%d'):format(b:time()))\n");
    Command c({ "run", "--from", name_, s.path });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAID(c, "==> 3000000000");
    Scenario none("check(board.from() == nil, 'nothing asked for')\n");
    Command d({ "run", none.path });
    EXPECT_EQ(0, d.finish()) << d.output;
}

TEST_F(Clones, OfADamagedCheckpointAreRefused)
{
    std::fstream f(folder() + "/state", std::ios::in | std::ios::out | std::ios::binary);
    f.seekp(200000);
    f.put('!');
    f.close();
    Scenario s("board.from()\n");
    Command c({ "clone", name_, "--", s.path });
    EXPECT_EQ(1, c.finish());
    EXPECT_SAID(c, "damaged: make the checkpoint again");
    EXPECT_NE(0, access((folder() + "/clones").c_str(), F_OK)) << "half of one was left";
}

TEST_F(Clones, CannotBeSaved)
{
    Scenario s("local b = board.clone('" + name_ + "')\nb:checkpoint('other')\n");
    Command c({ "run", s.path });
    EXPECT_EQ(1, c.finish());
    EXPECT_SAID(c, "is a clone: its memory is shared with others");
}

TEST_F(Clones, ARestoredOneGoesOn)
{
    Command c({ "checkpoint", "restore", name_, "--after", "2ms" });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAID(c, name_ + " goes on at 0.003000 s");
    EXPECT_SAID(c, "==> 0.005000 s");
}

TEST_F(Clones, AKillWhileSavingLeavesTheOldCheckpointGood)
{
    for (int i = 0; i < 3; i++) {
        Command save({ "checkpoint", "save", name_, "--quiet", "--system", "one-core", "--after", "9ms" });
        for (int k = 0; k < cli::PATIENCE_S * 1000 && access((folder() + ".new/state").c_str(), F_OK); k++)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::this_thread::sleep_for(std::chrono::milliseconds(i * 7));
        save.send(SIGKILL);
        save.finish();
        Command c({ "checkpoint", "restore", name_, "--quiet", "--after", "1ms" });
        EXPECT_EQ(0, c.finish()) << c.output;
        EXPECT_TRUE(c.said("goes on at 0.003000 s") || c.said("goes on at 0.009000 s")) << c.output;     /* the old one, or the new one: whole */
    }
}

/* The checkpoints' folder is a full disk, in a mount namespace of its own. */
TEST_F(Clones, AFullDiskWhileSavingLeavesTheOldCheckpointGood)
{
    const std::string all = INGOT_BUILD "/checkpoints", run = INGOT_PROGRAM " checkpoint ";
    const std::string script = "set -e; keep=$(mktemp -d); cp -a '" + folder() + "' $keep/one; size=$(du -sk $keep | cut -f 1)\n"
        "mount -t tmpfs -o size=$((size + size / 2))k none '" + all + "'; cp -a $keep/one '" + folder() + "'; rm -r $keep\n"
        "! " + run + "save " + name_ + " --quiet --system one-core --after 9ms; ls '" + all + "'\n" + run + "restore " + name_ + " --quiet --after 1ms\n";
    const std::string unshare = std::string("unshare --mount ") + (geteuid() ? "--map-root-user " : ""), command = "exec 2>&1; " + unshare + "sh -c \"$SCRIPT\"";
    if (system((unshare + "true").c_str()) != 0)
        GTEST_SKIP() << "a mount namespace is not allowed here (above): a full disk cannot be made";
    setenv("SCRIPT", script.c_str(), 1);
    FILE *f = popen(command.c_str(), "r");
    std::string output;
    for (int c; (c = fgetc(f)) != EOF;)
        output += static_cast<char>(c);
    EXPECT_EQ(0, pclose(f)) << output;
    EXPECT_NE(std::string::npos, output.find("checkpoint '" + name_ + "' was not made: ")) << output;
    EXPECT_NE(std::string::npos, output.find("\n" + name_ + "\n")) << "something half was left: " << output;
    EXPECT_EQ(std::string::npos, output.find(".new\n")) << output;
    EXPECT_NE(std::string::npos, output.find("goes on at 0.003000 s")) << output;
}

TEST(CheckpointCommand, SaysWhatIsMissing)
{
    struct { std::vector<std::string> args; int status; const char *says; } cases[] = {
        { { "checkpoint" }, 2, "list, save, restore or rm" },
        { { "checkpoint", "sav", "x" }, 2, "'sav' is not known" },
        { { "checkpoint", "save" }, 2, "which checkpoint?" },
        { { "checkpoint", "save", "x" }, 2, "--until linux:ready" },
        { { "checkpoint", "save", "x", "--system", "one-core", "--until", "linux" }, 2, "write CONSOLE:TEXT" },
        { { "checkpoint", "rm", "no-such-thing" }, 1, "no checkpoint 'no-such-thing'" },
        { { "checkpoint", "restore", "no-such-thing" }, 1, "no checkpoint 'no-such-thing'" },
        { { "clone" }, 2, "a checkpoint and a scenario are needed" },
        { { "clone", "no-such-thing", "--", "scenarios/clones.lua" }, 1, "no checkpoint 'no-such-thing'" },
        { { "clone", "x", "-n", "0", "--", "scenarios/clones.lua" }, 2, "a number from 1" },
        { { "clone", "x", "--", "no-such.lua" }, 2, "no-such.lua: No such file" },
        { { "run", "--waves", "dmaq0=1s", "scenarios/waves.lua" }, 1, "write DEVICE or DEVICE=FROM..TO" },
        { { "run", "--waves", "dmaq0=2s..1s", "scenarios/waves.lua" }, 1, "ends before it begins" },
        { { "run", "--waves", "dmaq9", "scenarios/waves.lua" }, 1, "no such device" },
    };
    for (auto &one : cases) {
        Command c(one.args);
        EXPECT_EQ(one.status, c.finish()) << c.output;
        EXPECT_SAID(c, one.says);
    }
}

}  // namespace
