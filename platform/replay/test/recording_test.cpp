// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings: text and traces, whole and damaged
#include <fstream>
#include <random>

#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/replay/judge.h"
#include "traces/trace.h"

namespace {

using namespace ingot;

const char text[] = "ingot-recording 1\n"
                    "device dmaq0 dmaq model clock-ps 10000\n"
                    "10000 write 0x8 4 0x2  # CTRL ENABLE=0 RESET=1\n"
                    "20000 read 0x0 4 0x444d4151\n"
                    "20000 read 0x1 1 0x0 slave-error\n"
                    "30000 dma-read 0x40000000 4 00ff1020\n"
                    "30000 dma-write 0x50000000 8 denied\n"
                    "30000 dma-read 0x50000000 8 decode-error\n"
                    "40000 irq 0 1\n50000 input 0x41\n50000 console 0x0a\n60000 note 1 7\n70000 stop its%20reason\n80000 end\n";

std::string refusal(const std::string &of, const std::string &device = "")
{
    try {
        recording_parse(of, "r.rec", device);
    } catch (const std::exception &e) {
        return e.what();
    }
    return "";
}

TEST(Recording, ItsTextReadsBackAsItWasWritten)
{
    const Recording r = recording_parse(text, "r.rec", "dmaq0");
    ASSERT_EQ(r.all.size(), 11u);
    EXPECT_EQ(r.clock_ps, 10000u);
    EXPECT_EQ(r.end_ps, 80000u);
    EXPECT_EQ(r.all[2].result, SEAM_SLAVE_ERROR);
    EXPECT_EQ(r.all[3].data, std::string("\0\xff\x10\x20", 4));
    EXPECT_EQ(r.all[4].result, SEAM_DENIED);
    EXPECT_EQ(r.all[10].data, "its reason");
    const Recording again = recording_parse(recording_text(r), "again.rec", "");
    EXPECT_EQ(again.all == r.all, true);
    EXPECT_EQ(recording_text(again), recording_text(r));
}

TEST(Recording, AMistakeIsToldWithItsLine)
{
    const std::string whole = text;
    EXPECT_EQ(refusal(whole, "uart0"), "r.rec: it has no device 'uart0': it has dmaq0");
    EXPECT_EQ(refusal("ingot-recording 2\n"), "r.rec:1: no recording of version 1: make it again with this ingot");
    for (size_t cut = 0; cut + 8 < whole.size(); cut++) {
        EXPECT_NE(refusal(whole.substr(0, cut)), "") << "cut at " << cut;
    }
    EXPECT_NE(refusal(whole.substr(0, whole.find("80000"))).find("it is truncated"), std::string::npos);
    auto with = [&](const std::string &line) { return refusal("ingot-recording 1\ndevice a pulse -\n5 read 0 4 0\n" + line + "\n9 end\n"); };
    EXPECT_EQ(with("4 read 0 4 0"), "r.rec:4: time goes back: correct its order");
    EXPECT_EQ(with("6 reed 0 4 0"), "r.rec:4: 'reed' is no kind of transaction: correct it");
    EXPECT_EQ(with("6 read 0 3 0"), "r.rec:4: an access has 1, 2, 4 or 8 bytes: correct it");
    EXPECT_EQ(with("6 read 0 4 x"), "r.rec:4: 'x' is no number: correct it");
    EXPECT_EQ(with("6 read 0 4 0 ok ok"), "r.rec:4: 'ok' is one word too many: remove it");
    EXPECT_EQ(with("6 dma-read 0 4 aabb"), "r.rec:4: its data are not 4 bytes in hex: correct them");
}

// Whatever a file says: words, or a replay that ends; never a signal.
TEST(Recording, ADamagedOneIsRefusedOrReplayed)
{
    std::mt19937 random(7);
    unsigned refused = 0, replayed = 0;
    for (const char *name : { "pulse-script-systemc", "pulse-script-rtl", "uart16550-script-model", "dmaq-script-model", "dmaq-script-rtl" }) {
        std::ifstream in(std::string(INGOT_ROOT "/traces/golden/") + name + ".rec");
        const std::string whole((std::istreambuf_iterator<char>(in)), {});
        for (unsigned n = 0; n < 60; n++) {
            std::string damaged = whole;
            for (unsigned k = 0; k <= n % 3; k++) {
                damaged[random() % damaged.size()] = "0123456789abcdefx -\n"[random() % 20];
            }
            Recording r;
            try {
                r = recording_parse(damaged, name, "");
            } catch (const std::exception &) {
                refused++;
                continue;
            }
            r.end_ps = std::min<seam_ps>(r.end_ps, UINT64_C(1000000000000));    // a periodic pulse comes very often in a day
            try {
                judge_exact(r, Replay(), 3);
                judge_device(r, Replay(), Rules(), 3);
                replayed++;
            } catch (const std::exception &e) {
                EXPECT_EQ(std::string(e.what()).find("ended its process"), std::string::npos) << e.what() << "\n" << damaged;
            }
        }
    }
    EXPECT_GT(refused, 50u);
    EXPECT_GT(replayed, 50u);
}

struct File {
    std::string path = testing::TempDir() + "ingot-recording-XXXXXX";
    File() { close(mkstemp(path.data())); }
    ~File() { unlink(path.c_str()); }
};

std::string load_refusal(const std::string &path, const std::string &device)
{
    try {
        recording_load(path, device);
    } catch (const std::exception &e) {
        return e.what();
    }
    return "";
}

TEST(Recording, ComesOutOfATraceDeviceByDevice)
{
    File f;
    char err[200] = "";
    struct trace_writer *w = trace_open(f.path.c_str(), err, sizeof err);
    ASSERT_NE(w, nullptr) << err;
    auto put = [&](uint64_t ps, trace_kind kind, uint32_t id, uint64_t addr, uint64_t value, uint32_t aux, const char *data) {
        trace_record r = {};
        r.time_ps = ps;
        r.kind = static_cast<uint16_t>(kind);
        r.size = kind <= TRACE_WRITE ? 4 : 0;
        r.id = id;
        r.addr = addr;
        r.value = value;
        r.aux = aux;
        trace_put_data(w, &r, data);
    };
    trace_name(w, 0, TRACE_NAME_DEVICE, 0, "uart0");
    trace_name(w, 0, TRACE_NAME_DEVICE, 1, "dmaq0");
    trace_name(w, 0, TRACE_NAME_TYPE, 1, "dmaq");
    trace_name(w, 0, TRACE_NAME_IMPL, 1, "rtl");
    trace_name(w, 0, TRACE_NAME_CLOCK, 1, "33333333 Hz");
    put(10, TRACE_WRITE, 0, 0, 'x', 0, nullptr);
    put(20, TRACE_WRITE, 1, 0x1c, 3, 0, nullptr);
    put(30, TRACE_DMA_READ, 1, 0x40000000, 0, 4, "abcd");
    put(40, TRACE_IRQ, 1, 211, 1, 0, nullptr);
    trace_name(w, 45, TRACE_NAME_PROBE, 1, "a probe whose name goes through all of its record");
    put(50, TRACE_PROBE, 1, 0x1000, 1, 0, nullptr);
    trace_record crashed = {};
    crashed.time_ps = 50;
    crashed.kind = TRACE_WRITE;
    crashed.id = 1;
    crashed.size = 4;
    crashed.result = TRACE_ENDED;
    trace_put(w, &crashed);
    ASSERT_EQ(trace_close(w), 0);
    const Recording r = recording_load(f.path, "dmaq0");
    ASSERT_EQ(r.all.size(), 4u);
    EXPECT_EQ(r.all[3].kind, Kind::Write) << "asked, and never answered: the replay's model ends there, too";
    EXPECT_EQ(r.type, "dmaq");
    EXPECT_EQ(r.impl, "rtl");
    EXPECT_EQ(r.clock_hz, 33333333u);
    EXPECT_EQ(r.all[1].data, "abcd");
    EXPECT_EQ(r.all[2].address, 0u);
    EXPECT_EQ(r.end_ps, 50u);
    EXPECT_NE(load_refusal(f.path, "dmaq1").find("it has no device 'dmaq1': it has uart0, dmaq0"), std::string::npos);

    std::ifstream in(f.path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    unsigned refused = 0;
    for (size_t cut = 0; cut < bytes.size(); cut++) {       // a correct prefix, or words; never anything else
        std::ofstream(f.path, std::ios::binary) << bytes.substr(0, cut);
        refused += !load_refusal(f.path, "dmaq0").empty();
    }
    EXPECT_GT(refused, 0u);
    std::ofstream(f.path, std::ios::binary) << "\x7f" "ELF, and no trace";
    EXPECT_NE(load_refusal(f.path, "dmaq0").find(f.path), std::string::npos);
    EXPECT_EQ(load_refusal("/nowhere/trace", "dmaq0"), "/nowhere/trace: No such file or directory: name a trace or a recording");
}

}  // namespace
