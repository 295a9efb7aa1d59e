// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: bad descriptors, refused DMA, a ring that cannot be reached; on the model and on the RTL
#include "vdevices/dmaq/dmaq_bench.h"

namespace {

constexpr uint64_t data = DmaqBench::data;
constexpr uint32_t done = DMAQ_IRQ_STATUS_DONE, error = DMAQ_IRQ_STATUS_ERROR;

DEVICE_SUITE(DmaqErrors, Implementation{ "dmaq", "model" }, Implementation{ "dmaq", "rtl" });

DEVICE_TEST(DmaqErrors, RefusesBadDescriptorsAndGoesOn)
{
    struct { uint64_t source, destination; uint32_t length, status; } cases[] = {
        { data, data + 4096, 0, 2 },          { data, data + 4096, 4, 2 },      { data, data + 4096, 12, 2 },
        { data, data + 4096, 0x1000008, 2 },  { data, data + 4096, 0xfffffff8, 2 },
        { data + 4, data + 4096, 8, 3 },      { data, data + 4097, 8, 3 },      { data + 1, data + 1, 12, 2 },
        { 0x10000000, data, 8, 4 },           { data, 0x10000000, 8, 5 },       { UINT64_C(1) << 40, data, 64, 4 },
        { data, UINT64_C(1) << 40, 64, 5 },
    };
    DmaqBench b(device.impl);
    b.set_up(5, 100);
    b.fill(data, 4096, 3);
    for (const auto &c : cases) {
        unsigned bad = b.post(c.source, c.destination, c.length);
        unsigned good = b.post(data, data + 8192, 64);
        b.doorbell();
        b.settle();
        EXPECT_EQ(b.descriptor(bad)->status, c.status) << bad;
        EXPECT_EQ(b.descriptor(bad)->crc, 0u) << bad;
        EXPECT_TRUE(b.copied(good)) << good;
        EXPECT_EQ(b.take_irqs(), done | error);
        EXPECT_EQ(b.read(DMAQ_ERR_INDEX), bad);
        EXPECT_EQ(b.read(DMAQ_STATUS), 0u);
    }
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 24u);
}

DEVICE_TEST(DmaqErrors, StopsAtADeniedBurstInTheMiddle)
{
    DmaqBench b(device.impl, 1 << 20);
    uint64_t end = DmaqBench::base + (1 << 20);
    b.set_up(2);
    b.fill(end - 256, 256, 4);
    b.post(end - 256, data, 512);
    b.post(data, end - 128, 256);
    b.doorbell();
    b.settle();
    EXPECT_EQ(b.descriptor(0)->status, 4u);
    EXPECT_EQ(b.descriptor(1)->status, 5u);
    EXPECT_EQ(memcmp(b.memory(end - 256, 128), b.memory(data, 128), 128), 0);   // what came before is there
    unsigned denied = 0;
    for (const auto &e : b.bench.log()) {
        denied += (e.kind == ingot::BenchEvent::DmaRead || e.kind == ingot::BenchEvent::DmaWrite) && e.result == SEAM_DENIED;
    }
    EXPECT_EQ(denied, 2u);
}

DEVICE_TEST(DmaqErrors, HaltsWhenTheRingCannotBeRead)
{
    DmaqBench b(device.impl);
    b.set_up(3, 0, 0x10000000);
    b.write(DMAQ_TAIL, 2);
    b.settle();
    EXPECT_EQ(b.read(DMAQ_STATUS), uint32_t(DMAQ_STATUS_HALTED));
    EXPECT_EQ(b.read(DMAQ_IRQ_STATUS), error);
    EXPECT_TRUE(b.bench.level(b.index));
    EXPECT_EQ(b.read(DMAQ_HEAD), 0u);
    EXPECT_EQ(b.read(DMAQ_COMPLETED), 0u);
    b.write(DMAQ_CTRL, 0);
    b.write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    b.write(DMAQ_TAIL, 3);
    b.settle();
    EXPECT_EQ(b.read(DMAQ_STATUS), uint32_t(DMAQ_STATUS_HALTED));    // only RESET leaves it
    b.write(DMAQ_CTRL, DMAQ_CTRL_RESET);
    b.settle();
    EXPECT_FALSE(b.bench.level(b.index));
    b.set_up(3);
    b.post(data, data + 4096, 64);
    b.doorbell();
    b.settle();
    EXPECT_TRUE(b.copied(0));
}

// RAM of one page at 0 whose status words refuse to be written; everything else works.
struct ReadOnlyStatus {
    uint8_t ram[4096];
    bool level;
};

DEVICE_TEST(DmaqErrors, HaltsWhenTheStatusCannotBeWrittenBack)
{
    static ReadOnlyStatus m;
    char err[256];
    seam_cpu cpu = {};
    seam_ps delay;
    cpu.irq = [](void *, unsigned, unsigned, bool level) { m.level = level; };
    cpu.dma_read = [](void *, unsigned, uint32_t, uint64_t addr, void *buf, size_t len) {
        memcpy(buf, m.ram + addr, len);
        return SEAM_OK;
    };
    cpu.dma_write = [](void *, unsigned, uint32_t, uint64_t addr, const void *buf, size_t len) {
        if (addr < 1024 && addr % 32 == 24) {
            return SEAM_DENIED;
        }
        memcpy(m.ram + addr, buf, len);
        return SEAM_OK;
    };
    seam_devices *d = seam_devices_new(&cpu, err, sizeof err);
    seam_device_desc desc = { "dmaq0", "dmaq", device.impl, 0xb000000, 0, 176, 1, DmaqBench::clock_ps, 0 };
    ASSERT_EQ(seam_devices_add(d, &desc, err, sizeof err), 0) << err;
    ASSERT_EQ(seam_devices_elaborate(d, err, sizeof err), 0) << err;
    DmaqDescriptor request = { 2048, 3072, 256, 0, 0, 0 };
    memcpy(m.ram, &request, sizeof request);
    memset(m.ram + 2048, 0x5a, 256);
    seam_ps now = 0;
    auto write = [&](uint64_t offset, uint32_t value) {
        seam_advance(d, now);
        EXPECT_EQ(seam_write(d, 0, offset, 4, now, value, &delay), SEAM_OK);
        now += delay + DmaqBench::clock_ps;
    };
    auto read = [&](uint64_t offset) {
        uint64_t value = 0;
        seam_advance(d, now);
        EXPECT_EQ(seam_read(d, 0, offset, 4, now, &value, &delay), SEAM_OK);
        now += delay + DmaqBench::clock_ps;
        return value;
    };
    write(DMAQ_IRQ_ENABLE, error);
    write(DMAQ_CTRL, DMAQ_CTRL_ENABLE);
    write(DMAQ_TAIL, 1);
    now += DmaqBench::second;
    EXPECT_EQ(read(DMAQ_STATUS), uint32_t(DMAQ_STATUS_HALTED));
    EXPECT_EQ(read(DMAQ_IRQ_STATUS), error);
    EXPECT_EQ(read(DMAQ_HEAD), 0u);
    EXPECT_EQ(read(DMAQ_COMPLETED), 0u);
    EXPECT_TRUE(m.level);
    EXPECT_EQ(memcmp(m.ram + 2048, m.ram + 3072, 256), 0);
    seam_devices_free(d);
}

}  // namespace
