// SPDX-License-Identifier: GPL-2.0-or-later
// pulse: raises at exactly write + DELAY, SystemC to the ns, RTL to the clock edge
#include <random>

#include "pulse_regs.h"
#include "vdevices/device_test.h"

namespace {

constexpr seam_ps ns = 1000, clock_ps = 10000, second = UINT64_C(1000000000000);

class PulseBench {
public:
    explicit PulseBench(const Implementation &device) : rtl(std::string(device.impl) == "rtl")
    {
        ingot::Bench::Options options;
        options.impl = device.impl;
        options.clock_ps = clock_ps;
        index = bench.add("pulse0", "pulse", options);
    }
    void write(uint64_t offset, uint32_t value) { bench.write32(index, offset, value); }
    uint32_t read(uint64_t offset) { return bench.read32(index, offset); }
    uint64_t read64(uint64_t offset) { return read(offset) | uint64_t(read(offset + 4)) << 32; }
    // The write's own instant: for RTL the edge that takes it, the first one after the CPU's access begins.
    seam_ps write_at(uint64_t offset, uint32_t value)
    {
        seam_ps begin = bench.now();
        write(offset, value);
        return rtl ? (begin / clock_ps + 1) * clock_ps : begin;
    }
    seam_ps rounded(uint64_t delay_ns) const
    {
        seam_ps ps = delay_ns * ns;
        return rtl ? (ps + clock_ps - 1) / clock_ps * clock_ps : ps;
    }
    std::vector<seam_ps> edges(bool up) const
    {
        std::vector<seam_ps> out;
        for (const auto &e : bench.log_of(ingot::BenchEvent::Irq)) {
            if ((e.b != 0) == up) {
                out.push_back(e.at);
            }
        }
        return out;
    }

