// SPDX-License-Identifier: GPL-2.0-or-later
// Split virtqueues with rings and chains that a driver must not make (virtio 1.2, 2.7), on a console
#include "virtio_console.h"
#include "virtio_test.h"

namespace {

enum { RECEIVEQ = 0, TRANSMITQ = 1, NUM = 8 };

class VirtioQueue : public VirtioTest {
protected:
    VirtioQueue()
    {
        vmm_place place = { BASE, SPI, LINE };
        EXPECT_TRUE(virtio_console_init(&console, &out.bus, &place));
        start(2, NUM);
        put(BUFFERS, "abcdefghijklmnopqrstuvwxyz");
    }
    /* The device asks for its reset, tells so, used nothing and said nothing; after a reset it works. */
    void expect_broken(const char *what)
    {
        EXPECT_EQ((uint32_t)(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK | NEEDS_RESET), get(STATUS)) << what;
        EXPECT_TRUE(out.irq[SPI]) << what;
        EXPECT_EQ(2u, get(INTERRUPT_STATUS)) << what;
        EXPECT_EQ(0u, used_count(TRANSMITQ)) << what;
        EXPECT_EQ("", out.console[LINE]) << what;
        start(2, NUM);
        EXPECT_FALSE(broken()) << what;
        chain(TRANSMITQ, { { BUFFERS, 2, 0, 0 } });
        notify(TRANSMITQ);
        EXPECT_EQ("ab", out.console[LINE]) << what;
        out.console[LINE] = "";
        start(2, NUM);
    }
    struct virtio_console console = {};
};

TEST_F(VirtioQueue, AChainIsItsPartsInTheirOrder)
{
    chain(TRANSMITQ, { { BUFFERS + 3, 3, 0, 0 }, { BUFFERS, 1, 0, 0 }, { BUFFERS + 25, 1, 0, 0 } }, 5);
    notify(TRANSMITQ);
    EXPECT_EQ("defaz", out.console[LINE]);
    EXPECT_EQ(1u, used_count(TRANSMITQ));
    EXPECT_EQ(5u, used_id(TRANSMITQ, 0));
    EXPECT_EQ(0u, used_len(TRANSMITQ, 0));
}

TEST_F(VirtioQueue, AChainMayHaveAllDescriptors)
{
    for (uint16_t i = 0; i < NUM; i++)
        at(TRANSMITQ, i) = { BUFFERS + i, 1, (uint16_t)(i ? NEXT : 0), (uint16_t)(i - 1) };
    offer(TRANSMITQ, NUM - 1);
    notify(TRANSMITQ);
    EXPECT_EQ("hgfedcba", out.console[LINE]);
}

TEST_F(VirtioQueue, OneNotificationIsForAllThatIsThere)
{
    for (uint16_t i = 0; i < NUM; i++)
        chain(TRANSMITQ, { { BUFFERS + i, 1, 0, 0 } }, i);
    notify(TRANSMITQ);
    EXPECT_EQ("abcdefgh", out.console[LINE]);
    EXPECT_EQ(NUM, used_count(TRANSMITQ));
    for (uint32_t i = 0; i < NUM; i++)
        EXPECT_EQ(i, used_id(TRANSMITQ, i));
    notify(TRANSMITQ);
    EXPECT_EQ(NUM, used_count(TRANSMITQ)) << "and no more";
}

TEST_F(VirtioQueue, RingsWrapAndSoDoTheirIndices)
{
    for (uint32_t i = 0; i < 0x10000 + 20; i++) {
        chain(TRANSMITQ, { { BUFFERS + i % 26, 1, 0, 0 } }, (uint16_t)(i % NUM));
        notify(TRANSMITQ);
        ASSERT_EQ((uint16_t)(i + 1), used_count(TRANSMITQ));
        ASSERT_EQ(i % NUM, used_id(TRANSMITQ, i));
    }
    EXPECT_FALSE(broken());
    EXPECT_EQ(0x10000u + 20, out.console[LINE].size());
    EXPECT_EQ("abcd", out.console[LINE].substr(26 * 100, 4));
}

TEST_F(VirtioQueue, AQueueOfOneWorks)
{
    ASSERT_TRUE(negotiate(F_VERSION_1));
    ASSERT_TRUE(queue(TRANSMITQ, 1));
    run();
    for (unsigned i = 0; i < 5; i++) {
        chain(TRANSMITQ, { { BUFFERS + i, 1, 0, 0 } });
        notify(TRANSMITQ);
    }
    EXPECT_EQ("abcde", out.console[LINE]);
}

TEST_F(VirtioQueue, NothingIsWrittenBesideTheUsedRing)
{
    const uint64_t end = used(TRANSMITQ) + 4 + 8 * NUM;
    out.at<uint16_t>(used(TRANSMITQ)) = 0x1234;
    out.at<uint32_t>(end) = 0x5a5a5a5a;
    for (uint16_t i = 0; i < 3 * NUM; i++) {
        chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 } }, i % NUM);
        notify(TRANSMITQ);
    }
    EXPECT_EQ(0x1234, out.at<uint16_t>(used(TRANSMITQ))) << "flags";
    EXPECT_EQ(0x5a5a5a5au, out.at<uint32_t>(end));
}

