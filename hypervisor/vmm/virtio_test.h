/* SPDX-License-Identifier: GPL-2.0-or-later
 * A driver of a virtio device over MMIO, for tests: registers, rings and buffers in the VM's memory
 */
#ifndef VMM_VIRTIO_TEST_H
#define VMM_VIRTIO_TEST_H

#include <initializer_list>

#include "virtio.h"
#include "vmm_test.h"

enum {
    MAGIC_VALUE = 0x000, VERSION = 0x004, DEVICE_ID = 0x008, VENDOR_ID = 0x00c, DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SEL = 0x024, QUEUE_SEL = 0x030, QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038, QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050, INTERRUPT_STATUS = 0x060, INTERRUPT_ACK = 0x064, STATUS = 0x070,
    QUEUE_DESC = 0x080, QUEUE_DRIVER = 0x090, QUEUE_DEVICE = 0x0a0, SHM_LEN = 0x0b0, SHM_BASE = 0x0b8, CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 64, FAILED = 128 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
constexpr uint64_t F_VERSION_1 = UINT64_C(1) << 32;

struct Descriptor {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

/* Queue n's rings are at RAM + n * 0x4000; buffers are the test's own matter, from BUFFERS. */
class VirtioTest : public testing::Test {
protected:
    static constexpr uint64_t BASE = 0xa000000, BUFFERS = Outside::RAM + 0x10000;
    static constexpr uint32_t SPI = 16, LINE = 9;

    uint32_t get(uint32_t offset) { return (uint32_t)out.read(BASE + offset); }
    void set(uint32_t offset, uint32_t value) { EXPECT_EQ(VMM_DONE, out.write(BASE + offset, value)); }
    void set64(uint32_t offset, uint64_t value)
    {
        set(offset, (uint32_t)value);
        set(offset + 4, (uint32_t)(value >> 32));
    }
    uint64_t offered()
    {
        set(DEVICE_FEATURES_SEL, 0);
        uint64_t low = get(DEVICE_FEATURES);
        set(DEVICE_FEATURES_SEL, 1);
        return low | (uint64_t)get(DEVICE_FEATURES) << 32;
    }
    /* 3.1.1, as far as the features. True: the device takes them. */
    bool negotiate(uint64_t features)
    {
        set(STATUS, 0);
        set(STATUS, ACKNOWLEDGE);
        set(STATUS, ACKNOWLEDGE | DRIVER);
        for (uint32_t half = 0; half < 2; half++) {
            set(DRIVER_FEATURES_SEL, half);
            set(DRIVER_FEATURES, (uint32_t)(features >> half * 32));
        }
        set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        return get(STATUS) & FEATURES_OK;
    }
    static uint64_t desc(uint32_t n) { return Outside::RAM + n * 0x4000; }
    static uint64_t avail(uint32_t n) { return desc(n) + 0x1000; }
    static uint64_t used(uint32_t n) { return desc(n) + 0x2000; }
    bool queue(uint32_t n, uint32_t num)
    {
        memset(&out.at<uint8_t[0x3000]>(desc(n)), 0, 0x3000);
        size[n] = num;
        offers[n] = 0;
        set(QUEUE_SEL, n);
        EXPECT_EQ(0u, get(QUEUE_READY));
        set(QUEUE_NUM, num);
        set64(QUEUE_DESC, desc(n));
        set64(QUEUE_DRIVER, avail(n));
        set64(QUEUE_DEVICE, used(n));
        set(QUEUE_READY, 1);
        return get(QUEUE_READY);
    }
    void run() { set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK); }
    void start(uint32_t queues, uint32_t num)
    {
        ASSERT_TRUE(negotiate(offered()));
        for (uint32_t n = 0; n < queues; n++)
            ASSERT_TRUE(queue(n, num));
        run();
    }

    Descriptor &at(uint32_t n, uint32_t i) { return out.at<Descriptor>(desc(n) + 16 * i); }
    /* Makes the chain that begins with descriptor `head` available. */
    void offer(uint32_t n, uint16_t head)
    {
        out.at<uint16_t>(avail(n) + 4 + 2 * (offers[n] % size[n])) = head;
        out.at<uint16_t>(avail(n) + 2) = ++offers[n];
    }
    /* Descriptors first, first + 1, ... modulo the queue's size, chained and offered. */
    void chain(uint32_t n, std::initializer_list<Descriptor> parts, uint16_t first = 0)
    {
        uint32_t i = 0;
        for (Descriptor d : parts) {
            uint16_t next = (uint16_t)((first + i + 1) % size[n]);
            if (++i < parts.size())
                d.flags |= NEXT;
            d.next = next;
            at(n, (next + size[n] - 1) % size[n]) = d;
        }
        offer(n, first);
    }
    void notify(uint32_t n) { set(QUEUE_NOTIFY, n); }
    uint16_t used_count(uint32_t n) { return out.at<uint16_t>(used(n) + 2); }
    uint32_t used_id(uint32_t n, uint32_t i) { return out.at<uint32_t>(used(n) + 4 + 8 * (i % size[n])); }
    uint32_t used_len(uint32_t n, uint32_t i) { return out.at<uint32_t>(used(n) + 8 + 8 * (i % size[n])); }
    bool broken() { return get(STATUS) & NEEDS_RESET; }
    void put(uint64_t gpa, const std::string &bytes) { memcpy(&out.at<char[1]>(gpa), bytes.data(), bytes.size()); }
    std::string text(uint64_t gpa, size_t len) { return std::string(&out.at<char>(gpa), len); }

    Outside out;
    uint32_t size[VIRTIO_QUEUES] = {};
    uint16_t offers[VIRTIO_QUEUES] = {};
};

#endif
