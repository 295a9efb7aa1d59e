// SPDX-License-Identifier: GPL-2.0-or-later
// smmuv3 as its driver and the devices behind it see it (Arm IHI 0070)
#include <cstring>

#include "vdevices/regs.h"
#include "vdevices/dmaq/dmaq_bench.h"
#include "vdevices/smmuv3/smmuv3.h"

namespace {

constexpr uint64_t base = 0x40000000;
constexpr uint64_t stream_table = base + 0x10000, second_table = base + 0x12000, commands = base + 0x14000, events = base + 0x15000;
constexpr uint64_t s2_root = base + 0x20000, s2_level2 = base + 0x21000, s2_level3 = base + 0x22000;
constexpr uint64_t target = base + 0x100000;            // RAM that the mappings lead to
constexpr uint32_t stream = 5;
constexpr uint64_t ipa = 0x80000000;                    // two pages there
constexpr uint64_t normal = 0xful << 2 | 3ul << 6 | 3ul << 8 | 1ul << 10;

// The stream's entry: stage 2, 39 bits, level 1, 40-bit output, faults recorded.
constexpr uint64_t s2_config = 1 | 6ul << 1;
constexpr uint64_t s2_words = 7 | 25ul << 32 | 1ul << 38 | 2ul << 48 | 1ul << 51 | 1ul << 58;

class SmmuBench {
public:
    SmmuBench() : bench(4 << 20, base)
    {
        index = bench.add("smmu0", "smmuv3");
        bench.elaborate();
    }
    void poke(uint64_t at, uint64_t v) { memcpy(bench.ram(at, 8), &v, 8); }
    uint64_t peek(uint64_t at)
    {
        uint64_t v;
        memcpy(&v, bench.ram(at, 8), 8);
        return v;
    }
    void write(uint64_t offset, uint32_t v) { bench.write32(index, offset, v); }
    void write64(uint64_t offset, uint64_t v) { EXPECT_EQ(bench.write(index, offset, 8, v), SEAM_OK); }
    uint32_t read(uint64_t offset) { return bench.read32(index, offset); }

    void ste(uint64_t at, uint64_t w0, uint64_t w2 = 0, uint64_t w3 = 0)
    {
        poke(at, w0), poke(at + 8, 0), poke(at + 16, w2), poke(at + 24, w3);
    }
    // Tables, then everything on, as a driver does it (7.1 of the specification's own order: 6.3.9).
    void set_up(unsigned event_log2 = 3)
    {
        ste(stream_table + stream * 64, s2_config, s2_words, s2_root);
        poke(s2_root + (ipa >> 30) * 8, s2_level2 | 3);
        poke(s2_level2 + (ipa >> 21 & 511) * 8, s2_level3 | 3);
        poke(s2_level3, target | normal | 3);
        poke(s2_level3 + 8, (target + 0x5000) | normal | 3);
        write64(SMMUV3_STRTAB_BASE, stream_table);
        write(SMMUV3_STRTAB_BASE_CFG, 4);
        write64(SMMUV3_CMDQ_BASE, commands | 4);
        write64(SMMUV3_EVENTQ_BASE, events | event_log2);
        write(SMMUV3_CR2, SMMUV3_CR2_RECINVSID);
        write(SMMUV3_IRQ_CTRL, SMMUV3_IRQ_CTRL_EVENTQ_IRQEN | SMMUV3_IRQ_CTRL_GERROR_IRQEN);
        write(SMMUV3_CR0, SMMUV3_CR0_CMDQEN | SMMUV3_CR0_EVENTQEN | SMMUV3_CR0_SMMUEN);
        EXPECT_EQ(read(SMMUV3_CR0ACK), read(SMMUV3_CR0));
    }
    void command(uint64_t w0, uint64_t w1 = 0)
    {
        uint32_t prod = read(SMMUV3_CMDQ_PROD);
        poke(commands + (prod & 15) * 16, w0), poke(commands + (prod & 15) * 16 + 8, w1);
        write(SMMUV3_CMDQ_PROD, (prod + 1) & 31);
    }
    seam_result translate(uint64_t at, bool write = false, uint32_t id = stream)
    {
        return seam_translate(bench.devices(), id, at, write, &pa, &length);
    }
    // The next event, taken from the queue; 0: none.
    uint64_t event()
    {
        uint32_t cons = read(SMMUV3_EVENTQ_CONS), prod = read(SMMUV3_EVENTQ_PROD);
        if (((cons ^ prod) & 15) == 0) {
            return 0;
        }
        uint64_t at = events + (cons & 7) * 32;
        for (unsigned i = 0; i < 4; i++) {
            word[i] = peek(at + i * 8);
        }
        write(SMMUV3_EVENTQ_CONS, ((cons + 1) & 15) | (cons & SMMUV3_EVENTQ_CONS_OVACKFLG));
        return word[0];
    }
    static uint64_t id(unsigned event, uint32_t of = stream) { return event | static_cast<uint64_t>(of) << 32; }

