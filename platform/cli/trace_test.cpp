/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot trace as a user meets it: options, mistakes, exit status; the formats have tests of their own
 */
#include <algorithm>
#include <sstream>

#include "cli_testing.h"
#include "traces/testing.h"

namespace {

void small_run(struct trace_writer *w, uint64_t last = 1)
{
    trace_name(w, 0, TRACE_NAME_DEVICE, 0, "dmaq0");
    trace_name(w, 0, TRACE_NAME_TYPE, 0, "dmaq");
    trace_name(w, 0, TRACE_NAME_VM, 1, "linux");
    trace_name(w, 0, TRACE_NAME_OWNER, 0, "linux");
    for (uint64_t i = 0; i < 10; i++) {
        struct trace_record r = {};
        r.time_ps = 1000000 * i;
        r.kind = i % 2 ? TRACE_WRITE : TRACE_READ;
        r.size = 4;
        r.addr = i % 2 ? 0x1c : 0x20;
        r.value = i == 9 ? last : i;
        trace_put(w, &r);
    }
}

struct Said {
    int status;
    std::string output;
};

Said trace(std::vector<std::string> args)
{
    args.insert(args.begin(), "trace");
    cli::Command c(args);
    c.finish();
    return { c.status, c.output };
}

#define EXPECT_SAYS(said, text) EXPECT_NE((said).output.find(text), std::string::npos) << (said).output

class TraceCommand : public testing::Test {
protected:
    Written x{ [](auto *w) { small_run(w); } };
    const std::string &path = x.file.path;
    size_t shown(std::vector<std::string> filter)
    {
        filter.insert(filter.begin(), { "show", path });
        Said s = trace(filter);
        EXPECT_EQ(s.status, 0) << s.output;
        return (size_t)std::count(s.output.begin(), s.output.end(), '\n');
    }
};

TEST_F(TraceCommand, FiltersAreTaken)
{
    EXPECT_EQ(shown({}), 10u);
    EXPECT_EQ(shown({ "--kind", "write" }), 5u);
    EXPECT_EQ(shown({ "--kind", "name,write" }), 9u);
    EXPECT_EQ(shown({ "--vm", "linux" }), 10u);
    EXPECT_EQ(shown({ "--device", "dmaq0" }), 10u);
    EXPECT_EQ(shown({ "--addr", "TAIL" }), 5u);
    EXPECT_EQ(shown({ "--addr", "0x20" }), 5u);
    EXPECT_EQ(shown({ "--addr", "0x1c-0x20" }), 10u);
    EXPECT_EQ(shown({ "--from", "2us", "--to", "0.004ms" }), 3u);
    EXPECT_EQ(shown({ "--from", "2000000ps", "--until", "4000ns" }), 3u);
    EXPECT_EQ(shown({ "--to", "0s" }), 1u);
    EXPECT_EQ(shown({ "--core", "0" }), 10u);
    EXPECT_EQ(shown({ "--core", "1" }), 0u);
}

TEST_F(TraceCommand, MistakesAreToldWithWhatToDo)
{
    const struct { std::vector<std::string> args; int status; const char *text; } cases[] = {
        { {}, 2, "Usage: ingot trace" },
        { { "shwo" }, 2, "unknown command 'shwo' (did you mean 'show'?)" },
        { { "show" }, 2, "a trace is needed" },
        { { "show", path, "--kind", "wirte" }, 2, "did you mean 'write'?" },
        { { "show", path, "--device", "dmqa0" }, 1, "no device 'dmqa0' in it (did you mean 'dmaq0'?): it has dmaq0" },
        { { "show", path, "--vm", "linus" }, 1, "no VM 'linus' in it (did you mean 'linux'?): it has linux" },
        { { "stat", path, "--vm", "" }, 1, "no VM '' in it: it has linux" },
        { { "show", path, "--symbols", "linus=/x" }, 1, "--symbols linus=/x: no VM 'linus' in the trace (did you mean 'linux'?): it has linux" },
        { { "show", path, "--symbols", "/nowhere/a=b" }, 1, "/nowhere/a=b: symbols cannot be read" },
        { { "stat", path, "--symbols", INGOT_PROGRAM "@0x40" }, 1, "has fixed addresses: leave @ away" },
        { { "show", path, "--symbols", "linux=" INGOT_PROGRAM ".cpp" }, 1, "symbols cannot be read" },
        { { "show", path, "--from", "3" }, 2, "3: that is not a time" },
        { { "show", path, "--from", "-3ms" }, 2, "that is not a time" },
        { { "show", path, "--from", "99999999999s" }, 2, "that is not a time" },
        { { "show", path, "--from", "3ms", "--to", "2ms" }, 2, "no record can be between" },
        { { "show", path, "--addr", "9-8" }, 2, "the lower first" },
        { { "show", path, "--core", "x" }, 2, "the number of a core" },
        { { "show", path, path }, 2, "one trace at a time" },
        { { "show", "/nowhere/trace" }, 1, "/nowhere/trace: cannot open the trace" },
        { { "show", INGOT_PROGRAM }, 1, "not a trace" },
        { { "show", path, "--names", "/nowhere/trace" }, 1, "/nowhere/trace" },
        { { "convert", path }, 2, "json, vcd, fst, sqlite or perfetto is needed" },
        { { "convert", path, "--to", "sqlit", "-o", "/x" }, 2, "did you mean 'sqlite'?" },
        { { "convert", path, "--to", "json" }, 2, "-o OUT is needed" },
        { { "convert", path, "--to", "json", "-o", "/nowhere/x" }, 1, "/nowhere/x: cannot be written" },
        { { "convert", path, "--to", "sqlite", "-o", "/nowhere/x" }, 1, "/nowhere/x: " },
        { { "convert", path, "--to", "vcd", "-o", "/dev/full" }, 1, "No space left" },
        { { "convert", path, "--to", "perfetto", "-o", "/dev/null", "--handler", "x=y" }, 1, "no device 'x' in it" },
        { { "convert", path, "--to", "perfetto", "-o", "/dev/null", "--handler", "x" }, 2, "DEVICE=PROBE is needed" },
        { { "compare", path }, 2, "Usage: ingot trace compare" },
    };
    for (const auto &c : cases) {
        Said s = trace(c.args);
        EXPECT_EQ(s.status, c.status) << c.text << ": " << s.output;
        EXPECT_SAYS(s, c.text);
    }
}

TEST_F(TraceCommand, HelpIsNoError)
{
    EXPECT_EQ(trace({ "--help" }).status, 0);
    for (const char *word : { "show", "stat", "convert", "compare" })
        EXPECT_EQ(trace({ word, "--help" }).status, 0) << word;
}

TEST_F(TraceCommand, ConvertsToEachFormat)
{
    for (auto [format, start] : { std::pair<const char *, std::string>{ "json", "{\"n\":4," }, { "vcd", "$comment" },
                                  { "fst", std::string("\0\0\0\0\0\0\0\1\x49", 9) }, { "sqlite", "SQLite format 3" }, { "perfetto", "\n" } }) {
        TempFile out;
        Said s = trace({ "convert", path, "--to", format, "-o", out.path, "--device", "dmaq0" });
        EXPECT_EQ(s.status, 0) << s.output;
        EXPECT_EQ(out.bytes().rfind(start, 0), 0u) << format;
    }
}

TEST_F(TraceCommand, ComparesAWholeRunWithItsParts)
{
    Written first([&](auto *w) { int n = 0; for (const Item &i : items(x.trace.get())) if (n++ < 9) trace_put(w, &i.r); });
    Written second([&](auto *w) { int n = 0; for (const Item &i : items(x.trace.get())) if (n++ >= 9) trace_put(w, &i.r); });
    Written other([](auto *w) { small_run(w, 99); });
    Said s = trace({ "compare", path, first.file.path, second.file.path });
    EXPECT_EQ(s.status, 0) << s.output;
    EXPECT_SAYS(s, "identical: 14 records");
    EXPECT_EQ(trace({ "compare", path, first.file.path }).status, 1);
    EXPECT_EQ(trace({ "compare", "--prefix", path, first.file.path }).status, 0);
    s = trace({ "compare", "--prefix", path, other.file.path });
    EXPECT_EQ(s.status, 1);
    EXPECT_SAYS(s, "first difference at record 13");
}

TEST_F(TraceCommand, DamageIsToldWithItsPlace)
{
    std::string bytes = x.file.bytes();
    bytes[90] ^= 1;
    x.file.write(bytes);
    for (const char *word : { "show", "stat" }) {
        Said s = trace({ word, path });
        EXPECT_EQ(s.status, 1);
        EXPECT_SAYS(s, path + ": chunk 0 at byte 24: its CRC-32C is wrong");
    }
}

/* Lines of a command that must succeed. */
std::vector<std::string> lines(std::vector<std::string> args)
{
    Said s = trace(args);
    EXPECT_EQ(s.status, 0) << s.output;
    std::vector<std::string> all;
    std::istringstream text(s.output);
    for (std::string line; std::getline(text, line);)
        all.push_back(line);
    return all;
}

/* Two VMs take turns on one core: a hit of the probe is the VM's whose device is served next. */
TEST(TraceOfARun, TellsTheVmsOfASharedCoreApartAndNamesTheirCode)
{
    cli::Scenario s("local b = board.start { system = 'shared-core', name = 'it' }\n"
                    "b:probe { name = 'el2', at = 'hyp_vector_irq' }\n"
                    "b:probe { name = 'handler', at = 'pulse_handler', file = 'rt/rt.elf', core = 0 }\n"
                    "b:run_for('20ms')\n");
    cli::Command c({ "run", "--quiet", "--trace", s.path });
    ASSERT_EQ(c.finish(), 0) << c.output;
    const std::string path = INGOT_BUILD "/runs/" + s.name + "/it/trace";
    for (const char *i : { "0", "1" }) {
        const std::string vm = std::string("rt-") + i, pulse = std::string("pulse-") + i;
        auto hits = lines({ "show", path, "--vm", vm, "--kind", "probe", "--addr", "pulse_handler" });
        EXPECT_GT(hits.size(), 5u);
        for (const std::string &line : hits) {
            EXPECT_NE(line.find("  " + vm + "/0  "), std::string::npos) << line;
            EXPECT_NE(line.find("  EL1  pulse_handler"), std::string::npos) << line;
        }
        EXPECT_NEAR((double)lines({ "show", path, "--device", pulse, "--addr", "STATUS", "--kind", "write" }).size(), (double)hits.size(), 1);
    }
    for (const std::string &line : lines({ "show", path, "--device", "pulse-1", "--addr", "STATUS", "--kind", "write" }))
        EXPECT_NE(line.find("  pulse_handler+0x"), std::string::npos) << "what did the access: " << line;
    for (const char *format : { "json", "vcd", "fst", "sqlite", "perfetto" }) {
        TempFile out;
        lines({ "convert", path, "--to", format, "-o", out.path });
        EXPECT_GT(out.bytes().size(), 1000u) << format;
    }
    auto el2 = lines({ "show", path, "--addr", "hyp_vector_irq" });
    EXPECT_GT(el2.size(), 10u);
    EXPECT_NE(el2[0].find("  EL2  hyp_vector_irq"), std::string::npos) << el2[0];
    EXPECT_TRUE(lines({ "show", path, "--vm", "hypervisor", "--kind", "probe" }).empty()) << "it works for VMs";
}

/* Of another kernel's module nothing is known until it is given. */
TEST(TraceOfARun, SaysWhatHasNoSymbol)
{
    Written x([](auto *w) {
        struct trace_record r = {};
        trace_name(w, 0, TRACE_NAME_VM, 1, "linux");
        trace_name(w, 0, TRACE_NAME_VCPU, trace_vcpu_id(1, 0), "0");
        trace_name(w, 0, TRACE_NAME_PROBE, 1, "irq");
        r.kind = TRACE_PROBE;
        r.id = r.size = r.result = 1;
        r.addr = 0xffff800000be03f4;
        trace_put(w, &r);
    });
    EXPECT_SAYS(trace({ "show", x.file.path }), "ingot: note: 1 addresses have no symbol, the last 0xffff800000be03f4 of linux: give the program's file, --symbols linux=FILE");
    TempFile map;
    map.write("ffff800000be0300 t dmaq_irq\t[dmaq]\n");
    Said s = trace({ "show", x.file.path, "--symbols", "linux=" + map.path });
    EXPECT_SAYS(s, "  EL1  dmaq_irq+0xf4\n");
    EXPECT_EQ(s.output.find("note"), std::string::npos) << s.output;
}

}
