// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: what the README promises, on the model and on the RTL
#include "vdevices/dmaq/dmaq_bench.h"

namespace {

constexpr uint64_t data = DmaqBench::data;
constexpr uint32_t done = DMAQ_IRQ_STATUS_DONE, error = DMAQ_IRQ_STATUS_ERROR, notify = 1;

DEVICE_SUITE(Dmaq, Implementation{ "dmaq", "model" }, Implementation{ "dmaq", "rtl" });

DEVICE_TEST(Dmaq, KnowsTheStandardCheckValue)
{
    DmaqBench b(device.impl);
    b.set_up(1);
    memset(b.memory(data, 32), 0, 32);
    b.post(data, data + 0x1000, 32);
    b.doorbell();
    b.settle();
    EXPECT_EQ(b.descriptor(0)->crc, 0x8a9136aau);   // RFC 3720 B.4: 32 bytes of zeros
}

DEVICE_TEST(Dmaq, CopiesEveryLength)
{
    DmaqBench b(device.impl);
    b.set_up(4);
    b.fill(data, 1 << 20, 1);
    for (uint32_t length : { 8u, 16u, 24u, 64u, 120u, 128u, 136u, 256u, 1000u, 4088u, 4096u, 4104u, 65536u, 1u << 20 }) {
        unsigned i = b.post(data, data + (2 << 20), length, notify);
        memset(b.memory(data + (2 << 20), length), 0, length);
        b.doorbell();
        b.settle();
        EXPECT_TRUE(b.copied(i)) << length;
        EXPECT_EQ(b.take_irqs(), done) << length;
    }
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 14u);
}

DEVICE_TEST(Dmaq, KeepsBurstsShortAndWithinPages)
{
    DmaqBench b(device.impl);
    b.set_up(4);
    b.post(data + 0xfc8, data + 0x10ff0, 0x2000);
    b.post(data + 0xff8, data + 0x10ff8, 8);
    b.post(data + 0x7f8, data + 0x20bf0, 0x1008);
    b.doorbell();
    b.settle();
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_TRUE(b.copied(i)) << i;
    }
    unsigned reads = 0;
    for (const auto &e : b.bench.log()) {
        if (e.kind == ingot::BenchEvent::DmaRead || e.kind == ingot::BenchEvent::DmaWrite) {
            EXPECT_LE(e.b, 128u);
            EXPECT_EQ(e.a / 4096, (e.a + e.b - 1) / 4096) << e.words();
            reads += e.kind == ingot::BenchEvent::DmaRead;
        }
    }
    EXPECT_GT(reads, 3u + 0x3010 / 128);
}

DEVICE_TEST(Dmaq, WrapsItsRing)
{
    DmaqBench b(device.impl);
    for (unsigned log2 = 1; log2 <= 4; log2++) {
        b.set_up(log2);
        b.fill(data, 4096, log2);
        unsigned free_slots = (1u << log2) - 1;
        for (unsigned round = 0; round < 7; round++) {
            unsigned first = b.tail;
            for (unsigned n = 0; n < free_slots; n++) {
                b.post(data + 8 * n, data + 0x2000 + 512 * n, 64 + 8 * n);
            }
            b.doorbell();
            b.settle();
            EXPECT_EQ(b.read(DMAQ_HEAD), b.tail);
            EXPECT_EQ(b.read(DMAQ_COMPLETED), (round + 1) * free_slots);
            for (unsigned n = 0; n < free_slots; n++) {
                EXPECT_TRUE(b.copied((first + n) % (1u << log2))) << log2 << " " << round << " " << n;
            }
        }
    }
}

DEVICE_TEST(Dmaq, WrapsTheLargestRing)
{
    DmaqBench b(device.impl);
    b.set_up(10);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned n = 0; n < 1023; n++) {
            b.post(data, data + 0x1000, 8);
        }
        b.doorbell();
        b.settle();
    }
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 3 * 1023u);
    EXPECT_EQ(b.read(DMAQ_HEAD), 3 * 1023u % 1024);
}

