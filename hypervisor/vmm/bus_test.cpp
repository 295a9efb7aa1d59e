// SPDX-License-Identifier: GPL-2.0-or-later
// The busses: who gets a message, and what the outside is told
#include <algorithm>

#include "vmm_test.h"

namespace {

struct Probe : vmm_device {     // a device that keeps what it was sent
    struct vmm_mmio last;
    unsigned resets, timers;
    std::string bytes;
};

Probe *of(vmm_device *dev) { return static_cast<Probe *>(dev); }

enum vmm_result probe_mmio(vmm_device *dev, struct vmm_mmio *m)
{
    uint32_t offset;
    if (!bus_offset(dev, m, &offset))
        return VMM_ELSEWHERE;
    of(dev)->last = *m;
    if (!m->write)
        m->value = ~UINT64_C(0);
    return VMM_DONE;
}

const struct vmm_model probe = {
    "probe",
    [](vmm_device *dev) { of(dev)->resets++; },
    probe_mmio,
    [](vmm_device *dev, const uint8_t *bytes, size_t len) { return of(dev)->bytes.append((const char *)bytes, len), len; },
    [](vmm_device *dev, uint64_t) { of(dev)->timers++; },
};

class Bus : public testing::Test {
protected:
    Bus()
    {
        EXPECT_TRUE(attach(a, { 0x1000, 1, 1 }));
        EXPECT_TRUE(attach(b, { 0x2000, 2, 2 }));
    }
    bool attach(Probe &p, vmm_place place) { return bus_attach(&out.bus, &p, &probe, &place); }

