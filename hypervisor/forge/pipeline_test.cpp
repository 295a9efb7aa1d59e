// SPDX-License-Identifier: GPL-2.0-or-later
// forge's stages: each file leads to the same image, a changed one to a changed image, a wrong one to words
#include <algorithm>
#include <gtest/gtest.h>

#include "hypervisor/forge/forge_test.h"

extern "C" {
#include "hypervisor/include/tables.h"
}

#define FIRST_LIGHT SYSTEMS "/first-light.xml"

namespace {

class Stages : public testing::Test {
protected:
    Stages()
    {
        bench.payloads(FIRST_LIGHT);
        made = bench.forge(FIRST_LIGHT, "out");
    }
    void SetUp() override { ASSERT_EQ(0, made) << bench.said(); }
    std::string out(const std::string &name) const { return read_file(bench.dir + "/out/" + name); }
    // A stage's file with the first place that reads so changed; its path.
    std::string changed(const std::string &name, const std::string &from, const std::string &to)
    {
        std::string text = out(name);
        size_t at = text.find(from);
        EXPECT_NE(std::string::npos, at) << from;
        bench.write("changed.xml", text.replace(at, from.size(), to));
        return bench.dir + "/changed.xml";
    }
    int go_on(const std::string &file, const std::string &more = "") { return bench.forge(FIRST_LIGHT, "again", "--from " + file + " " + more); }
    // `words` are refused at the line of changed.xml that holds `place`.
    void refused(const std::string &place, const std::string &words)
    {
        std::string text = read_file(bench.dir + "/changed.xml");
        size_t line = 1 + std::count(text.begin(), text.begin() + text.find(place), '\n');
        EXPECT_NE(std::string::npos, bench.said().find("changed.xml:" + std::to_string(line) + ": ")) << line << ": " << bench.said();
        EXPECT_NE(std::string::npos, bench.said().find(words)) << bench.said();
        EXPECT_FALSE(bench.exists("again"));
    }
    Image again() const { return Image(bench.dir + "/again/first-light.elf"); }

    ForgeBench bench{ FORGE, HYP };
    int made;
};

TEST_F(Stages, EachFileLeadsToTheSameImage)
{
    std::string image = out("first-light.elf");
    for (const char *file : { "2-layout.xml", "3-pagetables.xml" }) {
        ASSERT_EQ(0, go_on(bench.dir + "/out/" + file)) << bench.said();
        EXPECT_TRUE(image == read_file(bench.dir + "/again/first-light.elf")) << file;
        EXPECT_EQ(out(file), read_file(bench.dir + "/again/" + file));
    }
    ASSERT_EQ(0, bench.forge(bench.dir + "/out/1-expanded.xml", "expanded")) << bench.said();
    EXPECT_TRUE(image == read_file(bench.dir + "/expanded/first-light.elf"));
    EXPECT_EQ(out("1-expanded.xml"), read_file(bench.dir + "/expanded/1-expanded.xml")) << "nothing is left to expand";
}

TEST_F(Stages, ExpandedHasEveryDefault)
{
    EXPECT_NE(std::string::npos, out("1-expanded.xml").find("<vm name=\"rt\" core=\"1\" outside=\"stop\">"));
    EXPECT_NE(std::string::npos, out("1-expanded.xml").find("name=\"smmu0\" type=\"smmuv3\" base=\"0x0b040000\" spi=\"184\" size=\"0x20000\" impl=\"model\""));
    bench.payloads(SYSTEMS "/reboot.xml");
    ASSERT_EQ(0, bench.forge(SYSTEMS "/reboot.xml", "reboot", "--stop-after expand")) << bench.said();
    EXPECT_NE(std::string::npos, read_file(bench.dir + "/reboot/1-expanded.xml").find("<restart on=\"fault\" limit=\"3\"/>"));
}

TEST_F(Stages, StopAfterMakesNoImage)
{
    const std::vector<std::pair<std::string, int>> files = { { "1-expanded.xml", 0 }, { "2-layout.xml", 1 }, { "3-pagetables.xml", 2 }, { "first-light.elf", 3 } };
    const char *stages[] = { "expand", "layout", "pagetables" };
    for (int stop = 0; stop < 3; stop++) {
        std::string folder = std::string("stop-") + stages[stop];
        ASSERT_EQ(0, bench.forge(FIRST_LIGHT, folder, std::string("--stop-after ") + stages[stop])) << bench.said();
        for (auto &f : files) {
            EXPECT_EQ(f.second <= stop, bench.exists(folder + "/" + f.first)) << folder << " " << f.first;
        }
    }
    EXPECT_EQ(2, bench.forge(FIRST_LIGHT, "no", "--stop-after tea"));
}

TEST_F(Stages, AChangedLayoutMovesAVm)
{
    std::string text = out("2-layout.xml");
    const std::pair<const char *, const char *> moves[] = { { "physical=\"0x4ca00000\"", "physical=\"0x52000000\"" }, { "physical=\"0x4cbf0000\"", "physical=\"0x521f0000\"" } };
    for (auto &m : moves) {
        for (size_t at; (at = text.find(m.first)) != std::string::npos;) {
            text.replace(at, strlen(m.first), m.second);
        }
    }
    bench.write("changed.xml", text);
    ASSERT_EQ(0, go_on(bench.dir + "/changed.xml")) << bench.said();
    Image image = again();
    EXPECT_EQ(0x52000000u, image.get<struct hyp_vm>(image.symbol("hyp_vms") + sizeof(struct hyp_vm)).ram_pa);
    EXPECT_EQ(0x52000000u, image.walk(image.symbol("hyp_s2_1")).at(0x40000000).pa);
    EXPECT_EQ("LLLL", image.memory(0x52000000, 4)) << "its payload";
}

TEST_F(Stages, AChangedFlagIsInTheTable)
{
    ASSERT_EQ(0, go_on(changed("2-layout.xml", "demands=\"normal inner-shareable accessed read write execute\" prevents=\"device\"",
                               "demands=\"normal inner-shareable accessed read execute\" prevents=\"write\""), "--no-check")) << bench.said();
    Image image = again();
    EXPECT_EQ(1u, image.walk(image.symbol("hyp_s2_0")).at(0x40000000).bits(7, 6)) << "S2AP: read only";
    EXPECT_EQ(3u, image.walk(image.symbol("hyp_s2_1")).at(0x40000000).bits(7, 6)) << "the other VM's";
}

TEST_F(Stages, AChangedEntryIsInTheTable)
{
    ASSERT_EQ(0, go_on(changed("3-pagetables.xml", "address=\"0xb010000\" flags=\"device inner-shareable accessed read write\"",
                               "address=\"0xb010000\" flags=\"device outer-shareable accessed read\""), "--no-check")) << bench.said();
    Image image = again();
    Leaf page = image.walk(image.symbol("hyp_s2_0")).at(0xb010000);
    EXPECT_EQ(1u, page.bits(7, 6));
    EXPECT_EQ(2u, page.bits(9, 8));
}

TEST_F(Stages, ADemandThatIsPreventedIsRefusedByName)
{
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "prevents=\"write\"", "prevents=\"write read\"")));
    refused("prevents=\"write read\"", "region 'text' of space 'el2' (hypervisor): it demands and prevents 'read': remove it from one of them");
}

