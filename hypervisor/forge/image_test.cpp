// SPDX-License-Identifier: GPL-2.0-or-later
// The image of every system, read back from its bytes and held against the XML
#include <algorithm>
#include <gtest/gtest.h>
#include <libfdt.h>
#include <memory>

#include "hypervisor/forge/forge_test.h"

extern "C" {
#include "hypervisor/include/tables.h"
#include "platform/board/system.h"
}

namespace {

class Forged : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override
    {
        std::string xml = SYSTEMS "/" + GetParam() + ".xml";
        bench.payloads(xml);
        ASSERT_EQ(0, bench.forge(xml, "out")) << bench.said();
        ASSERT_EQ("", bench.said());
        system = system_load(xml.c_str(), (bench.dir + "/files").c_str());
        ASSERT_NE(nullptr, system);
        image = std::make_unique<Image>(bench.dir + "/out/" + GetParam() + ".elf");
    }
    void TearDown() override { system_free(system); }

    std::map<uint64_t, Leaf> stage2(size_t vm) { return image->walk(image->symbol("hyp_s2_" + std::to_string(vm))); }
    struct hyp_vm vm_table(size_t vm) { return image->get<struct hyp_vm>(image->symbol("hyp_vms") + vm * sizeof(struct hyp_vm)); }
    uint64_t pa(const system_vm &vm, uint64_t ipa) { return ipa - vm.ipa + vm.pa; }

    ForgeBench bench{ FORGE, HYP };
    struct system *system = nullptr;
    std::unique_ptr<Image> image;
};

TEST_P(Forged, StageTwoReachesTheVmsRamAndDevicesAndNothingElse)
{
    for (size_t v = 0; v < system->vm_count; v++) {
        const system_vm &vm = system->vms[v];
        auto pages = stage2(v);
        uint64_t expected = vm.size / 0x1000;
        for (uint64_t at = 0; at < vm.size; at += 0x1000) {
            auto p = pages.find(vm.ipa + at);
            ASSERT_NE(pages.end(), p) << vm.name;
            ASSERT_EQ(vm.pa + at, p->second.pa);
            ASSERT_EQ(0xfu, p->second.bits(5, 2)) << "normal, write-back";
            ASSERT_EQ(3u, p->second.bits(7, 6)) << "read and write";
            ASSERT_EQ(3u, p->second.bits(9, 8)) << "inner shareable";
            ASSERT_EQ(1u, p->second.bits(10, 10)) << "access flag";
            ASSERT_FALSE(p->second.execute_never());
        }
        for (size_t i = 0; i < system->device_count; i++) {
            const system_device &d = system->devices[i];
            for (uint64_t at = 0; at < d.size; at += 0x1000) {
                auto p = pages.find(d.base + at);
                ASSERT_EQ(d.owner == (int)v, p != pages.end()) << vm.name << " " << d.name;
                if (p != pages.end()) {
                    expected++;
                    EXPECT_EQ(d.base + at, p->second.pa);
                    EXPECT_EQ(0u, p->second.bits(5, 2)) << "device-nGnRnE";
                    EXPECT_EQ(3u, p->second.bits(7, 6));
                    EXPECT_EQ(1u, p->second.bits(10, 10));
                    EXPECT_TRUE(p->second.execute_never());
                }
            }
        }
        EXPECT_EQ(expected, pages.size()) << vm.name << " reaches more than its own";
    }
}

TEST_P(Forged, NoPageBelongsToTwoVmsOrToTheHypervisor)
{
    std::map<uint64_t, size_t> owner;
    for (size_t v = 0; v < system->vm_count; v++) {
        for (auto &p : stage2(v)) {
            EXPECT_TRUE(owner.emplace(p.second.pa, v).second) << std::hex << p.second.pa << " is shared";
            EXPECT_FALSE(p.second.pa >= system->ram_base && p.second.pa < system->hyp_base + system->hyp_size);
            EXPECT_FALSE(p.second.pa >= 0x08000000 && p.second.pa < 0x09000000) << "the GIC is emulated";
        }
    }
    for (auto &p : image->walk(image->symbol("hyp_el2_root"))) {
        EXPECT_EQ(0u, owner.count(p.second.pa)) << std::hex << p.second.pa << ": the hypervisor maps what is a VM's";
    }
}