    ingot::Bench bench;
    unsigned index;
    uint64_t pa = 0, length = 0, word[4] = {};
};

class Smmuv3 : public testing::Test {};
#define SMMU_TEST(name)                                                                                 \
    static void name##_body(SmmuBench &b);                                                              \
    TEST_F(Smmuv3, name) { ingot::in_child([] { SmmuBench b; name##_body(b); return std::string(); }); } \
    static void name##_body(SmmuBench &b)

SMMU_TEST(HasTheRegistersOfItsDescription)
{
    std::unique_ptr<regs, void (*)(regs *)> r(regs_load(INGOT_VDEVICES "/smmuv3/regs.xml", stderr), regs_free);
    ASSERT_TRUE(r);
    for (size_t i = 0; i < r->register_count; i++) {
        const regs_register &g = r->registers[i];
        uint64_t want = 0, got = ~0ull;
        for (size_t k = 0; k < g.field_count; k++) {
            want |= g.fields[k].reset << g.fields[k].shift;
        }
        ASSERT_EQ(b.bench.read(b.index, g.offset, g.size / 8, &got), SEAM_OK) << g.name;
        EXPECT_EQ(got, want) << g.name;
        if (g.access == REGS_READ_ONLY) {
            b.write(g.offset, ~0u);
            EXPECT_EQ(b.read(g.offset), want) << g.name;
        }
    }
}

SMMU_TEST(LetsNothingPassBeforeItIsSetUp)
{
    EXPECT_EQ(b.translate(base), SEAM_DENIED);
    b.write(SMMUV3_GBPA, 0);                            // without UPDATE: no effect
    EXPECT_EQ(b.translate(base), SEAM_DENIED);
    b.write(SMMUV3_GBPA, SMMUV3_GBPA_UPDATE);
    EXPECT_EQ(b.read(SMMUV3_GBPA), 0u);
    EXPECT_EQ(b.translate(base + 1), SEAM_OK);
    EXPECT_EQ(b.pa, base + 1);
}

SMMU_TEST(TranslatesByStage2)
{
    b.set_up();
    ASSERT_EQ(b.translate(ipa + 0x123), SEAM_OK);
    EXPECT_EQ(b.pa, target + 0x123);
    EXPECT_EQ(b.length, 0x1000u - 0x123);
    ASSERT_EQ(b.translate(ipa + 0x1ff8, true), SEAM_OK);
    EXPECT_EQ(b.pa, target + 0x5ff8);
    EXPECT_EQ(b.event(), 0u);
}

SMMU_TEST(TranslatesBlocksOfBothSizes)
{
    b.set_up();
    b.poke(s2_root + 1 * 8, 0x40000000 | normal | 1);                   // 1 GiB
    b.poke(s2_level2 + 1 * 8, 0x40200000 | normal | 1);                 // 2 MiB after the two pages' table
    ASSERT_EQ(b.translate(0x40000000 + 0x12345678), SEAM_OK);
    EXPECT_EQ(b.pa, 0x52345678u);
    EXPECT_EQ(b.length, 0x40000000u - 0x12345678u);
    ASSERT_EQ(b.translate(ipa + 0x200000 + 0x1fffff), SEAM_OK);
    EXPECT_EQ(b.pa, 0x403fffffu);
    EXPECT_EQ(b.length, 1u);
}

SMMU_TEST(RecordsWhatItBlocks)
{
    b.set_up();
    b.bench.clear_log();
    EXPECT_EQ(b.translate(ipa + 0x2008, true), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_TRANSLATION));
    EXPECT_EQ(b.word[1], 1ull << 39 | 2ull << 40);      // a write, stage 2, the input address
    EXPECT_EQ(b.word[2], ipa + 0x2008);
    EXPECT_EQ(b.word[3], ipa + 0x2000);
    auto edges = b.bench.log_of(ingot::BenchEvent::Irq);
    ASSERT_EQ(edges.size(), 2u);                        // one pulse on line 0
    EXPECT_EQ(edges[0].a, b.bench.spi(b.index));

    b.poke(s2_level3, target | (normal & ~(1ull << 7)) | 3);            // read only
    EXPECT_EQ(b.translate(ipa, true), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_PERMISSION));
    EXPECT_EQ(b.translate(ipa, false), SEAM_OK);
    b.poke(s2_level3 + 8, target | (normal & ~(1ull << 10)) | 3);       // no access flag
    EXPECT_EQ(b.translate(ipa + 0x1000), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_ACCESS));
    EXPECT_EQ(b.word[1], 1ull << 35 | 1ull << 39 | 2ull << 40);
    EXPECT_EQ(b.translate(1ull << 40), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_ADDR_SIZE));
    EXPECT_EQ(b.translate(1ull << 39), SEAM_DENIED);    // beyond S2T0SZ
    EXPECT_EQ(b.event(), b.id(F_TRANSLATION));
    b.poke(s2_root + 3 * 8, 0x10000000003);             // a table beyond the output size
    EXPECT_EQ(b.translate(3ull << 30), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_ADDR_SIZE));
    b.poke(s2_root + 4 * 8, 0x1000003);                 // a table where there is no RAM
    EXPECT_EQ(b.translate(4ull << 30), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(F_WALK_EABT));
    EXPECT_EQ(b.word[3], 0x1000000u);
}

