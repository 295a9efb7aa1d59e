// SPDX-License-Identifier: GPL-2.0-or-later
// The adapter's timing, to the edge, against a loop that does nothing but clock the core
#include "platform/rtl/test/testing.h"

#include <random>

// The core alone: reset, then edges 1, 2, …; an access as a textbook's AXI4-Lite master makes it.
struct BareLoop {
    std::unique_ptr<ingot::RtlCore> core{ingot_rtl_probe("bare")};
    const ingot::RtlPins &p = core->pins();
    uint64_t edge = 0;

    BareLoop()
    {
        *p.m_axi.arready = *p.m_axi.awready = 1;
        *p.aresetn = 0;
        for (int i = 0; i < 16; i++) {
            half(0);
            half(1);
        }
        half(0);
        *p.aresetn = 1;
    }
    void half(int level)
    {
        *p.aclk = level;
        core->eval();
    }
    void clock()
    {
        *p.cycle = ++edge;
        half(0);
        half(1);
    }
    uint32_t access(bool write, uint16_t offset, uint32_t value)
    {
        const ingot::AxiLitePins &s = p.s_axi;
        *s.awaddr = *s.araddr = offset;
        *s.wdata = value;
        *s.wstrb = 0xf;
        *s.awvalid = *s.wvalid = *s.bready = write;
        *s.arvalid = *s.rready = !write;
        for (;;) {
            *p.cycle = ++edge;
            half(0);
            bool aw = *s.awvalid && *s.awready, w = *s.wvalid && *s.wready, ar = *s.arvalid && *s.arready;
            bool done = write ? *s.bvalid && *s.bready : *s.rvalid && *s.rready;
            uint32_t data = *s.rdata;
            half(1);
            *s.awvalid &= !aw;
            *s.wvalid &= !w;
            *s.arvalid &= !ar;
            if (done) {
                *s.bready = *s.rready = 0;
                return data;
            }
        }
    }
};

TEST(RtlAccess, TakesTheEdgesOfABareLoop)
{
    std::mt19937 random(1);
    for (int keep_awake = 0; keep_awake < 2; keep_awake++) {
        Rig rig;
        BareLoop bare;
        rig.write(AWAKE, keep_awake);
        bare.access(true, AWAKE, keep_awake);
        for (int i = 0; i < 1000; i++) {
            seam_ps pause = random() % 7 == 0 ? 0 : random() % 300000;
            rig.run(rig.now + pause);
            while (bare.edge < rig.now / clk) {
                bare.clock();
            }
            bool write = random() % 2;
            uint16_t offset = write ? (random() % 3 ? SCRATCH : WAIT) : (random() % 2 ? SCRATCH : WAIT);
            uint64_t value = random() % 20, start = rig.now;
            uint32_t want = bare.access(write, offset, value);
            ASSERT_EQ(SEAM_OK, rig.access(write, offset, value));
            ASSERT_EQ(bare.edge * clk - start, rig.delay) << i;
            if (!write) {
                ASSERT_EQ(want, value);
            }
        }
    }
}

TEST(RtlAccess, OfACoreWithoutWaitStatesEndsAtTheSecondEdge)
{
    Rig rig;
    rig.run(100000);
    rig.read(ID);
    EXPECT_EQ(2 * clk, rig.delay);      // at an edge: that one has been run
    rig.run(200001);
    rig.read(ID);
    EXPECT_EQ(220000u, rig.now);
    rig.read(ID);
    EXPECT_EQ(240000u, rig.now);
}

TEST(RtlAccess, OtherThanAWordIsRefusedWithoutAClock)
{
    Rig rig;
    uint64_t v;
    seam_ps delay = 0;
    for (unsigned size : {1, 2, 8}) {
        EXPECT_EQ(SEAM_SLAVE_ERROR, rig.adapter.access(false, SCRATCH, size, 0, &v, &delay));
    }
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.adapter.access(false, SCRATCH + 2, 4, 0, &v, &delay));
    EXPECT_EQ(0u, delay);
    EXPECT_EQ(1 * clk, rig.adapter.next_at());
}

TEST(RtlAccess, ErrorResponsesComeThrough)
{
    Rig rig;
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(false, 0x800, v));
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(true, 0x800, v));
    EXPECT_EQ(SEAM_DECODE_ERROR, rig.access(false, 0xc00, v));
    EXPECT_EQ(SEAM_DECODE_ERROR, rig.access(true, 0xc00, v));
    EXPECT_EQ(0x50524f42u, rig.read(ID));
    EXPECT_TRUE(rig.reasons.empty());
}

