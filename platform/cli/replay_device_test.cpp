/* SPDX-License-Identifier: GPL-2.0-or-later
 * replay-device, diff, shrink and golden as a user meets them: what they print, and what they say to a mistake
 */
#include "cli_testing.h"

namespace {

using cli::Command;

const char golden[] = "traces/golden/dmaq-linux-model.rec";

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

#define EXPECT_SAYS(said, text) EXPECT_NE((said).output.find(text), std::string::npos) << (said).output

struct File {
    std::string path = testing::TempDir() + "ingot-replay-XXXXXX";
    explicit File(const std::string &text)
    {
        close(mkstemp(path.data()));
        std::ofstream(path, std::ios::binary) << text;
    }
    ~File() { unlink(path.c_str()); }
};

std::string text_of(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), {} };
}

TEST(ReplayCommand, TellsThatAllIsAsRecorded)
{
    Said s = ingot({ "replay-device", golden, "--device", "dmaq0" });
    EXPECT_EQ(s.status, 0);
    EXPECT_SAYS(s, "dmaq0 (dmaq=model): as recorded: ");
}

TEST(ReplayCommand, TellsTheFirstDifferenceByItsRegister)
{
    std::string text = text_of(golden);
    const std::string was = "read 0x4 4 0x1 ";
    text.replace(text.find(was), was.size(), "read 0x4 4 0x2 ");
    File f(text);
    Said s = ingot({ "replay-device", f.path, "--device", "dmaq0" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "VERSION.VALUE is 0x1 instead of 0x2");
    s = ingot({ "diff", golden, f.path });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "verdict: device");
}

TEST(ReplayCommand, DiffOfAnotherImplementationIsTimingOnly)
{
    Said s = ingot({ "diff", golden, "--device", "dmaq0=rtl" });
    EXPECT_EQ(s.status, 0);
    EXPECT_SAYS(s, "verdict: timing only");
    s = ingot({ "diff", golden, "traces/golden/dmaq-linux-rtl.rec" });
    EXPECT_EQ(s.status, 0);
    EXPECT_SAYS(s, "verdict: timing only");
}

TEST(ReplayCommand, DiffWritesAWaveformOfRtl)
{
    File f("");
    Said s = ingot({ "diff", golden, "--device", "dmaq0=rtl", "--waves", f.path });
    EXPECT_EQ(s.status, 0);
    EXPECT_SAYS(s, "waveform: " + f.path);
    EXPECT_GT(text_of(f.path).size(), 300u);
    s = ingot({ "diff", golden, "traces/golden/dmaq-linux-rtl.rec", "--device", "dmaq0=rtl" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "two recordings are compared as they are: leave out =rtl");
    s = ingot({ "diff", golden, "traces/golden/pulse-rt-systemc.rec" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "pulse0 is a pulse, and not a dmaq");
}

TEST(ReplayCommand, AnIntendedChangeIsAccepted)
{
    std::string folder = testing::TempDir() + "ingot-golden-XXXXXX", text = text_of(golden);
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/one.rec", was = "read 0x4 4 0x1 ";
    std::string other = text;
    std::ofstream(path) << other.replace(other.find(was), was.size(), "read 0x4 4 0x2 ");
    Said s = ingot({ "golden", "check", "--folder", folder });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "If the change is meant: ./ingot golden accept");
    s = ingot({ "golden", "accept", "--folder", folder, "one" });
    EXPECT_EQ(s.status, 0);
    EXPECT_SAYS(s, " read 0x4 4 0x2  # VERSION\n+");
    EXPECT_EQ(text_of(path), text);
    EXPECT_EQ(ingot({ "golden", "check", "--folder", folder }).status, 0);
    unlink(path.c_str());
    rmdir(folder.c_str());
}

// diff.xml excuses another implementation's times, not the same one's.
TEST(ReplayCommand, OtherTimesOfTheSameImplementationAreADifference)
{
    std::string text = text_of(golden);
    size_t edge = text.find(" irq 0 1"), line = text.rfind('\n', edge) + 1;
    std::string time = text.substr(line, edge - line);
    File f(text.replace(line, time.size(), std::to_string(std::stoull(time) + 1)));
    Said s = ingot({ "diff", golden, f.path });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "verdict: timing only");
    EXPECT_SAYS(s, "device: irq line 0 rises comes later by 0.000001 us");
    EXPECT_EQ(ingot({ "diff", golden, f.path, "--ignore-timing" }).status, 0);
}