SMMU_TEST(RecordsBadStreamsAndEntries)
{
    b.set_up();
    EXPECT_EQ(b.translate(ipa, false, 16), SEAM_DENIED);                // 4 bits of stream are in the table
    EXPECT_EQ(b.event(), b.id(C_BAD_STREAMID, 16));
    EXPECT_EQ(b.translate(ipa, false, 6), SEAM_DENIED);                 // V = 0
    EXPECT_EQ(b.event(), b.id(C_BAD_STE, 6));
    for (uint64_t bad : { 5ul << 1, 7ul << 1 }) {                       // stage 1 is not there
        b.ste(stream_table + 7 * 64, 1 | bad, s2_words, s2_root);
        EXPECT_EQ(b.translate(ipa, false, 7), SEAM_DENIED);
        EXPECT_EQ(b.event(), b.id(C_BAD_STE, 7));
    }
    for (uint64_t flip : { 1ul << 51, 1ul << 46, 1ul << 52, 1ul << 57, 3ul << 38, 16ul << 32 }) {
        b.ste(stream_table + 7 * 64, s2_config, s2_words ^ flip, s2_root);
        EXPECT_EQ(b.translate(ipa, false, 7), SEAM_DENIED) << std::hex << flip;
        EXPECT_EQ(b.event(), b.id(C_BAD_STE, 7)) << std::hex << flip;
    }
    b.ste(stream_table + 8 * 64, 1);                                    // abort: silent
    EXPECT_EQ(b.translate(ipa, false, 8), SEAM_DENIED);
    EXPECT_EQ(b.event(), 0u);
    b.ste(stream_table + 9 * 64, 1 | 4 << 1);                           // bypass
    EXPECT_EQ(b.translate(ipa, false, 9), SEAM_OK);
    EXPECT_EQ(b.pa, ipa);
}

