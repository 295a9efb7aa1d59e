// SPDX-License-Identifier: GPL-2.0-or-later
// APB and Wishbone: registers with wait states, parts of words and errors; a Wishbone master; what breaks their rules
#include "platform/rtl/run_ahead.h"

#include <cstring>

#include <gtest/gtest.h>

ingot::RtlCore *ingot_rtl_apb_regs(const char *instance);
ingot::RtlCore *ingot_rtl_wb_copier(const char *instance);

namespace {

constexpr seam_ps clk = 10000;

template <class A> struct Rig final : ingot::RtlAdapter::Client {
    explicit Rig(ingot::RtlCore *core) : adapter(std::unique_ptr<ingot::RtlCore>(core), ingot::Clock::of_period(clk), 1, *this) { adapter.reset(0); }
    seam_result dma(uint64_t addr, size_t len)
    {
        log += std::to_string(adapter.next_at()) + " " + std::to_string(addr) + " " + std::to_string(len) + "\n";
        return addr + len <= sizeof ram ? SEAM_OK : SEAM_DENIED;
    }
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        seam_result r = dma(addr, len);
        if (r == SEAM_OK)
            memcpy(buf, ram + addr, len);
        return r;
    }
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override
    {
        seam_result r = dma(addr, len);
        if (r == SEAM_OK)
            memcpy(ram + addr, buf, len);
        return r;
    }
    void irq(seam_ps at, unsigned, bool level) override { raised = level ? at : raised; }
    void broken(const std::string &what) override { reason = what; }

    seam_result access(bool write, uint64_t offset, uint64_t &v, unsigned size = 4)
    {
        run(now);
        delay = 0;
        seam_result r = adapter.access(write, offset, size, now, &v, &delay);
        now += delay;
        return r;
    }
    void write(uint64_t offset, uint64_t v, unsigned size = 4) { EXPECT_EQ(SEAM_OK, access(true, offset, v, size)) << offset; }
    uint64_t read(uint64_t offset, unsigned size = 4)
    {
        uint64_t v = 0;
        EXPECT_EQ(SEAM_OK, access(false, offset, v, size)) << offset;
        return v;
    }
    void run(seam_ps to)
    {
        for (seam_ps next; (next = adapter.next_event()) <= to;)
            adapter.run(next);
        now = to;
    }
    seam_ps now = 0, delay = 0, raised = 0;
    uint8_t ram[4096] = {};
    std::string reason, log;
    A adapter;
};

template <class A> class Busses : public testing::Test {};
using Both = testing::Types<ingot::RtlAdapter, ingot::RunAhead>;
TYPED_TEST_SUITE(Busses, Both);

TYPED_TEST(Busses, ApbTakesTwoClocksAndItsWaitStates)
{
    Rig<TypeParam> r(ingot_rtl_apb_regs("a"));
    r.write(4, 0x12345678);
    EXPECT_EQ(2 * clk, r.delay);        // setup, access (IHI 0024 3.1.1)
    EXPECT_EQ(0x12345678u, r.read(4));
    r.write(0x10, 5);
    EXPECT_EQ(0x12345678u, r.read(4));
    EXPECT_EQ(7 * clk, r.delay);
    EXPECT_EQ(5u, r.read(0x10));
}

TYPED_TEST(Busses, ApbCarriesPartsOfWords)
{
    Rig<TypeParam> r(ingot_rtl_apb_regs("a"));
    r.write(4, 0x11223344);
    r.write(5, 0xaa, 1);
    r.write(6, 0xbbcc, 2);
    EXPECT_EQ(0xbbccaa44u, r.read(4));
    EXPECT_EQ(0xaau, r.read(5, 1) & 0xff);
    EXPECT_EQ(0xbbccu, r.read(6, 2) & 0xffff);
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 4, v, 8));
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 5, v, 2));
}

TYPED_TEST(Busses, ApbErrorsAreTheGuests)
{
    Rig<TypeParam> r(ingot_rtl_apb_regs("a"));
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 0x800, v));
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(true, 0x800, v));
    EXPECT_EQ("", r.reason);
    r.write(0, 1);
    r.run(r.now + 10 * clk);
    EXPECT_NE(0u, r.raised);
}

