// SPDX-License-Identifier: GPL-2.0-or-later
// forge-check: agrees with good images, and tells every bit that is flipped in one
#include <gtest/gtest.h>
#include <libfdt.h>
#include <random>

#include "hypervisor/forge/forge_test.h"

extern "C" {
#include "hypervisor/include/control.h"
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
        // What the compiler left free behind the last one, and a pointer to no capabilities, mean nothing.
        unsigned byte = random() % sizeof(struct hyp_vm), bit = random() % 8;
        if ((byte < offsetof(struct hyp_vm, caps) || byte >= offsetof(struct hyp_vm, cap_count)) &&
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

TEST_F(Checked, WhatAVmOwnsOfItsCoresIsTold)
{
    make("direct");
    ASSERT_EQ(0, made) << bench.said();
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    uint64_t vms = image.symbol("hyp_vms"), routes = image.symbol("hyp_irq_vm"), smmu = image.symbol("hyp_smmu");
    for (unsigned bit = 0; bit < 32; bit++) {
        EXPECT_EQ(1, flipped(vms + offsetof(struct hyp_vm, flags), bit)) << "flags of linux, bit " << bit;
        EXPECT_EQ(1, flipped(vms + sizeof(struct hyp_vm) + offsetof(struct hyp_vm, flags), bit)) << "flags of rt, bit " << bit;
        EXPECT_EQ(1, flipped(vms + offsetof(struct hyp_vm, irq_mask), bit)) << "INTIDs 0 to 31 of linux, bit " << bit;
        EXPECT_EQ(1, flipped(vms + offsetof(struct hyp_vm, irq_mask) + 4, bit)) << "INTIDs 32 to 63 of linux, bit " << bit;
    }
    EXPECT_EQ(1, with<uint8_t>(routes + 40, HYP_NO_VM));
    EXPECT_EQ("", told("interrupt 40 is routed to VM 255 and not to 1 (255: nobody)"));
    EXPECT_EQ(1, with<uint32_t>(vms + offsetof(struct hyp_vm, flags), VM_PMU));
    EXPECT_EQ("", told("flags (1: interrupts direct, 2: performance monitors, 4: external aborts, 8: sets or placements) of linux is 0x2 in the image and not 0x3"));
    uint64_t at = image.get<struct hyp_vm>(vms).boot_x0 - 0x40000000 + image.get<struct hyp_vm>(vms).ram_pa;
    std::string tree = read_file(bench.dir + "/out/linux.dtb");
    int len;
    const char *p = (const char *)fdt_getprop(tree.data(), fdt_path_offset(tree.data(), "/pmu"), "interrupts", &len);
    ASSERT_TRUE(p && len == 12);
    for (unsigned bit = 0; bit < 96; bit += 5) {
        EXPECT_EQ(1, flipped(at + (p - tree.data()), bit)) << "interrupt of the performance monitors, bit " << bit;
    }
    // Both VMs are direct, so one of them has to take the SMMU's; beside one that is not, it is that one's.
    EXPECT_EQ(0, with<uint32_t>(smmu + offsetof(struct hyp_smmu, core), 2));
    std::string text = read_file(xml), from = "core=\"2\" interrupts=\"direct\"";
    text.replace(text.find(from), from.size(), "core=\"2\"");
    text.erase(text.find("<signal"), text.find("/>", text.find("<signal")) + 2 - text.find("<signal"));
    bench.write("mixed.xml", text);
    ASSERT_EQ(0, bench.forge(bench.dir + "/mixed.xml", "out")) << bench.said();
    xml = bench.dir + "/mixed.xml";
    good = read_file(path);
    smmu = Image(path).symbol("hyp_smmu");
    EXPECT_EQ(2u, Image(path).get<struct hyp_smmu>(smmu).core);
    EXPECT_EQ(1, with<uint32_t>(smmu + offsetof(struct hyp_smmu, core), 1));
    EXPECT_EQ("", told("core 1 takes the interrupts of 'smmu0', and is one of a VM with interrupts=\"direct\""));
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

// first-light with a domain that both VMs call, and a semaphore: every bit of the objects' tables, and of rt's capabilities.
TEST_F(Checked, AFlippedBitOfAnObjectIsTold)
{
    std::string text = read_file(FIRST_LIGHT);
    text.insert(text.find("<use device=\"uart0\"/>"), "<capability portal=\"d.p\" badge=\"9\"/>");
    text.insert(text.find("<use device=\"uart1\"/>"), "<capability portal=\"d.p\"/><capability semaphore=\"s\" rights=\"up\"/>");
    text.insert(text.find("</system>"), "<domain name=\"d\"><memory ipa=\"0x40000000\" size=\"2MiB\"/><raw image=\"rt/rt.bin\"/><portal name=\"p\" id=\"3\" in=\"1\"/></domain>"
                                        "<semaphore name=\"s\" count=\"1\"/>");
    bench.write("objects.xml", text);
    ASSERT_EQ(0, bench.forge(bench.dir + "/objects.xml", "out")) << bench.said();
    xml = bench.dir + "/objects.xml";
    good = read_file(path);
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    auto all = [&](const char *what, uint64_t at, size_t size) {
        for (unsigned bit = 0; bit < size * 8; bit += 3) {
            EXPECT_EQ(1, flipped(at, bit)) << what << " bit " << bit;
        }
    };
    all("hyp_portals", image.symbol("hyp_portals"), sizeof(struct hyp_portal));
    all("hyp_semaphores", image.symbol("hyp_semaphores"), sizeof(struct hyp_semaphore));
    all("caps of rt", (uint64_t)image.get<struct hyp_vm>(image.symbol("hyp_vms") + sizeof(struct hyp_vm)).caps, 2 * sizeof(struct hyp_cap));
    for (unsigned n = 0; n < 2; n++) {
        uint64_t at = image.symbol("hyp_ecs") + n * sizeof(struct hyp_ec);
        all("hyp_ecs", at, 3 * sizeof(uint32_t));
        for (unsigned bit = 21; bit < 64; bit++) {              // below, it still can be a stack of its own
            EXPECT_EQ(1, flipped(at + offsetof(struct hyp_ec, sp), bit)) << "hyp_ecs[" << n << "].sp bit " << bit;
        }
    }
    EXPECT_EQ(1, with<uint16_t>((uint64_t)image.get<struct hyp_vm>(image.symbol("hyp_vms") + sizeof(struct hyp_vm)).caps + 4, 0));
    EXPECT_EQ("", told("or on the time of another vCPU"));
}

// linux restarts, and rt is its supervisor.
TEST_F(Checked, AFlippedBitOfARestartOrASupervisorIsTold)
{
    make("monitor");
    std::string text = read_file(xml), hypervisor = "<hypervisor memory=\"16MiB\"";
    text.replace(text.find(hypervisor), hypervisor.size(), "<hypervisor memory=\"32MiB\"");
    text.insert(text.find("<monitor console"), "<restart on=\"reset\" limit=\"5\"/><supervisor vm=\"rt\" intid=\"41\"/>");
    bench.write("restart.xml", text);
    xml = bench.dir + "/restart.xml";
    ASSERT_EQ(0, bench.forge(xml, "out")) << bench.said();
    good = read_file(path);
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    uint64_t controls = image.symbol("hyp_controls"), vms = image.symbol("hyp_vms");
    std::mt19937 random(12);
    for (unsigned bit = 0; bit < 2 * sizeof(struct hyp_control) * 8; bit += 1 + random() % 4) {
        EXPECT_EQ(1, flipped(controls + bit / 8, bit % 8)) << "hyp_controls, bit " << bit;
    }
    uint64_t caps = (uint64_t)image.get<struct hyp_vm>(vms + sizeof(struct hyp_vm)).caps;
    for (unsigned bit = 0; bit < 64; bit++) {
        EXPECT_EQ(1, flipped(caps, bit)) << "capability, bit " << bit;
    }
    EXPECT_EQ("", told("capability 0 of vm 'rt' is not: control of vm 'linux'"));
    for (int n = 0; image.has("pt_restart0_" + std::to_string(n)); n++) {
        uint64_t table = image.symbol("pt_restart0_" + std::to_string(n));
        for (unsigned k = random() % 4; k < 64; k += 4) {
            uint64_t at = table + random() % 512 * 8;
            EXPECT_EQ(1, flipped(at, k)) << std::hex << at << " bit " << k;
        }
    }
    // Its jobs, and what they copy: kernel, initramfs, device tree, the monitor's data
    uint64_t root = image.get<struct hyp_control>(controls).vttbr & 0xffffffffffff, jobs = 0;
    auto pages = image.walk(root);
    jobs = pages.at(RESTART_JOBS).pa;
    unsigned copies = 0;
    for (uint64_t job = jobs; image.get<uint64_t>(job); job += sizeof(struct restart_job)) {
        auto is = image.get<struct restart_job>(job);
        // The monitor's data is zeroes, or nearly: from elsewhere it can be the same.
        for (unsigned bit = random() % 7; is.bytes && bit < (is.to < 0x40000000 ? 128 : sizeof is * 8); bit += 7) {
            EXPECT_EQ(1, flipped(job, bit)) << "job to " << std::hex << is.to << ", bit " << std::dec << bit;
        }
        copies += is.from != 0;
        for (int n = 0; is.from && n < 4; n++) {
            uint64_t at = is.from + random() % is.bytes;
            EXPECT_EQ(1, flipped(pages.at(at & ~0xfffull).pa + at % 4096, random() % 8)) << std::hex << at;
        }
    }
    EXPECT_EQ(4u, copies);
    EXPECT_EQ("", told("restart.xml:17: the restart of vm 'linux': its monitor's data: "));
    // What the VM begins with is changed, and its copy is not
    EXPECT_EQ(1, flipped(image.get<struct hyp_vm>(vms).ram_pa + 4000, 1));
    EXPECT_EQ("", told("the restart of vm 'linux': its memory: 0x40000000-0x"));
}

TEST_F(Checked, AFlippedBitOfAStepToADeviceIsTold)
{
    std::string text = read_file(FIRST_LIGHT), memory = "<hypervisor memory=\"8MiB\"";
    ASSERT_NE(std::string::npos, text.find(memory));
    text.replace(text.find(memory), memory.size(), "<hypervisor memory=\"16MiB\"");
    text.insert(text.find("<use device=\"uart0\"/>"), "<restart on=\"reset\"><write device=\"dmaq0\" offset=\"8\" value=\"2\"/><wait device=\"dmaq0\" offset=\"12\" zero=\"1\"/></restart>");
    bench.write("steps.xml", text);
    xml = bench.dir + "/steps.xml";
    ASSERT_EQ(0, bench.forge(xml, "out")) << bench.said();
    good = read_file(path);
    ASSERT_EQ(0, check(path)) << bench.said();
    Image image(path);
    auto pages = image.walk(image.get<struct hyp_control>(image.symbol("hyp_controls")).vttbr & 0xffffffffffff);
    EXPECT_EQ(0xb010000u, pages.at(0xb010000).pa) << "its registers";
    EXPECT_EQ(0u, pages.count(0xb000000)) << "another device's";
    for (unsigned bit = 0; bit < 2 * sizeof(struct restart_job) * 8; bit += 3) {
        EXPECT_EQ(1, flipped(pages.at(RESTART_JOBS).pa + bit / 8, bit % 8)) << bit;
    }
    EXPECT_EQ("", told("the restart of vm 'linux': job 1 is not: wait for zero in 0x1 at 0xb01000c"));
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