SMMU_TEST(ReadsStreamTablesOfTwoLevels)
{
    b.set_up();
    b.write(SMMUV3_CR0, SMMUV3_CR0_CMDQEN | SMMUV3_CR0_EVENTQEN);
    b.write(SMMUV3_STRTAB_BASE_CFG, 10 | 6 << 6 | 1 << 16);
    b.write(SMMUV3_CR0, SMMUV3_CR0_CMDQEN | SMMUV3_CR0_EVENTQEN | SMMUV3_CR0_SMMUEN);
    b.poke(stream_table, 0);
    b.poke(stream_table + 8, second_table | 3);                         // streams 64 to 67
    b.ste(second_table + 3 * 64, 1 | 4 << 1);
    EXPECT_EQ(b.translate(base, false, 67), SEAM_OK);
    EXPECT_EQ(b.translate(base, false, 68), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(C_BAD_STREAMID, 68));
    EXPECT_EQ(b.translate(base, false, 1), SEAM_DENIED);
    EXPECT_EQ(b.event(), b.id(C_BAD_STREAMID, 1));
}

SMMU_TEST(KeepsWhatItReadUntilACommandSaysOtherwise)
{
    b.set_up();
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    b.poke(s2_level3, (target + 0x7000) | normal | 3);
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target);                            // stale, as in a chip
    b.command(0x2a | 8ull << 32, ipa);                  // another VMID's
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target);
    b.command(0x2a | 7ull << 32, ipa + 0x1000);         // another page
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target);
    b.command(0x2a | 7ull << 32, ipa);
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target + 0x7000);
    b.poke(s2_level3, target | normal | 3);
    b.command(0x28 | 7ull << 32);
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target);
    b.poke(s2_level3, (target + 0x7000) | normal | 3);
    b.command(0x30);
    ASSERT_EQ(b.translate(ipa), SEAM_OK);
    EXPECT_EQ(b.pa, target + 0x7000);

    b.ste(stream_table + stream * 64, 1);               // abort
    EXPECT_EQ(b.translate(ipa), SEAM_OK);
    b.command(0x03 | 6ull << 32);
    EXPECT_EQ(b.translate(ipa), SEAM_OK);
    b.command(0x03 | static_cast<uint64_t>(stream) << 32);
    EXPECT_EQ(b.translate(ipa), SEAM_DENIED);
    b.ste(stream_table + stream * 64, s2_config, s2_words, s2_root);
    b.command(0x04 | 4ull << 32, 0);                    // streams 4 and 5
    EXPECT_EQ(b.translate(ipa), SEAM_OK);
    b.ste(stream_table + stream * 64, 1);
    b.command(0x04, 31);                                // all
    EXPECT_EQ(b.translate(ipa), SEAM_DENIED);
    EXPECT_EQ(b.read(SMMUV3_CMDQ_CONS), b.read(SMMUV3_CMDQ_PROD));
}

SMMU_TEST(StopsAtAnIllegalCommand)
{
    b.set_up();
    b.bench.clear_log();
    b.command(0x46);
    b.command(0x10);                                    // CMD_TLBI_NH_ALL: stage 1 is not there
    b.command(0x46);
    EXPECT_EQ(b.read(SMMUV3_CMDQ_CONS), 1u | 1u << 24);
    EXPECT_EQ(b.read(SMMUV3_GERROR), SMMUV3_GERROR_CMDQ_ERR);
    EXPECT_EQ(b.bench.log_of(ingot::BenchEvent::Irq).size(), 2u);
    b.poke(commands + 16, 0x46);
    b.write(SMMUV3_GERRORN, SMMUV3_GERROR_CMDQ_ERR);    // acknowledged: goes on
    EXPECT_EQ(b.read(SMMUV3_CMDQ_CONS), 3u);
    b.write(SMMUV3_CR0, SMMUV3_CR0_EVENTQEN);
    b.write64(SMMUV3_CMDQ_BASE, 0x1000000 | 4);
    b.write(SMMUV3_CR0, SMMUV3_CR0_EVENTQEN | SMMUV3_CR0_CMDQEN);
    b.write(SMMUV3_CMDQ_PROD, 4);
    EXPECT_EQ(b.read(SMMUV3_CMDQ_CONS), 3u | 2u << 24); // it cannot be read
    EXPECT_EQ(b.read(SMMUV3_GERROR), 0u);               // toggled again
}

