/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as text: names, filters, counts, damage
 */
#include <cstring>

#include "view_testing.h"

namespace {

TEST(View, ShowsRegistersAndFieldsByName)
{
    Seen s;
    std::string text = s.show();
    EXPECT_EQ(s.rc, 0) << s.err;
    EXPECT_EQ(count(text, "\n"), 15u) << "names are not shown unless they are asked for";
    EXPECT_HAS(text, "        6  0.000100 ms  core 0 insn 100  dmaq0 write +0x8 (4) = 0x3  CTRL: ENABLE=1 RESET=1\n");
    EXPECT_HAS(text, "uart0 read +0x0 (4) = 0x78  RBR");
    EXPECT_HAS(text, "dmaq0 read +0x24 (4) = 0x1  IRQ_STATUS: DONE=1 ERROR=0\n");
    EXPECT_HAS(text, "scenario step: send uart0 \"x\"\n");
}

TEST(View, ShowsThePcOfAnAccess)
{
    Seen s([](auto *w) {
        struct trace_record r = {};
        trace_name(w, 0, TRACE_NAME_DEVICE, DMAQ, "dmaq0");
        trace_name(w, 0, TRACE_NAME_TYPE, DMAQ, "dmaq");
        r.kind = TRACE_WRITE;
        r.id = DMAQ;
        r.size = 4;
        r.addr = 8;
        r.aux = 0xbe0414;
        trace_put(w, &r);
    });
    EXPECT_HAS(s.show(), "dmaq0 write +0x8 (4) = 0x0, pc ..00be0414  CTRL: ENABLE=0 RESET=0\n");
    EXPECT_HAS(s.json(), R"("value":"0x0","pc_31_0":"0x00be0414","register":"CTRL")");
}

TEST(View, ShowsData)
{
    Seen s;
    s.f.kinds = 1u << TRACE_DMA_WRITE;
    EXPECT_EQ(s.show(4), "       10  0.000300 ms  dmaq0 dma-write 0x40002000, 7 bytes, crc 0x00000def\n"
                         "             70 61 79 6c … (3 more)\n");
    EXPECT_EQ(count(s.show(7), "70 61 79 6c 6f 61 64\n"), 1u);
}

/* Records that pass, by their index. */
std::string taken(const std::function<void(struct view_filter &)> &set, void (*run)(struct trace_writer *) = small_run)
{
    Seen s(run);
    set(s.f);
    std::string indices;
    EXPECT_EQ(view_each(s.v, &s.f, [](void *to, const struct trace_item *item) {
        *(std::string *)to += std::to_string(item->index) + " ";
        return 0;
    }, &indices, s.err, sizeof s.err), 0) << s.err;
    return indices;
}

TEST(View, FiltersByDeviceKindCoreTimeAndAddress)
{
    static const uint32_t uart = UART, both[] = { UART, DMAQ };
    EXPECT_EQ(taken([](auto &f) { f.devices = &uart; f.device_count = 1; }), "8 17 18 19 ");
    EXPECT_EQ(taken([](auto &f) { f.devices = both; f.device_count = 2; f.kinds = 1u << TRACE_READ; }), "8 14 ");
    EXPECT_EQ(taken([](auto &f) { f.kinds = 1u << TRACE_NAME | 1u << TRACE_STEP; }), "0 1 2 3 4 5 7 ");
    EXPECT_EQ(taken([](auto &f) { f.by_core = true; f.core = 1; }), "8 17 18 19 ");
    EXPECT_EQ(taken([](auto &f) { f.from_ps = 400000; f.to_ps = 420000; }), "11 12 13 ");
    EXPECT_EQ(taken([](auto &f) { f.from_ps = 700001; }), "20 ");
    EXPECT_EQ(taken([](auto &f) { f.reg = "IRQ_STATUS"; }), "14 15 ");
    EXPECT_EQ(taken([](auto &f) { f.by_addr = true; f.addr_from = 0x40001003; f.addr_to = 0x40001fff; }), "9 ") << "a byte of the burst";
    EXPECT_EQ(taken([](auto &f) { f.by_addr = true; f.addr_from = 0x40001004; f.addr_to = 0x40001fff; }), "");
    EXPECT_EQ(taken([](auto &f) { f.by_addr = true; f.addr_from = f.addr_to = 211; }), "11 16 ");
}

TEST(View, FiltersByVm)
{
    EXPECT_EQ(taken([](auto &f) { f.vm = "linux"; }, run_with_vms), "15 18 19 20 21 22 23 24 25 29 32 ") << "its device's, and its core's";
    EXPECT_EQ(taken([](auto &f) { f.vm = "hypervisor"; }, run_with_vms), "17 26 27 28 ");
    EXPECT_EQ(taken([](auto &f) { f.vm = "tiny"; }, run_with_vms), "31 ") << "of a shared core, by the VMID";
    EXPECT_EQ(taken([](auto &f) { f.vm = "rt"; }, run_with_vms), "") << "a shared core tells no VM";
    EXPECT_EQ(taken([](auto &f) { f.vm = "linux"; }), "") << "a trace without VMs";
}

TEST(View, ShowsVmAndVcpu)
{
    Seen s(run_with_vms);
    std::string text = s.show();
    EXPECT_HAS(text, "       15  linux/0     0.000100 ms  core 0 insn 100  dmaq0 write +0x8");
    EXPECT_HAS(text, "       17  hypervisor  0.000150 ms  core 1");
    EXPECT_HAS(text, "       20  linux       0.000400 ms  dmaq0 irq 211 rises");
    EXPECT_HAS(text, "       30              0.000900 ms  core 1");
    EXPECT_HAS(text, "       31  tiny/0      0.000910 ms  core 1");
    text = s.stat();
    EXPECT_HAS(text, "          11  of linux\n");
    EXPECT_HAS(text, "           4  of hypervisor\n");
    EXPECT_HAS(text, "           1  of tiny\n");
    EXPECT_EQ(count(text, " failed"), 0u) << "a VMID is no bus error";
    s.f.kinds = 1u << TRACE_NAME;
    text = s.show();
    EXPECT_HAS(text, "name of system#0: two\n");
    EXPECT_HAS(text, "name of vm#1: linux\n");
    EXPECT_HAS(text, "number of vcpu#513: 0\n");
    EXPECT_HAS(text, "owner of device#1: linux\n");
}

TEST(View, VmsOfARestoredRunComeFromTheOther)
{
    Written names(run_with_vms);
    Written restored([](auto *w) { Made r = { w }; r.put(900, 0, TRACE_WRITE, DMAQ, 0x08, 1); });
    struct view *v = view_new(restored.trace.get(), names.trace.get(), nullptr, stderr);
    char owners[100];
    view_owners(v, owners, sizeof owners);
    EXPECT_STREQ(owners, "linux rt tiny hypervisor");
    struct trace_record r = {};
    r.kind = TRACE_WRITE;
    r.id = DMAQ;
    EXPECT_STREQ(view_whose(v, &r).vm, "linux");
    EXPECT_EQ(view_whose(v, &r).vcpu, 0);
    view_free(v);
}

TEST(View, CountsByDeviceAndRegister)
{
    Seen s;
    std::string text = s.stat();
    EXPECT_EQ(s.rc, 0) << s.err;
    EXPECT_HAS(text, "21 records in 1 chunks");
    EXPECT_HAS(text, "closed: it was written to its end");
    EXPECT_HAS(text, "15 records counted, from 0.000100 ms to 0.000800 ms");
    EXPECT_HAS(text, "           1  write      dmaq0             +0x24 IRQ_STATUS\n");
    EXPECT_HAS(text, "           2  irq        dmaq0             211\n");
    EXPECT_HAS(text, "           1  dma-write  dmaq0             7 bytes\n");
    EXPECT_HAS(text, "           3  console    uart0");
    EXPECT_HAS(text, "           1  probe      dmaq irq");
    EXPECT_HAS(text, "           2  write\n");
}

TEST(View, ManyRegistersAreCountedRightly)
{
    Seen s([](auto *w) {
        Made r = { w };
        for (uint64_t i = 0; i < 3000; i++)
            r.put(i, 0, TRACE_WRITE, 7, 4 * (i % 1000), i);
    });
    std::string text = s.stat();
    EXPECT_EQ(count(text, "           3  write      device#7          +0x"), 1000u);
}

TEST(View, DeviceWithoutRegistersFileHasOffsets)
{
    Seen s([](auto *w) {
        Made r = { w };
        trace_name(w, 0, TRACE_NAME_DEVICE, 0, "evil0");
        trace_name(w, 0, TRACE_NAME_TYPE, 0, "../../etc/passwd");
        r.put(1, 0, TRACE_WRITE, 0, 8, 3);
        r.put(1, 0, TRACE_WRITE, 9, 8, 3);
    });
    std::string text = s.show();
    EXPECT_HAS(text, "evil0 write +0x8 (4) = 0x3\n");
    EXPECT_HAS(text, "device#9 write +0x8 (4) = 0x3\n");
}

TEST(View, NamesOfARestoredRunComeFromTheOther)
{
    Written names(small_run);
    Written restored([](auto *w) { Made r = { w }; r.put(900, 0, TRACE_WRITE, DMAQ, 0x08, 1); });
    struct view *v = view_new(restored.trace.get(), names.trace.get(), INGOT_SOURCE "/vdevices", stderr);
    EXPECT_STREQ(view_device(v, DMAQ), "dmaq0");
    EXPECT_EQ(view_find_device(v, "dmaq0"), DMAQ);
    struct trace_record r = {};
    r.kind = TRACE_WRITE;
    r.id = DMAQ;
    r.addr = 8;
    EXPECT_NE(view_register(v, &r), nullptr);
    view_free(v);
}

TEST(View, DamageIsToldAfterWhatWasRead)
{
    Seen s([](auto *w) { small_run(w); trace_flush(w); small_run(w); });
    damage(s.file);
    for (int i = 0; i < 5; i++) {
        std::string text = i == 0 ? s.show() : i == 1 ? s.stat() : i == 2 ? s.json() : i == 3 ? s.vcd() : s.perfetto();
        EXPECT_EQ(s.rc, -1) << i;
        EXPECT_NE(std::string(s.err).find("chunk 1 at byte "), std::string::npos) << s.err;
        EXPECT_HAS(text, i == 3 ? "#800000\n" : i == 1 ? "15 records counted" : "IRQ_STATUS");
        s.err[0] = 0;
    }
}

}
