// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: where memory and payloads are laid, and payloads that are refused
#include "platform/board/system_test.h"

namespace {

class Layout : public SystemTest {
protected:
    // Header of an arm64 Image (Linux Documentation/arm64/booting.rst) and `size` bytes in all.
    void image(uint64_t text_offset, uint64_t image_size, uint64_t flags = 0xa, size_t size = 4096)
    {
        std::string b(size, 'k');
        auto put = [&](size_t at, uint64_t v) {
            for (int i = 0; i < 8; i++) {
                b[at + i] = v >> 8 * i;
            }
        };
        put(8, text_offset), put(16, image_size), put(24, flags);
        memcpy(&b[56], "ARM\x64", 4);
        std::ofstream(dir_ + "/a.bin", std::ios::binary) << b;
        if (text_.find("<raw image=\"a.bin\"/>") != std::string::npos) {
            change("<raw image=\"a.bin\"/>", "<linux kernel=\"a.bin\" initramfs=\"b.bin\"/>");
        }
    }
    void refused_now(int line, const std::string &wrong, const std::string &remedy)
    {
        EXPECT_EQ(nullptr, load());
        EXPECT_TRUE(says(line, wrong, remedy)) << said_;
        EXPECT_EQ(1, messages()) << said_;
    }
};

TEST_F(Layout, PutsVmsBehindTheHypervisorInOrder)
{
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ("", said_);
    EXPECT_EQ(0x40a00000u, s->vms[0].pa);
    EXPECT_EQ(0x40e00000u, s->vms[1].pa);
    EXPECT_EQ(0x80000000u, s->vms[1].kernel_ipa) << "a raw image is loaded at ipa";
    EXPECT_EQ(7u, s->vms[0].kernel_size);
}

TEST_F(Layout, GoesAroundMemoryThatIsGiven)
{
    change("size=\"2MiB\"", "size=\"2MiB\" pa=\"0x40c00000\"");
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ(0x40e00000u, s->vms[0].pa) << "4 MiB do not fit below";
    EXPECT_EQ(0x40c00000u, s->vms[1].pa);
}

TEST_F(Layout, ReadsWhatIsWritten)
{
    SystemPtr s = load(false);
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ(10000u, s->devices[2].clock_ps);
    EXPECT_EQ(0u, s->devices[2].clock_hz);
    EXPECT_EQ(1u, s->devices[2].stream);
    EXPECT_EQ(4096u, s->devices[2].size) << "the type's";
    EXPECT_EQ(1, s->devices[2].owner);
    EXPECT_EQ(SYSTEM_OWNER_HYPERVISOR, s->devices[1].owner);
    EXPECT_EQ(0, s->vms[0].console);
    EXPECT_EQ(-1, s->vms[1].console);
    EXPECT_EQ(1, s->hyp_console);
    EXPECT_EQ(0, system_find_vm(s.get(), "a"));
    EXPECT_EQ(-1, system_find_vm(s.get(), "c"));
    EXPECT_EQ(0u, s->vms[0].kernel_size) << "files are not looked up";
}

TEST_F(Layout, RoundsAPeriodToTheNearestPicosecond)
{
    change("100MHz", "33333kHz");
    EXPECT_EQ(30000u, load()->devices[2].clock_ps);       // 30,000.3
    EXPECT_EQ(33333000u, load()->devices[2].clock_hz);
    change("33333kHz", "150MHz");
    EXPECT_EQ(6667u, load()->devices[2].clock_ps);
    EXPECT_EQ(150000000u, load()->devices[2].clock_hz);
}

TEST_F(Layout, PlacesALinuxLikeABootloader)
{
    image(0x80000, 0x100000);
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    const system_vm &vm = s->vms[0];
    EXPECT_EQ(vm.ipa + 0x80000, vm.kernel_ipa);
    EXPECT_EQ(7u, vm.initrd_size);
    EXPECT_EQ(0u, vm.initrd_ipa % 4096);
    EXPECT_EQ(0u, vm.dtb_ipa % 8) << "booting.rst, 2";
    EXPECT_GE(vm.initrd_ipa, vm.kernel_ipa + 0x100000) << "the kernel's bss is its own";
    EXPECT_LE(vm.initrd_ipa + vm.initrd_size, vm.dtb_ipa);
    EXPECT_EQ(vm.ipa + vm.size, vm.dtb_ipa + SYSTEM_DTB_MAX);
}

TEST_F(Layout, TakesAKernelFromBeforeImageSize)
{
    image(0, 0);
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ(s->vms[0].ipa + 0x80000, s->vms[0].kernel_ipa) << "booting.rst, 4";
}

TEST_F(Layout, RefusesMemoryTooSmallForItsPayload)
{
    image(0, 0x3f0000);
    refused_now(8, "too small for kernel (0x3f0000), initramfs (0x7)", "at least 6MiB");
    image(0, 0x3ef000);
    EXPECT_NE(nullptr, load()) << "and exactly enough is enough: " << said_;
    std::ofstream(dir_ + "/b.bin") << std::string(2 << 20, 'b');
    EXPECT_EQ(nullptr, load());
    EXPECT_TRUE(says(13, "too small for image (0x200000)", "at least 4MiB")) << said_;
}

TEST_F(Layout, RefusesAKernelThatIsNone)
{
    change("<raw image=\"a.bin\"/>", "<linux kernel=\"a.bin\"/>");
    refused_now(9, "is no arm64 Linux Image", "give the uncompressed Image");
    image(0, 0x100000, 0xb);
    refused_now(9, "big-endian", "give a little-endian one");
    image(~0xfffull, 0x100000);
    refused_now(9, "damaged", "get or build it again");
    image(0, ~0ull);
    refused_now(9, "damaged", "get or build it again");
}

TEST_F(Layout, RefusesAMissingFile)
{
    refused(9, "missing file 'c.bin'", "correct the name or --files", "a.bin", "c.bin");
    refused(9, "missing file 'no.cpio'", "correct the name", "<raw image=\"a.bin\"/>", "<linux kernel=\"a.bin\" initramfs=\"no.cpio\"/>");
}

TEST_F(Layout, RefusesAPayloadThatIsEmptyOrNoFile)
{
    std::ofstream(dir_ + "/e.bin") << "";
    refused(9, "'e.bin' is empty", "build", "a.bin", "e.bin");
    refused(9, "'.' is no file", "name another", "a.bin", ".");
}

TEST(Words, NearestIsNearOrNothing)
{
    EXPECT_STREQ("dmaq", system_nearest("dmqa", "uart16550 dmaq pulse"));
    EXPECT_EQ(nullptr, system_nearest("ethernet", "uart16550 dmaq pulse"));
}

TEST(Words, SizesAndFrequencies)
{
    uint64_t v;
    EXPECT_TRUE(system_parse_size("192MiB", &v) && v == 192 * MIB);
    EXPECT_TRUE(system_parse_size("0x40000000", &v) && v == 0x40000000);
    EXPECT_TRUE(system_parse_size("010KiB", &v) && v == 10240) << "no octal numbers";
    for (const char *bad : {"-1", "", " 1", "1 MiB", "MiB", "0x", "0xg", "99999999999GiB", "99999999999999999999999"}) {
        EXPECT_FALSE(system_parse_size(bad, &v)) << bad;
    }
    EXPECT_FALSE(system_parse_number("1KiB", &v));
    EXPECT_TRUE(system_parse_hz("100MHz", &v) && v == 100000000);
    EXPECT_FALSE(system_parse_hz("0", &v));
}

}  // namespace