/* Descriptor 0 and 1 as given; 0 is offered. */
TEST_F(VirtioQueue, AMalformedChainBreaksTheDeviceAlone)
{
    const uint64_t end = Outside::RAM + Outside::RAM_SIZE;
    const struct {
        const char *what;
        Descriptor first, second;
    } chains[] = {
        { "a loop to itself", { BUFFERS, 1, NEXT, 0 }, {} },
        { "a loop of two", { BUFFERS, 1, NEXT, 1 }, { BUFFERS, 1, NEXT, 0 } },
        { "next beyond the table", { BUFFERS, 1, NEXT, NUM }, {} },
        { "next far beyond the table", { BUFFERS, 1, NEXT, 0xffff }, {} },
        { "indirect", { BUFFERS, 16, INDIRECT, 0 }, {} },
        { "indirect and next", { BUFFERS, 16, INDIRECT | NEXT, 1 }, { BUFFERS, 1, 0, 0 } },
        { "indirect at the end", { BUFFERS, 1, NEXT, 1 }, { BUFFERS, 16, INDIRECT, 0 } },
        { "zero length", { BUFFERS, 0, 0, 0 }, {} },
        { "zero length at the end", { BUFFERS, 1, NEXT, 1 }, { BUFFERS, 0, 0, 0 } },
        { "outside of memory", { 0x1000, 1, 0, 0 }, {} },
        { "one byte beyond the end", { end - 4, 5, 0, 0 }, {} },
        { "begins at the end", { end, 1, 0, 0 }, {} },
        { "begins before memory", { Outside::RAM - 1, 2, 0, 0 }, {} },
        { "from one region to the next", { end - 1, Outside::MORE - end + 2, 0, 0 }, {} },
        { "the registers themselves", { BASE, 4, 0, 0 }, {} },
        { "overflow", { UINT64_MAX, 2, 0, 0 }, {} },
        { "overflow of a large length", { UINT64_MAX - 0xffff, 0xffffffff, 0, 0 }, {} },
        { "length of all 32 bits", { BUFFERS, 0xffffffff, 0, 0 }, {} },
        { "second outside of memory", { BUFFERS, 1, NEXT, 1 }, { 0, 1, 0, 0 } },
        { "readable after writable", { BUFFERS, 1, WRITE | NEXT, 1 }, { BUFFERS, 1, 0, 0 } },
        { "writable in the transmitq", { BUFFERS, 1, WRITE, 0 }, {} },
        { "writable after readable in the transmitq", { BUFFERS, 1, NEXT, 1 }, { BUFFERS, 1, WRITE, 0 } },
    };
    for (const auto &c : chains) {
        at(TRANSMITQ, 0) = c.first;
        at(TRANSMITQ, 1) = c.second;
        at(TRANSMITQ, NUM) = { BUFFERS, 1, 0, 0 };      /* beyond the table, and sound */
        offer(TRANSMITQ, 0);
        notify(TRANSMITQ);
        expect_broken(c.what);
    }
}

TEST_F(VirtioQueue, AHeadBeyondTheTableBreaksTheDevice)
{
    for (uint32_t head : { NUM + 0u, NUM + 1u, 0xffffu }) {
        at(TRANSMITQ, NUM) = at(TRANSMITQ, NUM + 1) = { BUFFERS, 1, 0, 0 };
        offer(TRANSMITQ, (uint16_t)head);
        notify(TRANSMITQ);
        expect_broken("head");
    }
}

TEST_F(VirtioQueue, AnIndexAheadOfTheRingBreaksTheDevice)
{
    for (uint32_t index : { NUM + 1u, 0x8000u, 0xffffu }) {
        at(TRANSMITQ, 0) = { BUFFERS, 1, 0, 0 };
        out.at<uint16_t>(avail(TRANSMITQ) + 2) = (uint16_t)index;
        notify(TRANSMITQ);
        expect_broken("index");
    }
}

TEST_F(VirtioQueue, AnIndexThatGoesBackBreaksTheDevice)
{
    chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 } });
    notify(TRANSMITQ);
    EXPECT_FALSE(broken());
    out.at<uint16_t>(avail(TRANSMITQ) + 2) = 0;
    notify(TRANSMITQ);
    EXPECT_TRUE(broken());
}