TEST_P(Forged, TheHypervisorNeverWritesWhatItExecutes)
{
    auto pages = image->walk(image->symbol("hyp_el2_root"));
    auto region = [&](const char *start, const char *end, bool writes, bool executes) {
        for (uint64_t at = image->symbol(start); at < image->symbol(end); at += 0x1000) {
            auto p = pages.find(at & ~0xfffull);
            ASSERT_NE(pages.end(), p) << start;
            EXPECT_EQ(writes, !p->second.read_only_el2()) << start;
            EXPECT_EQ(executes, !p->second.execute_never()) << start;
            EXPECT_EQ(1u, p->second.bits(4, 2)) << "MAIR's attribute 1, normal";
        }
    };
    region("__text_start", "__text_end", false, true);
    region("__rodata_start", "__rodata_end", false, false);
    region("__data_start", "__data_end", true, false);
    for (auto &p : pages) {
        EXPECT_EQ(p.first, p.second.pa) << "identity";
        EXPECT_EQ(1u, p.second.bits(10, 10)) << "access flag";
        EXPECT_TRUE(p.second.read_only_el2() || p.second.execute_never()) << std::hex << p.first;
    }
    uint64_t tables = image->symbol("hyp_el2_root");
    EXPECT_TRUE(tables >= image->symbol("__rodata_start") && tables < image->symbol("__rodata_end")) << "tables are constant";
}

TEST_P(Forged, TheHypervisorReachesItsRegionsGicAndConsoleAlone)
{
    auto pages = image->walk(image->symbol("hyp_el2_root"));
    uint64_t expected = 3 * 0x200 + 0x10 + 0x20 * system->cores;
    auto device = [&](uint64_t at) {
        auto p = pages.find(at);
        return p != pages.end() && !p->second.bits(4, 2) && p->second.execute_never() && !p->second.read_only_el2();
    };
    EXPECT_TRUE(device(0x08000000)) << "GICD";
    EXPECT_TRUE(device(0x080a0000 + 0x20000 * (system->cores - 1))) << "the last core's GICR";
    if (system->hyp_console >= 0) {
        EXPECT_TRUE(device(system->devices[system->hyp_console].base));
        expected++;
    }
    if (system->hyp_iommu >= 0) {
        EXPECT_TRUE(device(system->devices[system->hyp_iommu].base)) << "SMMU, page 0";
        EXPECT_TRUE(device(system->devices[system->hyp_iommu].base + 0x10000)) << "SMMU, page 1";
        expected += 0x20;
    }
    EXPECT_EQ(expected, pages.size());
}

