// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: what is refused, with line and remedy
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <unistd.h>

extern "C" {
#include "platform/board/system_internal.h"
}

namespace {

// One attribute or element a line, so that a message's line is unmistakable.
const char *const good =
    "<system name=\"test\">\n"                                                            // 1
    "  <board cores=\"2\" memory=\"64MiB\"/>\n"                                           // 2
    "  <device name=\"uart0\" type=\"uart16550\" base=\"0x0b000000\" spi=\"176\"/>\n"     // 3
    "  <device name=\"uart1\" type=\"uart16550\" base=\"0x0b001000\" spi=\"177\"/>\n"     // 4
    "  <device name=\"dmaq0\" type=\"dmaq\" base=\"0x0b010000\" spi=\"179\" stream=\"1\" clock=\"100MHz\"/>\n"  // 5
    "  <hypervisor memory=\"8MiB\" console=\"uart1\"/>\n"                                 // 6
    "  <vm name=\"a\" core=\"0\">\n"                                                      // 7
    "    <memory ipa=\"0x40000000\" size=\"4MiB\"/>\n"                                    // 8
    "    <raw image=\"a.bin\"/>\n"                                                        // 9
    "    <use device=\"uart0\"/>\n"                                                       // 10
    "  </vm>\n"                                                                           // 11
    "  <vm name=\"b\" core=\"1\">\n"                                                      // 12
    "    <memory ipa=\"0x40000000\" size=\"2MiB\"/>\n"                                    // 13
    "    <raw image=\"b.bin\"/>\n"                                                        // 14
    "    <use device=\"dmaq0\"/>\n"                                                       // 15
    "  </vm>\n"                                                                           // 16
    "</system>\n";

class System : public testing::Test {
protected:
    System()
    {
        char name[] = "/tmp/ingot-system-XXXXXX";
        dir_ = mkdtemp(name);
        std::ofstream(dir_ + "/a.bin") << "payload";
        std::ofstream(dir_ + "/b.bin") << "payload";
    }
    ~System() override
    {
        for (const char *f : {"/a.bin", "/b.bin", "/s.xml"}) {
            unlink((dir_ + f).c_str());
        }
        rmdir(dir_.c_str());
    }
    // The good system with `from` replaced by `to`; what it says on stderr.
    struct system *load(const std::string &from = "", const std::string &to = "", bool files = true)
    {
        std::string text = good;
        if (!from.empty()) {
            size_t at = text.find(from);
            EXPECT_NE(std::string::npos, at) << from;
            text.replace(at, from.size(), to);
        }
        std::ofstream(dir_ + "/s.xml") << text;
        testing::internal::CaptureStderr();
        struct system *s = system_load((dir_ + "/s.xml").c_str(), files ? dir_.c_str() : nullptr);
        said_ = testing::internal::GetCapturedStderr();
        return s;
    }
    // Refused, with a message of that line that contains both texts: what is wrong, and what to do.
    void refused(int line, const std::string &wrong, const std::string &remedy, const std::string &from, const std::string &to)
    {
        struct system *s = load(from, to);
        EXPECT_EQ(nullptr, s);
        system_free(s);
        std::istringstream lines(said_);
        for (std::string l; std::getline(lines, l);) {
            if (l.find("s.xml:" + std::to_string(line) + ": ") != std::string::npos && l.find(wrong) != std::string::npos &&
                l.find(remedy) != std::string::npos) {
                return;
            }
        }
        ADD_FAILURE() << "line " << line << " with '" << wrong << "' and '" << remedy << "' wanted; said:\n" << said_;
    }
    std::string dir_, said_;
};

TEST_F(System, LaysOutWhatIsGood)
{
    struct system *s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_EQ("", said_);
    EXPECT_EQ(0x40200000u + 8 * MIB, s->vms[0].pa);
    EXPECT_EQ(s->vms[0].pa + 4 * MIB, s->vms[1].pa);
    EXPECT_EQ(10000u, s->devices[2].clock_ps);
    EXPECT_EQ(0, s->vms[0].console);
    EXPECT_EQ(-1, s->vms[1].console);
    EXPECT_EQ(1, s->hyp_console);
    EXPECT_EQ(1, s->devices[2].owner);
    system_free(s);
}

TEST_F(System, RefusesMemoryThatOverlapsAnotherVms)
{
    std::string text = "size=\"4MiB\" pa=\"0x40a00000\"/>\n    <raw image=\"a.bin\"/>\n    <use device=\"uart0\"/>\n  </vm>\n"
                       "  <vm name=\"b\" core=\"1\">\n    <memory ipa=\"0x40000000\" size=\"2MiB\" pa=\"0x40c00000\"/>";
    std::string from = "size=\"4MiB\"/>\n    <raw image=\"a.bin\"/>\n    <use device=\"uart0\"/>\n  </vm>\n"
                       "  <vm name=\"b\" core=\"1\">\n    <memory ipa=\"0x40000000\" size=\"2MiB\"/>";
    refused(13, "overlaps that of vm 'a'", "move pa", from, text);
}

TEST_F(System, RefusesMemoryThatOverlapsTheHypervisors)
{
    refused(8, "overlaps the hypervisor's", "move pa up", "size=\"4MiB\"", "size=\"4MiB\" pa=\"0x40400000\"");
}

TEST_F(System, RefusesMoreMemoryThanTheBoardHas)
{
    refused(8, "no room", "give the board at least", "size=\"4MiB\"", "size=\"128MiB\"");
}

TEST_F(System, RefusesAnUnknownDeviceInUse)
{
    refused(10, "unknown device 'uart9'", "did you mean 'uart0'", "<use device=\"uart0\"/>", "<use device=\"uart9\"/>");
}

TEST_F(System, RefusesAnUnknownDeviceType)
{
    refused(5, "unknown type 'dmaqq'", "did you mean 'dmaq'", "type=\"dmaq\"", "type=\"dmaqq\"");
}

TEST_F(System, RefusesAnInterruptUsedTwice)
{
    refused(4, "SPI 176 of device 'uart1' is used twice", "choose a free one", "spi=\"177\"", "spi=\"176\"");
}

TEST_F(System, RefusesAnInterruptTheBoardDoesNotHave)
{
    refused(4, "SPI 300", "from 176 to 255", "spi=\"177\"", "spi=\"300\"");
}

TEST_F(System, RefusesAMissingFile)
{
    refused(9, "missing file 'c.bin'", "correct the name or --files", "image=\"a.bin\"", "image=\"c.bin\"");
}

TEST_F(System, RefusesMoreThanOneOwner)
{
    refused(15, "'uart0' has more than one owner: it belongs to a", "give each its own device", "<use device=\"dmaq0\"/>", "<use device=\"uart0\"/>");
}

TEST_F(System, RefusesAVmThatTakesTheHypervisorsConsole)
{
    refused(15, "'uart1' has more than one owner: it belongs to the hypervisor", "remove one <use>", "<use device=\"dmaq0\"/>", "<use device=\"uart1\"/>");
}

TEST_F(System, RefusesACoreUsedTwice)
{
    refused(13, "core 0 is used twice", "one vCPU a core", "core=\"1\"", "core=\"0\"");
}

TEST_F(System, RefusesACoreThatTheBoardDoesNotHave)
{
    refused(13, "core 5 does not exist", "cores 0 to 1", "core=\"1\"", "core=\"5\"");
}

TEST_F(System, RefusesWindowsThatOverlap)
{
    refused(4, "overlaps that of 'uart0'", "move its base", "base=\"0x0b001000\"", "base=\"0x0b000000\"");
}

TEST_F(System, RefusesAWindowElsewhere)
{
    refused(4, "outside of the devices' window", "move its base", "base=\"0x0b001000\"", "base=\"0x09000000\"");
}

TEST_F(System, RefusesAnUnknownImplementation)
{
    refused(5, "no implementation 'verilog'", "model rtl", "clock=\"100MHz\"", "clock=\"100MHz\" impl=\"verilog\"");
}

TEST_F(System, RefusesABusMasterWithoutAStream)
{
    refused(5, "has no stream ID", "add stream=", " stream=\"1\"", "");
}

TEST_F(System, RefusesMalformedSizesAndFrequencies)
{
    refused(8, "size=\"4MB\" is no size", "KiB, MiB or GiB", "size=\"4MiB\"", "size=\"4MB\"");
    refused(5, "clock=\"fast\" is no frequency", "write 100MHz", "clock=\"100MHz\"", "clock=\"fast\"");
}

TEST_F(System, RefusesUnalignedMemory)
{
    refused(8, "multiples of 2 MiB", "size more than 0", "size=\"4MiB\"", "size=\"3MiB\"");
}

TEST_F(System, RefusesElementsThatItDoesNotKnow)
{
    refused(10, "use", "scenarios/systems/README.md", "<use device=\"uart0\"/>", "<use thing=\"uart0\"/>");
}

TEST_F(System, RefusesBrokenXml)
{
    refused(11, "", "scenarios/systems/README.md", "<use device=\"uart0\"/>", "<use device=\"uart0\">");
}

TEST_F(System, TellsAllErrorsAtOnce)
{
    std::string from = "spi=\"177\"/>\n  <device name=\"dmaq0\" type=\"dmaq\"";
    EXPECT_EQ(nullptr, load(from, "spi=\"176\"/>\n  <device name=\"dmaq0\" type=\"dmaqq\""));
    EXPECT_NE(std::string::npos, said_.find("s.xml:4: "));
    EXPECT_NE(std::string::npos, said_.find("s.xml:5: "));
}

TEST_F(System, RefusesAFileThatIsNotThere)
{
    testing::internal::CaptureStderr();
    EXPECT_EQ(nullptr, system_load((dir_ + "/none.xml").c_str(), nullptr));
    EXPECT_NE(std::string::npos, testing::internal::GetCapturedStderr().find("give the path of a system's XML"));
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
    EXPECT_FALSE(system_parse_size("-1", &v));
    EXPECT_FALSE(system_parse_size("", &v));
    EXPECT_FALSE(system_parse_size("99999999999GiB", &v));
    EXPECT_TRUE(system_parse_hz("100MHz", &v) && v == 100000000);
    EXPECT_FALSE(system_parse_hz("0", &v));
}

}  // namespace
