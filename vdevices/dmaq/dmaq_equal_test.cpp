// SPDX-License-Identifier: GPL-2.0-or-later
// dmaq: model and RTL do the same to memory; a run that was saved and loaded is the uninterrupted one
#include <random>
#include <string_view>

#include "vdevices/dmaq/dmaq_bench.h"

namespace {

constexpr uint64_t data = DmaqBench::data;
constexpr size_t ram = 1 << 20;

// Random requests, good and bad, in batches; what a batch is depends on the seed alone, never on the device.
class Requests {
public:
    explicit Requests(uint32_t seed) : random_(seed) {}
    void batch(DmaqBench &b)
    {
        unsigned count = 1 + below(7);
        for (unsigned n = 0; n < count; n++) {
            uint64_t source = data + 8 * below(0x8000), destination = data + 0x40000 + 8 * below(0x8000);
            uint32_t length = below(4) ? 8 * (1 + below(64)) : 8 * (1 + below(2000)), flags = below(4) == 0;
            switch (below(16)) {
            case 0: length = below(3) ? length + 1 + below(7) : 0; break;
            case 1: source += 1 + below(7); break;
            case 2: destination += 1 + below(7); break;
            case 3: source = DmaqBench::base + ram - 8 * below(64); break;         // ends outside of the window, or begins there
            case 4: destination = DmaqBench::base + ram - 8 * below(64); break;
            case 5: destination = source + 8 * below(32); break;                   // overlapping
            }
            b.post(source, destination, length, flags);
        }
        b.doorbell();
    }
    uint32_t below(uint32_t n) { return random_() % n; }

private:
    std::mt19937 random_;
};

std::string memory_and_registers(DmaqBench &b)
{
    std::string out(reinterpret_cast<char *>(b.memory(DmaqBench::base, ram)), ram);
    for (uint32_t r : { DMAQ_STATUS, DMAQ_HEAD, DMAQ_TAIL, DMAQ_IRQ_STATUS, DMAQ_COMPLETED, DMAQ_ERR_INDEX }) {
        out += " " + std::to_string(b.read(r));
    }
    return out;
}

void prepare(DmaqBench &b, uint32_t seed)
{
    b.fill(DmaqBench::base, ram, seed);
    b.set_up(3, seed % 5 | (seed % 3) << DMAQ_COALESCE_TIMEOUT_SHIFT);
}

// After each batch: memory and registers; and at the end all DMA in its order.
std::string run(const char *impl, uint32_t seed)
{
    DmaqBench b(impl, ram);
    Requests requests(seed);
    std::string out;
    prepare(b, seed);
    for (unsigned n = 0; n < 20; n++) {
        requests.batch(b);
        b.settle();
        std::string_view memory(reinterpret_cast<char *>(b.memory(DmaqBench::base, ram)), ram);
        out += std::to_string(std::hash<std::string_view>()(memory)) + " ";
        b.take_irqs();
    }
    out += memory_and_registers(b);
    for (const auto &e : b.bench.log()) {
        if (e.kind == ingot::BenchEvent::DmaRead || e.kind == ingot::BenchEvent::DmaWrite) {
            out += std::to_string(e.kind) + ":" + std::to_string(e.a) + "+" + std::to_string(e.b) + "=" + std::to_string(e.result) + "\n";
        }
    }
    return out;
}

TEST(DmaqEqual, ModelAndRtlDoTheSameToMemory)
{
    unsigned batches = 0;
    for (uint32_t seed = 1; seed <= 16; seed++) {
        std::string model = ingot::in_child([&] { return run("model", seed); });
        std::string rtl = ingot::in_child([&] { return run("rtl", seed); });
        ASSERT_GT(model.size(), ram);
        ASSERT_EQ(model == rtl, true) << "seed " << seed;
        batches += 20;
    }
    EXPECT_EQ(batches, 320u);
}

DEVICE_SUITE(DmaqCheckpoint, Implementation{ "dmaq", "model" }, Implementation{ "dmaq", "rtl" });

void start(DmaqBench &b)
{
    Requests requests(7);
    prepare(b, 8);
    requests.batch(b);
    b.bench.clear_log();
}

constexpr seam_ps length_ps = 8000 * DmaqBench::clock_ps;

std::string rest(DmaqBench &b, seam_ps end)
{
    b.bench.run_until(end);
    return memory_and_registers(b) + b.bench.log_text();
}

TEST_P(DmaqCheckpoint, RestoredRunIsTheUninterruptedOne)
{
    const char *impl = GetParam().impl;
    std::mt19937 random(42);
    for (unsigned n = 0; n < 12; n++) {
        seam_ps at = random() % (n < 6 ? 200 : 4000) * DmaqBench::clock_ps + (n % 2 ? 1234 : 0);
        auto uninterrupted = ingot::in_child([&] {
            DmaqBench b(impl, ram);
            start(b);
            seam_ps begin = b.bench.now();
            b.bench.run_until(begin + at);
            b.bench.clear_log();
            return rest(b, begin + length_ps);
        });
        auto saved = ingot::in_child([&] {
            DmaqBench b(impl, ram);
            start(b);
            seam_ps begin = b.bench.now();
            b.bench.run_until(begin + at);
            std::string state = b.bench.save();
            return std::string(reinterpret_cast<char *>(&begin), sizeof begin) + state;
        });
        auto restored = ingot::in_child([&] {
            DmaqBench b(impl, ram);
            seam_ps begin;
            memcpy(&begin, saved.data(), sizeof begin);
            b.bench.load(saved.substr(sizeof begin));
            b.bench.clear_log();
            return rest(b, begin + length_ps);
        });
        ASSERT_EQ(uninterrupted == restored, true) << "checkpoint at +" << at << " ps";
    }
}

}  // namespace
