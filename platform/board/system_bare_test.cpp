// SPDX-License-Identifier: GPL-2.0-or-later
// Systems without a hypervisor: one payload has the board to itself
#include "platform/board/system_test.h"

#include <elf.h>

namespace {

class Bare : public SystemTest {
protected:
    Bare()
    {
        text_ = "<system name=\"bare\">\n"                                                                         // 1
                "  <board cores=\"4\" memory=\"64MiB\"/>\n"                                                        // 2
                "  <device name=\"uart0\" type=\"uart16550\" base=\"0x0b000000\" spi=\"176\"/>\n"                  // 3
                "  <device name=\"dmaq0\" type=\"dmaq\" base=\"0x0b010000\" spi=\"179\" stream=\"1\"/>\n"          // 4
                "  <payload name=\"x\" el=\"2\">\n"                                                                // 5
                "    <raw image=\"a.bin\"/>\n"                                                                     // 6
                "    <module image=\"b.bin\" compatible=\"multiboot,kernel\"/>\n"                                  // 7
                "  </payload>\n"                                                                                   // 8
                "</system>\n";
    }
    // An ELF of one segment.
    void elf(uint64_t address, uint64_t room = 0x1000, unsigned machine = EM_AARCH64, uint64_t entry = 0)
    {
        struct { Elf64_Ehdr h; Elf64_Phdr p; char data[16]; } file = {};
        memcpy(file.h.e_ident, ELFMAG, SELFMAG);
        file.h.e_ident[EI_CLASS] = ELFCLASS64;
        file.h.e_ident[EI_DATA] = ELFDATA2LSB;
        file.h.e_type = ET_EXEC;
        file.h.e_machine = machine;
        file.h.e_entry = entry ? entry : address;
        file.h.e_phoff = offsetof(decltype(file), p);
        file.h.e_phentsize = sizeof file.p;
        file.h.e_phnum = 1;
        file.p.p_type = PT_LOAD;
        file.p.p_offset = offsetof(decltype(file), data);
        file.p.p_vaddr = file.p.p_paddr = address;
        file.p.p_filesz = sizeof file.data;
        file.p.p_memsz = room;
        std::ofstream(dir_ + "/a.bin", std::ios::binary).write(reinterpret_cast<char *>(&file), sizeof file);
        if (text_.find("<raw") != std::string::npos)
            change("<raw", "<elf");
    }
    void refused_now(int line, const std::string &wrong, const std::string &remedy)
    {
        EXPECT_EQ(nullptr, load());
        EXPECT_TRUE(says(line, wrong, remedy)) << said_;
        EXPECT_EQ(1, messages()) << said_;
    }
};

TEST_F(Bare, HasAllOfTheBoard)
{
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_TRUE(s->bare);
    EXPECT_EQ(2u, s->el);
    ASSERT_EQ(1u, s->vm_count);
    const system_vm &vm = s->vms[0];
    EXPECT_EQ(s->ram_base, vm.pa);
    EXPECT_EQ(s->ram_base, vm.ipa);
    EXPECT_EQ(s->ram_size, vm.size);
    EXPECT_EQ(0, vm.console);
    EXPECT_EQ(0, s->devices[1].owner);
    EXPECT_EQ(0x40200000u, vm.kernel_ipa) << "below it lies QEMU's device tree";
    EXPECT_EQ(0x43ff0000u, vm.dtb_ipa);
    EXPECT_EQ(0x43fef000u, vm.modules[0].address) << "below the device tree";
}

TEST_F(Bare, LoadsAnElfWhereItIsLinked)
{
    elf(0x40800000, 0x2000, EM_AARCH64, 0x40800800);
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ(0x40800000u, s->vms[0].kernel_ipa);
    EXPECT_EQ(0x40800800u, s->vms[0].entry);
}

TEST_F(Bare, RefusesWhatContradictsItself)
{
    refused(9, "either VMs or one <payload>", "remove one", "</system>", "<vm name=\"v\" core=\"0\"><memory ipa=\"0x40000000\" size=\"2MiB\"/><raw image=\"a.bin\"/></vm></system>");
    refused(9, "without a hypervisor", "remove one", "</system>", "<hypervisor memory=\"8MiB\"/></system>");
    refused(5, "el=\"3\"", "write el=\"1\" or el=\"2\"", "el=\"2\"", "el=\"3\"");
    refused(6, "<payload> has more than one of: linux raw elf", "remove one", "<raw", "<elf image=\"a.bin\"/><raw");
    refused(5, "<payload> has none of: linux raw elf", "add one", "<raw image=\"a.bin\"/>", "");
    refused(5, "name=\"1x\" cannot name a payload", "a letter first", "name=\"x\"", "name=\"1x\"");
    refused(5, "name 'uart0' is used twice", "choose another", "name=\"x\"", "name=\"uart0\"");
    refused(5, "<payload> has no attribute 'core'", "it takes name el", "el=\"2\"", "el=\"2\" core=\"1\"");
    refused(7, "<module> has no compatible", "add compatible", " compatible=\"multiboot,kernel\"", "");
}

TEST_F(Bare, RefusesPlacesThatDoNotFit)
{
    refused(6, "address 0x40000000 is not in the board's memory", "move it", "a.bin\"", "a.bin\" address=\"0x40000000\"");
    refused(6, "address 0x44000000 is not", "move it", "a.bin\"", "a.bin\" address=\"0x44000000\"");
    refused(6, "no multiple of 4096", "move it", "a.bin\"", "a.bin\" address=\"0x40200010\"");
    refused(7, "a module at 0x40200000-0x40200006 overlaps the payload", "move one", "b.bin\"", "b.bin\" address=\"0x40200000\"");
    refused(7, "a module at 0x43ff0000-0x43ff0006 overlaps its device tree", "move one", "b.bin\"", "b.bin\" address=\"0x43ff0000\"");
    refused(7, "address 0x40100000 is not in the board's memory", "move it", "b.bin\"", "b.bin\" address=\"0x40100000\"");
    refused(7, "missing file 'c.bin'", "build it", "b.bin", "c.bin");
    refused(6, "missing file 'c.bin'", "build it", "a.bin", "c.bin");
    refused(6, "missing file 'c.dtb'", "build it", "<raw image=\"a.bin\"/>", "<raw image=\"a.bin\"/><dtb file=\"c.dtb\"/>");
    std::ofstream(dir_ + "/b.bin") << std::string(70 << 20, 'b');
    refused_now(7, "a module", "give the board more memory");
}

TEST_F(Bare, RefusesOtherElfs)
{
    elf(0x40000000);
    refused_now(6, "outside of the board's memory 0x40200000-0x43ffffff", "link it elsewhere");
    elf(0x43fff000, 0x2000);
    refused_now(6, "outside of the board's memory", "link it elsewhere");
    elf(0x40800000, 0x1000, EM_X86_64);
    refused_now(6, "no static 64-bit little-endian ELF for AArch64", "link one");
    std::ofstream(dir_ + "/a.bin") << "text";
    refused_now(6, "no static 64-bit little-endian ELF for AArch64", "link one");
    elf(0x40800000, 63 << 20);
    refused_now(6, "outside of the board's memory", "more memory");
    elf(0x40800000, 0x1000, EM_AARCH64, 0x40900000);
    refused_now(6, "its entry 0x40900000 lies in none of its segments", "link it with an entry");
}

TEST_F(Bare, HasDevicesBehindPcie)
{
    change("base=\"0x0b010000\" spi=\"179\" stream=\"1\"", "bus=\"pcie\"");
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_TRUE(s->devices[1].pcie);
}

TEST_F(Bare, RefusesAPcieDeviceWithAPlaceOfItsOwn)
{
    refused(4, "is behind PCIe, where the guest chooses its address and interrupt", "remove base", "base=\"0x0b010000\" spi=\"179\" stream=\"1\"",
            "bus=\"pcie\" base=\"0x0b010000\"");
    refused(4, "which has no streams", "remove its stream", "base=\"0x0b010000\" spi=\"179\" stream=\"1\"", "bus=\"pcie\" stream=\"1\"");
    refused(4, "bus=\"pci\" is not known", "write bus=\"pcie\"", "stream=\"1\"", "stream=\"1\" bus=\"pci\"");
    refused(4, "<device> has no spi", "add spi=", "spi=\"179\" ", "");
}

TEST_F(Bare, AVmHasNoPcie)
{
    text_ = "<system name=\"x\"><board cores=\"1\" memory=\"64MiB\"/>\n<device name=\"d\" type=\"dmaq\" bus=\"pcie\"/>\n"
            "<hypervisor memory=\"8MiB\"/><vm name=\"a\" core=\"0\"><memory ipa=\"0x40000000\" size=\"4MiB\"/><raw image=\"a.bin\"/></vm></system>\n";
    refused_now(2, "a VM has no PCIe", "put it on a board with a <payload>");
}

TEST_F(Bare, RefusesWhatIsNoKernel)
{
    change("<raw image=", "<linux kernel=");
    refused_now(6, "no arm64 Linux Image", "give the uncompressed Image");
}

TEST_F(Bare, ARawImageOfAVmHasNoAddress)
{
    change("<payload name=\"x\" el=\"2\">", "<vm name=\"x\" core=\"0\"><memory ipa=\"0x40000000\" size=\"2MiB\"/>");
    change("</payload>", "</vm>");
    change("    <module image=\"b.bin\" compatible=\"multiboot,kernel\"/>\n", "\n");
    change("a.bin\"", "a.bin\" address=\"0x40800000\"");
    refused_now(6, "a VM's raw image is loaded at the beginning of its memory", "remove address");
}

}  // namespace