TYPED_TEST(Busses, ApbWithoutPreadyIsAnErrorAndNamed)
{
    Rig<TypeParam> r(ingot_rtl_apb_regs("a"));
    r.write(0x14, 1);
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 0, v));
    EXPECT_EQ(0u, r.reason.find("no pready within 1024 clocks of a read at clock edge")) << r.reason;
}

TYPED_TEST(Busses, WishboneCarriesWordsPartsErrorsAndRetries)
{
    Rig<TypeParam> r(ingot_rtl_wb_copier("w"));
    r.write(0x0c, 0x11223344);
    EXPECT_EQ(0x11223344u, r.read(0x0c));
    r.write(0x0d, 0xaa, 1);
    r.write(0x0e, 0xbbcc, 2);
    EXPECT_EQ(0xbbccaa44u, r.read(0x0c));
    EXPECT_EQ(0xbbu, r.read(0x0f, 1));
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 0x20, v));
    seam_ps plain = (r.read(0x0c), r.delay);
    EXPECT_EQ(0xbbccaa44u, r.read(0x30));       // retried
    EXPECT_GT(r.delay, plain);
    EXPECT_EQ("", r.reason);
}

TYPED_TEST(Busses, WishboneMasterCopies)
{
    Rig<TypeParam> r(ingot_rtl_wb_copier("w"));
    for (unsigned i = 0; i < 64; i++)
        r.ram[0x100 + i] = i * 3 + 1;
    r.write(0x00, 0x100);
    r.write(0x04, 0x200);
    r.write(0x08, 16);
    seam_ps begin = r.now;
    r.run(r.now + 1000 * clk);
    EXPECT_EQ(0, memcmp(r.ram + 0x100, r.ram + 0x200, 64));
    EXPECT_EQ(0u, r.read(0x08));
    EXPECT_EQ(0u, r.read(0x14));
    EXPECT_GT(r.raised, begin);
    EXPECT_LT(r.raised, begin + 16 * 14 * clk);
    r.write(0x00, 0x5000);      // outside: ERR_I
    r.write(0x08, 1);
    r.run(r.now + 100 * clk);
    EXPECT_EQ(1u, r.read(0x14));
}

TEST(Busses, WishboneMasterIsTheSameRunAhead)
{
    Rig<ingot::RtlAdapter> one(ingot_rtl_wb_copier("w"));
    Rig<ingot::RunAhead> two(ingot_rtl_wb_copier("w"));
    auto drive = [](auto &r) {
        for (unsigned n = 0; n < 200; n++) {
            r.write(0x00, n * 4 % 1024);
            r.write(0x04, 2048 + n * 8 % 1024);
            r.write(0x08, n % 9);
            r.run(r.now + n * 37 % 400 * clk);
            r.read(0x08);
            r.ram[n] ^= n;
        }
    };
    drive(one);
    drive(two);
    EXPECT_GT(one.log.size(), 10000u);
    EXPECT_TRUE(one.log == two.log);
    EXPECT_EQ(one.now, two.now);
    EXPECT_EQ(0, memcmp(one.ram, two.ram, sizeof one.ram));
}

TYPED_TEST(Busses, AWishboneCoreThatBreaksARuleIsNamed)
{
    struct { unsigned fault; const char *says; } cases[] = {
        { 1, "m_wb_stb_o or m_wb_cyc_o fell before ack_i" }, { 2, "m_wb_adr_o changed before ack_i" }, { 3, "ack_o without a cycle in work" } };
    for (auto &c : cases) {
        Rig<TypeParam> r(ingot_rtl_wb_copier("w"));
        r.write(0x10, c.fault);
        if (c.fault < 3)
            r.write(0x08, 2);
        r.run(r.now + 100 * clk);
        EXPECT_EQ(0u, r.reason.find(c.says)) << r.reason;
        EXPECT_NE(std::string::npos, r.reason.find("at clock edge"));
        uint64_t v = 0;
        EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 0x0c, v));
    }
    Rig<TypeParam> r(ingot_rtl_wb_copier("w"));
    r.write(0x10, 4);
    uint64_t v = 0;
    EXPECT_EQ(SEAM_SLAVE_ERROR, r.access(false, 0x0c, v));
    EXPECT_EQ(0u, r.reason.find("no ack_o within 1024 clocks of a read")) << r.reason;
}

}  // namespace
