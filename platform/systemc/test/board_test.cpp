// SPDX-License-Identifier: GPL-2.0-or-later
// The board: set-up with its refusals, decoding, responses, delays
#include "platform/systemc/bench_testing.h"
#include "platform/systemc/test/devices.h"

using ingot::Bench;
using ingot::BenchEvent;

static std::string refusal(const std::function<void()> &action)
{
    try {
        action();
    } catch (const std::exception &e) {
        return e.what();
    }
    return "(nothing)";
}

#define EXPECT_REFUSAL(text, action) EXPECT_EQ(text, refusal([&] { action; }))

BENCH_TEST(Board, RefusesWhatItDoesNotKnowWithWhatItKnows)
{
    Bench b;
    EXPECT_REFUSAL("x0: unknown type 'tickr'; known: ticker, bell, unsavable, probe", b.add("x0", "tickr"));
    Bench::Options o;
    o.impl = "rtl";
    EXPECT_REFUSAL("x0: type ticker has no impl 'rtl'; known: model, systemc", b.add("x0", "ticker", o));
    EXPECT_REFUSAL("'x 0': not a device's name: use letters, digits, _ and -", b.add("x 0", "ticker"));
    EXPECT_REFUSAL("'': not a device's name: use letters, digits, _ and -", b.add("", "ticker"));
}

BENCH_TEST(Board, RefusesOverlapsAndBadSizes)
{
    Bench b;
    b.add("t0", "ticker");
    Bench::Options o;
    EXPECT_REFUSAL("t0: there is a device of this name already: choose another", b.add("t0", "ticker"));
    o.base = 0x0b000000;
    EXPECT_REFUSAL("t1: its window at 0xb000000 overlaps that of t0: move one of them", b.add("t1", "ticker", o));
    o.base = 0x0b010800;
    EXPECT_REFUSAL("t1: base 0xb010800: must be a multiple of 4096, and the window below 2^64", b.add("t1", "ticker", o));
    o = {};
    o.spi = 177;
    EXPECT_REFUSAL("t1: spi 177 overlaps the lines of t0: choose others", b.add("t1", "ticker", o));
    o.spi = 987;
    EXPECT_REFUSAL("t1: spi 987: its 2 lines must be below 988", b.add("t1", "ticker", o));
    o = {};
    o.size = 4096;
    EXPECT_REFUSAL("b0: size 0x1000: must be a multiple of 4096 and at least 0x2000", b.add("b0", "bell", o));
    b.elaborate();
    EXPECT_REFUSAL("late: the board is fixed already: add devices before it is elaborated", b.add("late", "ticker"));
}

BENCH_TEST(Board, IsOneAProcess)
{
    Bench b;
    EXPECT_REFUSAL("this process has had its board: SystemC has one kernel a process, start another", Bench second);
}

BENCH_TEST(Router, ReachesEachDeviceInItsWindow)
{
    Bench b;
    Bench::Options low, large;
    low.base = 0x0a000000;
    large.size = 0x10000;
    unsigned t0 = b.add("t0", "ticker"), b0 = b.add("b0", "bell", large), t1 = b.add("t1", "ticker", low), p0 = b.add("p0", "probe");
    EXPECT_EQ(4096u, seam_devices_window(b.devices(), t0));
    EXPECT_EQ(0x10000u, seam_devices_window(b.devices(), b0));
    EXPECT_EQ(2u, seam_devices_lines(b.devices(), p0));
    EXPECT_EQ(0x1234u, b.read32(t0, REG_WORD));
    EXPECT_EQ(0x5678u, b.read32(b0, REG_WORD));
    EXPECT_EQ(0x50524f42u, b.read32(p0, 0));
    b.write32(t1, REG_WORD, 9);
    EXPECT_EQ(0x1234u, b.read32(t0, REG_WORD));
    EXPECT_EQ(9u, b.read32(t1, REG_WORD));
}

BENCH_TEST(Router, AnswersErrorsAsTheSeamNamesThem)
{
    Bench b;
    unsigned t0 = b.add("t0", "ticker"), t1 = b.add("t1", "ticker");
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.read(t0, REG_REFUSE, 4, &v));
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.write(t0, REG_REFUSE, 4, 0));
    EXPECT_EQ(SEAM_DECODE_ERROR, b.read(t0, 4096, 4, &v));      // not t1, which is next to it
    EXPECT_EQ(SEAM_DECODE_ERROR, b.read(t0, 4094, 4, &v));
    EXPECT_EQ(SEAM_DECODE_ERROR, b.write(t1, 1 << 20, 4, 0));
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.read(t0, REG_WORD, 3, &v));
}