TEST_F(VirtioQueue, TheLargestQueueTakesTheLongestChain)
{
    ASSERT_TRUE(negotiate(F_VERSION_1));
    ASSERT_TRUE(queue(TRANSMITQ, VIRTIO_QUEUE_SIZE));
    run();
    for (uint16_t i = 0; i < VIRTIO_QUEUE_SIZE; i++)
        at(TRANSMITQ, i) = { BUFFERS + i % 26, 1, (uint16_t)(i < VIRTIO_QUEUE_SIZE - 1 ? NEXT : 0), (uint16_t)(i + 1) };
    offer(TRANSMITQ, 0);
    notify(TRANSMITQ);
    EXPECT_EQ((size_t)VIRTIO_QUEUE_SIZE, out.console[LINE].size());
    EXPECT_EQ("wx", out.console[LINE].substr(VIRTIO_QUEUE_SIZE - 2));
}

/* 2.7.5.2. Nobody looks at the memory, which is not there. */
TEST_F(VirtioQueue, AChainOf4GiBBreaksTheDevice)
{
    out.regions[1].size = UINT64_C(1) << 32;
    chain(TRANSMITQ, { { Outside::MORE, 0x80000000, 0, 0 }, { Outside::MORE, 0x80000000, 0, 0 } });
    notify(TRANSMITQ);
    out.regions[1].size = Outside::MORE_SIZE;
    expect_broken("4 GiB");
}

/* The guest's other CPU offers a chain for each that is used. */
TEST_F(VirtioQueue, AGuestThatNeverStopsIsLeftAfterAQueuesChains)
{
    out.on_console = [this] { offer(TRANSMITQ, 0); };
    at(TRANSMITQ, 0) = { BUFFERS, 1, 0, 0 };
    offer(TRANSMITQ, 0);
    notify(TRANSMITQ);
    EXPECT_EQ((size_t)VIRTIO_QUEUE_SIZE, out.console[LINE].size());
    EXPECT_FALSE(broken());
}

TEST_F(VirtioQueue, BuffersMayOverlap)
{
    const uint32_t most = Outside::RAM_SIZE;
    for (uint16_t i = 0; i < NUM; i++)
        at(TRANSMITQ, i) = { Outside::RAM, most, (uint16_t)(i < NUM - 1 ? NEXT : 0), (uint16_t)(i + 1) };
    offer(TRANSMITQ, 0);
    notify(TRANSMITQ);
    EXPECT_FALSE(broken());
    EXPECT_EQ((size_t)NUM * most, out.console[LINE].size());
}

TEST_F(VirtioQueue, ABrokenDeviceMovesNothingUntilReset)
{
    offer(TRANSMITQ, NUM);
    notify(TRANSMITQ);
    ASSERT_TRUE(broken());
    chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 } });
    chain(RECEIVEQ, { { BUFFERS, 1, WRITE, 0 } });
    notify(TRANSMITQ);
    EXPECT_EQ("", out.console[LINE]);
    EXPECT_EQ(0u, out.input(LINE, "x"));
    set(INTERRUPT_ACK, 2);
    EXPECT_FALSE(out.irq[SPI]);
    set(STATUS, ACKNOWLEDGE);
    EXPECT_TRUE(broken()) << "the driver cannot take it back";
}

TEST_F(VirtioQueue, WhatCameBeforeTheBrokenChainIsUsed)
{
    chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 } }, 0);
    chain(TRANSMITQ, { { BUFFERS, 0, 0, 0 } }, 1);
    chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 } }, 2);
    notify(TRANSMITQ);
    EXPECT_EQ("a", out.console[LINE]);
    EXPECT_EQ(1u, used_count(TRANSMITQ));
    EXPECT_TRUE(broken());
    EXPECT_EQ(3u, get(INTERRUPT_STATUS));
}

TEST_F(VirtioQueue, MemoryThatGoesAwayBreaksTheDeviceWheneverItDoes)
{
    unsigned broke = 0;
    for (unsigned calls = 0; calls < 20; calls++) {
        chain(TRANSMITQ, { { BUFFERS, 1, 0, 0 }, { BUFFERS, 1, 0, 0 } });
        out.memory_calls = calls;
        notify(TRANSMITQ);
        bool enough = out.memory_calls;
        out.memory_calls = ~0u;
        EXPECT_TRUE(broken() || used_count(TRANSMITQ) == 1) << calls;
        EXPECT_FALSE(broken() && enough) << calls;
        broke += broken();
        start(2, NUM);
    }
    EXPECT_LT(4u, broke);
    EXPECT_GT(20u, broke);
}

} // namespace