    Outside out;
    Probe a{}, b{}, c{};
};

TEST_F(Bus, AnAccessReachesTheDeviceWhoseAddressItIs)
{
    EXPECT_EQ(VMM_DONE, out.write(0x2ffc, 7));
    EXPECT_EQ(0x2ffcu, b.last.gpa);
    EXPECT_EQ(7u, b.last.value);
    EXPECT_EQ(0u, a.last.gpa);
}

TEST_F(Bus, AnAccessToNoDeviceIsSaidToBeElsewhere)
{
    EXPECT_EQ(VMM_ELSEWHERE, out.write(0xffc, 1));
    EXPECT_EQ(VMM_ELSEWHERE, out.write(0x3000, 1));
    EXPECT_EQ(VMM_ELSEWHERE, out.write(UINT64_MAX, 1, 1));
}

// In whatever order they are attached, however many they are: each has its page, and what lies between them is nobody's.
TEST_F(Bus, EachOfManyDevicesIsFound)
{
    static const uint32_t order[VMM_DEVICES] = { 9, 2, 14, 0, 7, 15, 4, 11, 1, 13, 6, 3, 10, 5, 12, 8 };
    Probe many[VMM_DEVICES] = {};
    Outside other;
    EXPECT_EQ(VMM_ELSEWHERE, other.write(0x10000, 1));
    for (uint32_t count = 1; count <= VMM_DEVICES; count++) {
        uint32_t n = order[count - 1];
        ASSERT_TRUE(bus_attach(&other.bus, &many[n], &probe, &(const vmm_place &)(vmm_place{ 0x10000 + n * UINT64_C(0x2000), n, n })));
        for (uint32_t k = 0; k < VMM_DEVICES; k++) {
            bool there = std::find(order, order + count, k) < order + count;
            uint64_t gpa = 0x10000 + k * UINT64_C(0x2000) + 4 * k;
            many[k].last.gpa = 0;
            EXPECT_EQ(there ? VMM_DONE : VMM_ELSEWHERE, other.write(gpa, k)) << count << " devices, " << k;
            EXPECT_EQ(there ? gpa : 0, many[k].last.gpa);
            EXPECT_EQ(VMM_ELSEWHERE, other.write(gpa + 0x1000, k));
            EXPECT_EQ(VMM_ELSEWHERE, other.write(0xfffc, k));
        }
    }
}

TEST_F(Bus, AValueHasTheBytesOfItsSize)
{
    EXPECT_EQ(VMM_DONE, out.write(0x1000, 0x123456789abcdef0, 2));
    EXPECT_EQ(0xdef0u, a.last.value);
    EXPECT_EQ(0xffu, out.read(0x1000, 1));
    EXPECT_EQ(0xffffffffu, out.read(0x1000, 4));
    EXPECT_EQ(UINT64_MAX, out.read(0x1000, 8));
}

TEST_F(Bus, SizesThatNoInstructionHasAreRefused)
{
    for (unsigned size : { 0, 3, 5, 16, 255 })
        EXPECT_EQ(VMM_REFUSED, out.write(0x1000, 1, size)) << size;
}

TEST_F(Bus, APlaceBelongsToOneDevice)
{
    EXPECT_FALSE(attach(c, { 0x1000, 3, 3 })) << "address";
    EXPECT_FALSE(attach(c, { 0x3000, 2, 3 })) << "interrupt";
    EXPECT_FALSE(attach(c, { 0x3000, 3, 2 })) << "console";
    EXPECT_FALSE(attach(c, { 0x3010, 3, 3 })) << "not a page";
    EXPECT_FALSE(attach(c, { 0x3000, VMM_SPIS, 3 })) << "no SPI";
    EXPECT_FALSE(attach(a, { 0x3000, 3, 3 })) << "twice";
    EXPECT_TRUE(attach(c, { 0x3000, 3, 3 }));
}

TEST_F(Bus, WhatWasInADevicesMemoryBeforeDoesNotMatter)
{
    memset(static_cast<vmm_device *>(&c), 0xff, sizeof(vmm_device));
    c.deadline_ns = 5;
    out.bus.alarm_ns = 77;
    bus_init(&out.bus, out.bus.outside);
    EXPECT_TRUE(attach(c, { 0x3000, 3, 3 }));
    EXPECT_EQ(0u, out.irq_changes);
    bus_irq(&c, true);
    EXPECT_EQ(1u, out.irq_changes);
    bus_arm(&c, 77);
    EXPECT_EQ(77u, out.alarm_ns);
    out.pass_ns(10);
    EXPECT_EQ(0u, c.timers);
}

TEST_F(Bus, HasRoomForSixteen)
{
    Probe more[VMM_DEVICES - 1] = {};
    for (uint32_t i = 0; i < VMM_DEVICES - 2; i++)
        EXPECT_TRUE(attach(more[i], { 0x10000 + 0x1000u * i, 10 + i, 10 + i }));
    EXPECT_FALSE(attach(more[VMM_DEVICES - 2], { 0x3000, 3, 3 }));
}

TEST_F(Bus, TellsOnlyChangesOfAnInterruptLine)
{
    bus_irq(&a, false);
    EXPECT_EQ(0u, out.irq_changes);
    bus_irq(&a, true);
    bus_irq(&a, true);
    EXPECT_EQ(1u, out.irq_changes);
    EXPECT_TRUE(out.irq[1]);
    bus_irq(&a, false);
    EXPECT_FALSE(out.irq[1]);
}

TEST_F(Bus, BytesGoToTheDeviceOfTheLine)
{
    EXPECT_EQ(2u, out.input(2, "hi"));
    EXPECT_EQ("hi", b.bytes);
    EXPECT_EQ(0u, out.input(3, "nobody"));
    bus_output(&a, (const uint8_t *)"out", 3);
    EXPECT_EQ("out", out.console[1]);
}

TEST_F(Bus, TheAlarmIsThatOfTheEarliestDeadline)
{
    bus_arm(&a, 300);
    bus_arm(&b, 200);
    EXPECT_EQ(200u, out.alarm_ns);
    out.pass_ns(250);
    EXPECT_EQ(1u, b.timers);
    EXPECT_EQ(0u, a.timers);
    EXPECT_EQ(300u, out.alarm_ns);
    bus_arm(&a, VMM_NEVER);
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
    out.pass_ns(1000);
    EXPECT_EQ(0u, a.timers);
}

TEST_F(Bus, TimeBeforeTheDeadlineCallsNobody)
{
    bus_arm(&a, 100);
    bus_time(&out.bus);
    EXPECT_EQ(0u, a.timers);
    EXPECT_EQ(100u, out.alarm_ns);
    out.pass_ns(100);
    EXPECT_EQ(1u, a.timers);
}

TEST_F(Bus, AnAlarmThatWentOffEarlyIsSetAgain)
{
    bus_arm(&a, 100);
    out.alarm_ns = VMM_NEVER;
    bus_time(&out.bus);
    EXPECT_EQ(0u, a.timers);
    EXPECT_EQ(100u, out.alarm_ns);
}

TEST_F(Bus, ResetLowersLinesAndForgetsDeadlines)
{
    bus_irq(&a, true);
    bus_arm(&a, 100);
    bus_reset(&out.bus);
    EXPECT_FALSE(out.irq[1]);
    EXPECT_EQ(VMM_NEVER, out.alarm_ns);
    EXPECT_EQ(2u, a.resets);
    EXPECT_EQ(2u, b.resets);
}

TEST_F(Bus, MemoryIsWhatIsTheVMsAlone)
{
    const uint64_t end = Outside::RAM + Outside::RAM_SIZE;
    EXPECT_EQ(out.regions[0].at, bus_memory(&a, Outside::RAM, Outside::RAM_SIZE));
    EXPECT_EQ((uint8_t *)out.regions[0].at + Outside::RAM_SIZE - 1, bus_memory(&a, end - 1, 1));
    EXPECT_EQ(out.regions[1].at, bus_memory(&a, Outside::MORE, 1));
    EXPECT_EQ(nullptr, bus_memory(&a, Outside::RAM, Outside::RAM_SIZE + 1));
    EXPECT_EQ(nullptr, bus_memory(&a, end - 1, 2));
    EXPECT_EQ(nullptr, bus_memory(&a, end, 1));
    EXPECT_EQ(nullptr, bus_memory(&a, Outside::RAM - 1, 1));
    EXPECT_EQ(nullptr, bus_memory(&a, 0, 1));
    EXPECT_EQ(nullptr, vmm_region_at(out.regions, 1, Outside::MORE, 1)) << "a table of one";
}

TEST_F(Bus, MemoryThatOverflowsOrIsEmptyIsNone)
{
    EXPECT_EQ(nullptr, bus_memory(&a, Outside::RAM, 0));
    EXPECT_EQ(nullptr, bus_memory(&a, Outside::RAM, UINT64_MAX));
    EXPECT_EQ(nullptr, bus_memory(&a, Outside::RAM, 0 - Outside::RAM));
    EXPECT_EQ(nullptr, bus_memory(&a, UINT64_MAX, 1));
    EXPECT_EQ(nullptr, bus_memory(&a, UINT64_MAX, UINT64_MAX));
    EXPECT_EQ(nullptr, vmm_region_at(out.regions, 2, Outside::RAM + 16, UINT64_MAX - 8));
}

} // namespace