SMMU_TEST(SaysThatEventsWereLost)
{
    b.set_up(1);                                        // two events have room
    b.bench.clear_log();
    for (int i = 0; i < 5; i++) {
        b.translate(ipa + 0x10000);
    }
    EXPECT_EQ(b.read(SMMUV3_EVENTQ_PROD), 2u | SMMUV3_EVENTQ_PROD_OVFLG);
    EXPECT_EQ(b.bench.log_of(ingot::BenchEvent::Irq).size(), 2u);       // only when it was empty
    b.write(SMMUV3_EVENTQ_CONS, 2u | SMMUV3_EVENTQ_CONS_OVACKFLG);
    b.translate(ipa + 0x10000);
    EXPECT_EQ(b.read(SMMUV3_EVENTQ_PROD), 3u | SMMUV3_EVENTQ_PROD_OVFLG);
    EXPECT_EQ(b.bench.log_of(ingot::BenchEvent::Irq).size(), 4u);
    b.write(SMMUV3_CR0, SMMUV3_CR0_CMDQEN | SMMUV3_CR0_SMMUEN);
    b.write64(SMMUV3_EVENTQ_BASE, 0x1000000 | 3);
    b.write(SMMUV3_CR0, SMMUV3_CR0_CMDQEN | SMMUV3_CR0_SMMUEN | SMMUV3_CR0_EVENTQEN);
    b.translate(ipa + 0x10000);
    EXPECT_EQ(b.read(SMMUV3_GERROR), SMMUV3_GERROR_EVENTQ_ABT_ERR);
}

SMMU_TEST(FixesItsTablesWhileTheyAreInUse)
{
    b.set_up();
    b.write64(SMMUV3_STRTAB_BASE, base);
    b.write(SMMUV3_STRTAB_BASE_CFG, 1);
    b.write(SMMUV3_CMDQ_BASE, 0);
    b.write64(SMMUV3_EVENTQ_BASE, 0);
    EXPECT_EQ(b.read(SMMUV3_STRTAB_BASE), stream_table);
    EXPECT_EQ(b.read(SMMUV3_STRTAB_BASE_CFG), 4u);
    EXPECT_EQ(b.read(SMMUV3_CMDQ_BASE), commands | 4);
    EXPECT_EQ(b.read(SMMUV3_EVENTQ_BASE), events | 3);
    EXPECT_EQ(b.translate(ipa), SEAM_OK);
}

SMMU_TEST(RefusesAccessesThatNoRegisterHas)
{
    uint64_t v;
    EXPECT_EQ(b.bench.read(b.index, SMMUV3_CR0, 1, &v), SEAM_SLAVE_ERROR);
    EXPECT_EQ(b.bench.read(b.index, SMMUV3_CR0, 8, &v), SEAM_SLAVE_ERROR);
    EXPECT_EQ(b.bench.write(b.index, SMMUV3_CR0 + 2, 4, 0), SEAM_SLAVE_ERROR);
    EXPECT_EQ(b.bench.write(b.index, SMMUV3_CMDQ_BASE, 2, 0), SEAM_SLAVE_ERROR);
}

// dmaq behind it, as model and as RTL: a copy that crosses the two pages, which lie apart; then one that leaves them.
class Smmuv3Dmaq : public testing::TestWithParam<const char *> {};