TEST_F(Stages, FlagsThatTheFormatCannotHaveAreRefused)
{
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "read execute\" prevents=\"write\"", "read write execute\" prevents=\"device\"")));
    refused("read write execute\" prevents=\"device\" line=\"14\"", "region 'text' of space 'el2' (hypervisor): it demands \"normal inner-shareable accessed read write execute\": "
            "'write execute' cannot be had together (SCTLR_EL2.WXN");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "demands=\"device inner-shareable", "demands=\"device normal inner-shareable")));
    refused("demands=\"device normal", "more than one of 'device' and its alternatives");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "accessed read\"", "accessed\"")));
    refused("accessed\" prevents", "'read' cannot be off in format 'aarch64-stage1-el2'");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "accessed read\"", "accessed red\"")));
    refused("accessed red\"", "has no flag 'red'");
}

TEST_F(Stages, PlacesThatCannotBeAreRefused)
{
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "physical=\"0x4ca00000\"", "physical=\"0x40a00000\"")));
    refused("name=\"ram\" who=\"rt\"", "'ram' of rt lies at physical 0x40a00000-0x40bfffff, which is in 'ram' of linux: move one");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "virtual=\"0xb000000\"", "virtual=\"0x40000000\"")));
    refused("name=\"uart0\" who=\"linux\"", "regions 'ram' and 'uart0' of space 'vm0' overlap at virtual 0x40000000");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "virtual=\"0xb000000\"", "virtual=\"0xb000010\"")));
    refused("virtual=\"0xb000010\"", "not made of whole pages");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "physical=\"0x4ca00000\"", "physical=\"0x60000000\"")));
    refused("physical=\"0x60000000\"", "outside of the board's memory, or in the hypervisor's: region 'ram' of vm 'rt'");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "virtual=\"0x401f0000\" physical=\"0x4cbf0000\"", "virtual=\"0x401e0000\" physical=\"0x4cbf0000\"")));
    refused("virtual=\"0x401e0000\"", "piece 'rt.tree': virtual and physical must name the same byte");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "virtual=\"0x40200000\" physical=\"0x40200000\"", "virtual=\"0x50200000\" physical=\"0x40200000\"")));
    refused("virtual=\"0x50200000\"", "the runtime is linked to another place than region 'text'");
}

