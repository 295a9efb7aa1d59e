// SPDX-License-Identifier: GPL-2.0-or-later
// A Verilated core on the board: among other devices, at the exact time of its edges
#include "platform/systemc/bench_testing.h"
#include "platform/rtl/test/testing.h"
#include "platform/systemc/test/devices.h"

using ingot::Bench;
using ingot::BenchEvent;

static Bench::Options clock_of(seam_ps ps)
{
    Bench::Options o;
    o.clock_ps = ps;
    return o;
}

BENCH_TEST(Core, InterruptsAtItsEdgesPicosecond)
{
    for (seam_ps period : {10000, 7519, 333}) {
        EXPECT_EQ("", ingot::in_child([period] {
            Bench b;
            unsigned p = b.add("p0", "probe", clock_of(period));
            for (unsigned i = 1; i < 300; i++) {
                b.run_until(b.now() + i * 997);
                b.write32(p, IRQ, 0);
                uint64_t edge = b.now() / period + 1;       // takes the write
                b.write32(p, COUNTDOWN, i);
                EXPECT_TRUE(b.run_until_irq(p, b.now() + 1000000000));
                EXPECT_EQ((edge + i) * period, b.log().back().at);
                EXPECT_EQ(edge + i, b.read32(p, STAMP));
            }
            return std::string();
        }));
    }
}

BENCH_TEST(Core, SleepsWithoutEvents)
{
    Bench b;
    unsigned p = b.add("p0", "probe");
    b.read32(p, ID);
    EXPECT_EQ(SEAM_NEVER, b.next_event());
    b.run_until(uint64_t(3600) * 1000000000000);    // an hour
    EXPECT_EQ(0x50524f42u, b.read32(p, ID));
    EXPECT_EQ(20000u, b.delay());
}

BENCH_TEST(Core, EdgesInOneCallKeepTheOrderWithOthers)
{
    std::string logs[2];
    for (int in_one = 0; in_one < 2; in_one++) {
        logs[in_one] = ingot::in_child([in_one] {
            Bench b;
            unsigned t = b.add("t0", "ticker"), p = b.add("p0", "probe"), n = b.add("n0", "bell");
            b.write32(p, COUNTDOWN, 100);       // edges 1 and 101
            b.write32(t, REG_AFTER, 101 * clk - b.now());
            b.write32(n, REG_AFTER, 101 * clk - b.now());
            if (in_one) {
                b.run_in_one(200 * clk);
            } else {
                b.run_until(200 * clk);
            }
            std::string order;
            for (const BenchEvent &e : b.log()) {
                order += std::to_string(e.device);
            }
            return order + " " + std::to_string(b.read32(t, REG_FIRED_LO)) + " " + std::to_string(b.read32(n, REG_FIRED_LO)) + " " +
                   std::to_string(b.read32(p, STAMP));
        });
        EXPECT_EQ("012 1010000 1010000 101", logs[in_one]);
    }
}

BENCH_TEST(Core, MovesDataThroughItsStream)
{
    Bench b;
    Bench::Options o;
    o.stream = 3;
    unsigned p = b.add("p0", "probe", o);
    b.window(3, 0x1000, 0x40000000, 0x1000);
    memset(b.ram(0x40000000, 128), 0x42, 128);
    b.write32(p, SRC, 0x1000);
    b.write32(p, DST, 0x1800);
    b.write32(p, COPY, 0xff0f);
    b.run_until(1000000);
    EXPECT_EQ(0u, b.read32(p, RESP));
    EXPECT_EQ(0, memcmp(b.ram(0x40000000, 128), b.ram(0x40000800, 128), 128));
    auto writes = b.log_of(BenchEvent::DmaWrite);
    ASSERT_EQ(1u, writes.size());
    EXPECT_EQ((b.read32(p, DONE) - 1) * clk, writes[0].at);     // when BVALID rose, one edge before it was taken
    b.write32(p, DST, 0x3000);
    b.write32(p, COPY, 0xff0f);
    b.run_until(b.now() + 1000000);
    EXPECT_EQ(3u << 2, b.read32(p, RESP));      // DECERR
}

BENCH_TEST(Core, ThatIsBrokenStopsTheBoardWithItsName)
{
    Bench b;
    unsigned t = b.add("t0", "ticker"), p = b.add("p0", "probe");
    uint64_t v = 0;
    b.write32(p, BREAK, SILENT);
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.read(p, SCRATCH, 4, &v));
    EXPECT_EQ(1024 * clk, b.delay());
    auto stops = b.log_of(BenchEvent::Stop);
    ASSERT_EQ(1u, stops.size());
    EXPECT_EQ(p, stops[0].device);
    EXPECT_EQ(0u, stops[0].text.find("no s_axi_arready within 1024 clocks of a read at clock edge ")) << stops[0].text;
    EXPECT_EQ(SEAM_SLAVE_ERROR, b.read(p, SCRATCH, 4, &v));
    EXPECT_EQ(0u, b.delay());
    EXPECT_EQ(0x1234u, b.read32(t, REG_WORD));
    b.reset();
    EXPECT_EQ(0x50524f42u, b.read32(p, ID));
}