TEST_P(Smmuv3Dmaq, TransfersAndIsBlocked)
{
    const char *impl = GetParam();
    ingot::in_child([=] {
        ingot::Bench bench(4 << 20, base);
        ingot::Bench::Options options;
        options.impl = impl;
        options.stream = stream;
        unsigned smmu = bench.add("smmu0", "smmuv3"), dmaq = bench.add("dmaq0", "dmaq", options);
        auto poke = [&](uint64_t at, uint64_t v) { memcpy(bench.ram(at, 8), &v, 8); };
        poke(stream_table + stream * 64, s2_config), poke(stream_table + stream * 64 + 16, s2_words), poke(stream_table + stream * 64 + 24, s2_root);
        poke(s2_root + 16, s2_level2 | 3), poke(s2_level2, s2_level3 | 3);
        poke(s2_level3, target | normal | 3), poke(s2_level3 + 8, (target + 0x5000) | normal | 3);
        EXPECT_EQ(bench.write(smmu, SMMUV3_STRTAB_BASE, 8, stream_table), SEAM_OK);
        bench.write32(smmu, SMMUV3_STRTAB_BASE_CFG, 4);
        EXPECT_EQ(bench.write(smmu, SMMUV3_EVENTQ_BASE, 8, events | 3), SEAM_OK);
        bench.write32(smmu, SMMUV3_CR0, SMMUV3_CR0_SMMUEN | SMMUV3_CR0_EVENTQEN);

        auto descriptor = [&](unsigned i, uint64_t from, uint64_t to, uint32_t length) {
            DmaqDescriptor d = { from, to, length, 1, 0, 0 };
            memcpy(bench.ram(target + i * 32, sizeof d), &d, sizeof d);     // the ring is at ipa
        };
        descriptor(0, ipa + 0x400, ipa + 0xf00, 0x200);
        descriptor(1, ipa + 0x400, ipa + 0x1f80, 0x100);
        for (unsigned i = 0; i < 0x200; i++) {
            *bench.ram(target + 0x400 + i, 1) = static_cast<uint8_t>(i * 7 + 1);
        }
        bench.write32(dmaq, DMAQ_RING_LO, static_cast<uint32_t>(ipa));
        bench.write32(dmaq, DMAQ_RING_SIZE, 2);
        bench.write32(dmaq, DMAQ_IRQ_ENABLE, DMAQ_IRQ_ENABLE_DONE | DMAQ_IRQ_ENABLE_ERROR);
        bench.write32(dmaq, DMAQ_CTRL, DMAQ_CTRL_ENABLE);
        bench.write32(dmaq, DMAQ_TAIL, 1);
        EXPECT_TRUE(bench.run_until_irq(dmaq, UINT64_C(1000000000)));
        EXPECT_EQ(memcmp(bench.ram(target + 0xf00, 0x100), bench.ram(target + 0x400, 0x100), 0x100), 0);
        EXPECT_EQ(memcmp(bench.ram(target + 0x5000, 0x100), bench.ram(target + 0x500, 0x100), 0x100), 0);
        EXPECT_EQ(bench.read32(smmu, SMMUV3_EVENTQ_PROD), 0u);
        bench.write32(dmaq, DMAQ_IRQ_STATUS, 3);
        bench.write32(dmaq, DMAQ_TAIL, 2);
        EXPECT_TRUE(bench.run_until_irq(dmaq, UINT64_C(1000000000)));
        EXPECT_TRUE(bench.read32(dmaq, DMAQ_IRQ_STATUS) & DMAQ_IRQ_STATUS_ERROR);
        EXPECT_EQ(bench.read32(smmu, SMMUV3_EVENTQ_PROD), 1u);
        uint64_t at;
        memcpy(&at, bench.ram(events + 16, 8), 8);
        EXPECT_EQ(at & ~0x7full, ipa + 0x2000);
        return std::string();
    });
}

INSTANTIATE_TEST_SUITE_P(, Smmuv3Dmaq, testing::Values("model", "rtl"), [](const auto &info) { return std::string(info.param); });

}  // namespace
