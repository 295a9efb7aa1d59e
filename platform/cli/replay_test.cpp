/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot record, replay and gdb --replay: the same to the record, forwards and backwards
 */
#include <regex>

#include "cli_testing.h"
#include "scenarios/engine/sealed.h"

namespace {

using cli::Command;
using cli::Scenario;

/* A scenario, and the recording of its name. */
struct Recorded : Scenario {
    using Scenario::Scenario;
    ~Recorded()
    {
        Command({ "replay", "--remove", name }).finish();
        std::string remove = "rm -rf '" INGOT_BUILD "/runs/replay-" + name + "' '" INGOT_BUILD "/runs/gdb-" + name + "'";
        EXPECT_EQ(system(remove.c_str()), 0);
    }
    std::string file(const std::string &below) const { return INGOT_BUILD "/recordings/" + name + "/" + below; }
    /* Records it. */
    testing::AssertionResult made(int status = 0) const
    {
        Command c({ "record", path });
        c.finish();
        return c.status == status ? testing::AssertionSuccess() : testing::AssertionFailure() << c.status << "\n" << c.output;
    }
};

#define EXPECT_SAYS(c, text) EXPECT_TRUE((c).said(text)) << (c).output

/* A board whose two cores have something to do, 5 ms of it, and RTL. */
const char *const busy =
    "local b = board.start { system = 'first-light', name = 'it', devices = { pulse0 = 'rtl', dmaq0 = 'rtl' } }\n"
    "b:probe { name = 'el2-vector', at = 'hyp_vector_irq' }\n"
    "b:expect('rt', 'rt: up')\n"
    "b:run_for('3ms')\n"
    "b:send('rt', 'p')\n"
    "b:run_until_probe('el2-vector', 20)\n"
    "b:run_until_trace('irq', 'pulse0', 3)\n"
    "b:run_for('2ms')\n";

TEST(Replay, HasTheSameRecordsAsTheRun)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    Command c({ "replay", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    std::smatch m;
    ASSERT_TRUE(std::regex_search(c.output, m, std::regex("/it: (\\d+) records, from 0.000000 s to 0.00\\d+ s: the same"))) << c.output;
    EXPECT_GT(std::stoul(m[1]), 1000u);
    EXPECT_SAYS(c, "rt: pulse: 200 pulses");
}

TEST(Replay, NeedsNeitherTheScenarioNorItsRun)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    EXPECT_EQ(0, system(("mv " + s.path + " " + s.path + ".away; rm -rf '" INGOT_BUILD "/runs/" + s.name + "'").c_str()));
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_EQ(0, system(("mv " + s.path + ".away " + s.path).c_str()));
}

/* Wall time decides when a key comes; the replay does not depend on it. */
TEST(Replay, KeysOfAPersonComeAtTheirInstants)
{
    Recorded s("local b = board.start { system = 'first-light', devices = { pulse0 = 'rtl' } }\nb:expect('rt', 'rt: up')\n"
               "check(b:interact('rt') == 'closed')\nb:run_for('2ms')\n");
    std::string record = "(sleep 1; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do printf p; sleep 0.03; done) | '" INGOT_PROGRAM "' record -q " + s.path +
                         " >/dev/null";
    ASSERT_EQ(0, system(record.c_str()));
    std::stringstream actions;
    actions << std::ifstream(s.file("first-light/actions")).rdbuf();
    const std::regex key("do \\d+ send%20uart1%20p\n");
    const std::string text = actions.str();
    EXPECT_EQ(12, std::distance(std::sregex_iterator(text.begin(), text.end(), key), std::sregex_iterator()));
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAYS(c, ": the same");
}

TEST(Replay, OfAnInterruptedRunGoesAsFarAsItWent)
{
    Recorded s("local b = board.start { system = 'first-light' }\nb:expect('rt', 'rt: up')\nlog('now')\nb:run_for('1000s')\n");
    Command r({ "record", s.path });
    ASSERT_TRUE(r.says("==> now")) << r.output;
    ASSERT_TRUE(r.says("rt: done")) << r.output;
    r.send(SIGINT);
    EXPECT_EQ(128 + SIGINT, r.finish()) << r.output;
    EXPECT_SAYS(r, "==> recorded");
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAYS(c, ": the same");
}

TEST(Replay, OfAFailedRunGoesToItsFailure)
{
    Recorded s("local b = board.start { system = 'first-light' }\nb:expect('rt', 'rt: down', { within = '2ms' })\n");
    ASSERT_TRUE(s.made(1));
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAYS(c, "to 0.002000 s: the same");
}

TEST(Replay, ARestoredBoardNeedsItsCheckpointNoMore)
{
    Recorded s("local b = board.start { system = 'first-light', name = 'a' }\nb:run_for('2ms')\nb:checkpoint('replay-test')\n"
               "local c = board.restore('replay-test', { name = 'c' })\nc:send('rt', 'p')\nc:run_for('2ms')\nc:close()\n"
               "local d = board.clone('replay-test', { name = 'd' })\nd:run_for('1ms')\n");
    ASSERT_TRUE(s.made());
    EXPECT_EQ(0, Command({ "checkpoint", "rm", "replay-test" }).finish());
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(0, c.finish()) << c.output;
    for (const char *board : { "/a: ", "/c: ", "/d: " })
        EXPECT_SAYS(c, board);
    EXPECT_SAYS(c, "from 0.002000 s to 0.004000 s: the same");
}

TEST(Replay, AnotherKeyIsAnotherRun)
{
    Recorded s(busy);
    char err[512];
    ASSERT_TRUE(s.made());
    std::string file = s.file("it/actions");
    char *text = sealed_read(file.c_str(), "", err, sizeof err);
    ASSERT_TRUE(text) << err;
    char *key = strstr(text, "send%20uart1%20p");
    ASSERT_TRUE(key);
    key[strlen("send%20uart1%20")] = 'x';
    ASSERT_EQ(0, sealed_write(file.c_str(), text, strlen(text), err, sizeof err)) << err;
    free(text);
    Command c({ "replay", "-q", s.name });
    EXPECT_EQ(1, c.finish()) << c.output;
    EXPECT_SAYS(c, "parts from the recording");
}

/* One run's trace with another run's actions: all holds are at the same instants. */
TEST(Replay, ADifferenceIsToldWithItsRecords)
{
    auto run = [](const char *key) {
        return std::string("local b = board.start { system = 'first-light', name = 'it' }\nb:run_for('3ms')\nb:send('rt', '") + key +
               "')\nb:run_for('1ms')\n";
    };
    Recorded one(run("p")), other(run("x"));
    ASSERT_TRUE(one.made());
    ASSERT_TRUE(other.made());
    for (const char *name : { "it/trace", "it/manifest" })
        EXPECT_EQ(0, system(("cp '" + other.file(name) + "' '" + one.file(name) + "'").c_str()));
    Command c({ "replay", "-q", one.name });
    EXPECT_EQ(1, c.finish()) << c.output;
    EXPECT_SAYS(c, "first difference at record ");
    EXPECT_SAYS(c, "uart1 input 'x'");
    EXPECT_SAYS(c, "uart1 input 'p'");
    EXPECT_SAYS(c, "is not what was recorded");
}

/* Before what is wrong with a recording is told, nothing is started. */
TEST(Replay, ADamagedRecordingIsRefused)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    for (const char *name : { "recording", "it/manifest", "it/actions", "it/trace" }) {
        std::fstream f(s.file(name), std::ios::in | std::ios::out);
        f.seekg(20);
        char c = f.get();
        f.seekp(20);
        f.put(c ^ 1);
        f.close();
        Command bad({ "replay", "-q", s.name });
        EXPECT_EQ(1, bad.finish()) << name;
        EXPECT_SAYS(bad, "record it again");
        EXPECT_SAYS(bad, s.name);
        std::fstream g(s.file(name), std::ios::in | std::ios::out);
        g.seekp(20);
        g.put(c);
    }
    unlink(s.file("it/trace").c_str());
    Command gone({ "replay", "-q", s.name });
    EXPECT_EQ(1, gone.finish());
    EXPECT_SAYS(gone, "it/trace");
}

