/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot gdb: while gdb has stopped the board, all of it stands still; a breakpoint changes nothing
 */
#include <regex>

#include "cli_testing.h"

namespace {

using cli::Command;
using cli::Scenario;

/* A file of gdb commands. */
class Script {
public:
    std::string path;
    explicit Script(const std::string &text)
    {
        char name[] = "/tmp/ingot-gdb-XXXXXX";
        int fd = mkstemp(name);
        if (fd >= 0)
            close(fd);
        path = name;
        std::ofstream(path) << text;
    }
    ~Script() { unlink(path.c_str()); }
    Script(const Script &) = delete;
};

std::string board(const std::string &impl, const std::string &name = "it")
{
    return "board.start { system = 'first-light', name = '" + name + "', devices = { pulse0 = '" + impl + "' } }\n";
}

/* The words that `peek` printed, in order. */
std::vector<unsigned long> peeked(const std::string &output)
{
    std::vector<unsigned long> result;
    const std::regex word("0xb0200[0-9a-f]{2}:\\s+(0x[0-9a-f]+)");
    for (std::sregex_iterator i(output.begin(), output.end(), word), end; i != end; ++i)
        result.push_back(std::stoul((*i)[1], nullptr, 16));
    return result;
}

class Gdb : public testing::TestWithParam<const char *> {};

/* PULSE's NOW is the device's time: of SystemC in ns, of RTL the last clock edge (10 ns). */
TEST_P(Gdb, WhileItIsStoppedAllTimesStandStill)
{
    Scenario s("local b = " + board(GetParam()) + "b:gdb()\n");
    Script x("break pulse_handler\ncontinue\npeek $pulse0+0x40\nshell sleep 0.3\npeek $pulse0+0x40\n"
             "info threads\nstepi 20\npeek $pulse0+0x40\ndelete\nkill\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    c.finish();
    std::vector<unsigned long> now = peeked(c.output);
    ASSERT_EQ(3u, now.size()) << c.output;
    EXPECT_EQ(now[0], now[1]);
    EXPECT_GE(now[2], now[1] + 20);
    EXPECT_LT(now[2], now[1] + 2000);
    EXPECT_TRUE(c.said("CPU#0") && c.said("CPU#1")) << c.output;
    EXPECT_TRUE(s.all_end());
}

TEST_P(Gdb, BreakpointsAndPeeksDoNotChangeTheRun)
{
    Scenario s("local a = " + board(GetParam(), "a") + "a:run_for('20ms')\nlocal t = a:trace()\na:close()\n" +
               "local b = " + board(GetParam(), "b") + "b:gdb { hold = '20ms' }\nlocal u = b:trace()\nb:close()\n" +
               "local same, n = trace.compare(t, u)\ncheck(same, 'they differ')\nlog('equal ' .. n)\n");
    Script x("break pulse_handler\ncontinue\npeek $pulse0+0x40\ncontinue\npeek $pulse0+0x14\ncontinue\ndelete\ndetach\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_TRUE(c.said("==> equal ")) << c.output;
    EXPECT_EQ(2u, peeked(c.output).size()) << c.output;
}

TEST_P(Gdb, StepsDoNotChangeTheRun)
{
    Scenario s("local a = " + board(GetParam(), "a") + "a:run_for('20ms')\nlocal t = a:trace()\na:close()\n" +
               "local b = " + board(GetParam(), "b") + "b:gdb { hold = '20ms' }\nlocal u = b:trace()\nb:close()\n" +
               "local same, n = trace.compare(t, u)\ncheck(same, 'they differ')\nlog('equal ' .. n)\n");
    Script x("break pulse_handler\ncontinue\nstepi 25\ncontinue\nstepi 25\ndelete\ndetach\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_TRUE(c.said("==> equal ")) << c.output;
}

INSTANTIATE_TEST_SUITE_P(, Gdb, testing::Values("systemc", "rtl"));

TEST(GdbSession, AWatchpointStopsAtTheStore)
{
    Scenario s("local b = " + board("systemc") + "b:gdb()\n");
    Script x("break hyp_vector_irq\ncontinue\nwatch *(long *)($sp - 8)\ncontinue\ninfo watchpoints\ndelete\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    c.finish();
    EXPECT_TRUE(c.said("atchpoint 2")) << c.output;
    EXPECT_TRUE(s.all_end());
}

TEST(GdbSession, KilledItTakesTheBoardAlong)
{
    Scenario s("local b = " + board("systemc") + "b:gdb()\n");
    Script x("echo here\\n\nshell kill -9 $PPID\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    EXPECT_EQ(1, c.finish()) << c.output;
    EXPECT_TRUE(c.said("gdb was ended by signal 9")) << c.output;
    EXPECT_TRUE(s.all_end());
}

TEST(GdbSession, InterruptedItEndsWithTheBoard)
{
    Scenario s("local b = " + board("systemc") + "b:gdb()\n");
    Script x("echo it is here\\n\ncontinue\n");
    Command c({ "gdb", s.path, "--", "-batch", "-x", x.path });
    ASSERT_TRUE(c.says("it is here")) << c.output;
    c.send(SIGTERM);
    EXPECT_NE(0, c.finish());
    EXPECT_TRUE(s.all_end());
}

TEST(GdbSession, MistakesAreExplained)
{
    Command none({ "gdb" });
    EXPECT_EQ(2, none.finish());
    EXPECT_TRUE(none.said("which system?")) << none.output;
    Command typo({ "gdb", "first-ligth" });
    EXPECT_EQ(1, typo.finish());
    EXPECT_TRUE(typo.said("did you mean 'first-light'")) << typo.output;
    Command two({ "gdb", "a", "b" });
    EXPECT_EQ(2, two.finish());
    EXPECT_TRUE(two.said("one system or scenario at a time")) << two.output;
}

}  // namespace
