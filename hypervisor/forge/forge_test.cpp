// SPDX-License-Identifier: GPL-2.0-or-later
// forge as a program: what it leaves behind, whatever happens
#include <csignal>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sstream>
#include <sys/prctl.h>

#include "hypervisor/forge/forge_test.h"

#define FIRST_LIGHT SYSTEMS "/first-light.xml"

namespace {

class Forge : public testing::Test {
protected:
    Forge() { bench.payloads(FIRST_LIGHT); }
    bool said(const std::string &text) const { return bench.said().find(text) != std::string::npos; }
    // first-light with one word changed.
    std::string changed(const std::string &from, const std::string &to)
    {
        std::string text = read_file(FIRST_LIGHT);
        size_t at = text.find(from);
        EXPECT_NE(std::string::npos, at) << from;
        bench.write("changed.xml", text.replace(at, from.size(), to));
        return bench.dir + "/changed.xml";
    }
    // A compiler that is this shell script; the value of --cross.
    std::string compiler(const std::string &script)
    {
        bench.write("fake-gcc", "#!/bin/sh\n" + script + "\n");
        std::filesystem::permissions(bench.dir + "/fake-gcc", std::filesystem::perms::owner_all);
        return "--cross " + bench.dir + "/fake-";
    }
    std::string image() const { return read_file(bench.dir + "/out/first-light.elf"); }

    ForgeBench bench{ FORGE, HYP };
};

TEST_F(Forge, MakesImageTablesTreesAndMap)
{
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "out")) << bench.said();
    for (const char *name : { "first-light.elf", "tables.c", "pagetables.S", "streams.S", "link.ld", "layout.txt", "linux.dtb", "linux.dts", "rt.dtb", "rt.dts" }) {
        EXPECT_TRUE(bench.exists(std::string("out/") + name)) << name;
    }
    EXPECT_FALSE(bench.exists("out/.forge"));
    EXPECT_FALSE(bench.exists("out/payloads.S"));
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "out", "--keep"));
    EXPECT_TRUE(bench.exists("out/payloads.S"));
}

TEST_F(Forge, TheSameInputGivesTheSameBytesAnywhere)
{
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "out"));
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "elsewhere/"));
    EXPECT_TRUE(image() == read_file(bench.dir + "/elsewhere/first-light.elf"));
}

TEST_F(Forge, ARawPayloadsCommandLineIsInItsTree)
{
    ASSERT_EQ(0, bench.forge(changed("rt/rt.bin\"", "rt/rt.bin\" cmdline=\"one two\""), "out")) << bench.said();
    EXPECT_NE(std::string::npos, read_file(bench.dir + "/out/rt.dts").find("bootargs = \"one two\";"));
    EXPECT_EQ(std::string::npos, read_file(bench.dir + "/out/linux.dts").find("one two"));
}

TEST_F(Forge, LeavesOtherFilesOfAFolderAlone)
{
    bench.write("out/letter", "mine");
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "out"));
    EXPECT_EQ("mine", read_file(bench.dir + "/out/letter"));
}

TEST_F(Forge, AFailedRunLeavesTheOldImage)
{
    ASSERT_EQ(0, bench.forge(FIRST_LIGHT, "out"));
    std::string before = image();
    EXPECT_EQ(1, bench.forge(changed("rt/rt.bin", "rt/no.bin"), "out"));
    EXPECT_TRUE(said("changed.xml:26: missing file 'rt/no.bin'")) << bench.said();
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "out", compiler("exit 3")));
    EXPECT_TRUE(said("fake-gcc failed")) << bench.said();
    EXPECT_FALSE(bench.exists("out/.forge"));
    EXPECT_TRUE(before == image());
}

TEST_F(Forge, AFailedFirstRunLeavesNothing)
{
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "out", compiler("exit 3")));
    EXPECT_FALSE(bench.exists("out"));
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "out", "--keep " + compiler("exit 3")));
    EXPECT_TRUE(said("is kept in")) << bench.said();
    EXPECT_TRUE(bench.exists("out/.forge/tables.c"));
    EXPECT_EQ(0, bench.forge(FIRST_LIGHT, "out")) << "what is left of it is in nobody's way: " << bench.said();
}

TEST_F(Forge, AMissingCompilerIsNamed)
{
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "out", "--cross none-"));
    EXPECT_TRUE(said("none-gcc: No such file or directory: install gcc-aarch64-linux-gnu")) << bench.said();
    EXPECT_FALSE(bench.exists("out"));
}

// Interrupted while the compiler runs: it ends too, with what it has started, and nothing stays.
TEST_F(Forge, AnInterruptLeavesNothingBehind)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);       // the orphan comes here, to be asked how it ended
    for (int sig : { SIGINT, SIGTERM }) {
        std::string pid_file = bench.dir + "/pid";
        std::string script = "sleep 20 &\necho $! > " + pid_file + ".new\nmv " + pid_file + ".new " + pid_file + "\nwait";
        std::string command = "exec " + bench.command(FIRST_LIGHT, "out", compiler(script));
        std::filesystem::remove(pid_file);
        pid_t pid = fork();
        if (!pid) {
            execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            _exit(127);
        }
        while (!bench.exists("pid")) {
            ASSERT_EQ(0, waitpid(pid, nullptr, WNOHANG)) << bench.said();
            usleep(1000);
        }
        kill(pid, sig);
        int status = 0;
        ASSERT_EQ(pid, waitpid(pid, &status, 0));
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == sig) << status;
        EXPECT_FALSE(bench.exists("out"));
        pid_t orphan = std::stoi(read_file(pid_file));
        pid_t ended;        // it is ours once its shell has ended; or the shell has seen its end
        while ((ended = waitpid(orphan, &status, 0)) < 0 && kill(orphan, 0) == 0) {
            usleep(1000);
        }
        EXPECT_TRUE(ended < 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)) << "the compiler's child ran on";
    }
}