DEVICE_TEST(Dmaq, CountsCompletionsBeforeDone)
{
    DmaqBench b(device.impl);
    auto run = [&](unsigned count, uint32_t flags, uint32_t length) {
        for (unsigned n = 0; n < count; n++) {
            b.post(data, data + 4096, length, flags);
        }
        b.doorbell();
        b.settle();
        uint32_t irqs = b.take_irqs();
        b.settle();
        EXPECT_FALSE(b.bench.level(b.index));
        return irqs;
    };
    b.set_up(4, 4);
    for (unsigned round = 0; round < 2; round++) {  // counting starts anew after each report, whatever its reason
        EXPECT_EQ(run(3, 0, 64), 0u);
        EXPECT_EQ(run(1, 0, 64), done);
        EXPECT_EQ(run(1, 0, 64), 0u);
        EXPECT_EQ(run(1, notify, 64), done);
        EXPECT_EQ(run(2, 0, 64), 0u);
        EXPECT_EQ(run(1, 0, 0), done | error);
    }
    EXPECT_EQ(run(3, 0, 64), 0u);
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 21u);
}

DEVICE_TEST(Dmaq, ReportsAfterTheTimeout)
{
    DmaqBench b(device.impl);
    const uint32_t units = 5;
    b.set_up(4, 200 << DMAQ_COALESCE_COUNT_SHIFT | units << DMAQ_COALESCE_TIMEOUT_SHIFT);
    b.post(data, data + 4096, 64);
    b.post(data, data + 4096, 64);
    b.doorbell();
    ASSERT_TRUE(b.bench.run_until_irq(b.index, b.bench.now() + DmaqBench::second));
    seam_ps raised = b.bench.now(), first = 0;
    for (const auto &e : b.bench.log()) {   // the first write-back is the first completion
        if (e.kind == ingot::BenchEvent::DmaWrite && e.b == 8 && !first) {
            first = e.at;
        }
    }
    seam_ps timeout = units * 64 * DmaqBench::clock_ps;
    EXPECT_GE(raised, first + timeout);
    EXPECT_LE(raised, first + timeout + 4 * DmaqBench::clock_ps);
    EXPECT_EQ(b.take_irqs(), done);
    b.settle();
    EXPECT_EQ(b.read(DMAQ_IRQ_STATUS), 0u);     // nothing was left unreported
}

DEVICE_TEST(Dmaq, TakesDoorbellsWhileBusy)
{
    DmaqBench b(device.impl);
    b.set_up(5);
    b.fill(data, 0x10000, 5);
    for (unsigned n = 0; n < 20; n++) {
        b.post(data + 64 * n, data + 0x20000 + 0x1000 * n, 512 + 8 * n);
        b.doorbell();
        b.bench.run_until(b.bench.now() + 37 * DmaqBench::clock_ps);
    }
    EXPECT_EQ(b.read(DMAQ_STATUS), uint32_t(DMAQ_STATUS_BUSY));
    b.settle();
    for (unsigned n = 0; n < 20; n++) {
        EXPECT_TRUE(b.copied(n)) << n;
    }
    EXPECT_EQ(b.read(DMAQ_STATUS), 0u);
}

DEVICE_TEST(Dmaq, FinishesTheDescriptorInWorkWhenDisabled)
{
    DmaqBench b(device.impl);
    b.set_up(3);
    b.post(data, data + 4096, 2048);
    b.post(data, data + 8192, 64);
    b.doorbell();
    b.bench.run_until(b.bench.now() + 50 * DmaqBench::clock_ps);
    b.write(DMAQ_CTRL, 0);
    EXPECT_EQ(b.read(DMAQ_STATUS), uint32_t(DMAQ_STATUS_BUSY));
    b.write(DMAQ_RING_SIZE, 7);     // ignored: a descriptor is in work
    b.settle();
    EXPECT_EQ(b.read(DMAQ_RING_SIZE), 3u);
    EXPECT_EQ(b.read(DMAQ_STATUS), 0u);
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 1u);
    EXPECT_EQ(b.read(DMAQ_HEAD), 1u);
    b.write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    b.settle();
    EXPECT_TRUE(b.copied(0));
    EXPECT_TRUE(b.copied(1));
}

