// SPDX-License-Identifier: GPL-2.0-or-later
// The image's other forms, read back by their own rules, and entered by QEMU as a boot loader enters a kernel
#include <algorithm>
#include <gtest/gtest.h>

#include "hypervisor/forge/forge_test.h"

namespace {

// A guest of four instructions: stores 0x1234 at its address 0x100, then loops.
const uint32_t guest[] = { 0x10000801, 0x52824682, 0xb9000022, 0x14000000 };

class Wrapped : public testing::Test {
protected:
    Wrapped()
    {
        bench.write("files/g.bin", std::string((const char *)guest, sizeof guest));
        bench.write("b.xml", "<system name=\"b\"><board cores=\"1\" memory=\"64MiB\"/><hypervisor memory=\"8MiB\"/><vm name=\"g\" core=\"0\">"
                             "<memory ipa=\"0x40000000\" size=\"2MiB\"/><raw image=\"g.bin\"/></vm></system>");
    }
    std::string make(const std::string &format)
    {
        EXPECT_EQ(0, bench.forge(bench.dir + "/b.xml", "out", "--format " + format)) << bench.said();
        return read_file(bench.dir + "/out/b." + format);
    }
    template <typename T> static T get(const std::string &bytes, size_t at)
    {
        T v;
        memcpy(&v, bytes.data() + at, sizeof v);
        return v;
    }
    static uint32_t be32(const std::string &bytes, size_t at) { return __builtin_bswap32(get<uint32_t>(bytes, at)); }
    // CRC-32 bit by bit, as IEEE 802.3 3.2.9 has it.
    static uint32_t crc(const std::string &bytes)
    {
        uint32_t c = ~0u;
        for (unsigned char b : bytes) {
            for (int i = 0; i < 8; i++, b >>= 1) {
                c = c >> 1 ^ ((c ^ b) & 1 ? 0xedb88320u : 0);
            }
        }
        return ~c;
    }
    // What the ELF loads, as flat memory from 0x40200000 up.
    std::string flat(size_t size)
    {
        std::string bytes(size, '\0');
        for (auto &p : Image(bench.dir + "/out/b.elf").loads) {
            std::string part = p.p_filesz ? Image(bench.dir + "/out/b.elf").memory(p.p_paddr, p.p_filesz) : "";
            bytes.replace(p.p_paddr - 0x40200000, part.size(), part);
        }
        return bytes;
    }
    // Starts it with -kernel and asks QEMU's monitor for the guest's word until it is there.
    bool boots(const std::string &format)
    {
        std::string told = bench.dir + "/monitor", command =
            ": >" + told + "; (i=0; while [ $i -lt 240 ] && ! grep -q 0x00001234 " + told + "; do echo xp /1wx 0x40a00100; sleep 0.25; i=$((i+1)); done; echo quit) |"
            " timeout 100 qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -cpu cortex-a57 -m 64 -nic none -display none -serial none -monitor stdio -kernel " +
            bench.dir + "/out/b." + format + " >" + told + " 2>&1; grep -q 0x00001234 " + told;
        return ::system(command.c_str()) == 0;
    }
    ForgeBench bench{ FORGE, HYP };
};

// Linux Documentation/arm64/booting.rst, 4.
TEST_F(Wrapped, AnImageHasLinuxsHeader)
{
    std::string image = make("image");
    EXPECT_EQ("ARM\x64", image.substr(56, 4));
    EXPECT_EQ(0x200000u, get<uint64_t>(image, 8)) << "text_offset: from the start of memory to where it is linked";
    EXPECT_EQ(0xa00000u, get<uint64_t>(image, 16)) << "image_size: hypervisor and VM";
    EXPECT_EQ(2u, get<uint64_t>(image, 24)) << "little-endian, 4 KiB";
    EXPECT_EQ(0x14000000u, get<uint32_t>(image, 0) & 0xff000000u) << "its first word is a branch";
    EXPECT_EQ(flat(image.size()), image);
    Image elf(bench.dir + "/out/b.elf");
    EXPECT_EQ(0x40200000u, elf.symbol("hyp_image_head"));
    EXPECT_EQ(elf.symbol("_start"), elf.entry);
}

TEST_F(Wrapped, AUimageHasTheLegacyHeaderAndItsSums)
{
    std::string image = make("uimage"), data = image.substr(64), head = image.substr(0, 64);
    EXPECT_EQ(0x27051956u, be32(image, 0));
    EXPECT_EQ(0u, be32(image, 8)) << "no time: the same input gives the same bytes";
    EXPECT_EQ(data.size(), be32(image, 12));
    EXPECT_EQ(0x40200000u, be32(image, 16));
    EXPECT_EQ(0x40200000u, be32(image, 20));
    EXPECT_EQ(crc(data), be32(image, 24));
    EXPECT_EQ("\x05\x16\x02", image.substr(28, 3)) << "Linux, arm64, kernel";
    EXPECT_EQ(0, image[31]) << "not compressed";
    EXPECT_STREQ("b", image.substr(32, 32).c_str());
    head.replace(4, 4, 4, '\0');
    EXPECT_EQ(crc(head), be32(image, 4));
    EXPECT_EQ(make("image"), data);
}

TEST_F(Wrapped, TheElfHasNoHeaderUnlessItIsAskedFor)
{
    make("elf");
    Image elf(bench.dir + "/out/b.elf");
    EXPECT_EQ(0x40200000u, elf.entry);
    EXPECT_FALSE(bench.exists("out/b.image"));
    EXPECT_EQ(2, bench.forge(bench.dir + "/b.xml", "out", "--format tar"));
}

TEST_F(Wrapped, QemuBootsEachFormAsAKernel)
{
    for (const char *format : { "elf", "image", "uimage" }) {
        make(format);
        EXPECT_TRUE(boots(format)) << format << ": " << read_file(bench.dir + "/monitor");
    }
}

// A module that the system does not use is not in its image.
TEST_F(Wrapped, OnlyTheModulesThatTheSystemUsesAreLinked)
{
    make("elf");
    std::string without = read_file(bench.dir + "/out/b.elf");
    EXPECT_EQ(std::string::npos, without.find("smmu.c")) << "the name of the module's source in the symbol table";
    bench.payloads(SYSTEMS "/first-light.xml");
    ASSERT_EQ(0, bench.forge(SYSTEMS "/first-light.xml", "out")) << bench.said();
    std::string image = read_file(bench.dir + "/out/first-light.elf");
    EXPECT_NE(std::string::npos, image.find("smmu.c"));
    for (const char *unused : { "abort.c", "decode.c", "vgic_others.c", "monitor.c" }) {
        EXPECT_EQ(std::string::npos, image.find(unused)) << unused;
    }
    for (auto [system, used] : { std::pair("monitor", "decode.c"), std::pair("mixed", "vgic_others.c") }) {
        bench.payloads(std::string(SYSTEMS "/") + system + ".xml");
        ASSERT_EQ(0, bench.forge(std::string(SYSTEMS "/") + system + ".xml", "out")) << bench.said();
        EXPECT_NE(std::string::npos, read_file(bench.dir + "/out/" + system + ".elf").find(used)) << system;
    }
    std::string text = read_file(SYSTEMS "/first-light.xml");
    text.insert(text.find(" core=\"1\""), " outside=\"abort\"");
    bench.write("abort.xml", text);
    ASSERT_EQ(0, bench.forge(bench.dir + "/abort.xml", "out")) << bench.said();
    EXPECT_NE(std::string::npos, read_file(bench.dir + "/out/first-light.elf").find("abort.c"));
}

}  // namespace