/* Without what is told of progress on a slow machine. */
std::string without_progress(const std::string &output)
{
    std::istringstream in(output);
    std::string line, rest;
    while (std::getline(in, line))
        rest += line.rfind("ingot: ", 0) == 0 && line.find("running until") != std::string::npos ? "" : line + "\n";
    return rest;
}

TEST(Replay, AnchorsChangeNothing)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    Command plain({ "replay", "-q", s.name });
    EXPECT_EQ(0, plain.finish()) << plain.output;
    Command again({ "replay", "-q", "--anchors", "1.3ms", s.name });
    EXPECT_EQ(0, again.finish()) << again.output;
    EXPECT_EQ(without_progress(plain.output), without_progress(again.output));
    EXPECT_EQ(0, access(s.file("it/at-2600000000/state").c_str(), R_OK));
}

/* A waveform without the file's header, which has the host's date in it. */
std::string waveform(const std::string &path)
{
    const size_t header = 330;
    std::stringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str().size() > header ? all.str().substr(header) : "";
}

TEST(Replay, AWaveformOfAWindowIsThatOfTheRun)
{
    Recorded s(busy);
    const std::string window = "pulse0=3.2ms..3.3ms", fst = INGOT_BUILD "/runs/replay-" + s.name + "/it/pulse0.fst";
    EXPECT_EQ(0, Command({ "record", "-q", s.path, "--waves", window }).finish());
    const std::string run = waveform(INGOT_BUILD "/runs/" + s.name + "/it/pulse0.fst");
    EXPECT_GT(run.size(), 10000u);
    Command whole({ "replay", "-q", s.name, "--waves", window });
    EXPECT_EQ(0, whole.finish()) << whole.output;
    EXPECT_SAYS(whole, "to 0.003300 s: the same");
    EXPECT_SAYS(whole, fst);
    EXPECT_TRUE(run == waveform(fst));
    EXPECT_EQ(0, Command({ "replay", "-q", s.name, "--anchors", "1ms" }).finish());
    Command part({ "replay", "-q", s.name, "--waves", window });
    EXPECT_EQ(0, part.finish()) << part.output;
    EXPECT_SAYS(part, "from 0.003000 s to 0.003300 s: the same");
    EXPECT_TRUE(run == waveform(fst));
    Command none({ "replay", "-q", s.name, "--waves", "uart0" });
    EXPECT_EQ(1, none.finish());
    EXPECT_SAYS(none, "has that device as RTL");
    Command late({ "replay", "-q", s.name, "--waves", "pulse0=1s..2s" });
    EXPECT_EQ(1, late.finish());
    EXPECT_SAYS(late, "would begin after it");
}