// Arm IHI 0070 5.1, 5.2: what the SMMU is told of every stream ID that there can be.
TEST_P(Forged, AStreamIsTranslatedAsItsOwnersMemoryAndAllOthersHaveNoEntry)
{
    struct hyp_smmu smmu = image->get<struct hyp_smmu>(image->symbol("hyp_smmu"));
    if (system->hyp_iommu < 0) {
        EXPECT_EQ(0u, smmu.base);
        return;
    }
    const system_device &d = system->devices[system->hyp_iommu];
    EXPECT_EQ(d.base, smmu.base);
    EXPECT_EQ(d.spi + 32, smmu.intid);
    EXPECT_EQ(16u | 6u << 6 | 1u << 16, smmu.stream_table_cfg) << "16 bits, second level of 64, two levels";
    EXPECT_EQ(0u, smmu.stream_table % 8192);
    unsigned found = 0;
    for (uint32_t stream = 0; stream < 0x10000; stream++) {
        const system_device *owned = nullptr;
        for (size_t i = 0; i < system->device_count; i++) {
            owned = stream && system->devices[i].stream == stream && system->devices[i].owner >= 0 ? &system->devices[i] : owned;
        }
        uint64_t level1 = image->get<uint64_t>(smmu.stream_table + stream / 64 * 8);
        if (!(level1 & 31)) {
            EXPECT_EQ(nullptr, owned) << stream;
            continue;
        }
        EXPECT_EQ(7u, level1 & 31) << "64 entries";
        uint64_t at = (level1 & 0xfffffffffffc0) + stream % 64 * 64, word[4];
        memcpy(word, image->memory(at, 32).data(), 32);
        EXPECT_EQ(owned != nullptr, word[0] & 1) << stream;
        if (owned) {
            found++;
            EXPECT_EQ(6u, word[0] >> 1 & 7) << "stage 2 alone";
            EXPECT_EQ(owned->owner + 1u, word[2] & 0xffff) << "the VM's VMID";
            EXPECT_EQ(25u, word[2] >> 32 & 0x3f) << "39 bits";
            EXPECT_EQ(1u, word[2] >> 38 & 3) << "start at level 1";
            EXPECT_EQ(0u, word[2] >> 46 & 3) << "4 KiB";
            EXPECT_EQ(1u, word[2] >> 51 & 1) << "AArch64";
            EXPECT_EQ(1u, word[2] >> 58 & 1) << "faults are recorded";
            EXPECT_EQ(image->symbol("hyp_s2_" + std::to_string(owned->owner)), word[3]);
        }
    }
    EXPECT_EQ(found, smmu.stream_count);
    for (unsigned i = 0; i < smmu.stream_count; i++) {
        struct hyp_stream s = image->get<struct hyp_stream>(image->symbol("hyp_streams") + i * sizeof(struct hyp_stream));
        int k = system_find_device(system, image->memory((uint64_t)s.device, 32).c_str());
        ASSERT_LE(0, k);
        EXPECT_EQ(system->devices[k].stream, s.stream);
        EXPECT_EQ(system->devices[k].owner, (int)s.vm);
    }
}

TEST_P(Forged, TablesSayWhatTheXmlSays)
{
    EXPECT_EQ(system->vm_count, image->get<uint32_t>(image->symbol("hyp_vm_count")));
    EXPECT_EQ(system->cores, image->get<uint32_t>(image->symbol("hyp_core_count")));
    EXPECT_EQ(system->hyp_console >= 0 ? system->devices[system->hyp_console].base : 0, image->get<uint64_t>(image->symbol("hyp_console_base")));
    EXPECT_EQ(0x80023559u, image->get<uint64_t>(image->symbol("hyp_vtcr"))) << "RES1, PS 40 bits, inner shareable, write-back, SL0 level 1, T0SZ 25";
    unsigned vcpus = 0;
    for (size_t v = 0; v < system->vm_count; v++) {
        const system_vm &vm = system->vms[v];
        struct hyp_vm t = vm_table(v);
        EXPECT_EQ(vm.core_count, t.vcpu_count);
        EXPECT_EQ(vcpus, t.first_vcpu);
        for (unsigned i = 0; i < vm.core_count; i++, vcpus++) {
            struct hyp_vcpu u = image->get<struct hyp_vcpu>(image->symbol("hyp_vcpus") + vcpus * sizeof(struct hyp_vcpu));
            EXPECT_EQ(v, u.vm);
            EXPECT_EQ(i, u.index);
            EXPECT_EQ(vm.cores[i], u.core);
            EXPECT_EQ(system->schedules[vm.cores[i]].slot_count > 0, u.shared);
        }
        EXPECT_EQ((vm.direct ? VM_DIRECT : 0) | (vm.pmu ? VM_PMU : 0), t.flags);
        EXPECT_EQ(v + 1, t.vmid);
        EXPECT_EQ(image->symbol("hyp_s2_" + std::to_string(v)) | (v + 1) << 48, t.vttbr) << "a VMID of its own";
        EXPECT_EQ(vm.kernel_ipa, t.entry_ipa);
        EXPECT_EQ(vm.dtb_ipa, t.boot_x0);
        EXPECT_EQ(vm.ipa, t.ram_ipa);
        EXPECT_EQ(vm.pa, t.ram_pa);
        EXPECT_EQ(vm.size, t.ram_size);
        EXPECT_STREQ(vm.name, image->memory((uint64_t)t.name, strlen(vm.name) + 1).c_str());
    }
    for (unsigned c = 0; c < HYP_CORES_MAX; c++) {
        struct hyp_core t = image->get<struct hyp_core>(image->symbol("hyp_core_tables") + c * sizeof(struct hyp_core));
        const system_schedule &schedule = system->schedules[c];
        unsigned alone = HYP_VCPUS_MAX, n = 0;
        for (size_t v = 0; v < system->vm_count; v++) {
            for (unsigned i = 0; i < system->vms[v].core_count; i++, n++) {
                alone = system->vms[v].cores[i] == c && !schedule.slot_count ? n : alone;
            }
        }
        EXPECT_EQ(alone, t.vcpu);
        ASSERT_EQ(schedule.slot_count, t.slot_count);
        for (size_t i = 0; i < schedule.slot_count; i++) {
            struct hyp_slot slot = image->get<struct hyp_slot>((uint64_t)t.slots + i * sizeof(struct hyp_slot));
            EXPECT_EQ(schedule.slots[i].ns, slot.ticks * 16ul) << "62.5 MHz";
            const system_slot &wanted = schedule.slots[i];
            EXPECT_EQ(wanted.vm_count == 1 ? vm_table(wanted.vms[0]).first_vcpu : HYP_VCPUS_MAX, slot.vcpu);
            ASSERT_EQ(wanted.vm_count > 1 ? wanted.vm_count : 0, slot.count);
            for (unsigned k = 0; k < slot.count; k++)
                EXPECT_EQ(vm_table(wanted.vms[k]).first_vcpu, slot.several[k]) << "in the order of the XML";
        }
    }
}

