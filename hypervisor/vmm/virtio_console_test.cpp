// SPDX-License-Identifier: GPL-2.0-or-later
// The virtio console (virtio 1.2, 5.3)
#include "virtio_console.h"
#include "virtio_test.h"

namespace {

enum { RECEIVEQ = 0, TRANSMITQ = 1, NUM = 8 };

class VirtioConsole : public VirtioTest {
protected:
    VirtioConsole()
    {
        vmm_place place = { BASE, SPI, LINE };
        EXPECT_TRUE(virtio_console_init(&console, &out.bus, &place));
        start(2, NUM);
    }
    struct virtio_console console = {};
};

TEST_F(VirtioConsole, BytesWaitOutsideUntilThereIsABuffer)
{
    EXPECT_EQ(0u, out.input(LINE, "hello"));
    EXPECT_FALSE(out.irq[SPI]);
    chain(RECEIVEQ, { { BUFFERS, 64, WRITE, 0 } });
    notify(RECEIVEQ);
    EXPECT_EQ(0u, used_count(RECEIVEQ)) << "a buffer waits for bytes";
    EXPECT_EQ(5u, out.input(LINE, "hello"));
    EXPECT_EQ("hello", text(BUFFERS, 5));
    EXPECT_EQ(0, out.at<char>(BUFFERS + 5));
    EXPECT_EQ(1u, used_count(RECEIVEQ));
    EXPECT_EQ(5u, used_len(RECEIVEQ, 0));
    EXPECT_TRUE(out.irq[SPI]);
}

TEST_F(VirtioConsole, MoreBytesThanABufferGoOnInTheNext)
{
    chain(RECEIVEQ, { { BUFFERS, 4, WRITE, 0 } }, 3);
    chain(RECEIVEQ, { { BUFFERS + 0x100, 2, WRITE, 0 }, { BUFFERS + 0x200, 2, WRITE, 0 } }, 5);
    EXPECT_EQ(8u, out.input(LINE, "abcdefghij"));
    EXPECT_EQ("abcd", text(BUFFERS, 4));
    EXPECT_EQ("ef", text(BUFFERS + 0x100, 2));
    EXPECT_EQ("gh", text(BUFFERS + 0x200, 2));
    EXPECT_EQ(2u, used_count(RECEIVEQ));
    EXPECT_EQ(3u, used_id(RECEIVEQ, 0));
    EXPECT_EQ(5u, used_id(RECEIVEQ, 1));
    EXPECT_EQ(4u, used_len(RECEIVEQ, 1));
    EXPECT_EQ(0u, out.input(LINE, "ij"));
}

TEST_F(VirtioConsole, TheLastBufferHasWhatIsLeft)
{
    chain(RECEIVEQ, { { BUFFERS, 4, WRITE, 0 } }, 0);
    chain(RECEIVEQ, { { BUFFERS + 0x100, 9, WRITE, 0 } }, 1);
    EXPECT_EQ(6u, out.input(LINE, "abcdef"));
    EXPECT_EQ(std::string("ef\0", 3), text(BUFFERS + 0x100, 3));
    EXPECT_EQ(2u, used_len(RECEIVEQ, 1));
}

TEST_F(VirtioConsole, NoBytesUseNoBuffer)
{
    chain(RECEIVEQ, { { BUFFERS, 4, WRITE, 0 } });
    EXPECT_EQ(0u, out.input(LINE, ""));
    EXPECT_EQ(0u, used_count(RECEIVEQ));
    EXPECT_EQ(1u, out.input(LINE, "x")) << "the buffer is still there";
}

TEST_F(VirtioConsole, AReadableBufferInTheReceiveqBreaksIt)
{
    chain(RECEIVEQ, { { BUFFERS, 4, 0, 0 } });
    EXPECT_EQ(0u, out.input(LINE, "x"));
    EXPECT_TRUE(broken());
    start(2, NUM);
    chain(RECEIVEQ, { { BUFFERS, 4, 0, 0 }, { BUFFERS + 8, 4, WRITE, 0 } });
    EXPECT_EQ(0u, out.input(LINE, "x"));
    EXPECT_TRUE(broken());
    EXPECT_EQ(0u, used_count(RECEIVEQ));
    EXPECT_EQ(0, out.at<char>(BUFFERS + 8));
}

TEST_F(VirtioConsole, BytesBeforeTheDriverRunsWait)
{
    set(STATUS, 0);
    EXPECT_EQ(0u, out.input(LINE, "x"));
    EXPECT_FALSE(broken());
}

TEST_F(VirtioConsole, WhatIsWrittenComesOut)
{
    put(BUFFERS, "one\ntwo\n");
    chain(TRANSMITQ, { { BUFFERS, 4, 0, 0 } }, 0);
    chain(TRANSMITQ, { { BUFFERS + 4, 4, 0, 0 } }, 1);
    notify(TRANSMITQ);
    EXPECT_EQ("one\ntwo\n", out.console[LINE]);
    EXPECT_EQ(2u, used_count(TRANSMITQ));
    EXPECT_EQ(0u, out.console.count(0)) << "on its own line alone";
}

TEST_F(VirtioConsole, BothDirectionsAreIndependent)
{
    put(BUFFERS, "out");
    chain(RECEIVEQ, { { BUFFERS + 0x100, 16, WRITE, 0 } });
    chain(TRANSMITQ, { { BUFFERS, 3, 0, 0 } });
    EXPECT_EQ(2u, out.input(LINE, "in"));
    notify(TRANSMITQ);
    EXPECT_EQ("in", text(BUFFERS + 0x100, 2));
    EXPECT_EQ("out", out.console[LINE]);
}

} // namespace
