// SPDX-License-Identifier: GPL-2.0-or-later
// The image, read back: its page tables are walked from the ELF's bytes and held against the system's XML
//
// Shares no code with the emitter: own walk, own descriptor masks; only the reader of the XML is the same.
#include <cstring>
#include <fstream>
#include <gelf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern "C" {
#include "hypervisor/include/tables.h"
#include "platform/board/system.h"
}

namespace {

struct Leaf { uint64_t pa, descriptor; };

class Image : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        char name[] = "/tmp/ingot-forge-XXXXXX";
        dir = mkdtemp(name);
        ASSERT_EQ(0, forge(XML, dir + "/out"));
        system = system_load(XML, FILES);
        ASSERT_NE(nullptr, system);
        elf_version(EV_CURRENT);
        int fd = open((dir + "/out/first-light.elf").c_str(), O_RDONLY);
        ASSERT_GE(fd, 0);
        elf = elf_begin(fd, ELF_C_READ, nullptr);
        ASSERT_NE(nullptr, elf);
    }
    static void TearDownTestSuite()
    {
        elf_end(elf);
        system_free(system);
        std::string rm = "rm -rf " + dir;
        EXPECT_EQ(0, ::system(rm.c_str()));
    }
    static int forge(const std::string &xml, const std::string &out)
    {
        std::string cmd = std::string(FORGE) + " " + xml + " --files " + FILES + " --hyp " + HYP + " --out " + out + " 2>" + dir + "/said";
        int status = ::system(cmd.c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    // Bytes at a physical address, from the program headers.
    static void read(uint64_t pa, void *to, size_t len)
    {
        size_t count;
        ASSERT_EQ(0, elf_getphdrnum(elf, &count));
        for (size_t i = 0; i < count; i++) {
            GElf_Phdr p;
            gelf_getphdr(elf, i, &p);
            if (p.p_type == PT_LOAD && pa >= p.p_paddr && pa + len <= p.p_paddr + p.p_filesz) {
                size_t size;
                memcpy(to, elf_rawfile(elf, &size) + p.p_offset + (pa - p.p_paddr), len);
                return;
            }
        }
        FAIL() << std::hex << pa << " is not in the image";
    }
    static uint64_t symbol(const std::string &name)
    {
        Elf_Scn *s = nullptr;
        while ((s = elf_nextscn(elf, s))) {
            GElf_Shdr sh;
            gelf_getshdr(s, &sh);
            for (size_t i = 0; sh.sh_type == SHT_SYMTAB && i < sh.sh_size / sh.sh_entsize; i++) {
                GElf_Sym sym;
                gelf_getsym(elf_getdata(s, nullptr), i, &sym);
                if (name == elf_strptr(elf, sh.sh_link, sym.st_name)) {
                    return sym.st_value;
                }
            }
        }
        ADD_FAILURE() << "no symbol " << name;
        return 0;
    }
    // All pages of 4 KiB that a translation starting at level 1 reaches.
    static std::map<uint64_t, Leaf> walk(uint64_t root)
    {
        std::map<uint64_t, Leaf> pages;
        walk_table(pages, root, 1, 0);
        return pages;
    }
    static void walk_table(std::map<uint64_t, Leaf> &pages, uint64_t table, int level, uint64_t va)
    {
        uint64_t entries[512];
        ASSERT_EQ(0u, table & 0xfff);
        read(table, entries, sizeof entries);
        unsigned shift = 12 + 9 * (3 - level);
        for (uint64_t i = 0; i < 512; i++) {
            uint64_t d = entries[i], next = d & 0x0000fffffffff000u;
            if (!(d & 1)) {
                continue;
            }
            if (level < 3 && (d & 2)) {
                walk_table(pages, next, level + 1, va + (i << shift));
            } else {
                ASSERT_TRUE(level == 3 ? (d & 2) : level == 2) << "a block at level " << level;
                for (uint64_t at = 0; at < 1ull << shift; at += 0x1000) {
                    pages[va + (i << shift) + at] = {next + at, d};
                }
            }
        }
    }
    static std::map<uint64_t, Leaf> stage2(size_t vm) { return walk(symbol("hyp_s2_" + std::to_string(vm))); }

    static std::string dir;
    static struct system *system;
    static Elf *elf;
};
std::string Image::dir;
struct system *Image::system;
Elf *Image::elf;

TEST_F(Image, StageTwoReachesTheVmsRamAndDevicesAndNothingElse)
{
    for (size_t v = 0; v < system->vm_count; v++) {
        const system_vm &vm = system->vms[v];
        auto pages = stage2(v);
        uint64_t expected = vm.size / 0x1000;
        for (uint64_t at = 0; at < vm.size; at += 0x1000) {
            auto p = pages.find(vm.ipa + at);
            ASSERT_NE(pages.end(), p) << vm.name;
            ASSERT_EQ(vm.pa + at, p->second.pa);
            ASSERT_EQ(0xfu, p->second.descriptor >> 2 & 0xf);   // normal, write-back
        }
        for (size_t i = 0; i < system->device_count; i++) {
            const system_device &d = system->devices[i];
            for (uint64_t at = 0; at < d.size; at += 0x1000) {
                auto p = pages.find(d.base + at);
                ASSERT_EQ(d.owner == (int)v, p != pages.end()) << vm.name << " " << d.name;
                if (p != pages.end()) {
                    expected++;
                    EXPECT_EQ(d.base + at, p->second.pa);
                    EXPECT_EQ(0u, p->second.descriptor >> 2 & 0xf);     // device-nGnRnE
                    EXPECT_TRUE(p->second.descriptor >> 54 & 1);        // never executable
                }
            }
        }
        EXPECT_EQ(expected, pages.size()) << vm.name << " reaches more than its own";
    }
}

TEST_F(Image, NoPageBelongsToTwoVmsOrToTheHypervisor)
{
    std::map<uint64_t, size_t> owner;
    for (size_t v = 0; v < system->vm_count; v++) {
        for (auto &p : stage2(v)) {
            EXPECT_TRUE(owner.emplace(p.second.pa, v).second) << std::hex << p.second.pa << " is shared";
            EXPECT_FALSE(p.second.pa >= system->hyp_base && p.second.pa < system->hyp_base + system->hyp_size);
            EXPECT_FALSE(p.second.pa >= 0x08000000 && p.second.pa < 0x09000000) << "the GIC is emulated";
        }
    }
}

TEST_F(Image, TheHypervisorNeverWritesWhatItExecutes)
{
    auto pages = walk(symbol("hyp_el2_root"));
    uint64_t text = symbol("__text_start"), rodata = symbol("__rodata_start"), data = symbol("__data_start");
    for (auto &p : pages) {
        EXPECT_EQ(p.first, p.second.pa) << "identity";
        bool read_only = p.second.descriptor >> 7 & 1, execute_never = p.second.descriptor >> 54 & 1;
        EXPECT_TRUE(read_only || execute_never) << std::hex << p.first;
    }
    EXPECT_FALSE(pages.at(text).descriptor >> 54 & 1);
    EXPECT_TRUE(pages.at(rodata).descriptor >> 54 & 1);
    EXPECT_TRUE(pages.at(rodata).descriptor >> 7 & 1) << "the tables cannot be written";
    EXPECT_TRUE(pages.at(data).descriptor >> 54 & 1);
}

TEST_F(Image, TheHypervisorMapsNothingOfAVm)
{
    for (auto &p : walk(symbol("hyp_el2_root"))) {
        for (size_t v = 0; v < system->vm_count; v++) {
            EXPECT_FALSE(p.second.pa >= system->vms[v].pa && p.second.pa < system->vms[v].pa + system->vms[v].size);
        }
    }
}

TEST_F(Image, TablesSayWhatTheXmlSays)
{
    struct hyp_vm vms[8];
    uint8_t owner[HYP_INTIDS];
    read(symbol("hyp_vms"), vms, system->vm_count * sizeof vms[0]);
    read(symbol("hyp_irq_vm"), owner, sizeof owner);
    size_t owned = 0;
    for (size_t v = 0; v < system->vm_count; v++) {
        EXPECT_EQ(system->vms[v].core, vms[v].core);
        EXPECT_EQ(symbol("hyp_s2_" + std::to_string(v)), vms[v].vttbr & 0xffffffffffffu);
        EXPECT_EQ(v + 1, vms[v].vttbr >> 48) << "each VM has a VMID of its own";
        EXPECT_TRUE(vms[v].irq_mask[0] == 1u << 27) << "of the PPIs only the virtual timer";
    }
    for (size_t i = 0; i < system->device_count; i++) {
        const system_device &d = system->devices[i];
        uint32_t intid = d.spi + 32;
        EXPECT_EQ(d.owner >= 0 ? d.owner : HYP_NO_VM, owner[intid]) << d.name;
        for (size_t v = 0; v < system->vm_count; v++) {
            EXPECT_EQ(d.owner == (int)v, (vms[v].irq_mask[intid / 32] >> intid % 32 & 1) != 0) << d.name;
        }
        owned += d.owner >= 0;
    }
    EXPECT_EQ(owned, (size_t)(HYP_INTIDS - std::count(owner, owner + HYP_INTIDS, HYP_NO_VM)));
}

TEST_F(Image, AFailedForgeLeavesTheOldImage)
{
    auto size = [&] { std::ifstream f(dir + "/out/first-light.elf", std::ios::ate | std::ios::binary); return (long)f.tellg(); };
    long before = size();
    std::ifstream in(XML);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    text.replace(text.find("rt/rt.bin"), 9, "rt/no.bin");
    std::ofstream(dir + "/bad.xml") << text;
    EXPECT_EQ(1, forge(dir + "/bad.xml", dir + "/out"));
    EXPECT_EQ(before, size());
    EXPECT_GT(before, 0);
}

TEST_F(Image, AMissingCompilerIsNamed)
{
    std::string cmd = std::string(FORGE) + " " + XML + " --files " + FILES + " --hyp " + HYP + " --cross none- --out " + dir + "/other 2>" + dir + "/said";
    EXPECT_EQ(1, WEXITSTATUS(::system(cmd.c_str())));
    std::ifstream said(dir + "/said");
    std::string text((std::istreambuf_iterator<char>(said)), {});
    EXPECT_NE(std::string::npos, text.find("none-gcc")) << text;
    EXPECT_NE(0, access((dir + "/other").c_str(), F_OK)) << "nothing half-made";
}

}  // namespace