TEST_P(Forged, InterruptsBelongToTheOwnersOfTheirDevices)
{
    for (unsigned intid = 0; intid < HYP_INTIDS; intid++) {
        int owner = HYP_NO_VM;
        for (size_t i = 0; i < system->device_count; i++) {
            if (system->devices[i].spi + 32 == intid && system->devices[i].owner >= 0) {
                owner = system->devices[i].owner;
            }
        }
        for (size_t v = 0; v < system->vm_count; v++) {
            for (size_t i = 0; i < system->vms[v].signal_count; i++) {
                const system_signal &signal = system->vms[v].signals[i];
                owner = signal.intid == intid && system->vms[signal.to].direct ? signal.to : owner;     // it is physical there
            }
        }
        EXPECT_EQ(owner, image->get<uint8_t>(image->symbol("hyp_irq_vm") + intid)) << intid;
        for (size_t v = 0; v < system->vm_count; v++) {
            const system_vm &vm = system->vms[v];
            bool own = intid == 27 || intid == 30 || (intid == 23 && vm.pmu) || (intid < 16 && vm.direct);         // timers; performance monitors; SGIs
            EXPECT_EQ(owner == (int)v || own, vm_table(v).irq_mask[intid / 32] >> intid % 32 & 1) << "vm " << v << " INTID " << intid;
        }
    }
}

TEST_P(Forged, PayloadsLieWhereTheLoaderPutsThem)
{
    uint64_t last = system->hyp_base;
    for (size_t v = 0; v < system->vm_count; v++) {
        const system_vm &vm = system->vms[v];
        EXPECT_EQ(read_file(vm.kernel), image->memory(pa(vm, vm.kernel_ipa), vm.kernel_size));
        if (vm.initramfs) {
            EXPECT_EQ(read_file(vm.initramfs), image->memory(pa(vm, vm.initrd_ipa), vm.initrd_size));
        }
        std::string tree = read_file(bench.dir + "/out/" + vm.name + ".dtb");
        EXPECT_EQ(tree, image->memory(pa(vm, vm.dtb_ipa), tree.size()));
    }
    EXPECT_EQ(image->symbol("_start"), image->entry);
    EXPECT_EQ(system->hyp_base, image->entry);
    std::sort(image->loads.begin(), image->loads.end(), [](auto &a, auto &b) { return a.p_paddr < b.p_paddr; });
    for (auto &p : image->loads) {
        EXPECT_EQ(p.p_vaddr, p.p_paddr);
        EXPECT_NE((unsigned)(PF_W | PF_X), p.p_flags & (PF_W | PF_X));
        EXPECT_GE(p.p_paddr, last) << "segments overlap";
        last = p.p_paddr + p.p_memsz;
        bool owned = last <= system->hyp_base + system->hyp_size;
        for (size_t v = 0; v < system->vm_count; v++) {
            owned |= p.p_paddr >= system->vms[v].pa && last <= system->vms[v].pa + system->vms[v].size;
        }
        EXPECT_TRUE(owned) << std::hex << p.p_paddr << " lies in nobody's memory";
    }
}

