// SPDX-License-Identifier: GPL-2.0-or-later
// gpio: registers, edges, and that it costs nothing at rest
#include "vdevices/device_test.h"

namespace {

enum { ID = 0x00, OUT = 0x04, IN = 0x08, ENABLE = 0x0c, PENDING = 0x10 };

BENCH_TEST(Gpio, HasItsResetValues)
{
    ingot::Bench b;
    unsigned g = b.add("gpio0", "gpio");
    EXPECT_EQ(0x4750494fu, b.read32(g, ID));
    for (uint64_t offset : { OUT, IN, ENABLE, PENDING })
        EXPECT_EQ(0u, b.read32(g, offset)) << offset;
}

BENCH_TEST(Gpio, RaisesOnARisingEdge)
{
    ingot::Bench b;
    unsigned g = b.add("gpio0", "gpio");
    b.write32(g, ENABLE, 0x02);
    b.write32(g, OUT, 0x01);
    b.run_until(b.now() + 1000000);
    EXPECT_FALSE(b.level(g));
    seam_ps at = b.now();
    b.write32(g, OUT, 0x03);
    ASSERT_TRUE(b.run_until_irq(g, at + 1000000));
    EXPECT_EQ(0x03u, b.read32(g, PENDING));
    b.write32(g, PENDING, 0xff);
    b.run_until(b.now() + 100000);
    EXPECT_FALSE(b.level(g));
}

BENCH_TEST(Gpio, RestsWithoutSayingSo)
{
    ingot::Bench b;
    unsigned g = b.add("gpio0", "gpio");
    b.write32(g, OUT, 0x55);
    b.run_until(b.now() + 100000000);
    EXPECT_EQ(SEAM_NEVER, b.next_event()) << "its clock is still run";
    EXPECT_EQ(0x55u, b.read32(g, IN));
}

}  // namespace
