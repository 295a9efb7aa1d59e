// SPDX-License-Identifier: GPL-2.0-or-later
// Probes of a guest's virtual interrupts: list register, vector, end of interrupt
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "board.h"

namespace {

constexpr uint32_t kLr = 1, kVector = 2, kEoi = 3;

TEST(Probe, FollowsAVirtualInterruptFromListRegisterToItsEnd)
{
    BoardOptions o;
    o.guest = "virtual.elf";
    Board b(o);
    b.held();
    b.ok("probe 1 lr lr 0");
    b.ok("probe 2 vector guest-vector *");
    b.ok("probe 3 eoi guest-eoi 0");
    EXPECT_EQ("poweroff", b.go().reason);
    auto hits = records_of(b.trace(), TRACE_PROBE);
    ASSERT_EQ(9u, hits.size());
    const uint32_t list_registers[] = { 0, 1, 3 };
    for (size_t round = 0; round < 3; round++) {
        const trace_record &lr = hits[3 * round], &vector = hits[3 * round + 1], &eoi = hits[3 * round + 2];
        EXPECT_EQ(kLr, lr.id);
        EXPECT_EQ(list_registers[round], lr.aux);
        EXPECT_EQ(UINT64_C(0x5080000000000020) + round, lr.value);
        EXPECT_EQ(kVector, vector.id);
        EXPECT_EQ(0x280u, vector.addr & 0x7ff);
        EXPECT_EQ(2u, lr.size);                             // exception levels, and the VM's VMID
        EXPECT_EQ(1u, vector.size);
        EXPECT_EQ(5u, lr.result);
        EXPECT_EQ(5u, vector.result);
        EXPECT_EQ(lr.insn + 1, vector.insn);                // the ERET is between them
        EXPECT_EQ(lr.time_ps + 1000, vector.time_ps);
        EXPECT_EQ(kEoi, eoi.id);
        EXPECT_EQ(vector.insn + 2, eoi.insn);
        EXPECT_EQ(vector.time_ps + 2000, eoi.time_ps);
    }
}

TEST(Probe, SeesEveryInstructionOfAnExceptionLevel)
{
    BoardOptions o;
    o.guest = "virtual.elf";
    Board b(o);
    b.held();
    b.ok("probe 1 el1 every 0 1");
    b.ok("probe 2 vector guest-vector 0");
    b.ok("probe 3 eoi guest-eoi 0");
    EXPECT_EQ("poweroff", b.go().reason);
    std::vector<uint64_t> el1, marked;
    for (const trace_record &r : records_of(b.trace(), TRACE_PROBE))
        (r.id == 1 ? el1 : marked).push_back(r.insn);
    ASSERT_EQ(6u, marked.size());
    for (size_t i = 1; i < el1.size(); i++)
        EXPECT_LT(el1[i - 1], el1[i]);
    for (size_t i = 0; i < marked.size(); i += 2)       // from the vector to the end of interrupt, without a gap
        for (uint64_t insn = marked[i]; insn <= marked[i + 1]; insn++)
            EXPECT_TRUE(std::binary_search(el1.begin(), el1.end(), insn)) << insn;
}

/* A probe of every instruction tells independently which one did an access. */
TEST(Probe, AnAccessHasThePcOfItsInstruction)
{
    for (const char *guest : { "copy.elf", "storm.elf" }) {
        BoardOptions o;
        o.guest = guest;
        Board b(o);
        b.held();
        b.ok("probe 1 el2 every * 2");
        EXPECT_EQ("poweroff", b.go().reason);
        std::map<std::pair<int, uint64_t>, uint64_t> pcs;
        auto trace = b.trace();
        for (const trace_record &r : records_of(trace, TRACE_PROBE))
            pcs[{ r.core, r.insn }] = r.addr;
        size_t accesses = 0;
        for (const trace_record &r : trace)
            if (r.kind == TRACE_READ || r.kind == TRACE_WRITE) {
                accesses++;
                uint64_t pc = pcs[{ r.core, r.insn }];
                EXPECT_EQ((uint32_t)pc, r.aux) << guest << " insn " << r.insn;
            }
        EXPECT_GT(accesses, 5u);
    }
}

TEST(Probe, DoesNotChangeTheRun)
{
    auto run = [](bool probed) {
        BoardOptions o;
        o.guest = "pulses2.elf";
        o.cores = 2;
        Board b(o);
        b.held();
        if (probed) {
            b.ok("probe 1 vector pc * 2 0x40080a80");
            b.ok("probe 2 lr lr *");
            b.ok("probe 3 guest guest-vector *");
            b.ok("probe 4 el2 every * 2");
        }
        b.ok("watch half time 4000000000");
        b.go();
        if (probed)
            b.ok("unprobe 1");
        EXPECT_EQ("poweroff", b.go().reason);
        std::vector<trace_record> crossings;
        for (const trace_record &r : b.trace())
            if (r.kind != TRACE_PROBE && r.kind != TRACE_NAME)
                crossings.push_back(r);
        return crossings;
    };
    EXPECT_EQ("", first_difference(run(false), run(true)));
}

}  // namespace
