// SPDX-License-Identifier: GPL-2.0-or-later
// Pools, sets and placements: what forge makes of them, and that forge-check tells every bit that is flipped there
#include <gtest/gtest.h>

#include "hypervisor/forge/forge_test.h"

extern "C" {
#include "hypervisor/include/layout.h"
#include "hypervisor/include/tables.h"
}

namespace {

const char xml[] = "<system name=\"umbrella\">\n"
                   "  <board cores=\"4\" memory=\"64MiB\"/>\n"
                   "  <hypervisor memory=\"8MiB\"/>\n"
                   "  <pool name=\"spare\" size=\"4MiB\"/>\n"
                   "  <pool name=\"post\" size=\"2MiB\" shared=\"yes\"/>\n"
                   "  <vm name=\"a\" core=\"0\"><memory ipa=\"0x40000000\" size=\"2MiB\"/><raw image=\"a.bin\"/>\n"
                   "    <set name=\"lean\"/><set name=\"fat\"><map pool=\"spare\" ipa=\"0x50000000\"/><map pool=\"post\" ipa=\"0x60000000\"/></set>\n"
                   "    <switch vm=\"a\" set=\"lean\"/><switch vm=\"a\" set=\"fat\"/>\n"
                   "    <placement name=\"night\" cores=\"2\"/><placement name=\"noon\" cores=\"3\"/>\n"
                   "  </vm>\n"
                   "  <vm name=\"b\" core=\"1\"><memory ipa=\"0x40000000\" size=\"2MiB\"/><raw image=\"b.bin\"/>\n"
                   "    <set name=\"with\"><map pool=\"spare\" ipa=\"0x48000000\"/></set><set name=\"without\"/>\n"
                   "    <signal to=\"a\" intid=\"40\"/><switch vm=\"a\" set=\"fat\"/><switch vm=\"b\" set=\"without\"/>\n"
                   "    <move vm=\"a\" to=\"noon\"/><move vm=\"a\"/>\n"
                   "  </vm>\n"
                   "</system>\n";

class Umbrella : public testing::Test {
protected:
    void SetUp() override
    {
        bench.write("s.xml", xml);
        bench.payloads(bench.dir + "/s.xml");
        ASSERT_EQ(0, bench.forge(bench.dir + "/s.xml", "out")) << bench.said();
        path = bench.dir + "/out/umbrella.elf";
        good = read_file(path);
    }
    int check(const std::string &image)
    {
        int status = ::system((FORGE_CHECK " " + bench.dir + "/s.xml " + image + " 2>" + bench.dir + "/said").c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int flipped(uint64_t pa, unsigned bit)
    {
        std::string bad = good;
        bad[Image(path).offset(pa + bit / 8)] ^= 1u << bit % 8;
        bench.write("bad.elf", bad);
        return check(bench.dir + "/bad.elf");
    }
    std::string told(const std::string &words) { return bench.said().find(words) == std::string::npos ? "not told: " + words + "\n" + bench.said() : ""; }

    ForgeBench bench{ FORGE, HYP };
    std::string path, good;
};

TEST_F(Umbrella, ASetReachesItsPoolsAndAVmsOwnTablesNone)
{
    Image image(path);
    uint64_t spare = image.get<struct hyp_pool>(image.symbol("hyp_pools")).pa, post = image.get<struct hyp_pool>(image.symbol("hyp_pools") + sizeof(struct hyp_pool)).pa;
    EXPECT_EQ(0x40e00000u, spare);
    EXPECT_EQ(0x41200000u, post);
    auto own = image.walk(image.symbol("hyp_s2_0")), fat = image.walk(image.symbol("hyp_s2_0_1")), with = image.walk(image.symbol("hyp_s2_1_0")), el2 = image.walk(image.symbol("hyp_el2_root"));
    EXPECT_EQ(0x200u, own.size());
    EXPECT_EQ(0x200u + 0x400 + 0x200, fat.size());
    EXPECT_EQ(0x200u + 0x400, with.size());
    EXPECT_EQ(spare + 0x3ff000, fat.at(0x503ff000).pa);
    EXPECT_EQ(post, fat.at(0x60000000).pa);
    EXPECT_EQ(spare, with.at(0x48000000).pa);
    for (auto &p : el2) {
        EXPECT_FALSE(p.second.pa >= spare && p.second.pa < post + 0x200000) << "nothing of a pool is mapped at EL2";
    }
    auto set = [&](unsigned n) { return image.get<struct hyp_set>(image.symbol("hyp_sets") + n * sizeof(struct hyp_set)); };
    EXPECT_EQ(image.symbol("hyp_s2_0") | 1ul << 48, set(0).vttbr) << "a set without pools has its VM's tables";
    EXPECT_EQ(image.symbol("hyp_s2_0_1") | 1ul << 48, set(1).vttbr) << "all of a VM's sets have its VMID";
    EXPECT_EQ(3u, set(1).pools);
    EXPECT_EQ(1u, set(2).vm);
    auto clear = image.walk(image.symbol("hyp_clear_tables"));
    EXPECT_EQ(1u + 0x400, clear.size()) << "its code, and the pool that is not shared";
    EXPECT_EQ(image.symbol("hyp_clear"), clear.begin()->second.pa);
    EXPECT_FALSE(clear.begin()->second.execute_never());
    EXPECT_TRUE(clear.at(spare).execute_never());
}

TEST_F(Umbrella, CapabilitiesFollowTheSignals)
{
    Image image(path);
    struct hyp_vm b = image.get<struct hyp_vm>(image.symbol("hyp_vms") + sizeof(struct hyp_vm));
    ASSERT_EQ(5u, b.cap_count);
    const uint32_t wanted[][2] = { { CAP_VIRQ | 40 << 16, 0 }, { CAP_SET, 1 }, { CAP_SET, 3 }, { CAP_PLACEMENT, 2 }, { CAP_PLACEMENT, 0 } };
    for (unsigned n = 0; n < 5; n++) {
        struct hyp_cap cap = image.get<struct hyp_cap>((uint64_t)b.caps + n * sizeof cap);
        EXPECT_EQ(wanted[n][0], cap.type) << n;
        EXPECT_EQ(wanted[n][1], cap.number) << n;
    }
    std::string words = read_file(bench.dir + "/out/layout.txt");
    for (const char *line : { "b                0  raises interrupt 40 of a", "b                1  puts set fat of a into force", "b                3  moves a to noon",
                              "b                4  moves a to the cores where it begins", "spare          pool, cleared for the next one: a with set fat at IPA 0x50000000; b with set with at "
                              "IPA 0x48000000, from the beginning;", "core 2  nobody; vCPU 0 of a in its placement night" }) {
        EXPECT_NE(std::string::npos, words.find(line)) << line << "\n" << words;
    }
}

TEST_F(Umbrella, ACoreThatAPlacementBringsSomebodyToIsNotParked)
{
    Image image(path);
    EXPECT_EQ(0u, image.get<struct hyp_core>(image.symbol("hyp_core_tables") + 2 * sizeof(struct hyp_core)).vcpu);
    EXPECT_EQ(0u, image.get<struct hyp_core>(image.symbol("hyp_core_tables") + 3 * sizeof(struct hyp_core)).vcpu);
    struct hyp_placement noon = image.get<struct hyp_placement>(image.symbol("hyp_placements") + 2 * sizeof noon);
    EXPECT_EQ(0u, noon.vm);
    EXPECT_EQ(3u, noon.cores[0]);
}

TEST_F(Umbrella, EachFileOfTheStagesLeadsToTheSameImage)
{
    for (const char *file : { "2-layout.xml", "3-pagetables.xml" }) {
        ASSERT_EQ(0, bench.forge(bench.dir + "/s.xml", "again", "--from " + bench.dir + "/out/" + file)) << bench.said();
        EXPECT_TRUE(good == read_file(bench.dir + "/again/umbrella.elf")) << file;
    }
}

TEST_F(Umbrella, ALayoutThatPutsAPoolOnAVmIsRefused)
{
    std::string text = read_file(bench.dir + "/out/2-layout.xml"), from = "virtual=\"0x48000000\" physical=\"0x40e00000\"";
    ASSERT_NE(std::string::npos, text.find(from));
    text.replace(text.find(from), from.size(), "virtual=\"0x48000000\" physical=\"0x40a00000\"");
    bench.write("changed.xml", text);
    EXPECT_EQ(1, bench.forge(bench.dir + "/s.xml", "again", "--from " + bench.dir + "/changed.xml"));
    EXPECT_EQ("", told("'pool.spare' of spare lies at physical 0x40a00000-0x40dfffff, which is in 'ram' of a: move one"));
}

TEST_F(Umbrella, AFlippedBitIsTold)
{
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    // What may be flipped: all bits of these structs but what the compiler left free.
    auto all = [&](const char *what, uint64_t at, size_t bytes, unsigned every) {
        for (unsigned bit = 0; bit < bytes * 8; bit += every) {
            EXPECT_EQ(1, flipped(at, bit)) << what << " bit " << bit;
        }
    };
    for (unsigned n = 0; n < 2; n++) {
        all("hyp_pools", image.symbol("hyp_pools") + n * sizeof(struct hyp_pool), offsetof(struct hyp_pool, shared) + 4, 5);
    }
    all("hyp_pool_count", image.symbol("hyp_pool_count"), 4, 3);
    all("hyp_sets", image.symbol("hyp_sets"), 4 * sizeof(struct hyp_set), 5);
    all("hyp_vm_sets", image.symbol("hyp_vm_sets"), 2 * sizeof(struct hyp_vm_sets), 3);
    all("hyp_clear_vttbr", image.symbol("hyp_clear_vttbr"), 8, 3);
    all("hyp_placements", image.symbol("hyp_placements"), 3 * sizeof(struct hyp_placement), 3);
    all("capabilities of b", (uint64_t)image.get<struct hyp_vm>(image.symbol("hyp_vms") + sizeof(struct hyp_vm)).caps, 5 * sizeof(struct hyp_cap), 5);
    for (const char *space : { "vm0s1", "vm1s0", "clear" }) {
        for (int n = 0; image.has(std::string("pt_") + space + "_" + std::to_string(n)); n++) {
            uint64_t table = image.symbol(std::string("pt_") + space + "_" + std::to_string(n));
            for (uint64_t at = table; at < table + 4096; at += 8) {
                if (image.get<uint64_t>(at)) {
                    all(space, at, 8, 7);
                }
            }
        }
    }
}

TEST_F(Umbrella, DifferencesAreToldInWords)
{
    Image image(path);
    EXPECT_EQ(1, flipped(image.symbol("hyp_sets") + 2 * sizeof(struct hyp_set) + offsetof(struct hyp_set, pools), 1));
    EXPECT_EQ("", told("s.xml:12: set 'with' of vm 'b': the image has VM 1, pools 0x3, VMID 2; not VM 1, pools 0x1, VMID 2"));
    EXPECT_EQ(1, flipped(image.symbol("hyp_placements") + offsetof(struct hyp_placement, cores) + sizeof(struct hyp_placement), 0));
    EXPECT_EQ("", told("s.xml:6: placement 'night' of vm 'a' has vCPU 0 on core 3 in the image, and not on 2"));
    EXPECT_EQ(1, flipped(image.symbol("hyp_pools"), 22));
    EXPECT_EQ("", told("s.xml:4: pool 'spare' at 0x40a00000 is memory of vm 'a'"));
}

}  // namespace