TEST(RtlIrq, ChangesAtItsOwnEdge)
{
    for (unsigned n : {1, 2, 3, 100, 12345}) {
        Rig rig;
        rig.run(50000);
        rig.write(COUNTDOWN, n);        // taken at edge 6, answered at edge 7
        uint64_t edge = 6 + n;
        rig.run_by_events(10 * clk * n + 200000);
        EXPECT_EQ("irq " + std::to_string(edge * clk) + " 0 1\n", rig.text());
        EXPECT_EQ(edge, rig.read(STAMP));
        EXPECT_EQ(0u, rig.read(STAMP_HI));
    }
}

TEST(RtlIrq, ThatAnAccessCausesWaitsForItsEdge)
{
    Rig rig;
    seam_ps delay = 0;
    uint64_t v = 1;
    ASSERT_EQ(SEAM_OK, rig.adapter.access(true, IRQ, 4, 0, &v, &delay));
    EXPECT_EQ("", rig.text());
    EXPECT_EQ(1 * clk, rig.adapter.next_event());   // edge 1 has taken the write
    rig.adapter.run(1 * clk - 1);
    EXPECT_EQ("", rig.text());
    rig.adapter.run(1 * clk);
    EXPECT_EQ("irq 10000 0 1\n", rig.text());
}

TEST(RtlSleep, RunsNoClockAndChangesNothing)
{
    Rig rig, awake;
    awake.write(AWAKE, 1);
    EXPECT_EQ(SEAM_NEVER, rig.adapter.next_event());
    EXPECT_NE(SEAM_NEVER, awake.adapter.next_event());
    for (Rig *r : {&rig, &awake}) {
        r->run_by_events(1000000000);
        r->write(COUNTDOWN, 50);
        r->run_by_events(2000000000);
    }
    EXPECT_EQ(awake.text(), rig.text());
    EXPECT_EQ(awake.now, rig.now);
    EXPECT_EQ(awake.read(STAMP), rig.read(STAMP));
    EXPECT_EQ(awake.delay, rig.delay);
    EXPECT_GT(awake.read(CLOCKS), 200000u);
    EXPECT_LT(rig.read(CLOCKS), 100u);
}

TEST(RtlRun, InOneGoEqualsEventByEvent)
{
    Rig one, many;
    for (Rig *r : {&one, &many}) {
        r->write(SRC, 0x100);
        r->write(DST, 0x200);
        r->write(COUNTDOWN, 33);
        r->write(COPY, 0xff0f);
    }
    one.run(10000000);
    many.run_by_events(10000000);
    EXPECT_EQ(many.text(), one.text());
    EXPECT_EQ(many.read(CLOCKS), one.read(CLOCKS));
}

TEST(RtlState, InTheMiddleOfEverythingComesBack)
{
    for (seam_ps at = 30000; at < 900000; at += 10000) {
        struct state s = {};
        std::string before, why;
        Rig whole, first, second;
        for (Rig *r : {&whole, &first}) {
            memset(r->ram, 0x5a, 0x800);
            r->write(SRC, 0x100);
            r->write(DST, 0x900);
            r->write(COUNTDOWN, 40);
            r->write(COPY, 0xff0f);
            r->run(r->now + at);
        }
        first.adapter.save(first.now, &s);
        ASSERT_TRUE(second.adapter.load(&s, why)) << why;
        second.now = first.now;
        memcpy(second.ram, first.ram, sizeof second.ram);
        second.log = first.log;
        for (Rig *r : {&whole, &second}) {
            r->run_by_events(5000000);
            r->read(DONE);
        }
        EXPECT_EQ(whole.text(), second.text()) << at;
        EXPECT_EQ(whole.now, second.now);
        EXPECT_EQ(0, memcmp(whole.ram, second.ram, sizeof whole.ram));
        state_free(&s);
    }
}

TEST(RtlState, OfAnotherCoreIsRefused)
{
    struct state s = {};
    std::string why;
    Rig probe, plain(ingot_rtl_plain("plain"));
    plain.adapter.save(0, &s);
    EXPECT_FALSE(probe.adapter.load(&s, why));
    EXPECT_NE(std::string::npos, why.find("another core")) << why;
    EXPECT_EQ(0x50524f42u, probe.read(ID));
    state_free(&s);
}

TEST(RtlPins, OptionalOnesMayBeMissing)
{
    Rig rig(ingot_rtl_plain("plain"));
    rig.write(4, 0x1234);
    EXPECT_EQ(0x1234u, rig.read(4));
    EXPECT_NE(SEAM_NEVER, rig.adapter.next_event());    // without idle it never sleeps: it counts its clocks
    rig.run(1000 * clk);
    EXPECT_EQ(1000u, rig.read(0));
}

TEST(RtlReset, LowersWhatWasPendingAndNeedsNoTime)
{
    Rig rig;
    rig.write(COUNTDOWN, 3);
    rig.write(SCRATCH, 7);
    rig.adapter.reset(rig.now);
    rig.run_by_events(rig.now + 100000);
    EXPECT_EQ("", rig.text());
    EXPECT_EQ(0u, rig.read(SCRATCH));
}