DEVICE_TEST(Dmaq, IgnoresRingRegistersWhileEnabled)
{
    DmaqBench b(device.impl);
    b.set_up(3);
    b.write(DMAQ_RING_LO, 0x1000);
    b.write(DMAQ_RING_HI, 0x1000);
    b.write(DMAQ_RING_SIZE, 9);
    EXPECT_EQ(b.read(DMAQ_RING_LO), uint32_t(DmaqBench::ring));
    EXPECT_EQ(b.read(DMAQ_RING_HI), 0u);
    EXPECT_EQ(b.read(DMAQ_RING_SIZE), 3u);
}

DEVICE_TEST(Dmaq, ResetsInTheMiddle)
{
    DmaqBench b(device.impl);
    for (unsigned clocks = 1; clocks < 120; clocks += 3) {
        b.set_up(3, 0x00050002);
        b.fill(data, 4096, clocks);
        b.post(data, data + 4096, 1024);
        b.post(data, data + 8192, 1024);
        b.doorbell();
        b.bench.run_until(b.bench.now() + clocks * DmaqBench::clock_ps);
        b.write(DMAQ_CTRL, DMAQ_CTRL_RESET);
        EXPECT_EQ(b.read(DMAQ_CTRL), 0u);
        EXPECT_EQ(b.read(DMAQ_HEAD), 0u);
        EXPECT_EQ(b.read(DMAQ_TAIL), 0u);
        EXPECT_EQ(b.read(DMAQ_COALESCE), 0u);
        b.settle();
        EXPECT_EQ(b.read(DMAQ_STATUS), 0u);
        EXPECT_EQ(b.read(DMAQ_IRQ_STATUS), 0u);
        EXPECT_EQ(b.read(DMAQ_COMPLETED), 0u);
        EXPECT_EQ(b.descriptor(0)->status, 0u) << clocks;
    }
    b.set_up(3);
    b.post(data, data + 4096, 1024);
    b.doorbell();       // at once, while a dropped burst may still be on the bus
    b.settle();
    EXPECT_TRUE(b.copied(0));
}

DEVICE_TEST(Dmaq, TakesWorkRightAfterReset)
{
    DmaqBench b(device.impl);
    for (unsigned clocks = 1; clocks < 120; clocks += 7) {
        b.set_up(3);
        b.fill(data, 4096, clocks);
        b.post(data, data + 4096, 1024);
        b.doorbell();
        b.bench.run_until(b.bench.now() + clocks * DmaqBench::clock_ps);
        b.write(DMAQ_CTRL, DMAQ_CTRL_RESET);
        b.set_up(3);
        b.post(data + 64, data + 8192, 256);
        b.doorbell();
        b.settle();
        EXPECT_TRUE(b.copied(0)) << clocks;
        EXPECT_EQ(b.take_irqs(), done);
        EXPECT_EQ(b.read(DMAQ_COMPLETED), 1u);
        b.write(DMAQ_CTRL, DMAQ_CTRL_RESET);
    }
}

DEVICE_TEST(Dmaq, MasksItsInterrupt)
{
    DmaqBench b(device.impl);
    b.set_up(3);
    b.write(DMAQ_IRQ_ENABLE, 0);
    b.post(data, data + 4096, 64);
    b.doorbell();
    b.settle();
    EXPECT_EQ(b.read(DMAQ_IRQ_STATUS), done);
    EXPECT_FALSE(b.bench.level(b.index));
    b.write(DMAQ_IRQ_ENABLE, error);
    b.settle();
    EXPECT_FALSE(b.bench.level(b.index));
    b.write(DMAQ_IRQ_ENABLE, done);
    b.settle();
    EXPECT_TRUE(b.bench.level(b.index));
    b.write(DMAQ_IRQ_STATUS, error);
    EXPECT_EQ(b.read(DMAQ_IRQ_STATUS), done);
    b.write(DMAQ_IRQ_STATUS, done);
    b.settle();
    EXPECT_FALSE(b.bench.level(b.index));
}

}  // namespace