    bool rtl;
    ingot::Bench bench;
    unsigned index;
};

DEVICE_SUITE(Pulse, Implementation{ "pulse", "systemc" }, Implementation{ "pulse", "rtl" });

DEVICE_TEST(Pulse, RaisesAtExactlyTheDelay)
{
    PulseBench b(device);
    std::mt19937 random(1);
    for (unsigned n = 0; n < 1000; n++) {
        uint32_t delay = n < 300 ? random() % 50 : random() % 20000;
        b.write(PULSE_DELAY, delay);
        /* Let the write begin at any phase of the clock, always in whole ns as QEMU's times are */
        b.bench.run_until((b.bench.now() / clock_ps + 5) * clock_ps + random() % 10 * ns);
        b.bench.clear_log();
        seam_ps start = b.write_at(PULSE_CTRL, PULSE_CTRL_START);
        b.bench.run_until(b.bench.now() + 21000 * ns);
        ASSERT_EQ(b.edges(true), std::vector<seam_ps>{ start + b.rounded(delay ? delay : 1) }) << delay;
        ASSERT_EQ(b.read64(PULSE_RAISE_LO) * ns, b.edges(true)[0] / ns * ns);
        b.write(PULSE_STATUS, PULSE_STATUS_PENDING);
    }
    EXPECT_EQ(b.read(PULSE_RAISED), 1000u);
    EXPECT_EQ(b.read(PULSE_MISSED), 0u);
}

DEVICE_TEST(Pulse, RecordsTheAcknowledge)
{
    PulseBench b(device);
    uint32_t least = UINT32_MAX, greatest = 0;
    for (uint32_t wait : { 1230u, 50u, 700u }) {
        b.write(PULSE_DELAY, 500);
        b.bench.clear_log();
        b.write(PULSE_CTRL, PULSE_CTRL_START);
        ASSERT_TRUE(b.bench.run_until_irq(b.index, b.bench.now() + second));
        seam_ps raised = b.bench.now();
        EXPECT_EQ(b.read(PULSE_CTRL), 0u);      // disarmed
        b.bench.run_until(raised + wait * ns);
        seam_ps acknowledged = b.write_at(PULSE_STATUS, PULSE_STATUS_PENDING);
        b.bench.run_until(b.bench.now() + 100 * ns);
        EXPECT_FALSE(b.bench.level(b.index));
        EXPECT_EQ(b.edges(false), std::vector<seam_ps>{ acknowledged });
        uint32_t latency = static_cast<uint32_t>((acknowledged - raised) / ns);
        least = std::min(least, latency);
        greatest = std::max(greatest, latency);
        EXPECT_EQ(b.read64(PULSE_ACK_LO), acknowledged / ns);
        EXPECT_EQ(b.read(PULSE_LATENCY), latency);
        EXPECT_EQ(b.read(PULSE_LAT_MIN), least);
        EXPECT_EQ(b.read(PULSE_LAT_MAX), greatest);
    }
}

DEVICE_TEST(Pulse, RunsPeriodically)
{
    PulseBench b(device);
    b.write(PULSE_DELAY, 1234);
    b.write(PULSE_COUNT, 5);
    seam_ps start = b.write_at(PULSE_CTRL, PULSE_CTRL_START | PULSE_CTRL_PERIODIC);
    std::vector<seam_ps> want;
    for (unsigned n = 1; n <= 5; n++) {
        ASSERT_TRUE(b.bench.run_until_irq(b.index, b.bench.now() + second)) << n;
        want.push_back(start + n * b.rounded(1234));
        EXPECT_EQ(b.read(PULSE_CTRL), uint32_t(PULSE_CTRL_PERIODIC | (n < 5 ? PULSE_CTRL_START : 0)));
        b.write(PULSE_STATUS, PULSE_STATUS_PENDING);
        b.bench.run_until(b.bench.now() + 2 * clock_ps);    // the line falls at an edge of its own
    }
    b.bench.run_until(b.bench.now() + second / 1000);
    EXPECT_EQ(b.edges(true), want);
    EXPECT_EQ(b.read(PULSE_RAISED), 5u);
    EXPECT_EQ(b.read(PULSE_MISSED), 0u);
}

DEVICE_TEST(Pulse, CountsMissedPulses)
{
    PulseBench b(device);
    b.write(PULSE_DELAY, 1000);
    seam_ps start = b.write_at(PULSE_CTRL, PULSE_CTRL_START | PULSE_CTRL_PERIODIC);     // COUNT 0: endless
    b.bench.run_until(start + 4500 * ns);
    EXPECT_EQ(b.read(PULSE_RAISED), 4u);
    EXPECT_EQ(b.read(PULSE_MISSED), 3u);
    EXPECT_EQ(b.read64(PULSE_RAISE_LO), (start + 1000 * ns) / ns);      // when the line rose
    b.write(PULSE_STATUS, PULSE_STATUS_PENDING);
    b.bench.run_until(start + 5500 * ns);
    EXPECT_EQ(b.edges(true), (std::vector<seam_ps>{ start + 1000 * ns, start + 5000 * ns }));
    b.write(PULSE_CTRL, 0);
    b.bench.run_until(start + 20500 * ns);
    EXPECT_EQ(b.read(PULSE_RAISED), 5u);
    EXPECT_EQ(b.read(PULSE_MISSED), 3u);
    EXPECT_EQ(b.bench.next_event(), SEAM_NEVER);
}

DEVICE_TEST(Pulse, CanBeDisarmedAndArmedAnew)
{
    PulseBench b(device);
    b.write(PULSE_DELAY, 2000);
    b.write(PULSE_CTRL, PULSE_CTRL_START);
    b.bench.run_until(b.bench.now() + 1000 * ns);
    b.write(PULSE_CTRL, 0);
    b.bench.run_until(b.bench.now() + 5000 * ns);
    EXPECT_EQ(b.read(PULSE_RAISED), 0u);
    b.write(PULSE_CTRL, PULSE_CTRL_START);
    b.bench.run_until(b.bench.now() + 1000 * ns);
    seam_ps start = b.write_at(PULSE_CTRL, PULSE_CTRL_START);
    b.bench.run_until(b.bench.now() + 5000 * ns);
    EXPECT_EQ(b.edges(true), std::vector<seam_ps>{ start + 2000 * ns });
}

DEVICE_TEST(Pulse, TellsItsTime)
{
    PulseBench b(device);
    const seam_ps far = UINT64_C(5) * (UINT64_C(1) << 32) * ns + 123456 * ns;   // NOW_HI is 5
    b.bench.run_until(far);
    uint64_t low = b.read(PULSE_NOW_LO);
    b.bench.run_until(far + UINT64_C(3) * (UINT64_C(1) << 32) * ns);
    uint64_t now = low | uint64_t(b.read(PULSE_NOW_HI)) << 32;                  // latched by the read of NOW_LO
    EXPECT_GE(now, far / ns);
    EXPECT_LE(now, far / ns + 10);
}

DEVICE_TEST(Pulse, CostsNothingWhileItIsNotArmed)
{
    PulseBench b(device);
    b.write(PULSE_DELAY, 100);
    b.bench.run_until(b.bench.now() + 1000 * ns);
    EXPECT_EQ(b.bench.next_event(), SEAM_NEVER);
}

TEST_P(Pulse, GoesOnAfterACheckpoint)
{
    const Implementation device = GetParam();
    constexpr seam_ps end = 100000 * ns;
    auto prepare = [](PulseBench &b) {
        b.write(PULSE_DELAY, 777);
        b.write(PULSE_COUNT, 60);
        b.write(PULSE_CTRL, PULSE_CTRL_START | PULSE_CTRL_PERIODIC);
    };
    auto rest = [](PulseBench &b) {
        b.bench.clear_log();
        b.bench.run_until(20000 * ns);
        b.write(PULSE_STATUS, PULSE_STATUS_PENDING);
        b.bench.run_until(end);
        std::string out = b.bench.log_text();
        for (uint32_t offset = 0; offset < 0x40; offset += 4) {
            out += " " + std::to_string(b.read(offset));
        }
        return out;
    };
    for (seam_ps at : { 500 * ns, 776 * ns, 1000 * ns + 1, 15000 * ns }) {
        auto straight = ingot::in_child([&] {
            PulseBench b(device);
            prepare(b);
            b.bench.run_until(at);
            return rest(b);
        });
        auto saved = ingot::in_child([&] {
            PulseBench b(device);
            prepare(b);
            b.bench.run_until(at);
            return b.bench.save();
        });
        auto restored = ingot::in_child([&] {
            PulseBench b(device);
            b.bench.load(saved);
            return rest(b);
        });
        EXPECT_EQ(straight, restored) << at;
    }
}

// No clock's period is a whole number of ns here; the third has none in ps either.
BENCH_TEST(PulseRtl, KeepsTheTimeOfAnyClock)
{
    ingot::Bench bench;
    const uint64_t hz[] = { 150000000, 7000000, 33333000 };
    for (unsigned i = 0; i < 3; i++) {
        ingot::Bench::Options options;
        options.impl = "rtl";
        options.clock_hz = hz[i];
        bench.add(("pulse" + std::to_string(i)).c_str(), "pulse", options);
    }
    std::mt19937 random(5);
    for (unsigned n = 0; n < 300; n++) {
        const unsigned d = n % 3;
        auto edge = [&](uint64_t k) { return seam_ps(static_cast<long double>(k) * second / hz[d]); };
        auto last = [&](seam_ps at) {
            uint64_t k = static_cast<long double>(at) * hz[d] / second + 2;
            while (edge(k) > at) {
                k--;
            }
            return k;
        };
        uint32_t delay = 1 + random() % 3000;
        bench.write32(d, PULSE_DELAY, delay);
        bench.run_until(bench.now() + random() % 1000000);
        uint64_t k = last(bench.now()) + 1;
        const uint64_t due = edge(k) / ns + delay;
        bench.write32(d, PULSE_CTRL, PULSE_CTRL_START);
        for (k++; edge(k) / ns < due; k++) {
        }
        ASSERT_TRUE(bench.run_until_irq(d, bench.now() + second)) << n;
        ASSERT_EQ(edge(k), bench.now()) << n << " at " << hz[d] << " Hz";
        ASSERT_EQ(edge(k) / ns & 0xffffffff, bench.read32(d, PULSE_RAISE_LO));
        bench.write32(d, PULSE_STATUS, PULSE_STATUS_PENDING);
    }
}

}  // namespace