TEST_P(Forged, ADeviceTreeHasWhatTheVmOwns)
{
    for (size_t v = 0; v < system->vm_count; v++) {
        const system_vm &vm = system->vms[v];
        std::string blob = read_file(bench.dir + "/out/" + vm.name + ".dtb");
        const void *tree = blob.data();
        auto cell = [&](const std::string &node, const char *property, int n) {
            int len = 0, at = fdt_path_offset(tree, node.c_str());
            const void *p = at < 0 ? nullptr : fdt_getprop(tree, at, property, &len);
            return p && len > n * 4 ? (int64_t)fdt32_ld((const fdt32_t *)p + n) : -1;
        };
        ASSERT_EQ(0, fdt_check_full(tree, blob.size()));
        EXPECT_EQ(vm.size, (uint64_t)cell("/memory", "reg", 2) << 32 | cell("/memory", "reg", 3)) << vm.name;
        EXPECT_EQ(vm.ipa, (uint64_t)cell("/memory", "reg", 0) << 32 | cell("/memory", "reg", 1));
        EXPECT_EQ(0x080a0000, cell("/interrupt-controller", "reg", 5));
        int chosen = fdt_path_offset(tree, "/chosen"), devices = 0, owned = 0, node;
        EXPECT_EQ(nullptr, fdt_getprop(tree, chosen, "kaslr-seed", nullptr)) << "runs must be equal";
        EXPECT_EQ(nullptr, fdt_getprop(tree, chosen, "rng-seed", nullptr));
        if (vm.cmdline) {
            EXPECT_STREQ(vm.cmdline, (const char *)fdt_getprop(tree, chosen, "bootargs", nullptr));
        }
        if (vm.initrd_size) {
            EXPECT_EQ(vm.initrd_ipa, (uint64_t)cell("/chosen", "linux,initrd-start", 1));
            EXPECT_EQ(vm.initrd_ipa + vm.initrd_size, (uint64_t)cell("/chosen", "linux,initrd-end", 1));
        }
        for (size_t i = 0; i < system->device_count; i++) {
            const system_device &d = system->devices[i];
            char path[64];
            snprintf(path, sizeof path, "/%s@%lx", strcmp(d.type, "uart16550") ? d.type : "serial", (unsigned long)d.base);
            EXPECT_EQ(d.owner == (int)v ? (int64_t)d.spi : -1, cell(path, "interrupts", 1)) << vm.name << path;
            EXPECT_EQ(d.owner == (int)v ? (int64_t)d.size : -1, cell(path, "reg", 3));
            owned += d.owner == (int)v;
        }
        if (vm.console >= 0) {
            EXPECT_LE(0, fdt_path_offset(tree, (const char *)fdt_getprop(tree, chosen, "stdout-path", nullptr)));
        }
        fdt_for_each_subnode(node, tree, 0) {
            devices += fdt_getprop(tree, node, "interrupts", nullptr) != nullptr;
        }
        EXPECT_EQ(vm.pmu ? 7 : -1, cell("/pmu", "interrupts", 1));
        EXPECT_EQ(owned + 1 + vm.pmu + vm.monitor.model_count, (size_t)devices) << "its devices, its monitor's, the timer, and performance monitors";
    }
}

std::vector<std::string> systems()
{
    std::vector<std::string> names;
    for (auto &f : std::filesystem::directory_iterator(SYSTEMS)) {
        struct system *s = f.path().extension() == ".xml" ? system_load(f.path().c_str(), nullptr) : nullptr;
        if (s && !s->bare) {
            names.push_back(f.path().stem());
        }
        system_free(s);
    }
    std::sort(names.begin(), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(Systems, Forged, testing::ValuesIn(systems()), [](const auto &info) {
    std::string name = info.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
