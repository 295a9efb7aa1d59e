// SPDX-License-Identifier: GPL-2.0-or-later
// A guest that does anything: seeded random accesses and rings. To be run under the address and undefined sanitizers too
#include <random>

#include "virtio_test.h"
#include "vmm.h"

namespace {

enum { ACCESSES = 100000, DEVICES = 4, DISK = 8 * 512 };
const uint64_t BASE = 0xa000000;

class Fuzz : public testing::TestWithParam<unsigned> {
protected:
    Fuzz()
    {
        vmm_place place[DEVICES];
        for (uint32_t i = 0; i < DEVICES; i++)
            place[i] = { BASE + VMM_WINDOW * i, i, i };
        virtio_block_disk read_write = { disk.data(), disk.size(), false, "" };
        EXPECT_TRUE(pl011_init(&uart, &out.bus, &place[0]));
        EXPECT_TRUE(pl031_init(&rtc, &out.bus, &place[1], 1700000000));
        EXPECT_TRUE(virtio_console_init(&console, &out.bus, &place[2]));
        EXPECT_TRUE(virtio_block_init(&block, &out.bus, &place[3], &read_write));
    }
    uint32_t below(uint32_t n) { return (uint32_t)(random() % n); }
    /* Values that are near something, as often as any. */
    uint64_t value()
    {
        switch (below(4)) {
        case 0:
            return below(20);
        case 1:
            return Outside::RAM + below(Outside::RAM_SIZE + 64);
        case 2:
            return UINT64_C(1) << below(64);
        default:
            return random();
        }
    }
    /* Now and then the world goes on. */
    void outside_moves(uint32_t line)
    {
        if (below(8) == 0)
            out.input(line, std::string(below(40), 'i'));
        if (below(8) == 0) {
            out.now_ns += random() % 3000000000;
            bus_time(&out.bus);
        }
        if (out.console[line].size() > 1 << 20)
            out.console[line].clear();
    }
    void random_access(uint32_t device, uint32_t reach)
    {
        struct vmm_mmio m = { BASE + VMM_WINDOW * device + below(reach), value(), (uint8_t)(1u << below(4)), below(2) == 0 };
        if (below(8))
            m.gpa &= ~UINT64_C(3), m.size = 4;
        EXPECT_NE(VMM_ELSEWHERE, out.access(m));
        EXPECT_EQ(0u, m.size < 8 ? m.value >> m.size * 8 : 0);
        outside_moves(device);
    }
    void guard()
    {
        EXPECT_LE(uart.count, (unsigned)PL011_FIFO);
        EXPECT_LT(uart.head, (unsigned)PL011_FIFO);
        for (const struct virtio *v : { &console.virtio, &block.virtio }) {
            EXPECT_LE(v->chain.count, (unsigned)VIRTIO_QUEUE_SIZE);
            EXPECT_EQ(v->interrupt_status != 0, v->dev.level);
        }
    }
    /* A driver that begins well: whatever it was, the device runs with rings of its queue's memory. */
    void set_up(uint32_t device, uint32_t queues)
    {
        const uint64_t base = BASE + VMM_WINDOW * device;
        for (uint32_t status : { 0, 1, 3 })
            out.write(base + STATUS, status);
        out.write(base + DRIVER_FEATURES_SEL, 1);
        out.write(base + DRIVER_FEATURES, 1);
        out.write(base + STATUS, 11);
        for (uint32_t n = 0; n < queues; n++) {
            out.write(base + QUEUE_SEL, n);
            out.write(base + QUEUE_NUM, 8);
            out.write(base + QUEUE_DESC, Outside::RAM + n * 0x400);
            out.write(base + QUEUE_DRIVER, Outside::RAM + n * 0x400 + 0x100);
            out.write(base + QUEUE_DEVICE, Outside::RAM + n * 0x400 + 0x200);
            for (uint32_t high : { QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE })
                out.write(base + high + 4, 0);
            out.write(base + QUEUE_READY, 1);
            memset(&out.at<char[0x400]>(Outside::RAM + n * 0x400), 0, 0x400);
        }
        out.write(base + STATUS, 15);
    }
    /* Descriptors that are mostly sound, and what is in the buffers now and then a request. */
    void random_rings(uint32_t n)
    {
        const uint64_t desc = Outside::RAM + n * 0x400, avail = desc + 0x100;
        for (uint32_t i = 0; i < 8; i++) {
            Descriptor d = { Outside::RAM + 0x1000 + below(0x8000), 1 + below(600), (uint16_t)below(4), (uint16_t)(i + 1) };
            if (below(3) == 0)
                d.len = below(2) ? 16 : 512;
            if (below(40) == 0)
                d = { value(), (uint32_t)value(), (uint16_t)value(), (uint16_t)value() };
            out.at<Descriptor>(desc + 16 * i) = d;
            if (below(2) && d.addr < Outside::RAM + 0x9000 && d.addr >= Outside::RAM + 0x1000) {
                out.at<uint32_t>(d.addr & ~UINT64_C(7)) = below(2);
                out.at<uint64_t>((d.addr & ~UINT64_C(7)) + 8) = below(10);
            }
            out.at<uint16_t>(avail + 4 + 2 * i) = (uint16_t)(below(50) ? i : value());
        }
        out.at<uint16_t>(avail + 2) += (uint16_t)(below(50) ? below(4) : value());
    }

    Outside out;
    std::vector<uint8_t> disk = std::vector<uint8_t>(DISK);
    struct pl011 uart = {};
    struct pl031 rtc = {};
    struct virtio_console console = {};
    struct virtio_block block = {};
    std::mt19937_64 random{ GetParam() };
};

TEST_P(Fuzz, RandomAccessesToOneDeviceHarmNothing)
{
    for (uint32_t device = 0; device < DEVICES; device++)
        for (unsigned i = 0; i < ACCESSES && !HasFailure(); i++) {
            random_access(device, i % 4 ? 0x110 : VMM_WINDOW);
            guard();
        }
}

TEST_P(Fuzz, RandomAccessesToAllDevicesHarmNothing)
{
    for (unsigned i = 0; i < ACCESSES && !HasFailure(); i++) {
        random_access(below(DEVICES), 0x110);
        guard();
    }
}

TEST_P(Fuzz, RandomRingsHarmNothing)
{
    unsigned used = 0, broken = 0;
    for (uint32_t device : { 2u, 3u }) {
        const uint32_t queues = device == 2 ? 2 : 1;
        set_up(device, queues);
        for (unsigned i = 0; i < ACCESSES / 4 && !HasFailure(); i++) {
            uint32_t n = below(queues);
            random_rings(n);
            used += out.at<uint16_t>(Outside::RAM + n * 0x400 + 0x202);
            out.write(BASE + VMM_WINDOW * device + QUEUE_NOTIFY, n);
            outside_moves(device);
            guard();
            if (out.read(BASE + VMM_WINDOW * device + STATUS) & NEEDS_RESET || below(20) == 0) {
                broken++;
                set_up(device, queues);
            }
        }
    }
    EXPECT_LT(1000u, used) << "chains went through";
    EXPECT_LT(1000u, broken) << "and others did not";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Fuzz, testing::Values(1, 2, 3));

} // namespace