TEST_F(Forge, AnOutputThatCannotBeWrittenIsNamed)
{
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "no/such/folder"));
    EXPECT_TRUE(said("no/such/folder: No such file or directory: name a folder to write to with --out")) << bench.said();
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "files/rt/rt.bin"));
    EXPECT_TRUE(said("Not a directory: name a folder")) << bench.said();
}

TEST_F(Forge, ACommandLineTooLongForTheTreeIsRefusedAtItsLine)
{
    EXPECT_EQ(1, bench.forge(changed("nokaslr", std::string(70000, 'x')), "out"));
    EXPECT_TRUE(said("changed.xml:19: device tree of vm 'linux'")) << bench.said().substr(0, 500);
    EXPECT_FALSE(bench.exists("out"));
}

TEST_F(Forge, NamesOfFilesMayHaveBlanksAndQuotes)
{
    bench.write("files/a \"b\" \\c/rt.bin", "a raw image");
    EXPECT_EQ(0, bench.forge(changed("rt/rt.bin", "a &quot;b&quot; \\c/rt.bin"), "out")) << bench.said();
}

// What modules stand before (hypervisor/include/hyp.h) is in modules.c, or nobody would call it; and it is called from other files than its own, where the linker's
// --wrap does not reach. Those that are called from their own, too, must bear that.
TEST_F(Forge, AModuleStandsBeforeFunctionsOfOtherFiles)
{
    const std::set<std::string> also_from_their_own = { "lists_refill", "trap_sync", "trap_vgic" };
    std::string command = "readelf -srW " HYP " >" + bench.dir + "/told", xml = SYSTEMS "/direct.xml";
    ASSERT_EQ(0, ::system(command.c_str()));
    std::ifstream told(bench.dir + "/told");
    std::set<std::string> modules;
    std::vector<std::pair<std::set<std::string>, std::set<std::string>>> files;      // what each defines, and calls
    for (std::string line; std::getline(told, line);) {
        std::istringstream in(line);
        std::vector<std::string> words{ std::istream_iterator<std::string>(in), {} };
        if (words.size() > 1 && words[0] == "File:") {
            files.push_back({});
        } else if (words.size() == 8 && words[3] == "FUNC" && words[6] != "UND") {
            files.back().first.insert(words[7]);
            if (words[7].find("__wrap_") == 0) {
                modules.insert(words[7]);
            }
        } else if (words.size() == 7 && (words[2] == "R_AARCH64_CALL26" || words[2] == "R_AARCH64_JUMP26")) {
            files.back().second.insert(words[4]);
        }
    }
    ASSERT_LT(10u, modules.size());
    bench.payloads(xml);
    ASSERT_EQ(0, bench.forge(xml, "out")) << bench.said();
    Image image(bench.dir + "/out/direct.elf");
    for (const std::string &module : modules) {
        std::string function = module.substr(strlen("__wrap_"));
        unsigned others = 0;
        EXPECT_TRUE(image.has(module)) << "modules.c does not name " << function << ", or nothing calls it";
        for (auto &[defines, calls] : files) {
            others += calls.count(function) && !defines.count(function);
            EXPECT_FALSE(calls.count(function) && defines.count(function) && !also_from_their_own.count(function)) << function << " is called from its own file";
        }
        EXPECT_LT(0u, others) << function;
    }
}

TEST_F(Forge, ExplainTellsMemoryAndInterrupts)
{
    std::string command = FORGE " " FIRST_LIGHT " --explain >" + bench.dir + "/told";
    ASSERT_EQ(0, ::system(command.c_str()));
    std::string told = read_file(bench.dir + "/told");
    EXPECT_NE(std::string::npos, told.find("0x0040a00000-0x004c9fffff")) << told;
    EXPECT_NE(std::string::npos, told.find("dmaq0             179    211       1  linux")) << told;
}

TEST_F(Forge, ExplainTellsScheduleAndCapabilities)
{
    ASSERT_EQ(0, ::system((FORGE " " SYSTEMS "/mixed.xml --explain >" + bench.dir + "/told").c_str()));
    std::string told = read_file(bench.dir + "/told");
    EXPECT_NE(std::string::npos, told.find("core 1  vCPU 1 of linux, alone\n")) << told;
    EXPECT_NE(std::string::npos, told.find("core 2  rt-a 400 us, nobody 100 us, rt-b 400 us, nobody 100 us; again each 1000 us\n")) << told;
    ASSERT_EQ(0, ::system((FORGE " " SYSTEMS "/slack.xml --explain >" + bench.dir + "/told").c_str()));
    told = read_file(bench.dir + "/told");
    EXPECT_NE(std::string::npos, told.find("core 0  rt, else linux 10000 us; again each 10000 us\n")) << told;
    ASSERT_EQ(0, ::system((FORGE " " SYSTEMS "/monitor.xml --explain >" + bench.dir + "/told").c_str()));
    told = read_file(bench.dir + "/told");
    EXPECT_NE(std::string::npos, told.find("the monitor of linux\n")) << told;
    ASSERT_EQ(0, ::system((FORGE " " SYSTEMS "/direct.xml --explain >" + bench.dir + "/told").c_str()));
    told = read_file(bench.dir + "/told");
    EXPECT_NE(std::string::npos, told.find("core 1  vCPU 1 of linux, alone, with its interrupts, with its performance monitors\n")) << told;
    EXPECT_NE(std::string::npos, told.find("core 2  vCPU 0 of rt, alone, with its interrupts\n")) << told;
}

}  // namespace
