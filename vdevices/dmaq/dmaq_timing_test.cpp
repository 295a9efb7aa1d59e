// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: the model's times are those of the README, to the picosecond
#include "vdevices/dmaq/dmaq_bench.h"

namespace {

constexpr uint64_t data = DmaqBench::data;
constexpr uint64_t fetch = 4 + 4, write_back = 4 + 1;

// Clocks of a copy whose bursts are all full, but the last.
uint64_t copy_clocks(uint32_t length)
{
    uint64_t clocks = 0;
    for (uint32_t n; length; length -= n) {
        n = length < 128 ? length : 128;
        clocks += 2 * (4 + n / 8);
    }
    return clocks;
}

TEST(DmaqModel, TakesFourClocksABurstAndOneABeat)
{
    ingot::in_child([] {
        DmaqBench b("model");
        b.set_up(4);
        for (uint32_t length : { 8u, 128u, 136u, 4096u, 65536u }) {
            b.post(data, data + 0x20000, length);
            b.doorbell();
            seam_ps begin = b.bench.now();
            b.bench.run_until_irq(b.index, begin + DmaqBench::second);
            EXPECT_EQ(b.bench.now() - begin, (fetch + copy_clocks(length) + write_back) * DmaqBench::clock_ps) << length;
            b.take_irqs();
        }
        return std::string();
    });
}

TEST(DmaqModel, MovesEachBurstAtItsOwnTime)
{
    ingot::in_child([] {
        DmaqBench b("model");
        b.set_up(4);
        b.post(data, data + 0x20000, 264);
        b.bench.clear_log();
        b.doorbell();
        seam_ps begin = b.bench.now();
        b.settle();
        const uint64_t clocks[] = { 8, 20, 20, 20, 20, 5, 5, 5 };  // fetch, 2 x (read, write) of 128, of 8, write-back
        size_t n = 0;
        for (const auto &e : b.bench.log()) {
            if (e.kind == ingot::BenchEvent::DmaRead || e.kind == ingot::BenchEvent::DmaWrite) {
                if (n == sizeof clocks / sizeof *clocks) {
                    ADD_FAILURE() << "one more: " << e.words();
                    break;
                }
                begin += clocks[n++] * DmaqBench::clock_ps;
                EXPECT_EQ(e.at, begin) << e.words();
            }
        }
        EXPECT_EQ(n, 8u);
        return std::string();
    });
}

TEST(DmaqModel, TimesItsCoalescingExactly)
{
    ingot::in_child([] {
        DmaqBench b("model");
        b.set_up(4, 200u << DMAQ_COALESCE_COUNT_SHIFT | 3u << DMAQ_COALESCE_TIMEOUT_SHIFT);
        b.post(data, data + 4096, 64);
        b.post(data, data + 4096, 64);
        b.doorbell();
        seam_ps begin = b.bench.now();
        b.bench.run_until_irq(b.index, begin + DmaqBench::second);
        EXPECT_EQ(b.bench.now() - begin, (fetch + copy_clocks(64) + write_back + 3 * 64) * DmaqBench::clock_ps);
        return std::string();
    });
}

}  // namespace