BENCH_TEST(Router, CarriesSizesAndDelays)
{
    for (const char *type : {"ticker", "bell"}) {
        EXPECT_EQ("", ingot::in_child([type] {
            Bench b;
            unsigned d = b.add("d", type);
            uint64_t v = 0;
            b.run_until(12345);
            EXPECT_EQ(SEAM_OK, b.write(d, REG_WORD, 8, 0x1122334455667788));
            EXPECT_EQ(0u, b.delay());
            EXPECT_EQ(SEAM_OK, b.read(d, REG_WORD, 8, &v));
            EXPECT_EQ(0x1122334455667788u, v);
            b.write32(d, REG_COST, 777);
            b.read32(d, REG_WORD);
            EXPECT_EQ(777u, b.delay());
            EXPECT_EQ(12345u + 777, b.now());
            return std::string();
        }));
    }
}

BENCH_TEST(Board, PeekHasNoSideEffect)
{
    Bench b;
    unsigned t0 = b.add("t0", "ticker"), b0 = b.add("b0", "bell");
    uint64_t v = 0;
    EXPECT_EQ(SEAM_OK, b.peek(t0, REG_WORD, 4, &v));
    EXPECT_EQ(0x1234u, v);
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.peek(b0, REG_WORD, 4, &v));   // it offers none
    EXPECT_EQ(SEAM_DECODE_ERROR, b.peek(t0, 4096, 4, &v));
    EXPECT_EQ("", b.log_text());
}

BENCH_TEST(Board, ConsoleNotesAndInputPass)
{
    Bench b;
    unsigned t0 = b.add("t0", "ticker"), b0 = b.add("b0", "bell");
    b.run_until(1000);
    EXPECT_EQ(4u, b.input(t0, "hello"));
    EXPECT_EQ(0u, b.input(b0, "hello"));
    b.write32(t0, REG_PUT, '!');
    b.write32(t0, REG_MISBEHAVE, NOTE);
    EXPECT_EQ("hell!", b.console(t0));
    EXPECT_EQ("1000 note device 0 7 77 0", b.log().back().words());
}

BENCH_TEST(Board, DmaIsCheckedByStreamAndWindow)
{
    Bench b(4096);
    Bench::Options with;
    with.stream = 5;
    unsigned none = b.add("t0", "ticker"), owner = b.add("t1", "ticker", with);
    b.window(5, 0x1000, 0x40000000, 0x800);
    b.window(5, 0x9000, 0x50000000, 0x100);
    *b.ram(0x40000010, 1) = 42;
    b.write32(owner, REG_DMA, 0x1010);
    EXPECT_EQ(0u, b.read32(owner, REG_DMA));
    EXPECT_EQ(42, *b.ram(0x40000018, 1));
    b.write32(owner, REG_DMA, 0x17f8);      // the read is the window's last word, the write is behind it
    EXPECT_EQ(uint32_t(SEAM_DENIED << 4), b.read32(owner, REG_DMA));
    b.write32(owner, REG_DMA, 0x9000);
    EXPECT_EQ(uint32_t(SEAM_DECODE_ERROR | SEAM_DECODE_ERROR << 4), b.read32(owner, REG_DMA));
    b.write32(none, REG_DMA, 0x1010);
    EXPECT_EQ(uint32_t(SEAM_DENIED | SEAM_DENIED << 4), b.read32(none, REG_DMA));
}

BENCH_TEST(Board, ResetLowersLinesAndForgetsTimers)
{
    Bench b;
    unsigned t0 = b.add("t0", "ticker"), b0 = b.add("b0", "bell");
    for (unsigned d : {t0, b0}) {
        b.write32(d, REG_AFTER, 0);
        b.write32(d, REG_WORD, 1);
        EXPECT_TRUE(b.level(d));
        b.write32(d, REG_AFTER, 5000);
    }
    b.reset();
    EXPECT_FALSE(b.level(t0) || b.level(b0));
    EXPECT_EQ(SEAM_NEVER, b.next_event());
    EXPECT_EQ(0x1234u, b.read32(t0, REG_WORD));
    EXPECT_EQ(0x5678u, b.read32(b0, REG_WORD));
}