TEST(Replay, MistakesAreExplained)
{
    Command none({ "replay" }), other({ "replay", "no-such-recording" }), both({ "gdb", "--replay", "a", "first-light" }),
        at({ "gdb", "--at", "1s", "first-light" }), name({ "record", "--name", "../x", "scenarios/two-runs.lua" });
    EXPECT_EQ(2, none.finish());
    EXPECT_SAYS(none, "which recording?");
    EXPECT_EQ(1, other.finish());
    EXPECT_SAYS(other, "no recording 'no-such-recording'");
    EXPECT_EQ(2, both.finish());
    EXPECT_SAYS(both, "from the recording");
    EXPECT_EQ(2, at.finish());
    EXPECT_SAYS(at, "belong to --replay");
    EXPECT_EQ(2, name.finish());
    EXPECT_SAYS(name, "recording name '../x'");
    for (const char *command : { "record", "replay" })
        EXPECT_EQ(0, Command({ command, "--help" }).finish());
}

TEST(Replay, ARunUnderGdbIsNotRecorded)
{
    Recorded s("local b = board.start { system = 'first-light' }\nb:gdb()\n");
    Command c({ "record", s.path });
    EXPECT_EQ(1, c.finish());
    EXPECT_SAYS(c, "a run under gdb cannot be recorded");
}

/* A session of gdb on a recording: what it printed. */
std::string session(const Recorded &s, const std::string &at, const std::vector<std::string> &commands)
{
    std::vector<std::string> args = { "gdb", "-q", "--replay", s.name, "--at", at, "--", "-batch", "-ex", "set style enabled off" };
    for (const std::string &c : commands)
        args.insert(args.end(), { "-ex", c });
    Command c(args);
    EXPECT_EQ(0, c.finish()) << c.output;
    return c.output;
}

/* The words that stand after "NAME " in lines of their own. */
std::vector<std::string> values(const std::string &output, const std::string &name)
{
    std::vector<std::string> found;
    const std::regex line("(?:^|\n)" + name + " ([^\n]*)");
    for (std::sregex_iterator i(output.begin(), output.end(), line), end; i != end; ++i)
        found.push_back((*i)[1]);
    return found;
}

TEST(ReplayGdb, BackIsWhereItWas)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    const std::string where = "printf \"\\nat %lx %lx %lx\\n\", $pc, $sp, $x0";
    std::string out = session(s, "3ms", { "break pulse_handler", "continue", "continue", where, "stepi", where, "stepi", where, "reverse-stepi", where,
                                          "reverse-stepi", where, "reverse-continue", "continue", where, "delete", "kill" });
    std::vector<std::string> at = values(out, "at");
    ASSERT_EQ(6u, at.size()) << out;
    EXPECT_NE(at[0], at[1]) << out;
    EXPECT_EQ(at[1], at[3]) << out;
    EXPECT_EQ(at[0], at[4]) << out;
    EXPECT_EQ(at[0], at[5]) << "to the handler before, and forwards again\n" << out;
}

