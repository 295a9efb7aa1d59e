// SPDX-License-Identifier: GPL-2.0-or-later
// Virtio's registers over MMIO by the standard (virtio 1.2, 4.2.2 and 3.1.1), on a console
#include "virtio_console.h"
#include "virtio_test.h"

namespace {

class VirtioMmio : public VirtioTest {
protected:
    VirtioMmio()
    {
        vmm_place place = { BASE, SPI, LINE };
        EXPECT_TRUE(virtio_console_init(&console, &out.bus, &place));
    }
    struct virtio_console console = {};
};

TEST_F(VirtioMmio, IsAVersion2Device)
{
    EXPECT_EQ(0x74726976u, get(MAGIC_VALUE));
    EXPECT_EQ(2u, get(VERSION));
    EXPECT_EQ(3u, get(DEVICE_ID));
    EXPECT_EQ(0u, get(CONFIG_GENERATION));
    for (uint32_t offset = SHM_LEN; offset < SHM_BASE + 8; offset += 4)
        EXPECT_EQ(~0u, get(offset)) << "no shared memory";
}

TEST_F(VirtioMmio, ResetsToNothing)
{
    start(2, 8);
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_TRUE(out.irq[SPI]);
    for (uint32_t select : { DEVICE_FEATURES_SEL, DRIVER_FEATURES_SEL, QUEUE_SEL })
        set(select, 1);
    set(STATUS, 0);
    EXPECT_EQ(0u, console.virtio.queue_sel | console.virtio.device_features_sel | console.virtio.driver_features_sel);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(0u, get(STATUS));
    EXPECT_EQ(0u, get(INTERRUPT_STATUS));
    for (uint32_t n = 0; n < 2; n++) {
        set(QUEUE_SEL, n);
        EXPECT_EQ(0u, get(QUEUE_READY));
    }
    EXPECT_FALSE(console.virtio.driver_features);
    notify(1);
    EXPECT_EQ(1u, used_count(1)) << "no queue is looked at";
}

TEST_F(VirtioMmio, StartsAgainAfterAReset)
{
    start(2, 8);
    start(2, 4);
    put(BUFFERS, "x");
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ("x", out.console[LINE]);
    EXPECT_EQ(1u, used_count(1));
}

TEST_F(VirtioMmio, OffersVersion1AndNothingBeyondTheSecondWord)
{
    EXPECT_EQ(F_VERSION_1, offered());
    set(DEVICE_FEATURES_SEL, 2);
    EXPECT_EQ(0u, get(DEVICE_FEATURES));
}

TEST_F(VirtioMmio, TakesFeaturesThatItOffers)
{
    EXPECT_TRUE(negotiate(F_VERSION_1));
}

TEST_F(VirtioMmio, RefusesFeaturesThatItDoesNotOffer)
{
    EXPECT_FALSE(negotiate(F_VERSION_1 | UINT64_C(1) << 28)) << "VIRTIO_F_INDIRECT_DESC";
    EXPECT_FALSE(negotiate(F_VERSION_1 | UINT64_C(1) << 29)) << "VIRTIO_F_EVENT_IDX";
    EXPECT_FALSE(negotiate(F_VERSION_1 | UINT64_C(1) << 34)) << "VIRTIO_F_RING_PACKED";
    EXPECT_FALSE(negotiate(0)) << "a legacy driver";
}

TEST_F(VirtioMmio, ThereIsNoThirdWordOfFeatures)
{
    set(DRIVER_FEATURES_SEL, 2);
    set(DRIVER_FEATURES, ~0u);
    EXPECT_EQ(0u, console.virtio.driver_features);
}

TEST_F(VirtioMmio, AQueueCanBeStoppedAndStartedAnew)
{
    start(2, 8);
    for (unsigned i = 0; i < 3; i++)
        chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ(3u, used_count(1));
    set(QUEUE_SEL, 1);
    set(QUEUE_READY, 0);
    ASSERT_TRUE(queue(1, 4));
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ(1u, used_count(1));
    EXPECT_FALSE(broken());
}

TEST_F(VirtioMmio, WhatWasInItsMemoryBeforeDoesNotMatter)
{
    struct virtio_console other;
    memset(&other, 0xff, sizeof other);
    vmm_place place = { BASE + VMM_WINDOW, SPI + 1, LINE + 1 };
    EXPECT_TRUE(virtio_console_init(&other, &out.bus, &place));
    EXPECT_EQ(0u, other.virtio.status | other.virtio.interrupt_status | other.virtio.features | other.virtio.chain.count);
    EXPECT_FALSE(other.virtio.queues[0].ready || other.virtio.queues[1].ready);
}

TEST_F(VirtioMmio, FeaturesAreFixedOnceTheyAreOk)
{
    ASSERT_TRUE(negotiate(F_VERSION_1));
    set(DRIVER_FEATURES_SEL, 0);
    set(DRIVER_FEATURES, ~0u);
    EXPECT_EQ(F_VERSION_1, console.virtio.driver_features);
}

TEST_F(VirtioMmio, DoesNotRunWithoutFeatures)
{
    EXPECT_FALSE(negotiate(0));
    EXPECT_TRUE(queue(1, 8));
    run();
    EXPECT_EQ(0u, get(STATUS) & (DRIVER_OK | FEATURES_OK));
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ(0u, used_count(1));
}

TEST_F(VirtioMmio, StatusBitsStayUntilReset)
{
    set(STATUS, ACKNOWLEDGE | DRIVER);
    set(STATUS, FAILED);
    EXPECT_EQ((uint32_t)(ACKNOWLEDGE | DRIVER | FAILED), get(STATUS));
    set(STATUS, NEEDS_RESET | 0x30);
    EXPECT_FALSE(broken()) << "that bit is the device's";
    EXPECT_EQ((uint32_t)(ACKNOWLEDGE | DRIVER | FAILED), get(STATUS));
}

TEST_F(VirtioMmio, NothingMovesBeforeDriverOkAndThenWhatWasThere)
{
    ASSERT_TRUE(negotiate(F_VERSION_1));
    ASSERT_TRUE(queue(1, 8));
    put(BUFFERS, "early");
    chain(1, { { BUFFERS, 5, 0, 0 } });
    notify(1);
    EXPECT_EQ(0u, used_count(1));
    EXPECT_FALSE(out.irq[SPI]);
    run();
    EXPECT_EQ("early", out.console[LINE]);
    EXPECT_EQ(1u, used_count(1));
}

TEST_F(VirtioMmio, QueuesThatAreNotThereHaveNoEntries)
{
    EXPECT_EQ(128u, get(QUEUE_NUM_MAX));
    for (uint32_t n : { 2u, 3u, 0x10000u, ~0u }) {
        set(QUEUE_SEL, n);
        EXPECT_EQ(0u, get(QUEUE_NUM_MAX));
        set(QUEUE_NUM, 8);
        set64(QUEUE_DESC, desc(0));
        set(QUEUE_READY, 1);
        EXPECT_EQ(0u, get(QUEUE_READY));
        notify(n);
    }
    EXPECT_FALSE(broken());
}

TEST_F(VirtioMmio, AReadyQueueCannotBeMoved)
{
    start(2, 8);
    set(QUEUE_SEL, 1);
    set64(QUEUE_DESC, 0x123450);
    set64(QUEUE_DRIVER, 0x123450);
    set64(QUEUE_DEVICE, 0x123450);
    set(QUEUE_NUM, 2);
    EXPECT_EQ(desc(1), console.virtio.queues[1].desc);
    EXPECT_EQ(avail(1), console.virtio.queues[1].driver);
    EXPECT_EQ(used(1), console.virtio.queues[1].device);
    EXPECT_EQ(8u, console.virtio.queues[1].num);
}

TEST_F(VirtioMmio, AQueueThatIsNotReadyIsNotLookedAt)
{
    start(2, 8);
    set(QUEUE_SEL, 1);
    set(QUEUE_READY, 0);
    EXPECT_EQ(0u, get(QUEUE_READY));
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ(0u, used_count(1));
    EXPECT_FALSE(broken());
}

/* What makes a queue unusable: size, or place and alignment of one of its parts. */
TEST_F(VirtioMmio, AQueueThatCannotBeIsNotReadyAndNeedsAReset)
{
    const uint64_t end = Outside::RAM + Outside::RAM_SIZE;
    const struct {
        const char *what;
        uint32_t num;
        uint64_t desc, driver, device;
    } queues[] = {
        { "no entries", 0, desc(0), avail(0), used(0) },
        { "not a power of 2", 6, desc(0), avail(0), used(0) },
        { "too many entries", 256, desc(0), avail(0), used(0) },
        { "many too many entries", 0x80000000, desc(0), avail(0), used(0) },
        { "descriptors not aligned", 8, desc(0) + 8, avail(0), used(0) },
        { "available ring not aligned", 8, desc(0), avail(0) + 1, used(0) },
        { "used ring not aligned", 8, desc(0), avail(0), used(0) + 2 },
        { "descriptors beyond the end", 8, end - 16 * 8 + 16, avail(0), used(0) },
        { "available ring beyond the end", 8, desc(0), end - 6 - 2 * 8 + 2, used(0) },
        { "used ring beyond the end", 8, desc(0), avail(0), end - 6 - 8 * 8 + 2 },
        { "descriptors nowhere", 8, 0, avail(0), used(0) },
        { "available ring nowhere", 8, desc(0), 0, used(0) },
        { "used ring nowhere", 8, desc(0), avail(0), 0 },
        { "an address that overflows", 8, UINT64_MAX - 15, avail(0), used(0) },
    };
    for (const auto &q : queues) {
        ASSERT_TRUE(negotiate(F_VERSION_1));
        set(QUEUE_SEL, 0);
        set(QUEUE_NUM, q.num);
        set64(QUEUE_DESC, q.desc);
        set64(QUEUE_DRIVER, q.driver);
        set64(QUEUE_DEVICE, q.device);
        set(QUEUE_READY, 1);
        EXPECT_EQ(0u, get(QUEUE_READY)) << q.what;
        EXPECT_TRUE(broken()) << q.what;
        EXPECT_FALSE(out.irq[SPI]) << q.what << ": nobody to tell before DRIVER_OK";
    }
}

TEST_F(VirtioMmio, PartsMayEndWhereMemoryEnds)
{
    const uint64_t end = Outside::RAM + Outside::RAM_SIZE;
    ASSERT_TRUE(negotiate(F_VERSION_1));
    set(QUEUE_SEL, 0);
    set(QUEUE_NUM, 1);
    set64(QUEUE_DESC, end - 16);
    set64(QUEUE_DRIVER, end - 8);
    set64(QUEUE_DEVICE, Outside::MORE + Outside::MORE_SIZE - 16);
    set(QUEUE_READY, 1);
    EXPECT_EQ(1u, get(QUEUE_READY));
}

TEST_F(VirtioMmio, AnInterruptStandsUntilItIsAcknowledged)
{
    start(2, 8);
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_TRUE(out.irq[SPI]);
    EXPECT_EQ(1u, get(INTERRUPT_STATUS));
    set(INTERRUPT_ACK, 2);
    EXPECT_TRUE(out.irq[SPI]);
    set(INTERRUPT_ACK, 1);
    EXPECT_FALSE(out.irq[SPI]);
    EXPECT_EQ(0u, get(INTERRUPT_STATUS));
}

TEST_F(VirtioMmio, ADriverThatPollsIsNotInterrupted)
{
    start(2, 8);
    out.at<uint16_t>(avail(1)) = 1;     // VIRTQ_AVAIL_F_NO_INTERRUPT
    chain(1, { { BUFFERS, 1, 0, 0 } });
    notify(1);
    EXPECT_EQ(1u, used_count(1));
    EXPECT_FALSE(out.irq[SPI]);
}

TEST_F(VirtioMmio, RegistersAreWords)
{
    for (unsigned bytes : { 1, 2, 8 })
        EXPECT_EQ(VMM_REFUSED, out.write(BASE + STATUS, 1, bytes)) << bytes;
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + STATUS + 2, 1));
    EXPECT_EQ(VMM_REFUSED, out.write(BASE + CONFIG + 1, 1, 2));
    EXPECT_EQ(0u, get(STATUS));
}