TEST_F(Stages, AFileThatIsNoStagesIsRefused)
{
    EXPECT_EQ(1, go_on(FIRST_LIGHT));
    EXPECT_NE(std::string::npos, bench.said().find("<system> is no result of a stage")) << bench.said();
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "<piece ", "<peace ")));
    refused("<peace ", "layout.rng says what may stand there");
    EXPECT_EQ(1, go_on(changed("2-layout.xml", "</layout>", "")));
    EXPECT_NE(std::string::npos, bench.said().find("changed.xml:")) << bench.said();
    EXPECT_EQ(1, go_on(changed("3-pagetables.xml", "kind=\"block\"", "kind=\"blok\"")));
    refused("kind=\"blok\"", "format 'aarch64-stage1-el2' has no 'blok' at level 2: choose another kind");
    EXPECT_EQ(1, go_on(changed("3-pagetables.xml", "next=\"pt_el2_1\"", "next=\"pt_vm0_1\"")));
    refused("next=\"pt_vm0_1\"", "'pt_vm0_1' is no table of this space one level further down");
    EXPECT_EQ(1, go_on(bench.dir + "/none.xml"));
    EXPECT_NE(std::string::npos, bench.said().find("none.xml: No such file or directory: give the path of a stage's file")) << bench.said();
}

// Levels, kinds and bits come from the file: with blocks at level 1, a GiB is one entry; with another bit for writing, another descriptor.
TEST_F(Stages, AFormatIsData)
{
    for (const char *name : { "aarch64-stage1-el2.xml", "aarch64-stage2.xml" }) {
        bench.write(std::string("formats/") + name, read_file(std::string(FORMATS "/") + name));
    }
    std::string stage2 = read_file(FORMATS "/aarch64-stage2.xml"), other = stage2;
    other.replace(other.find("levels=\"2\" value=\"1\" address=\"47:21\""), 36, "levels=\"1 2\" value=\"1\" address=\"47:21\"");
    bench.write("formats/aarch64-stage2.xml", other);
    std::string large = read_file(FIRST_LIGHT);
    large.replace(large.find("memory=\"320MiB\""), 15, "memory=\"3072MiB\"");
    large.replace(large.find("size=\"192MiB\""), 13, "size=\"1024MiB\" pa=\"0x80000000\"");
    bench.write("large.xml", large);
    ASSERT_EQ(0, bench.forge(bench.dir + "/large.xml", "again", "--stop-after pagetables --formats " + bench.dir + "/formats")) << bench.said();
    EXPECT_NE(std::string::npos, read_file(bench.dir + "/again/3-pagetables.xml").find("<entry index=\"1\" kind=\"block\" address=\"0x80000000\""));

    other = stage2;
    other.replace(other.find("name=\"write\" bits=\"7\""), 21, "name=\"write\" bits=\"6\"");
    bench.write("formats/aarch64-stage2.xml", other);
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "again", "--formats " + bench.dir + "/formats"));
    EXPECT_NE(std::string::npos, bench.said().find("formats/aarch64-stage2.xml:4: flags 'read' and 'write' share bits")) << bench.said();
    bench.write("formats/aarch64-stage2.xml", stage2.substr(0, stage2.find("<never")));
    EXPECT_EQ(1, bench.forge(FIRST_LIGHT, "again", "--formats " + bench.dir + "/formats"));
    EXPECT_NE(std::string::npos, bench.said().find("formats/aarch64-stage2.xml:")) << bench.said();
}

TEST_F(Stages, MeasuredSaysWhatTheImageHas)
{
    Image image(bench.dir + "/out/first-light.elf");
    std::string told = out("4-measured.xml");
    for (const std::string part : { "text", "rodata", "data" }) {
        uint64_t bytes = image.symbol("__" + part + "_end") - image.symbol("__" + part + "_start");
        EXPECT_NE(std::string::npos, told.find("<part name=\"" + part + "\" bytes=\"" + std::to_string(bytes) + "\"")) << told;
        EXPECT_NE(std::string::npos, told.find("<limit name=\"" + part + "\" used=\"" + std::to_string(bytes) + "\" of=\"2097152\" left=\"" +
                                               std::to_string(2097152 - bytes) + "\"")) << told;
    }
    uint64_t mapped = 0x1000 * image.walk(image.symbol("hyp_s2_0")).size();
    EXPECT_NE(std::string::npos, told.find("mapped=\"" + std::to_string(mapped) + "\"")) << told;
}

TEST_F(Stages, ExplainSaysWhyARegionLiesWhereItDoes)
{
    std::string command = FORGE " " FIRST_LIGHT " --explain >" + bench.dir + "/told";
    ASSERT_EQ(0, ::system(command.c_str()));
    std::string told = read_file(bench.dir + "/told");
    for (const char *words : { "the lowest place that is free, VMs in the XML's order, behind VM linux", "(line 25)", "never write", "the last 64 KiB of its memory" }) {
        EXPECT_NE(std::string::npos, told.find(words)) << words << "\n" << told;
    }
}

}  // namespace