TEST(ReplayGdb, GoesBackToTheLastWriteOfAnAddress)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    std::string out = session(s, "end", { "thread 2", "printf \"\\nis %d\\n\", collected", "watch collected", "reverse-continue",
                                          "printf \"\\nis %d\\n\", collected", "reverse-continue", "printf \"\\nis %d\\n\", collected",
                                          "info symbol $pc", "delete", "kill" });
    std::vector<std::string> is = values(out, "is");
    ASSERT_EQ(3u, is.size()) << out;
    EXPECT_GT(std::stoi(is[0]), 2);
    EXPECT_EQ(std::stoi(is[1]), std::stoi(is[0]) - 1) << "before the write\n" << out;
    EXPECT_EQ(std::stoi(is[2]), std::stoi(is[0]) - 2) << out;
    EXPECT_NE(out.find("pulse_handler + "), std::string::npos) << out;
}

/* An instruction takes a ns here: nothing else happens on the way. */
TEST(ReplayGdb, WhenIsTheInstantToComeBackTo)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    const std::regex when("(\\d+\\.\\d{6} ms), core 0: (\\d+) instructions, core 1: (\\d+) instructions\n");
    std::string out = session(s, "3ms", { "break pulse_handler", "continue", "stepi", "when", "reverse-stepi", "when", "kill" });
    std::vector<std::smatch> at(std::sregex_iterator(out.begin(), out.end(), when), {});
    ASSERT_EQ(2u, at.size()) << out;
    EXPECT_EQ(at[0][2], at[1][2]) << out;
    EXPECT_EQ(std::stoul(at[0][3]), std::stoul(at[1][3]) + 1) << out;
    std::string there = at[1][1];
    there.erase(there.find(' '), 1);
    EXPECT_NE(session(s, there, { "when", "info symbol $pc", "thread 2", "info symbol $pc", "kill" }).find("pulse_handler in section"),
              std::string::npos) << there;
}

TEST(ReplayGdb, TheBeginningAndTheEndAreTold)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    std::string out = session(s, "1ms", { "reverse-continue", "info symbol $pc", "continue", "echo again\\n", "reverse-stepi", "stepi", "kill" });
    const std::string history = "No more reverse-execution history";
    size_t begin = out.find(history), end = out.find(history, begin + 1);
    EXPECT_NE(begin, std::string::npos) << out;
    EXPECT_LT(out.find("_start in section"), end) << out;
    EXPECT_NE(end, std::string::npos) << out;
}

TEST(ReplayGdb, ABoardThatWasRestoredBeginsAtItsCheckpoint)
{
    Recorded s("local a = board.start { system = 'first-light', name = 'a' }\na:run_for('2ms')\na:checkpoint('replay-gdb-test')\n"
               "local c = board.restore('replay-gdb-test', { name = 'c' })\nc:run_for('2ms')\n");
    ASSERT_TRUE(s.made());
    EXPECT_EQ(0, Command({ "checkpoint", "rm", "replay-gdb-test" }).finish());
    Command c({ "gdb", "-q", "--replay", s.name, "--board", "c", "--", "-batch", "-ex", "stepi", "-ex", "reverse-stepi", "-ex", "reverse-stepi", "-ex", "when",
                "-ex", "kill" });
    EXPECT_EQ(0, c.finish()) << c.output;
    EXPECT_SAYS(c, "No more reverse-execution history");
    EXPECT_SAYS(c, "2.000000 ms, core 0");
}

/* Each is a stop that gdb itself takes back: the hits that one search has seen are enough for all. */
TEST(ReplayGdb, AConditionIsMetBackwardsToo)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    std::string out = session(s, "end", { "break pulse_handler if collected == 219", "reverse-continue", "printf \"\\nis %d\\n\", collected", "kill" });
    EXPECT_EQ(std::vector<std::string>{ "219" }, values(out, "is")) << out;
}

TEST(ReplayGdb, KilledItTakesTheBoardAlong)
{
    Recorded s(busy);
    ASSERT_TRUE(s.made());
    Command c({ "gdb", "-q", "--replay", s.name, "--", "-batch", "-ex", "shell kill -9 $PPID" });
    EXPECT_EQ(1, c.finish()) << c.output;
    EXPECT_TRUE(s.all_end());
}

}  // namespace