TEST_F(VirtioMmio, AnEmptyConfigurationReadsAsZero)
{
    for (unsigned bytes : { 1, 2, 4, 8 })
        EXPECT_EQ(0u, out.read(BASE + CONFIG + 8, bytes));
    set(CONFIG, 5);
    EXPECT_EQ(0u, get(CONFIG));
    EXPECT_EQ(0u, out.read(BASE + VMM_WINDOW - 8, 8));
}

TEST_F(VirtioMmio, ReadOnlyRegistersIgnoreWrites)
{
    for (uint32_t offset : std::vector<uint32_t>{ MAGIC_VALUE, VERSION, DEVICE_ID, VENDOR_ID, DEVICE_FEATURES, QUEUE_NUM_MAX,
                                                  INTERRUPT_STATUS, CONFIG_GENERATION, SHM_LEN }) {
        uint32_t before = get(offset);
        set(offset, ~before);
        EXPECT_EQ(before, get(offset)) << std::hex << offset;
    }
}

TEST_F(VirtioMmio, WriteOnlyRegistersReadAsZero)
{
    start(2, 8);
    for (uint32_t offset : std::vector<uint32_t>{ DEVICE_FEATURES_SEL, DRIVER_FEATURES, DRIVER_FEATURES_SEL, QUEUE_SEL, QUEUE_NUM,
                                                  QUEUE_NOTIFY, INTERRUPT_ACK, QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE })
        EXPECT_EQ(0u, get(offset)) << std::hex << offset;
}

} // namespace