TEST(ReplayCommand, ShrinkHasNothingToDoWhereNothingFails)
{
    Said s = ingot({ "shrink", golden, "--device", "dmaq0=rtl", "--test", "DmaqRing.Wraps" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "there is nothing to shrink");
    s = ingot({ "shrink", golden, "--device", "dmaq0=rtl", "--test", "Wraps" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "a test's name is SUITE.NAME");
}

TEST(ReplayCommand, GoldenTracesHold)
{
    Said s = ingot({ "golden", "check" });
    EXPECT_EQ(s.status, 0) << s.output;
    EXPECT_SAYS(s, "dmaq-linux-model.rec: as recorded");
    s = ingot({ "golden", "check", "lost" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "no golden trace 'lost': there are dmaq-linux-model, ");
}

// A real run: both VMs, Linux's driver on the engine, the probe's thousand pulses.
TEST(ReplayCommand, EveryDeviceOfARealRunAnswersAloneAsItDidThere)
{
    cli::Scenario s("local b = board.start { system = 'first-light', name = 'recorded' }\n"
                    "b:expect('linux', '# ')\n"
                    "b:send('linux', 'insmod /lib/modules/dmaq.ko && dmaq-test --size 65536 --count 4\\n')\n"
                    "b:expect('linux', 'dmaq-test: PASS', { within = '60s' })\n"
                    "b:send('rt', 'p')\n"
                    "b:expect('rt', 'rt: pulse: 1000 pulses', { within = '60s' })\n"
                    "b:close()\n");
    Said run = ingot({ "run", "--quiet", "--trace", s.path });
    ASSERT_EQ(run.status, 0) << run.output;
    const std::string trace = INGOT_BUILD "/runs/" + s.name + "/recorded/trace";
    for (const char *device : { "uart0", "uart1", "uart2", "dmaq0", "pulse0" }) {
        Said one = ingot({ "replay-device", trace, "--device", device });
        EXPECT_EQ(one.status, 0) << one.output;
        EXPECT_SAYS(one, "as recorded");
    }
    for (const char *other : { "dmaq0=rtl", "pulse0=rtl" }) {
        Said two = ingot({ "diff", trace, "--device", other });
        EXPECT_EQ(two.status, 0) << two.output;
        EXPECT_SAYS(two, "verdict: timing only");
    }
    Said iommu = ingot({ "replay-device", trace, "--device", "smmu0" });
    EXPECT_EQ(iommu.status, 1);
    EXPECT_SAYS(iommu, "cannot be replayed alone");
}

TEST(ReplayCommand, AMistakeIsToldInWords)
{
    for (const char *command : { "replay-device", "diff", "shrink", "golden" }) {
        EXPECT_EQ(ingot({ command, "--nonsense" }).status, 2) << command;
        EXPECT_EQ(ingot({ command }).status, 2) << command;
        EXPECT_EQ(ingot({ command, "--help" }).status, 0) << command;
    }
    EXPECT_SAYS(ingot({ "replay-device", golden, "--device", "uart0" }), "it has no device 'uart0': it has dmaq0");
    EXPECT_SAYS(ingot({ "replay-device", golden, "--device", "dmaq0=wooden" }), "known: model, rtl");
    EXPECT_SAYS(ingot({ "replay-device", "/nowhere", "--device", "dmaq0" }), "/nowhere: No such file or directory");
    EXPECT_SAYS(ingot({ "diff", "README.md", "--device", "dmaq0" }), "README.md: ");
    std::string text = text_of(golden);
    File cut(text.substr(0, text.size() / 2));
    Said s = ingot({ "replay-device", cut.path, "--device", "dmaq0" });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, cut.path + ":");
}

}  // namespace
