// SPDX-License-Identifier: GPL-2.0-or-later
// Cores that break the rules are stopped with the signal's name, and never hang the board
#include "platform/rtl/test/testing.h"

static void expect_broken(Rig &rig, const char *what)
{
    ASSERT_EQ(1u, rig.reasons.size()) << what;
    EXPECT_NE(std::string::npos, rig.reasons[0].find(what)) << rig.reasons[0];
    EXPECT_TRUE(rig.adapter.is_broken());
    EXPECT_EQ(SEAM_NEVER, rig.adapter.next_event());        // not clocked any more
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(false, ID, v));
    EXPECT_EQ(0u, rig.delay);
    rig.adapter.reset(rig.now);
    EXPECT_EQ(0x50524f42u, rig.read(ID));
    EXPECT_EQ(1u, rig.reasons.size());
}

// The write may fail: the rule may be broken at the edge of its answer.
static void start(Rig &rig, uint64_t offset, uint64_t value) { rig.access(true, offset, value); }

TEST(BrokenCore, ThatNeverAnswersARead)
{
    Rig rig;
    uint64_t v = 0, start;
    rig.write(BREAK, SILENT);
    start = rig.now;
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(false, SCRATCH, v));
    EXPECT_EQ(start + ingot::RtlAdapter::answer_limit * clk, rig.now);
    expect_broken(rig, "no s_axi_arready within 1024 clocks of a read");
}

TEST(BrokenCore, ThatNeverAnswersAWrite)
{
    Rig rig;
    uint64_t v = 0;
    rig.write(BREAK, SILENT);
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(true, SCRATCH, v));
    expect_broken(rig, "no s_axi_awready within 1024 clocks of a write");
}

TEST(BrokenCore, ThatAnswersWithoutARequest)
{
    Rig rig;
    rig.write(BREAK, UNASKED);
    rig.run_by_events(1000000);
    expect_broken(rig, "s_axi_rvalid without a read");
}

TEST(BrokenCore, ThatAnswersExclusiveOkay)
{
    Rig rig;
    uint64_t v = EXOKAY;
    rig.access(true, BREAK, v);
    EXPECT_EQ(SEAM_SLAVE_ERROR, rig.access(false, SCRATCH, v));
    expect_broken(rig, "s_axi_rresp is EXOKAY");
}

TEST(BrokenCore, ThatBreaksARuleOfItsMasterPort)
{
    const struct { int how; const char *what; } cases[] = {
        {DROP_AR, "m_axi_arvalid fell before m_axi_arready"}, {DROP_AW, "m_axi_awvalid fell before m_axi_awready"},
        {DROP_W, "m_axi_wvalid fell before m_axi_wready"}, {CHANGE_AW, "m_axi_awaddr changed before m_axi_awready"},
        {BAD_LAST, "m_axi_wlast is high before the last beat"}, {WRAP, "m_axi_arburst is not INCR"} };
    for (const auto &c : cases) {
        Rig rig;
        rig.write(DST, 0x800);
        rig.write(BREAK, c.how);
        start(rig, COPY, 0xff07);
        rig.run_by_events(10000000);
        expect_broken(rig, c.what);
    }
}

TEST(BrokenCore, WhoseBurstCrossesAPage)
{
    Rig rig;
    rig.write(SRC, 0xff8);
    start(rig, COPY, 0xff01);
    rig.run_by_events(10000000);
    expect_broken(rig, "m_axi_araddr and len cross a 4 KiB boundary");
}

TEST(BrokenCore, ThatCallsFinish)
{
    Rig rig;
    start(rig, BREAK, FINISH);
    rig.run_by_events(1000000);
    ASSERT_EQ(1u, rig.reasons.size());
    EXPECT_NE(std::string::npos, rig.reasons[0].find("probe.v:")) << rig.reasons[0];
    EXPECT_NE(std::string::npos, rig.reasons[0].find("$finish")) << rig.reasons[0];
}
