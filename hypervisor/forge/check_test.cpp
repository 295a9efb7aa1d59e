// SPDX-License-Identifier: GPL-2.0-or-later
// forge-check: agrees with good images, and tells every bit that is flipped in one
#include <gtest/gtest.h>
#include <libfdt.h>
#include <random>

#include "hypervisor/forge/forge_test.h"

extern "C" {
#include "hypervisor/include/tables.h"
}

#define FIRST_LIGHT SYSTEMS "/first-light.xml"

namespace {

class Checked : public testing::Test {
protected:
    Checked() { make("first-light"); }
    void make(const std::string &name)
    {
        xml = SYSTEMS "/" + name + ".xml";
        bench.payloads(xml);
        made = bench.forge(xml, "out");
        path = bench.dir + "/out/" + name + ".elf";
        good = read_file(path);
    }
    void SetUp() override { ASSERT_EQ(0, made) << bench.said(); }
    int check(const std::string &image, const std::string &with, const std::string &more = "")
    {
        int status = ::system((FORGE_CHECK " " + with + " " + image + " " + more + " 2>" + bench.dir + "/said").c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    int check(const std::string &image) { return check(image, xml); }
    // The image with one value changed; the checker's exit status.
    template <typename T> int with(uint64_t pa, T value)
    {
        std::string bad = good;
        memcpy(&bad[Image(path).offset(pa)], &value, sizeof value);
        bench.write("bad.elf", bad);
        return check(bench.dir + "/bad.elf");
    }
    int flipped(uint64_t pa, unsigned bit) { return with(pa + bit / 8, (uint8_t)(Image(path).get<uint8_t>(pa + bit / 8) ^ 1u << bit % 8)); }
    std::string told(const std::string &words)
    {
        return bench.said().find(words) == std::string::npos ? "not told: " + words + "\n" + bench.said() : "";
    }
    // Every page table of the image: forge names them pt_SPACE_NUMBER.
    std::vector<uint64_t> tables() const
    {
        Image image(path);
        std::vector<uint64_t> found;
        for (const char *space : { "el2", "vm0", "vm1" }) {
            for (int n = 0; image.has(std::string("pt_") + space + "_" + std::to_string(n)); n++) {
                found.push_back(image.symbol(std::string("pt_") + space + "_" + std::to_string(n)));
            }
        }
        return found;
    }
    ForgeBench bench{ FORGE, HYP };
    int made;
    std::string xml, path, good;
};

TEST_F(Checked, AGoodImageHasNoDifference)
{
    EXPECT_EQ(0, check(path)) << bench.said();
    EXPECT_EQ(0, check(path, FIRST_LIGHT, "--files " + bench.dir + "/files")) << bench.said();
    EXPECT_EQ("", bench.said());
}

TEST_F(Checked, AFlippedBitOfATableIsTold)
{
    std::mt19937 random(20);
    auto all = tables();
    ASSERT_EQ(13u, all.size());
    for (int n = 0; n < 150; n++) {
        uint64_t table = all[random() % all.size()];
        unsigned bit = random() % (4096 * 8);
        EXPECT_EQ(1, flipped(table, bit)) << std::hex << table << " bit " << bit;
    }
}

// Most entries are 0; these are not.
TEST_F(Checked, AFlippedBitOfAUsedEntryIsTold)
{
    std::mt19937 random(4);
    Image image(path);
    std::vector<uint64_t> used;
    for (uint64_t table : tables()) {
        for (uint64_t at = table; at < table + 4096; at += 8) {
            if (image.get<uint64_t>(at)) {
                used.push_back(at);
            }
        }
    }
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t at = used[random() % used.size()];
        EXPECT_EQ(1, flipped(at, bit)) << std::hex << at << " bit " << bit;
    }
}

TEST_F(Checked, AFlippedBitOfARouteOrAVmIsTold)
{
    std::mt19937 random(44);
    Image image(path);
    uint64_t vms = image.symbol("hyp_vms"), routes = image.symbol("hyp_irq_vm"), vtcr = image.symbol("hyp_vtcr");
    for (int n = 0; n < 60; n++) {
        // What the compiler left free, and a pointer to no capabilities, mean nothing.
        unsigned byte = random() % sizeof(struct hyp_vm), bit = random() % 8;
        if ((byte < offsetof(struct hyp_vm, vcpu_count) + 4 || byte >= offsetof(struct hyp_vm, entry_ipa)) &&
            (byte < offsetof(struct hyp_vm, caps) || byte >= offsetof(struct hyp_vm, cap_count)) &&
            byte < offsetof(struct hyp_vm, irq_mask) + sizeof(hyp_vm::irq_mask)) {
            EXPECT_EQ(1, flipped(vms + n % 2 * sizeof(struct hyp_vm) + byte, bit)) << "hyp_vms, byte " << byte << " bit " << bit;
        }
        bit = random() % (HYP_INTIDS * 8);
        EXPECT_EQ(1, flipped(routes, bit)) << "hyp_irq_vm, bit " << bit;
        EXPECT_EQ(1, flipped(vtcr, n)) << "hyp_vtcr, bit " << n;
    }
}

TEST_F(Checked, AFlippedBitOfTheStreamTableIsTold)
{
    std::mt19937 random(7);
    Image image(path);
    uint64_t first = image.get<struct hyp_smmu>(image.symbol("hyp_smmu")).stream_table, second = image.get<uint64_t>(first) & ~31ull;
    for (int n = 0; n < 40; n++) {
        unsigned bit = random() % (8192 * 8);
        EXPECT_EQ(1, flipped(first, bit)) << "first level, bit " << bit;
        bit = random() % (4096 * 8);
        EXPECT_EQ(1, flipped(second, bit)) << "second level, bit " << bit;
        bit = 64 * 8 + random() % 256;
        EXPECT_EQ(1, flipped(second, bit)) << "entry of stream 1, bit " << bit;
    }
}

TEST_F(Checked, AFlippedBitOfAVcpuOrAScheduleIsTold)
{
    make("mixed");
    ASSERT_EQ(0, made) << bench.said();
    ASSERT_EQ(0, check(path)) << bench.said();
    std::mt19937 random(9);
    Image image(path);
    uint64_t vcpus = image.symbol("hyp_vcpus"), cores = image.symbol("hyp_core_tables");
    uint64_t slots = (uint64_t)image.get<struct hyp_core>(cores + 2 * sizeof(struct hyp_core)).slots;
    for (int n = 0; n < 40; n++) {
        unsigned bit = random() % (4 * sizeof(struct hyp_vcpu) * 8);
        EXPECT_EQ(1, flipped(vcpus, bit)) << "hyp_vcpus, bit " << bit;
        bit = random() % (HYP_CORES_MAX * sizeof(struct hyp_core) * 8);
        EXPECT_EQ(1, flipped(cores, bit)) << "hyp_core_tables, bit " << bit;
        bit = random() % (4 * sizeof(struct hyp_slot) * 8);
        EXPECT_EQ(1, flipped(slots, bit)) << "slots of core 2, bit " << bit;
    }
    EXPECT_EQ(1, with<uint32_t>(slots + offsetof(struct hyp_slot, ticks), 25001));
    EXPECT_EQ("", told("mixed.xml:40: slot 0 of core 2 is vCPU 2's for 400016 ns in the image, not 2's for 400000 ns"));
}

TEST_F(Checked, AFlippedBitOfASlotOfSeveralIsTold)
{
    make("slack");
    ASSERT_EQ(0, made) << bench.said();
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    uint64_t slots = (uint64_t)image.get<struct hyp_core>(image.symbol("hyp_core_tables")).slots;
    for (unsigned bit = 0; bit < sizeof(struct hyp_slot) * 8; bit++) {
        EXPECT_EQ(1, flipped(slots, bit)) << "slot 0 of core 0, bit " << bit;
    }
    EXPECT_EQ(1, with<uint16_t>(slots + offsetof(struct hyp_slot, several), 0x0100));
    EXPECT_EQ("", told("slack.xml:29: slot 0 of core 0: number 0 in its order is vCPU 0 in the image, not 1"));
    EXPECT_EQ(1, with<uint8_t>(slots + offsetof(struct hyp_slot, count), 1));
    EXPECT_EQ("", told("slack.xml:29: slot 0 of core 0 is shared by 1 vCPUs in the image, not by 2"));
}

TEST_F(Checked, ACapabilityThatNoSignalGivesIsTold)
{
    std::string text = read_file(FIRST_LIGHT);
    text.insert(text.find("<use device=\"uart0\"/>"), "<signal to=\"rt\" intid=\"40\"/>");
    bench.write("signal.xml", text);
    ASSERT_EQ(0, bench.forge(bench.dir + "/signal.xml", "out")) << bench.said();
    xml = bench.dir + "/signal.xml";
    good = read_file(path);
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    uint64_t caps = (uint64_t)image.get<struct hyp_vm>(image.symbol("hyp_vms")).caps;
    for (unsigned bit = 0; bit < 64; bit++) {
        EXPECT_EQ(1, flipped(caps, bit)) << bit;
    }
    EXPECT_EQ("", told("capability 0 of vm 'linux' is not: interrupt 40 of vm 'rt'"));
    EXPECT_EQ(1, with<uint32_t>(image.symbol("hyp_vms") + sizeof(struct hyp_vm) + offsetof(struct hyp_vm, cap_count), 1));
    EXPECT_EQ("", told("vm 'rt' has 1 capabilities in the image and not 0"));
}

TEST_F(Checked, DifferencesAreToldInWords)
{
    Image image(path);
    uint64_t block = image.symbol("pt_vm1_0");      // level 1 of rt; its memory is one block
    EXPECT_EQ(1, with(block, image.get<uint64_t>(image.symbol("pt_vm0_0"))));
    EXPECT_EQ("", told("vm 'rt' reaches what is not its own: in 0xb000000-0xb000fff, which leads to 0xb000000"));
    EXPECT_EQ("", told("first-light.xml:7: vm 'rt' does not reach device 'uart1': 0xb001000 is not mapped, 1 pages in all"));
    uint64_t text = 0;
    for (uint64_t t : tables()) {
        for (uint64_t at = t; at < t + 4096 && !text; at += 8) {
            text = (image.get<uint64_t>(at) & 0xfffffffff003) == 0x40200001 ? at : 0;
        }
    }
    ASSERT_NE(0u, text);
    EXPECT_EQ(1, with(text, image.get<uint64_t>(text) & ~0x80ull));
    EXPECT_EQ("", told("first-light.xml:14: the hypervisor: its text: at 0x40200000 the access (AP: 1 read and write, 3 read only) is 1 and not 3; 512 pages"));
    EXPECT_EQ(1, with<uint8_t>(image.symbol("hyp_irq_vm") + 211, 1));
    EXPECT_EQ("", told("interrupt 211 is routed to VM 1 and not to 0"));
    EXPECT_EQ(1, with<uint64_t>(image.symbol("hyp_vms") + offsetof(struct hyp_vm, ram_pa), 0x40400000));
    EXPECT_EQ("", told("first-light.xml:16: vm 'linux': its memory at 0x40400000 is the hypervisor's"));
}

// The cells of what the XML decides: memory, each device's place and interrupt, the initramfs.
TEST_F(Checked, AFlippedBitOfADeviceTreesNumbersIsTold)
{
    Image image(path);
    uint64_t at = image.get<struct hyp_vm>(image.symbol("hyp_vms")).boot_x0 - 0x40000000 + 0x40a00000;
    std::string tree = read_file(bench.dir + "/out/linux.dtb");
    auto cells = [&](const char *path, const char *property, int first, int count) {
        int len, node = fdt_path_offset(tree.data(), path);
        const char *p = (const char *)fdt_getprop(tree.data(), node, property, &len);
        ASSERT_NE(nullptr, p) << path << " " << property;
        for (int bit = first * 32; bit < (first + count) * 32; bit += 5) {
            EXPECT_EQ(1, flipped(at + (p - tree.data()), bit)) << path << " " << property << " bit " << bit;
        }
    };
    cells("/memory", "reg", 0, 4);
    cells("/serial@b000000", "reg", 0, 4);
    cells("/serial@b000000", "interrupts", 0, 2);
    cells("/dmaq@b010000", "interrupts", 0, 2);
    EXPECT_EQ(1, with<uint32_t>(at + fdt_off_dt_struct(tree.data()), 0));
    EXPECT_EQ("", told("vm 'linux': its device tree is damaged"));
}

TEST_F(Checked, AnInitramfsThatIsNotTheFileIsTold)
{
    bench.write("files/linux/initramfs.cpio", "another one");
    EXPECT_EQ(1, check(path, FIRST_LIGHT, "--files " + bench.dir + "/files"));
    EXPECT_EQ("", told("vm 'linux': what lies at 0x4c9ed000 is not what"));
}

TEST_F(Checked, AnotherSystemsImageIsTold)
{
    EXPECT_EQ(1, check(path, SYSTEMS "/one-core.xml"));
    EXPECT_EQ("", told("number of VMs is 0x2 in the image and not 0x1"));
    EXPECT_EQ("", told("the system's name is 'first-light' in the image and not 'one-core'"));
}

TEST_F(Checked, APayloadThatIsNotTheFileIsTold)
{
    bench.write("files/rt/rt.bin", "another one");
    EXPECT_EQ(1, check(path, FIRST_LIGHT, "--files " + bench.dir + "/files"));
    EXPECT_EQ("", told("vm 'rt': what lies at 0x4ca00000 is not what"));
}

TEST_F(Checked, WhatIsNoImageIsRefused)
{
    EXPECT_EQ(2, check(bench.dir + "/none.elf"));
    EXPECT_EQ("", told("none.elf: No such file or directory: give the path of an image"));
    EXPECT_EQ(2, check(FIRST_LIGHT));
    EXPECT_EQ("", told("no static 64-bit ELF for AArch64"));
    EXPECT_EQ(2, check(path, path));
    EXPECT_EQ("", told("no system's XML"));
    EXPECT_EQ(2, check(""));
    for (size_t len : { 70, 400, 5000 }) {
        bench.write("short.elf", good.substr(0, len));
        EXPECT_NE(0, check(bench.dir + "/short.elf")) << len;
    }
}

// forge runs it, and what does not pass is not published.
TEST_F(Checked, ForgePublishesNothingThatIsNotWhatTheXmlSays)
{
    std::string text = read_file(bench.dir + "/out/3-pagetables.xml"), from = "address=\"0xb010000\" flags=\"device inner-shareable accessed read write\"";
    text.replace(text.find(from), from.size(), "address=\"0x40200000\" flags=\"device inner-shareable accessed read write\"");
    bench.write("changed.xml", text);
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "out", "--from " + bench.dir + "/changed.xml"));
    EXPECT_EQ("", told("first-light.xml:9: vm 'linux': device 'dmaq0': 0xb010000 leads to 0x40200000 and not to 0xb010000"));
    EXPECT_TRUE(good == read_file(path));
}

}  // namespace
