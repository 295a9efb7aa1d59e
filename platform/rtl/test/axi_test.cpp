// SPDX-License-Identifier: GPL-2.0-or-later
// The memory at a core's AXI4 master port: data, bursts, latency, errors
#include "platform/rtl/test/testing.h"

static void start_copy(Rig &rig, uint32_t from, uint32_t to, uint32_t how)
{
    rig.write(SRC, from);
    rig.write(DST, to);
    rig.write(COPY, how);
}

TEST(RtlMemory, ABurstIsOneAccess)
{
    for (unsigned beats : {1, 2, 16, 256}) {
        Rig rig;
        for (unsigned i = 0; i < sizeof rig.ram; i++) {
            rig.ram[i] = i * 7 + i / 256;
        }
        start_copy(rig, 0x1000, 0x2000, 0xff00 | (beats - 1));
        rig.run_by_events(100000000);
        std::string len = std::to_string(beats * 8);
        ASSERT_EQ(3u, rig.log.size());
        EXPECT_EQ("read 4096 " + len, rig.log[0]);
        EXPECT_EQ("write 8192 " + len, rig.log[1]);
        EXPECT_EQ(0, memcmp(rig.ram + 0x1000, rig.ram + 0x2000, beats * 8));
        EXPECT_NE(rig.ram[0x1000 + beats * 8], rig.ram[0x2000 + beats * 8]);
        EXPECT_EQ(0u, rig.read(RESP));
    }
}

/* Edge by edge: COPY is taken at edge s; AR at s+1, R at s+5 … s+5+n-1; AW one later, W one after it …; B four after the last W. */
TEST(RtlMemory, LatencyIsWhatTheReadmeSays)
{
    for (unsigned n : {1, 2, 16}) {
        Rig rig;
        start_copy(rig, 0, 0x800, 0xff00 | (n - 1));
        uint64_t s = rig.now / clk - 1, last_r = s + 5 + n - 1, aw = last_r + 1, last_w = aw + n, b = last_w + 4;
        rig.run_by_events(10000000);
        EXPECT_EQ(b, rig.read(DONE));
        EXPECT_EQ("irq " + std::to_string(b * clk) + " 1 1", rig.log.back());
    }
}

TEST(RtlMemory, HolesInTheStrobeAreNotWritten)
{
    Rig rig;
    memset(rig.ram, 0x11, 0x100);
    start_copy(rig, 0, 0x100, 0x3601);      // first beat: bytes 1, 2, 4, 5
    rig.run_by_events(10000000);
    EXPECT_EQ((std::vector<std::string>{"read 0 16", "write 257 2", "write 260 2", "write 264 8"}),
              std::vector<std::string>(rig.log.begin(), rig.log.end() - 1));
    const uint8_t want[16] = {0, 0x11, 0x11, 0, 0x11, 0x11, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11};
    EXPECT_EQ(0, memcmp(want, rig.ram + 0x100, 16));
}

TEST(RtlMemory, RefusalsBecomeResponses)
{
    const struct { seam_result refusal; uint32_t resp; } cases[] = {
        {SEAM_SLAVE_ERROR, 2 | 2 << 2}, {SEAM_DECODE_ERROR, 3 | 3 << 2}, {SEAM_DENIED, 3 | 3 << 2} };
    for (const auto &c : cases) {
        Rig rig;
        rig.refusal = c.refusal;
        memset(rig.ram, 0x77, sizeof rig.ram);
        start_copy(rig, 0, 0x100, 0xff03);
        rig.run_by_events(10000000);
        EXPECT_EQ(c.resp, rig.read(RESP));
        EXPECT_TRUE(rig.reasons.empty());
    }
    Rig rig;
    start_copy(rig, 0, 0x10000, 0xff03);    // only the write is outside
    rig.run_by_events(10000000);
    EXPECT_EQ(3u << 2, rig.read(RESP));
}
