// SPDX-License-Identifier: GPL-2.0-or-later
// regsgen: what it writes, and what it says about a bad regs.xml
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <sys/wait.h>

#include <gtest/gtest.h>

namespace {

struct Result {
    int status;
    std::string text;   // stdout and stderr
};

Result regsgen(const std::string &arguments)
{
    Result r = { -1, "" };
    FILE *p = popen((std::string(INGOT_REGSGEN) + " " + arguments + " 2>&1").c_str(), "r");
    if (!p) {
        return r;
    }
    for (int c; (c = fgetc(p)) != EOF;) {
        r.text += static_cast<char>(c);
    }
    int s = pclose(p);
    r.status = WIFEXITED(s) ? WEXITSTATUS(s) : -1;
    return r;
}

std::string field(const std::string &name, const std::string &offset, const std::string &width, const std::string &more = "")
{
    return "<field><name>" + name + "</name><bitOffset>" + offset + "</bitOffset><bitWidth>" + width +
           "</bitWidth><access>read-write</access>" + more + "</field>\n";
}

std::string reg(const std::string &name, const std::string &offset, const std::string &fields, const std::string &access = "read-write",
                const std::string &size = "32")
{
    return "<register><name>" + name + "</name><addressOffset>" + offset + "</addressOffset><size>" + size + "</size><access>" +
           access + "</access>\n" + fields + "</register>\n";
}

// The first register begins in line 4.
std::string component(const std::string &registers, const std::string &name = "probe")
{
    return "<component xmlns=\"http://www.accellera.org/XMLSchema/IPXACT/1685-2014\"><name>" + name + "</name>\n"
           "<memoryMaps><memoryMap><addressBlock>\n<range>'h1000</range>\n" + registers +
           "</addressBlock></memoryMap></memoryMaps></component>\n";
}

std::string file_of(const std::string &text)
{
    std::string path = testing::TempDir() + "ingot-regs-" + std::to_string(getpid()) + ".xml";
    std::ofstream(path) << text;
    return path;
}

void expect_error(const std::string &xml, int line, const std::string &words)
{
    std::string path = file_of(xml);
    Result r = regsgen(path);
    EXPECT_EQ(r.status, 1) << r.text;
    EXPECT_NE(r.text.find(path + ":" + std::to_string(line) + ": "), std::string::npos) << r.text;
    EXPECT_NE(r.text.find(words), std::string::npos) << r.text;
    EXPECT_EQ(r.text.find("#define"), std::string::npos);
    remove(path.c_str());
}

const std::string good = reg("CTRL", "'h08", field("ENABLE", "0", "1") + field("MODE", "4", "3"));

TEST(Regsgen, WritesOffsetMaskAndShift)
{
    std::string path = file_of(component(good + reg("BYTE", "'h40", field("VALUE", "0", "8"), "read-only", "8")));
    Result r = regsgen(path);
    EXPECT_EQ(r.status, 0);
    for (const char *line : { "#define PROBE_CTRL 0x08\n", "#define PROBE_CTRL_ENABLE 0x1\n", "#define PROBE_CTRL_ENABLE_SHIFT 0\n",
                              "#define PROBE_CTRL_MODE 0x70\n", "#define PROBE_CTRL_MODE_SHIFT 4\n", "#define PROBE_BYTE 0x40\n",
                              "#ifndef PROBE_REGS_H\n" }) {
        EXPECT_NE(r.text.find(line), std::string::npos) << line << r.text;
    }
    remove(path.c_str());
}

TEST(Regsgen, WritesOnlyDefinesOfPlainNumbers)
{
    const std::regex line("|/\\*.*\\*/|#ifndef \\w+_REGS_H|#define \\w+_REGS_H|#define \\w+ (0x[0-9a-f]+|[0-9]+)|#endif");
    for (const char *name : { "dmaq", "pulse", "uart16550" }) {
        std::ifstream in(std::string(INGOT_GEN_DIR "/") + name + "_regs.h");
        unsigned lines = 0;
        for (std::string l; std::getline(in, l); lines++) {
            EXPECT_TRUE(std::regex_match(l, line)) << name << ": " << l;
        }
        EXPECT_GT(lines, 30u) << name;
    }
}

TEST(Regsgen, LetsRegistersShareAnOffsetWhenOneIsReadAndOneWritten)
{
    std::string path = file_of(component(reg("RX", "0", field("DATA", "0", "8"), "read-only") +
                                         reg("TX", "0", field("DATA", "0", "8"), "write-only")));
    EXPECT_EQ(regsgen(path).status, 0);
    remove(path.c_str());
}

TEST(Regsgen, RefusesWhatIsNotXml) { expect_error("<component>\n<name>x</nam>\n", 2, "well-formed"); }
TEST(Regsgen, RefusesAnotherRoot) { expect_error("\n<device/>\n", 2, "it must be <component>"); }
TEST(Regsgen, RefusesAnotherNamespace)
{
    expect_error("<component xmlns=\"http://www.accellera.org/XMLSchema/IPXACT/1685-2022\"/>\n", 1, "1685-2014");
}
TEST(Regsgen, RefusesAComponentWithoutRegisters) { expect_error(component(""), 1, "no <register>"); }
TEST(Regsgen, RefusesACapitalComponent) { expect_error(component(good, "Probe"), 1, "small letters"); }
TEST(Regsgen, RefusesAMissingName)
{
    expect_error(component("<register><addressOffset>0</addressOffset><size>32</size><access>read-only</access>" +
                           field("A", "0", "1") + "</register>\n"), 4, "<register> has no <name>");
}
TEST(Regsgen, RefusesANameThatIsNoMacro) { expect_error(component(good + reg("NEXT-ONE", "0", field("A", "0", "1"))), 8, "macro"); }
TEST(Regsgen, RefusesANumberThatIsNone) { expect_error(component(reg("A", "0x10", field("A", "0", "1"))), 4, "not a number"); }
TEST(Regsgen, RefusesANegativeNumber) { expect_error(component(reg("A", "-4", field("A", "0", "1"))), 4, "not a number"); }
TEST(Regsgen, RefusesAnUnknownAccess)
{
    expect_error(component(reg("A", "0", field("A", "0", "1"), "writeOnce")), 4, "use read-only, read-write or write-only");
}
TEST(Regsgen, RefusesAnOddSize) { expect_error(component(reg("A", "0", field("A", "0", "1"), "read-only", "24")), 4, "24 bits"); }
TEST(Regsgen, RefusesAnOffsetOutsideOfTheBlock) { expect_error(component(reg("A", "'h1000", field("A", "0", "1"))), 4, "outside"); }
TEST(Regsgen, RefusesAMisalignedOffset) { expect_error(component(reg("A", "2", field("A", "0", "1"))), 4, "misaligned"); }
TEST(Regsgen, RefusesOverlappingRegisters)
{
    expect_error(component(good + reg("MORE", "'h08", field("A", "0", "1"))), 8, "overlaps CTRL of line 4");
}
TEST(Regsgen, RefusesARegisterTwice) { expect_error(component(good + reg("CTRL", "0", field("A", "0", "1"))), 8, "there twice"); }
TEST(Regsgen, RefusesARegisterWithoutFields) { expect_error(component(reg("A", "0", "")), 4, "no <field>"); }
TEST(Regsgen, RefusesOverlappingFields)
{
    expect_error(component(reg("A", "0", field("A", "0", "4") + field("B", "3", "1"))), 6, "field B overlaps A");
}
TEST(Regsgen, RefusesAFieldOutsideOfItsRegister) { expect_error(component(reg("A", "0", field("A", "30", "3"))), 5, "not within"); }
TEST(Regsgen, RefusesAFieldOfEnormousWidth)
{
    expect_error(component(reg("A", "0", field("A", "1", "18446744073709551615"))), 5, "not within");
}
TEST(Regsgen, RefusesAWideResetValue)
{
    expect_error(component(reg("A", "0", field("A", "0", "2", "<resets><reset><value>4</value></reset></resets>"))), 5, "more than 2 bits");
}
TEST(Regsgen, RefusesAnUnknownWriteEffect)
{
    expect_error(component(reg("A", "0", field("A", "0", "2", "<modifiedWriteValue>zeroToSet</modifiedWriteValue>"))), 5, "not supported");
}

TEST(Regsgen, NamesAFileThatIsNotThere)
{
    Result r = regsgen("/nonexistent/regs.xml");
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.text.find("/nonexistent/regs.xml:0: cannot be opened: No such file"), std::string::npos) << r.text;
}

TEST(Regsgen, NamesAnOutputThatCannotBeWritten)
{
    std::string path = file_of(component(good));
    Result r = regsgen("-o /nonexistent/out.h " + path);
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.text.find("/nonexistent/out.h: cannot be written"), std::string::npos) << r.text;
    remove(path.c_str());
}

TEST(Regsgen, SaysThatTheDiskIsFull)
{
    std::string path = file_of(component(good));
    Result r = regsgen(path + " > /dev/full");
    EXPECT_EQ(r.status, 1);
    remove(path.c_str());
}

TEST(Regsgen, WantsItsArgument)
{
    EXPECT_EQ(regsgen("").status, 2);
    EXPECT_EQ(regsgen("a.xml b.xml").status, 2);
}

}  // namespace
