/* SPDX-License-Identifier: GPL-2.0-or-later
 * The domain's XML: what stands in it decides whether two runs are equal
 */
#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "platform/board/domain.h"

namespace {

char system_name[] = "two", linux_name[] = "linux", rt_name[] = "rt", dma_name[] = "dmaq0", dma_type[] = "dmaq", uart_name[] = "uart0", uart_type[] = "uart16550", rtl[] = "rtl";

struct Domain : testing::Test {
    struct system system = {};
    struct domain_options options = {};

    void SetUp() override
    {
        system.cores = 2;
        system.ram_base = 0x40000000;
        system.ram_size = 320u << 20;
        system.name = system_name;
        system.vms[0].name = linux_name;
        system.vms[0].cores[system.vms[0].core_count++] = 1;
        system.vms[0].ipa = 0x40000000;
        system.vms[0].pa = 0x40c00000;
        system.vms[0].size = 192u << 20;
        system.vm_count = 1;
        add(uart_name, uart_type, 0x0b000000, 176, 0);
        add(dma_name, dma_type, 0x0b010000, 179, 1);
        options.name = "ingot-a";
        options.image = "/images/a&b.elf";
        options.module = "/modules/one,two.so";
        options.emulator = "/usr/bin/qemu-system-aarch64";
        options.control = "/tmp/c,d";
        options.trace = "/tmp/t";
    }
    void add(char *name, char *type, uint64_t base, unsigned spi, uint32_t stream)
    {
        struct system_device &d = system.devices[system.device_count++];
        d.name = name;
        d.type = type;
        d.base = base;
        d.size = 4096;
        d.spi = spi;
        d.stream = stream;
        d.owner = 0;
    }
    std::string xml()
    {
        char *text = domain_xml(&system, &options);
        std::string s(text);
        free(text);
        return s;
    }
    bool has(const std::string &piece) { return xml().find(piece) != std::string::npos; }
    bool has_arg(const std::string &value) { return has("<qemu:arg value=\"" + value + "\"/>"); }
};

TEST_F(Domain, TurnsAllRandomnessOff)
{
    EXPECT_TRUE(has_arg("virtualization=on,dtb-randomness=off"));
    EXPECT_TRUE(has_arg("shift=0,sleep=off"));
    EXPECT_TRUE(has_arg("base=2026-01-01T00:00:00,clock=vm"));
    EXPECT_TRUE(has_arg("-seed"));
}

TEST_F(Domain, HasCoresMemoryAndGic)
{
    EXPECT_TRUE(has("<vcpu>2</vcpu>"));
    EXPECT_TRUE(has("<memory unit=\"KiB\">327680</memory>"));
    EXPECT_TRUE(has("<gic version=\"3\"/>"));
    EXPECT_TRUE(has(">cortex-a57</model>"));
}

TEST_F(Domain, GivesADmaDeviceItsOwnersMemoryAndNothingElse)
{
    EXPECT_TRUE(has_arg("ingot-window,stream=1,ipa=0x40000000,pa=0x40c00000,size=0xc000000"));
    system.devices[1].owner = SYSTEM_OWNER_NONE;
    EXPECT_FALSE(has("ingot-window"));
}

TEST_F(Domain, TheRunsImplementationIsStrongerThanTheSystems)
{
    system.devices[1].impl = dma_name;
    options.impl[1] = rtl;
    EXPECT_TRUE(has_arg("ingot-vdev,id=dmaq0,vdev=dmaq,addr=0xb010000,size=0x1000,spi=179,impl=rtl,stream=1,owner=linux"));
}

TEST_F(Domain, QuotesWhatXmlAndQemuWouldMisread)
{
    EXPECT_TRUE(has("<kernel>/images/a&amp;b.elf</kernel>"));
    EXPECT_TRUE(has_arg("/modules/one,,two.so"));
    EXPECT_TRUE(has_arg("ingot-board,id=board,control=/tmp/c,,d,system=two,vms=linux/1,trace=/tmp/t"));
}

TEST_F(Domain, TellsATraceWhoseEachDeviceAndCoreIs)
{
    system.vms[1].name = rt_name;
    system.vms[1].cores[0] = 1;
    system.vms[1].cores[1] = 0;
    system.vms[1].core_count = 2;
    system.vm_count = 2;
    system.devices[0].owner = SYSTEM_OWNER_HYPERVISOR;
    EXPECT_TRUE(has(",system=two,vms=linux/1:rt/1/0,trace="));
    EXPECT_TRUE(has_arg("ingot-vdev,id=uart0,vdev=uart16550,addr=0xb000000,size=0x1000,spi=176,owner=hypervisor"));
    system.devices[0].owner = SYSTEM_OWNER_NONE;
    EXPECT_TRUE(has_arg("ingot-vdev,id=uart0,vdev=uart16550,addr=0xb000000,size=0x1000,spi=176"));
    system.devices[0].owner = SYSTEM_OWNER_HYPERVISOR;
    system.vms[1].monitor.line = 7;     /* its console is the hypervisor's, so that the VM cannot touch it */
    system.vms[1].monitor.console = 0;
    EXPECT_TRUE(has_arg("ingot-vdev,id=uart0,vdev=uart16550,addr=0xb000000,size=0x1000,spi=176,owner=rt"));
    system.bare = true;     /* one payload has all cores, whatever its XML says */
    system.vm_count = 1;
    EXPECT_TRUE(has(",vms=linux/0/1,trace="));
}

TEST_F(Domain, HasNoDeviceThatNobodyAskedFor)
{
    EXPECT_TRUE(has("<controller type=\"usb\" model=\"none\"/>"));
    EXPECT_TRUE(has("<memballoon model=\"none\"/>"));
}

TEST_F(Domain, AFreeRunHasNeitherSocketNorTrace)
{
    options.control = options.trace = nullptr;
    EXPECT_TRUE(has_arg("ingot-board,id=board"));
}

TEST_F(Domain, TheSameNameIsTheSameMachineToLibvirt)
{
    std::string first = xml(), again = xml();
    EXPECT_EQ(first, again);
    options.name = "ingot-b";
    std::string other = xml();
    size_t at = first.find("<uuid>");
    EXPECT_NE(first.substr(at, 42), other.substr(other.find("<uuid>"), 42));
}

}  // namespace
