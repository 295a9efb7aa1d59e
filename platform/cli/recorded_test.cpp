/* SPDX-License-Identifier: GPL-2.0-or-later
 * The driver alone, on real boards: its device is a recording
 */
#include "cli_testing.h"

#include "traces/trace.h"

namespace {

using cli::Command;
using cli::Scenario;

#define EXPECT_SAID(c, text) EXPECT_TRUE((c).said(text)) << (c).output

const std::string boots = "local b = board.start { system = 'one-core', name = 'it' }\nb:expect('rt', 'rt: done')\n";
const std::string more = "b:send('rt', 'p')\nb:expect('rt', 'rt: pulse: 1000 pulses', { within = '60s' })\n";

struct File {
    std::string path = testing::TempDir() + "ingot-driver-XXXXXX";
    explicit File(const std::string &bytes = "")
    {
        close(mkstemp(path.data()));
        write(bytes);
    }
    ~File() { unlink(path.c_str()); }
    void write(const std::string &bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
};

std::string bytes_of(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(in), {} };
}

std::string trace_of(const Scenario &s) { return INGOT_BUILD "/runs/" + s.name + "/it/trace"; }

/* All that happened, without the names. */
std::string shown(const std::string &trace)
{
    Command c({ "trace", "show", trace });
    EXPECT_EQ(c.finish(), 0) << c.output;
    return c.output;
}

std::vector<std::string> run_of(const Scenario &s, const std::vector<std::string> &devices)
{
    std::vector<std::string> args = { "run", "--quiet", "--trace", s.path };
    for (const std::string &d : devices) {
        args.insert(args.end(), { "--device", d });
    }
    return args;
}

/* A run's trace, in a file of its own. */
struct Recorded : File {
    explicit Recorded(const std::string &scenario, const std::vector<std::string> &devices = {})
    {
        Scenario s(scenario);
        Command c(run_of(s, devices));
        EXPECT_EQ(c.finish(), 0) << c.output;
        write(bytes_of(trace_of(s)));
    }
};

TEST(DriverAlone, TheSameDriverGivesTheSameTraceAsWithItsDevice)
{
    for (const char *impl : { "pulse0=rtl", "pulse0=systemc" }) {
        Scenario s(boots + more);
        Command with(run_of(s, { impl }));
        ASSERT_EQ(with.finish(), 0) << with.output;
        const std::string all = shown(trace_of(s)), from = "=recorded:" + trace_of(s);   /* the very trace that is about to be replaced */
        Command alone(run_of(s, { "pulse0" + from, "uart1" + from, "uart2" + from }));
        EXPECT_EQ(alone.finish(), 0) << alone.output;
        for (const char *device : { "pulse0", "uart1", "uart2" }) {
            EXPECT_SAID(alone, std::string(device) + ": the driver is as recorded: ");
        }
        EXPECT_GT(all.size(), 100000u);
        EXPECT_TRUE(shown(trace_of(s)) == all) << impl;
    }
}

TEST(DriverAlone, ARequestTooManyOrTooFewIsToldAndFails)
{
    Recorded less(boots), longer(boots + more);
    Scenario s(boots), t(boots + more);
    Command many(run_of(t, { "pulse0=recorded:" + less.path }));
    EXPECT_EQ(many.finish(), 1);
    EXPECT_SAID(many, ".lua:4: board 'it' stopped at ");
    EXPECT_SAID(many, "pulse0 (pulse): the driver is not as recorded, from transaction ");
    EXPECT_SAID(many, "recorded  (nothing more until ");
    EXPECT_SAID(many, "\nnow       ");
    Command few(run_of(s, { "pulse0=recorded:" + longer.path }));
    EXPECT_EQ(few.finish(), 1);
    EXPECT_SAID(few, "ingot: board 'it' ended at ");
    EXPECT_SAID(few, "now       (nothing more until the board's end)");
}

TEST(DriverAlone, LinuxsDriverIsToldWhereItDeparts)
{
    auto scenario = [](const std::string &first, const std::string &test) {
        return "local b = board.start { system = 'first-light', name = 'it' }\nb:expect('linux', '# ')\nb:send('linux', '" + first +
               "insmod /lib/modules/dmaq.ko && dmaq-test --size 64 --count " + test + "\\n')\nb:expect('linux', 'dmaq-test: PASS', { within = '60s' })\n";
    };
    Recorded r(scenario("", "3"), { "dmaq0=rtl" });
    const std::string held = "dmaq0=recorded:" + r.path, free = "dmaq0=recorded-loose:" + r.path;
    Scenario same(scenario("", "3")), more_copies(scenario("", "4")), reads(scenario("devmem 0x0b010000 32; ", "3"));
    Command as_recorded(run_of(same, { held }));
    EXPECT_EQ(as_recorded.finish(), 0) << as_recorded.output;
    Command other(run_of(more_copies, { held }));
    EXPECT_EQ(other.finish(), 1);
    EXPECT_SAID(other, "recorded  (nothing more until ");
    EXPECT_SAID(other, "  write TAIL INDEX=4 (0x4)");
    Command a_read(run_of(reads, { held }));
    EXPECT_EQ(a_read.finish(), 1);
    EXPECT_SAID(a_read, "  read ID ");
    Command free_read(run_of(reads, { free }));
    EXPECT_EQ(free_read.finish(), 0) << free_read.output;
    EXPECT_SAID(free_read, " transactions, but for 1 reads");
}

/* What is recorded of a run is done again, its departure too. */
TEST(DriverAlone, ADepartureIsReplayed)
{
    const std::string name = "test-departs-" + std::to_string(getpid());
    Recorded less(boots);
    Scenario s(boots + more);
    Command recorded({ "record", "--quiet", "--name", name, s.path, "--device", "pulse0=recorded:" + less.path });
    EXPECT_EQ(recorded.finish(), 1);
    EXPECT_SAID(recorded, "pulse0 (pulse): the driver is not as recorded, from transaction ");
    EXPECT_FALSE(recorded.said("nothing more until the board's end")) << recorded.output;
    Command again({ "replay", "--quiet", name });
    EXPECT_EQ(again.finish(), 0) << again.output;
    EXPECT_SAID(again, ": the same");
    Command remove({ "replay", "--remove", name });
    EXPECT_EQ(remove.finish(), 0) << remove.output;
}

TEST(DriverAlone, ACheckpointHasItsState)
{
    const std::string name = "test-driver-" + std::to_string(getpid());
    Recorded r(boots);
    Scenario whole(boots);
    Command uninterrupted(run_of(whole, { "pulse0=recorded:" + r.path }));
    EXPECT_EQ(uninterrupted.finish(), 0) << uninterrupted.output;
    Scenario save("local b = board.start { system = 'one-core', name = 'it' }\nb:run_until_trace('irq', 'pulse0', 99)\nb:checkpoint('" + name + "')\n");
    Scenario restore("local b = board.restore('" + name + "', { name = 'it' })\nb:expect('rt', 'rt: done')\nb:close()\n"
                     "check(trace.compare({ '" + trace_of(save) + "', b:trace() }, '" + trace_of(whole) + "'), 'they differ')\n");
    Command saved(run_of(save, { "pulse0=recorded:" + r.path }));
    EXPECT_EQ(saved.finish(), 0) << saved.output;
    Command restored(run_of(restore, {}));
    EXPECT_EQ(restored.finish(), 0) << restored.output;
    EXPECT_SAID(restored, "it: pulse0: the driver is as recorded: ");
    Command there(run_of(restore, { "pulse0=rtl" }));
    EXPECT_EQ(there.finish(), 1);
    EXPECT_SAID(there, "pulse0 was recorded:");
    Recorded another(boots + more);
    r.write(bytes_of(another.path));
    Command changed(run_of(restore, {}));
    EXPECT_EQ(changed.finish(), 1);
    EXPECT_SAID(changed, "the state was taken with another recording");
    unlink(r.path.c_str());
    Command gone(run_of(restore, {}));
    EXPECT_EQ(gone.finish(), 1);
    EXPECT_SAID(gone, r.path + ": No such file or directory: name a trace or a recording");
    Command remove({ "checkpoint", "rm", name });
    EXPECT_EQ(remove.finish(), 0) << remove.output;
}

/* A trace with one DMA transfer of dmaq0, and without its data. */
void put_trace(const std::string &path, const char *device, const char *type)
{
    char err[200];
    struct trace_writer *w = trace_open(path.c_str(), err, sizeof err);
    ASSERT_NE(w, nullptr) << err;
    if (device) {
        trace_name(w, 0, TRACE_NAME_DEVICE, 0, device);
        trace_name(w, 0, TRACE_NAME_TYPE, 0, type);
    }
    trace_record r = {};
    r.kind = TRACE_DMA_READ;
    r.addr = 0x40000000;
    r.aux = 8;
    trace_put(w, &r);
    ASSERT_EQ(trace_close(w), 0);
}

TEST(DriverAlone, WhatCannotStandInIsToldBeforeTheBoardStarts)
{
    Recorded r(boots);
    const std::string bytes = bytes_of(r.path), golden = bytes_of("traces/golden/dmaq-linux-model.rec");
    std::string flipped = bytes;
    flipped[bytes.size() / 2] ^= 1;
    File damaged(flipped), half(golden.substr(0, golden.rfind('\n', golden.size() / 2) + 1)), without_data, other_type, restored, none("no trace at all");
    put_trace(without_data.path, "pulse0", "pulse");
    put_trace(other_type.path, "pulse0", "uart16550");
    put_trace(restored.path, nullptr, nullptr);
    std::string refuse_half = golden;
    refuse_half.replace(refuse_half.find("dmaq0 dmaq"), 10, "pulse0 dmaq");
    File other_text(refuse_half);
    const struct {
        std::string device, says;
    } cases[] = {
        { "pulse0=recorded:", "which recording of pulse0? write recorded:FILE" },
        { "pulse0=recorded:/nowhere/trace", "/nowhere/trace: No such file or directory: name a trace or a recording" },
        { "pulse0=recorded-reads:" + r.path, "there are: systemc rtl, and recorded:FILE, recorded-loose:FILE" },
        { "pulse0=recorded:" + none.path, none.path },
        { "pulse0=recorded:" + damaged.path, damaged.path },
        { "pulse0=recorded:traces/golden/dmaq-linux-model.rec", "it has no device 'pulse0': it has dmaq0" },
        { "dmaq0=recorded:" + half.path, "it ends before its line 'TIME end', it is truncated: make it again" },
        { "pulse0=recorded:" + without_data.path, "a transfer without its data" },
        { "pulse0=recorded:" + other_text.path, "pulse0 is a dmaq there, and a pulse on this board" },
        { "pulse0=recorded:" + restored.path, "a restored run begins in its middle: name the run that it went on from, too: FIRST+" },
        { "dmaq0=recorded:" + r.path, "nothing was asked of dmaq0 in it: record a run whose driver uses it" },
        { "nobody0=recorded:" + r.path, "has no device 'nobody0'" },
    };
    Scenario s(boots);
    for (const auto &c : cases) {
        Command run(run_of(s, { c.device }));
        EXPECT_EQ(run.finish(), 1) << c.device;
        EXPECT_SAID(run, "--device: ");
        EXPECT_SAID(run, c.says);
        EXPECT_FALSE(run.said("libvirt")) << run.output;
    }
    File cut(bytes.substr(0, bytes.size() - 100));      /* its index: as if it had been killed */
    Command killed(run_of(s, { "pulse0=recorded:" + cut.path }));
    EXPECT_EQ(killed.finish(), 0) << killed.output;
    EXPECT_SAID(killed, cut.path + ": it has no end, the run was killed or the file is cut: it answers until ");
    Scenario iommu("board.start { system = 'first-light' }\n");
    Command smmu(run_of(iommu, { "smmu0=recorded:" + r.path }));
    EXPECT_EQ(smmu.finish(), 1);
    EXPECT_SAID(smmu, "it has no device 'smmu0'");
}

}  // namespace
