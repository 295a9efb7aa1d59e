/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace for Perfetto: groups, tracks, slices, arrows
 */
#include <algorithm>

#include "perfetto_testing.h"

namespace {

using Names = std::vector<std::string>;

Names names(const std::vector<Perfetto::Event> &events)
{
    Names all;
    for (const auto &e : events)
        all.push_back(std::to_string(e.ns) + " " + e.name);
    return all;
}

/* Tracks of a group, in the order in which they are shown. */
Names shown(const Perfetto &p, const std::string &group)
{
    std::vector<std::pair<uint64_t, std::string>> some;
    for (const auto &[uuid, t] : p.tracks)
        if (t.group == group)
            some.push_back({ t.rank, t.name });
    std::sort(some.begin(), some.end());
    Names all;
    for (const auto &[rank, name] : some)
        all.push_back(name);
    return all;
}

TEST(Perfetto, HasAGroupForEachVmAndATrackForEachVcpuInterruptDeviceAndConsole)
{
    Seen s(run_with_vms);
    Perfetto p(s.perfetto());
    EXPECT_EQ(s.rc, 0) << s.err;
    EXPECT_EQ(shown(p, ""), (Names{ "scenario", "VM linux", "VM tiny", "hypervisor", "board" }));
    EXPECT_EQ(shown(p, "VM linux"), (Names{ "vCPU 0 (core 0)", "dmaq0 irq 211", "dmaq0" }));
    EXPECT_EQ(shown(p, "VM tiny"), Names{ "vCPU 0 (core 1)" });
    EXPECT_EQ(shown(p, "hypervisor"), (Names{ "core 1", "uart0", "uart0 console" }));
    EXPECT_EQ(shown(p, "board"), (Names{ "core 1", "device#7" }));
    std::map<std::string, uint64_t> pids;
    for (const auto &[uuid, t] : p.tracks)
        pids[t.name] = t.pid;
    EXPECT_EQ(pids["VM tiny"], 3u) << "the VMID";
    EXPECT_EQ(names(p.of("VM tiny", "vCPU 0 (core 1)")), Names{ "910 dmaq irq" });
}

TEST(Perfetto, OfATraceWithoutVmsIsAllTheBoards)
{
    Seen s;
    Perfetto p(s.perfetto());
    EXPECT_EQ(shown(p, ""), (Names{ "scenario", "board" }));
    EXPECT_EQ(shown(p, "board"), (Names{ "core 0", "core 1", "dmaq0 irq 211", "dmaq0", "uart0", "uart0 console" }));
}

TEST(Perfetto, SlicesSayWhatTheTraceSays)
{
    Seen s(run_with_vms);
    Perfetto p(s.perfetto());
    EXPECT_EQ(names(p.of("VM linux", "dmaq0")), (Names{ "100 write CTRL", "200 dma-read 4 bytes", "300 dma-write 7 bytes", "430 read IRQ_STATUS",
                                                        "440 write IRQ_STATUS", "800 note 3 0xffffffffffffffff" }));
    EXPECT_EQ(names(p.of("VM linux", "vCPU 0 (core 0)")), (Names{ "100 dmaq0 write CTRL", "410 lr", "420 dmaq irq", "430 dmaq0 read IRQ_STATUS",
                                                                  "440 dmaq0 write IRQ_STATUS", "920 device#7 read +0x0" }));
    EXPECT_EQ(names(p.of("hypervisor", "uart0 console")), Names{ "500 ok" });
    EXPECT_EQ(names(p.of("", "scenario")), Names{ "100 send uart0 \"x\"" });
    auto ctrl = p.of("VM linux", "dmaq0")[0];
    EXPECT_EQ(ctrl.category, "write");
    EXPECT_EQ(ctrl.arguments["value"], "0x3");
    EXPECT_EQ(ctrl.arguments["fields"], "ENABLE=1 RESET=1");
    EXPECT_EQ(ctrl.arguments["insn"], "100");
    auto tiny = p.of("VM tiny", "vCPU 0 (core 1)")[0];
    EXPECT_EQ(tiny.arguments["pc"], "0x2000");
    EXPECT_EQ(tiny.arguments["el"], "2");
}

/* Perfetto closes the innermost slice of a track: each begin needs its end, and a slice that crosses another would be cut. */
TEST(Perfetto, SlicesOfATrackNest)
{
    Seen s([](auto *w) {
        run_with_vms(w);
        Made r = { w };
        for (uint64_t i = 0; i < 100; i++) {
            r.put(1000 + i, 1, TRACE_WRITE, UART, 0, 'a');
            r.put(1000 + i, 1, TRACE_CONSOLE, UART, 0, i % 7 ? 'a' : '\n');
            r.put(1000 + i, -1, TRACE_DMA_WRITE, DMAQ, 0, 0, "x");
            r.put(1000 + i, -1, TRACE_IRQ, DMAQ, 211, i % 2);
            r.put(1000 + i, 0, i % 3 ? TRACE_PROBE : TRACE_READ, i % 3 == 1 ? LR : DMAQ, 0x24, UINT64_C(3) << 61 | UINT64_C(211) << 32);
        }
        r.put(2000, -1, TRACE_IRQ, DMAQ, 211, 0);
        r.put(2000, 1, TRACE_CONSOLE, UART, 0, '\n');
    });
    Perfetto p(s.perfetto());
    std::stable_sort(p.events.begin(), p.events.end(), [](const auto &a, const auto &b) { return a.ns < b.ns; });     /* as its reader does */
    std::map<std::string, int> depth, deepest;
    for (const auto &e : p.events) {
        std::string track = e.group + "/" + e.track;
        depth[track] += e.type == 1 ? 1 : -1;
        EXPECT_GE(depth[track], 0) << track << " at " << e.ns;
        deepest[track] = std::max(deepest[track], depth[track]);
    }
    EXPECT_GE(depth.size(), 6u);
    for (const auto &[track, n] : depth)
        EXPECT_EQ(n, 0) << track;
    EXPECT_EQ(deepest["VM linux/dmaq0 irq 211"], 2) << "how far it is, inside of high";
    EXPECT_EQ(deepest["hypervisor/uart0 console"], 1);
}

TEST(Perfetto, ArrowsLeadFromTheRaiseByTheListRegisterToTheHandler)
{
    Seen s(run_with_vms);
    Perfetto first_access(s.perfetto()), probe(s.perfetto({ { DMAQ, "dmaq irq" } }));
    for (const Perfetto *p : { &first_access, &probe }) {
        auto line = p->of("VM linux", "dmaq0 irq 211"), core = p->of("VM linux", "vCPU 0 (core 0)");
        const char *handled = p == &probe ? "420 handler" : "430 handler";
        EXPECT_EQ(names(line), (Names{ "400 high", "400 raised", "410 in list register", handled }));
        EXPECT_EQ(line[1].flows, std::vector<uint64_t>{ 1 });
        EXPECT_EQ(core[1].flows, std::vector<uint64_t>{ 1 }) << "the list register's write";
        size_t ends = 0;
        for (const auto &e : p->events)
            ends += e.ends.size();
        EXPECT_EQ(ends, 1u);
    }
    EXPECT_EQ(first_access.of("VM linux", "vCPU 0 (core 0)")[3].ends, std::vector<uint64_t>{ 1 });
    EXPECT_EQ(probe.of("VM linux", "vCPU 0 (core 0)")[2].ends, std::vector<uint64_t>{ 1 });
}

TEST(Perfetto, InputOfOneInstantIsOneSlice)
{
    Seen s([](auto *w) {
        Made r = { w };
        trace_name(w, 0, TRACE_NAME_DEVICE, UART, "uart0");
        for (char c : std::string("ls\r\n"))
            r.put(5, -1, TRACE_INPUT, UART, 0, (uint8_t)c);
        r.put(5, -1, TRACE_IRQ, UART, 208, 1);
        r.put(6, -1, TRACE_INPUT, UART, 0, '\n');
        r.put(7, -1, TRACE_INPUT, UART, 0, 'a');
    });
    EXPECT_EQ(names(Perfetto(s.perfetto()).of("board", "uart0")), (Names{ "5 input ls", "6 input ", "7 input a" }));
}

TEST(Perfetto, LongTextsAreCutNotBroken)
{
    std::string command(20000, 'x');
    Seen s([&](auto *w) {
        Made r = { w };
        r.put(1, -1, TRACE_STEP, 0, 0, 0, command.c_str());
    });
    Perfetto p(s.perfetto());
    ASSERT_EQ(p.of("", "scenario").size(), 1u);
    EXPECT_EQ(p.of("", "scenario")[0].name, std::string(2048, 'x'));
}

}
