// SPDX-License-Identifier: GPL-2.0-or-later
// Systems: what is refused, with line and remedy
#include "platform/board/system_test.h"

namespace {

class System : public SystemTest {};

TEST_F(System, RefusesMemoryThatOverlapsAnotherVms)
{
    change("size=\"4MiB\"", "size=\"4MiB\" pa=\"0x40a00000\"");
    refused(13, "its memory 0x40c00000-0x40dfffff overlaps that of vm 'a' (line 8)", "move pa", "size=\"2MiB\"", "size=\"2MiB\" pa=\"0x40c00000\"");
}

TEST_F(System, RefusesMemoryThatOverlapsTheHypervisors)
{
    refused(8, "overlaps the hypervisor's 0x40000000-0x409fffff", "move pa up", "size=\"4MiB\"", "size=\"4MiB\" pa=\"0x40800000\"");
}

TEST_F(System, RefusesMemoryOutsideOfTheBoards)
{
    refused(8, "outside of the board's memory 0x40000000-0x43ffffff", "move it", "size=\"4MiB\"", "size=\"4MiB\" pa=\"0x43e00000\"");
    refused(8, "outside of the board's memory", "move it", "size=\"4MiB\"", "size=\"4MiB\" pa=\"0xffffffffffe00000\"");
}

TEST_F(System, RefusesMoreMemoryThanTheBoardHas)
{
    refused(8, "no room for its 128 MiB", "give the board at least 138MiB", "size=\"4MiB\"", "size=\"128MiB\"");
}

TEST_F(System, RefusesUnalignedMemory)
{
    refused(8, "not aligned", "multiples of 2 MiB", "size=\"4MiB\"", "size=\"3MiB\"");
    refused(8, "empty", "size more than 0", "size=\"4MiB\"", "size=\"0\"");
    refused(8, "not aligned", "multiples of 2 MiB", "ipa=\"0x40000000\"", "ipa=\"0x40001000\"");
}

TEST_F(System, RefusesGuestMemoryWhereDevicesAre)
{
    refused(8, "not between ipa 0x40000000 and 512 GiB", "move its ipa", "ipa=\"0x40000000\"", "ipa=\"0x0b000000\"");
    refused(8, "not between ipa 0x40000000 and 512 GiB", "move its ipa", "ipa=\"0x40000000\"", "ipa=\"0x7fffe00000\"");
}

TEST_F(System, RefusesABoardOfAnotherSize)
{
    refused(2, "out of range", "from 16MiB to 64GiB", "memory=\"64MiB\"", "memory=\"128GiB\"");
    refused(2, "cores=\"9\"", "1 to 8", "cores=\"2\"", "cores=\"9\"");
    refused(2, "cores=\"0\"", "1 to 8", "cores=\"2\"", "cores=\"0\"");
}

TEST_F(System, RefusesAHypervisorThatDoesNotFit)
{
    refused(6, "out of range", "at least 6MiB", "memory=\"8MiB\"", "memory=\"4MiB\"");
    refused(6, "out of range", "at most what the board has", "memory=\"8MiB\"", "memory=\"1GiB\"");
}

TEST_F(System, RefusesAnUnknownDeviceInUse)
{
    refused(10, "unknown device 'uart9'", "did you mean 'uart0'", "<use device=\"uart0\"/>", "<use device=\"uart9\"/>");
    refused(6, "unknown device 'screen'", "use one of: uart0 uart1 dmaq0", "console=\"uart1\"", "console=\"screen\"");
}

TEST_F(System, RefusesAnUnknownDeviceType)
{
    refused(5, "unknown type 'dmaqq' (did you mean 'dmaq'?)", "known types: uart16550 dmaq pulse", "type=\"dmaq\"", "type=\"dmaqq\"");
}

TEST_F(System, RefusesAnUnknownImplementation)
{
    refused(5, "no implementation 'verilog'", "choose one of: model rtl", "clock=\"100MHz\"", "clock=\"100MHz\" impl=\"verilog\"");
}

TEST_F(System, RefusesAnInterruptUsedTwice)
{
    refused(4, "SPI 176 of device 'uart1' is used twice: 'uart0' in line 3", "choose a free one", "spi=\"177\"", "spi=\"176\"");
}

TEST_F(System, RefusesAnInterruptTheBoardDoesNotHave)
{
    refused(4, "SPI 256", "from 176 to 255", "spi=\"177\"", "spi=\"256\"");
    refused(4, "SPI 175", "from 176 to 255", "spi=\"177\"", "spi=\"175\"");
    refused(4, "SPI 4294967295", "from 176 to 255", "spi=\"177\"", "spi=\"4294967295\"");
}

TEST_F(System, RefusesNumbersThatOnlyFitWhenCut)
{
    refused(4, "spi=\"4294967473\" is no number", "32 bits", "spi=\"177\"", "spi=\"4294967473\"");
    refused(5, "stream=\"0x100000001\" is no number", "32 bits", "stream=\"1\"", "stream=\"0x100000001\"");
    refused(12, "core=\"4294967297\" is no number", "32 bits", "core=\"1\"", "core=\"4294967297\"");
}

TEST_F(System, RefusesMoreThanOneOwner)
{
    refused(15, "'uart0' has more than one owner: it belongs to a", "give each its own device", "<use device=\"dmaq0\"/>", "<use device=\"uart0\"/>");
}

TEST_F(System, RefusesAVmThatTakesTheHypervisorsConsole)
{
    refused(15, "'uart1' has more than one owner: it belongs to the hypervisor", "remove one", "<use device=\"dmaq0\"/>", "<use device=\"uart1\"/>");
}

TEST_F(System, RefusesADeviceUsedTwiceByOneVm)
{
    refused(11, "'uart0' is used twice by a", "remove one", "<use device=\"uart0\"/>", "<use device=\"uart0\"/>\n<use device=\"uart0\"/>");
}

TEST_F(System, RefusesAConsoleThatIsNoUart)
{
    change("<use device=\"dmaq0\"/>", "");
    refused(6, "'dmaq0' is a dmaq", "name a uart16550", "console=\"uart1\"", "console=\"dmaq0\"");
}

#define SMMU "  <device name=\"smmu0\" type=\"smmuv3\" base=\"0x0b040000\" spi=\"184\"/>\n"

TEST_F(System, RefusesAnIommuThatIsNoSmmu)
{
    change("<use device=\"dmaq0\"/>", "");
    refused(6, "'dmaq0' is a dmaq and cannot be the hypervisor's IOMMU", "name an smmuv3", "console=\"uart1\"", "iommu=\"dmaq0\"");
}

TEST_F(System, RefusesAnSmmuThatTheHypervisorDoesNotProgram)
{
    refused(6, "device 'smmu0': only the hypervisor may program it", "write <hypervisor iommu=\"smmu0\" …>", "  <hypervisor", SMMU "  <hypervisor");
}

TEST_F(System, RefusesASecondSmmu)
{
    change("  <hypervisor", SMMU "  <hypervisor iommu=\"smmu0\"");
    refused(7, "device 'smmu1' is a second smmuv3, 'smmu0' in line 6 is there already", "remove one", "  <hypervisor",
            "  <device name=\"smmu1\" type=\"smmuv3\" base=\"0x0b060000\" spi=\"186\"/>\n  <hypervisor");
}

TEST_F(System, WithAnSmmuAStreamHas16Bits)
{
    change("  <hypervisor", SMMU "  <hypervisor iommu=\"smmu0\"");
    refused(5, "device 'dmaq0': stream 65536 is beyond the 16 bits", "choose one up to 65535", "stream=\"1\"", "stream=\"65536\"");
    change("stream=\"1\"", "stream=\"65535\"");
    EXPECT_TRUE(load()) << said_;
}

TEST_F(System, RefusesACoreUsedTwice)
{
    refused(12, "core 0 is used twice: vm 'a' runs on it (line 7)", "share it by a <schedule core=\"0\"", "core=\"1\"", "core=\"0\"");
}

TEST_F(System, RefusesWhatACoreThatIsSharedCannotGive)
{
    change("</system>", "<schedule core=\"1\" frame=\"1ms\"><slot vm=\"b\" length=\"1ms\"/></schedule></system>");
    ASSERT_NE(nullptr, load()) << said_;
    refused(12, "core 1 has a schedule (line 17), and a VM with interrupts=\"direct\" needs its cores alone", "choose another core, or remove interrupts=\"direct\"",
            "core=\"1\"", "core=\"1\" interrupts=\"direct\"");
    refused(12, "core 1 has a schedule (line 17), and a VM with pmu=\"yes\" needs its cores alone", "choose another core, or remove pmu=\"yes\"", "core=\"1\"",
            "core=\"1\" pmu=\"yes\"");
    refused(7, "interrupts=\"fast\"", "write interrupts=\"direct\" or interrupts=\"virtual\", which is the default", "core=\"0\"", "core=\"0\" interrupts=\"fast\"");
    refused(7, "pmu=\"1\"", "write pmu=\"yes\" or pmu=\"no\"", "core=\"0\"", "core=\"0\" pmu=\"1\"");
    change("core=\"0\"", "core=\"0\" interrupts=\"direct\" pmu=\"yes\"");
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_TRUE(s->vms[0].direct && s->vms[0].pmu && !s->vms[1].direct && !s->vms[1].pmu);
}

TEST_F(System, RefusesVirtualInterruptsForAVmThatHasNone)
{
    change("core=\"0\"", "core=\"0\" interrupts=\"direct\"");
    refused(7, "vm 'a': its monitor (line 10) raises virtual interrupts", "remove one of them", "<use device=\"uart0\"/>",
            "<monitor><pl031 base=\"0x09000000\" spi=\"1\"/></monitor>");
    change("core=\"1\"", "core=\"1\" interrupts=\"direct\"");
    change("<use device=\"uart0\"/>", "<use device=\"uart0\"/>\n<signal to=\"b\" intid=\"40\"/>");
    refused(16, "interrupt 40 of vm 'a' is a physical one, as it has interrupts=\"direct\", and vm 'b' has it already (line 11)", "choose another intid", "<use device=\"dmaq0\"/>",
            "<signal to=\"a\" intid=\"40\"/>");
}

TEST_F(System, RefusesACoreThatTheBoardDoesNotHave)
{
    refused(12, "core 5 does not exist", "cores 0 to 1", "core=\"1\"", "core=\"5\"");
}

TEST_F(System, RefusesWindowsThatOverlap)
{
    refused(4, "overlaps that of 'uart0' in line 3", "move its base", "base=\"0x0b001000\"", "base=\"0x0b000000\"");
    refused(4, "overlaps that of 'uart0' in line 3", "move its base", "base=\"0x0b000000\"", "base=\"0x0b000000\" size=\"0x2000\"");
}

TEST_F(System, RefusesAWindowElsewhere)
{
    refused(4, "outside of the devices' window 0xb000000-0xbffffff", "move its base", "base=\"0x0b001000\"", "base=\"0x09000000\"");
    refused(4, "outside of the devices' window", "move its base", "base=\"0x0b001000\"", "base=\"0x0bfff000\" size=\"0x2000\"");
    refused(4, "whole pages", "multiples of 4096", "base=\"0x0b001000\"", "base=\"0x0b001800\"");
}

TEST_F(System, RefusesABusMasterWithoutAStreamAndAStreamWithoutABusMaster)
{
    refused(5, "has no stream ID", "add stream=", " stream=\"1\"", "");
    refused(4, "does not master the bus", "remove its stream", "spi=\"177\"", "spi=\"177\" stream=\"2\"");
}

TEST_F(System, RefusesAStreamUsedTwice)
{
    refused(6, "stream 1 of device 'dmaq1' is used twice: 'dmaq0' in line 5", "choose a free number", "clock=\"100MHz\"/>\n",
            "clock=\"100MHz\"/>\n  <device name=\"dmaq1\" type=\"dmaq\" base=\"0x0b011000\" spi=\"180\" stream=\"1\"/>\n");
}

TEST_F(System, RefusesNamesUsedTwice)
{
    refused(12, "vm name 'a' is used twice (first in line 7)", "choose another", "name=\"b\"", "name=\"a\"");
    refused(12, "vm name 'uart1' is used twice (first in line 4)", "choose another", "name=\"b\"", "name=\"uart1\"");
    refused(12, "vm name 'hypervisor' is taken", "choose another", "name=\"b\"", "name=\"hypervisor\"");
    change("console=\"uart1\"", "");
    refused(4, "device name 'uart0' is used twice (first in line 3)", "choose another", "name=\"uart1\"", "name=\"uart0\"");
}

TEST_F(System, RefusesNamesThatNoFileOrConsoleCanHave)
{
    refused(1, "name=\"../x\" cannot name a system", "a letter first", "name=\"test\"", "name=\"../x\"");
    refused(12, "name=\"\" cannot name a vm", "a letter first", "name=\"b\"", "name=\"\"");
    change("console=\"uart1\"", "");
    refused(4, "name=\"my uart,id=x\" cannot name a device", "a letter first", "name=\"uart1\"", "name=\"my uart,id=x\"");
}

TEST_F(System, RefusesMalformedSizesAndFrequencies)
{
    refused(8, "size=\"4MB\" is no size", "KiB, MiB or GiB", "size=\"4MiB\"", "size=\"4MB\"");
    refused(8, "pa=\"\" is no size", "KiB, MiB or GiB", "size=\"4MiB\"", "size=\"4MiB\" pa=\"\"");
    refused(5, "clock=\"fast\" is no frequency", "write 100MHz", "clock=\"100MHz\"", "clock=\"fast\"");
    refused(5, "clock=\"5GHz\" is no frequency", "from 1Hz to 4GHz", "clock=\"100MHz\"", "clock=\"5GHz\"");
}

TEST_F(System, RefusesARestartThatCannotBe)
{
    const std::string use = "<use device=\"uart0\"/>";
    refused(10, "on=\"crash\"", "write on=\"reset\" (PSCI SYSTEM_RESET), or on=\"fault\"", use, use + "<restart on=\"crash\"/>");
    refused(10, "limit=\"0\"", "a VM restarts 1 to 1000000 times", use, use + "<restart on=\"reset\" limit=\"0\"/>");
    refused(10, "limit=\"often\" is no number", "write a decimal one", use, use + "<restart on=\"reset\" limit=\"often\"/>");
    refused(10, "<restart> has no on", "add on=", use, use + "<restart/>");
    refused(10, "<vm> has more than one of: restart", "remove one", use, use + "<restart on=\"reset\"/><restart on=\"reset\"/>");
    refused(10, "what becomes of it after a fault is its supervisor's to say (line 10)", "write on=\"reset\"", use,
            use + "<restart on=\"fault\"/><supervisor vm=\"b\" intid=\"40\"/>");
    change(use, use + "<restart on=\"reset\"/>");
    refused(10, "no room for what VMs restart with", "give it at least 8MiB", "memory=\"8MiB\"", "memory=\"6MiB\"");
}

TEST_F(System, RefusesAStepToADeviceThatCannotBe)
{
    const std::string use = "<use device=\"uart0\"/>", on = use + "<restart on=\"reset\">", off = "</restart>";
    refused(10, "device 'dmaq0' is not one that vm 'a' uses", "name one of its own", use, on + "<write device=\"dmaq0\" offset=\"8\" value=\"2\"/>" + off);
    refused(10, "device 'dmaq9' is not one that vm 'a' uses", "name one of its own", use, on + "<wait device=\"dmaq9\" offset=\"8\" zero=\"2\"/>" + off);
    refused(10, "offset 0x1000 is not a register's of 4 bytes in the 0x1000", "correct it", use, on + "<write device=\"uart0\" offset=\"0x1000\" value=\"2\"/>" + off);
    refused(10, "offset 0x2 is not a register's of 4 bytes", "correct it", use, on + "<write device=\"uart0\" offset=\"2\" value=\"2\"/>" + off);
    refused(10, "value 0x100 does not fit", "correct it", use, on + "<write device=\"uart0\" offset=\"1\" value=\"256\" size=\"1\"/>" + off);
    refused(10, "size=\"2\"", "1 or 4 bytes", use, on + "<write device=\"uart0\" offset=\"1\" value=\"0\" size=\"2\"/>" + off);
    refused(10, "<wait> has no zero", "add zero=", use, on + "<wait device=\"uart0\" offset=\"8\"/>" + off);
}

TEST_F(System, RefusesAMonitorsProgramThatCannotBe)
{
    const std::string use = "<use device=\"uart0\"/>";
    refused(10, "missing file 'none.bin'", "correct the name", use, use + "<monitor program=\"none.bin\"/>");
    std::ofstream(dir_ + "/big.bin") << std::string(0x1f0001, 'x');
    refused(10, "'" + dir_ + "/big.bin' has 1984 KiB", "make it smaller", use, use + "<monitor program=\"big.bin\"/>");
}

TEST_F(System, RefusesASupervisorThatCannotBe)
{
    const std::string use = "<use device=\"uart0\"/>";
    refused(10, "unknown vm 'c'", "name one of the system's", use, use + "<supervisor vm=\"c\" intid=\"40\"/>");
    refused(10, "vm 'a' cannot be its own supervisor", "name another VM", use, use + "<supervisor vm=\"a\" intid=\"40\"/>");
    refused(10, "intid=\"64\"", "one of the interrupts 32 to 63", use, use + "<supervisor vm=\"b\" intid=\"64\"/>");
    refused(10, "<supervisor> has no intid", "add intid=", use, use + "<supervisor vm=\"b\"/>");
}

TEST_F(System, RefusesElementsAndAttributesThatItDoesNotKnow)
{
    refused(10, "<use> has no attribute 'devise' (did you mean 'device'?)", "it takes device", "<use device=\"uart0\"/>", "<use device=\"uart0\" devise=\"\"/>");
    refused(10, "<vm> has no element 'uses' (did you mean 'use'?)", "it takes memory linux raw monitor restart supervisor signal", "<use device", "<uses device");
    refused(1, "<board> is no system", "begin with <system", text_, "<board/>");
}

TEST_F(System, RefusesWhatIsMissingOrThereTooOften)
{
    refused(4, "<device> has no spi", "add spi=", " spi=\"177\"", "");
    refused(7, "<vm> has none of: linux raw", "add one", "<raw image=\"a.bin\"/>", "");
    refused(2, "<system> has more than one of: board", "remove one", "<board cores=\"2\" memory=\"64MiB\"/>", "<board cores=\"2\" memory=\"64MiB\"/><board cores=\"2\" memory=\"64MiB\"/>");
    refused(1, "<system> has none of: board", "add one", "<board cores=\"2\" memory=\"64MiB\"/>", "");
    refused(10, "<vm> has more than one of: linux raw", "remove one", "<use device=\"uart0\"/>", "<linux kernel=\"a.bin\"/>");
    refused(10, "text stands in <vm>", "remove it", "<use device=\"uart0\"/>", "uart0");
}

TEST_F(System, WhatIsOutsideOfAVmStopsItOrIsItsAbort)
{
    refused(7, "outside=\"ignore\"", "write outside=\"abort\" or outside=\"stop\", which is the default", "core=\"0\"", "core=\"0\" outside=\"ignore\"");
    change("core=\"0\"", "core=\"0\" outside=\"abort\"");
    change("core=\"1\"", "core=\"1\" outside=\"stop\"");
    SystemPtr s = load();
    ASSERT_NE(nullptr, s) << said_;
    EXPECT_TRUE(s->vms[0].outside_aborts);
    EXPECT_FALSE(s->vms[1].outside_aborts);
}

TEST_F(System, RefusesBrokenXml)
{
    change("<use device=\"uart0\"/>", "<use device=\"uart0\">");
    EXPECT_EQ(nullptr, load());
    EXPECT_TRUE(says(11, "mismatch", "scenarios/systems/README.md")) << said_;
}

TEST_F(System, TellsAllErrorsAtOnce)
{
    change("spi=\"177\"", "spi=\"176\"");
    change("type=\"dmaq\"", "type=\"dmaqq\"");
    change("core=\"1\"", "core=\"2\"");
    change("a.bin", "c.bin");
    change("<use device=\"dmaq0\"/>", "<use device=\"dmaq1\"/>");
    EXPECT_EQ(nullptr, load());
    EXPECT_TRUE(says(4, "is used twice", "")) << said_;
    EXPECT_TRUE(says(5, "unknown type", "")) << said_;
    EXPECT_TRUE(says(9, "missing file", "")) << said_;
    EXPECT_TRUE(says(12, "does not exist", "")) << said_;
    EXPECT_TRUE(says(15, "unknown device", "")) << said_;
    EXPECT_EQ(5, messages()) << said_;
}

TEST_F(System, RefusesAFileThatIsNotThere)
{
    for (std::string path : {dir_ + "/none.xml", dir_}) {
        testing::internal::CaptureStderr();
        EXPECT_EQ(nullptr, system_load(path.c_str(), nullptr));
        EXPECT_NE(std::string::npos, testing::internal::GetCapturedStderr().find("give the path of a system's XML"));
    }
}

}  // namespace
