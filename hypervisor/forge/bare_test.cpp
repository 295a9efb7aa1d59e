// SPDX-License-Identifier: GPL-2.0-or-later
// The image of a board without our hypervisor: read back, byte by byte
#include <gtest/gtest.h>
extern "C" {
#include <libfdt.h>
}

#include "hypervisor/forge/forge_test.h"

namespace {

class BareImage : public testing::Test {
protected:
    BareImage()
    {
        bench.write("files/k.bin", kernel);
        bench.write("files/m.bin", std::string(10000, 'm'));
        bench.write("s.xml", "<system name=\"s\"><board cores=\"3\" memory=\"64MiB\"/>"
                             "<device name=\"uart0\" type=\"uart16550\" base=\"0x0b000000\" spi=\"176\"/>"
                             "<device name=\"dmaq0\" type=\"dmaq\" base=\"0x0b010000\" spi=\"179\" stream=\"1\"/>"
                             "<payload name=\"x\" el=\"2\"><raw image=\"k.bin\" address=\"0x40400000\"/>"
                             "<module image=\"m.bin\" compatible=\"multiboot,kernel\" cmdline=\"one two\"/>DTB</payload></system>");
    }
    void make(const std::string &dtb = "")
    {
        std::string text = read_file(bench.dir + "/s.xml");
        bench.write("t.xml", text.replace(text.find("DTB"), 3, dtb));
        status = bench.forge(bench.dir + "/t.xml", "out");
    }
    int64_t cell(const std::string &tree, const char *node, const char *property, int n) const
    {
        int len = 0, at = fdt_path_offset(tree.data(), node);
        const void *p = at < 0 ? nullptr : fdt_getprop(tree.data(), at, property, &len);
        return p && len > n * 4 ? (int64_t)fdt32_ld((const fdt32_t *)p + n) : -1;
    }
    const std::string kernel = std::string(5000, 'K');
    ForgeBench bench{ FORGE, HYP };
    int status = -1;
};

TEST_F(BareImage, HasThePiecesWhereTheTreeSaysTheyAre)
{
    make();
    ASSERT_EQ(0, status) << bench.said();
    Image image(bench.dir + "/out/s.elf");
    std::string tree = read_file(bench.dir + "/out/x.dtb");
    EXPECT_EQ(kernel, image.memory(0x40400000, kernel.size()));
    EXPECT_EQ(tree, image.memory(0x43ff0000, tree.size()));
    int64_t module = cell(tree, "/chosen/module", "reg", 1);
    EXPECT_EQ(10000, cell(tree, "/chosen/module", "reg", 3));
    EXPECT_EQ(std::string(10000, 'm'), image.memory(module, 10000));
    int node = fdt_path_offset(tree.data(), "/chosen/module");
    EXPECT_STREQ("one two", (const char *)fdt_getprop(tree.data(), node, "bootargs", nullptr));
    EXPECT_EQ(0, fdt_stringlist_search(tree.data(), node, "compatible", "multiboot,kernel"));
    EXPECT_EQ(1, fdt_stringlist_search(tree.data(), node, "compatible", "multiboot,module"));
    EXPECT_EQ(3, cell(tree, "/cpus/cpu@2", "reg", 0) + 1);
    EXPECT_STREQ("smc", (const char *)fdt_getprop(tree.data(), fdt_path_offset(tree.data(), "/psci"), "method", nullptr));
    EXPECT_EQ(3 * 0x20000, cell(tree, "/interrupt-controller", "reg", 7));
    EXPECT_EQ(179, cell(tree, "/dmaq", "interrupts", 1));
}

// ldr x0, =tree; x1 = x2 = x3 = 0; ldr x4, =entry; br x4 (booting.rst, 4): decoded here, not compared with forge's words.
TEST_F(BareImage, EntersThePayloadAsABootLoaderDoes)
{
    make();
    Image image(bench.dir + "/out/s.elf");
    uint64_t x[5] = { 9, 9, 9, 9, 9 }, pc = image.entry;
    for (int steps = 0; steps < 6; steps++, pc += 4) {
        uint32_t op;
        memcpy(&op, image.memory(pc, 4).data(), 4);
        if (op >> 24 == 0x58) {                             // LDR (literal), C6.2.167
            memcpy(&x[op & 31], image.memory(pc + (op >> 5 & 0x7ffff) * 4, 8).data(), 8);
        } else if ((op & ~31u) == 0xaa1f03e0) {             // MOV Xd, XZR
            x[op & 31] = 0;
        } else {
            ASSERT_EQ(0xd61f0000u | 4 << 5, op);            // BR X4
        }
    }
    EXPECT_EQ(0x43ff0000u, x[0]);
    EXPECT_EQ(0u, x[1] | x[2] | x[3]);
    EXPECT_EQ(0x40400000u, x[4]);
}

TEST_F(BareImage, TakesADeviceTreeThatIsGiven)
{
    make();
    std::string tree = read_file(bench.dir + "/out/x.dtb");
    bench.write("files/own.dtb", tree);
    make("<dtb file=\"own.dtb\"/>");
    ASSERT_EQ(0, status) << bench.said();
    EXPECT_EQ(179, cell(read_file(bench.dir + "/out/x.dtb"), "/dmaq", "interrupts", 1));
    bench.write("files/own.dtb", "this is no tree, and long enough for a header of one");
    make("<dtb file=\"own.dtb\"/>");
    EXPECT_EQ(1, status);
    EXPECT_NE(std::string::npos, bench.said().find("own.dtb': FDT_ERR_BADMAGIC: give a flattened one")) << bench.said();
}

}  // namespace
