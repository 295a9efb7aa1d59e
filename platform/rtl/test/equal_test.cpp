// SPDX-License-Identifier: GPL-2.0-or-later
// Random traffic on two adapters: what runs ahead equals what runs edge by edge, to the cycle and to the byte
#include "platform/rtl/run_ahead.h"

#include <cstring>
#include <malloc.h>
#include <random>

#include <gtest/gtest.h>

ingot::RtlCore *ingot_rtl_probe(const char *instance);
ingot::RtlCore *ingot_rtl_plain(const char *instance);
ingot::RtlCore *ingot_rtl_resting(const char *instance);
ingot::RtlCore *ingot_rtl_two_clocks(const char *instance);

namespace {

// A core, its registers that traffic goes to, and how it likes to be written.
struct Subject {
    const char *name;
    ingot::RtlCore *(*make)(const char *);
    std::vector<uint16_t> writes, reads;
    unsigned cases;             // 10,000 together
};
const Subject subjects[] = {
    { "probe", ingot_rtl_probe, { 0x04, 0x08, 0x08, 0x0c, 0x14, 0x18, 0x20, 0x28, 0x30, 0x30, 0x30 },
      { 0x04, 0x08, 0x0c, 0x10, 0x1c, 0x34, 0x38, 0x800 }, 6000 },
    { "plain", ingot_rtl_plain, { 0x04 }, { 0x00, 0x04 }, 1500 },
    { "resting", ingot_rtl_resting, { 0x00, 0x00, 0x04 }, { 0x00, 0x04 }, 1500 },
    { "two_clocks", ingot_rtl_two_clocks, { 0x0c }, { 0x00, 0x04, 0x08, 0x0c, 0x10 }, 1000 },
};

const ingot::Clock clocks[] = { ingot::Clock::of_period(10000), ingot::Clock::of_hz(33333000), ingot::Clock::of_period(1000),
                                ingot::Clock::of_period(4567), ingot::Clock::of_hz(7) };      // the last: not beside faster ones

// One adapter between a memory and a log of all that it does, each with its time.
template <class A> class Side final : ingot::RtlAdapter::Client {
public:
    Side(const Subject &s, ingot::Clock clock) : adapter_(std::unique_ptr<ingot::RtlCore>(s.make(s.name)), clock, 2, *this)
    {
        adapter_.reset(0);
    }
    ~Side() override { state_free(&state); }

    void advance(seam_ps to)
    {
        for (seam_ps next; (next = adapter_.next_event()) <= to;) {
            adapter_.run(next);
        }
    }
    void access(bool write, uint16_t offset, uint32_t value, seam_ps &now)
    {
        uint64_t v = value;
        seam_ps delay = 0;
        advance(now);
        seam_result r = adapter_.access(write, offset, 4, now, &v, &delay);
        put("access", { now, write, offset, v, delay, uint64_t(r) });
        now += delay;
    }
    void peek(uint16_t offset, seam_ps now)
    {
        uint64_t v = 0;
        advance(now);
        seam_result r = adapter_.peek(offset, 4, now, &v);
        put("peek", { offset, r == SEAM_OK ? v : 0, uint64_t(r) });
    }
    void save(seam_ps now)
    {
        advance(now);
        state.len = state.pos = 0;
        state.bad = 0;
        adapter_.save(now, &state);
    }
    void load()
    {
        std::string why;
        state.pos = 0;
        ASSERT_TRUE(adapter_.load(&state, why)) << why;
    }
    void reset(seam_ps now)
    {
        advance(now);
        put("reset", { now });
        adapter_.reset(now);
    }

    struct state state = {};
    std::string log;
    uint8_t ram[0x4000] = {};
    A &adapter() { return adapter_; }

private:
    void put(const char *what, std::initializer_list<uint64_t> values)
    {
        log += what;
        for (uint64_t v : values) {
            log += " " + std::to_string(v);
        }
        log += "\n";
    }
    bool inside(uint64_t addr, size_t len) const { return addr < sizeof ram && len <= sizeof ram - addr; }
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        put("read", { adapter_.next_at(), addr, len });
        if (!inside(addr, len)) {
            return SEAM_DENIED;
        }
        memcpy(buf, ram + addr, len);
        return SEAM_OK;
    }
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override
    {
        put("write", { adapter_.next_at(), addr, len });
        if (!inside(addr, len)) {
            return SEAM_DENIED;
        }
        memcpy(ram + addr, buf, len);
        return SEAM_OK;
    }
    void irq(seam_ps at, unsigned line, bool level) override { put("irq", { at, line, level }); }
    void broken(const std::string &what) override { log += "broken: " + what + "\n"; }

    A adapter_;
};

// Pauses from none to thousands of clocks: what runs ahead is sometimes used up, sometimes taken back at once.
seam_ps pause(std::mt19937 &random, const ingot::Clock &clock)
{
    const unsigned spans[] = { 1, 4, 20, 20, 100, 100, 1000, 9000 };
    return clock.edge(1) * (random() % spans[random() % 8]) + random() % clock.edge(1);
}

uint32_t value_for(std::mt19937 &random, uint16_t offset)
{
    switch (offset) {
    case 0x30:
        return (random() % 4 ? 0xff00 : random() & 0xff00) | random() % (random() % 3 ? 4 : 200);
    case 0x20:
    case 0x28:
        return random() % 8 ? random() % 0x800 * 8 : random();
    case 0x14:
        return random() % 4;
    default:
        return random() % (random() % 2 ? 10 : 3000);
    }
}

constexpr unsigned actions = 24;

class RunAheadEqualsEdgeByEdge : public testing::TestWithParam<size_t> {};

TEST_P(RunAheadEqualsEdgeByEdge, ForRandomTraffic)
{
    const Subject &s = subjects[GetParam()];
    mallopt(M_PERTURB, 0x5a);       // the holes in Verilator's structures, which it saves too, are then equal
    uint64_t taken_back = 0, ahead = 0;
    for (unsigned seed = 0; seed < s.cases; seed++) {
        std::mt19937 random(seed * 4 + GetParam());
        ingot::Clock clock = clocks[random() % (GetParam() == 3 ? 4 : 5)];
        Side<ingot::RtlAdapter> reference(s, clock);
        Side<ingot::RunAhead> fast(s, clock);
        for (size_t i = 0; i < sizeof reference.ram; i++) {
            reference.ram[i] = fast.ram[i] = i * 7 + seed;
        }
        seam_ps now = 0;
        for (unsigned n = 0; n < actions; n++) {
            now += pause(random, clock);
            seam_ps then = now;
            unsigned what = random() % 100;
            uint32_t pick = random();
            if (what < 45) {
                uint16_t offset = s.writes[pick % s.writes.size()];
                uint32_t value = value_for(random, offset);
                reference.access(true, offset, value, now);
                fast.access(true, offset, value, then);
            } else if (what < 75) {
                uint16_t offset = s.reads[pick % s.reads.size()];
                for (unsigned again = random() % 8 ? 1 : 12; again; again--) {      // now and then it polls
                    reference.access(false, offset, 0, now);
                    fast.access(false, offset, 0, then);
                }
            } else if (what < 85) {
                reference.peek(s.reads[pick % s.reads.size()], now);
                fast.peek(s.reads[pick % s.reads.size()], now);
            } else if (what < 95) {
                reference.save(now);
                fast.save(now);
                ASSERT_EQ(reference.state.len, fast.state.len);
                ASSERT_EQ(0, memcmp(reference.state.data, fast.state.data, fast.state.len)) << s.name << " seed " << seed << "\n" << fast.log;
                if (pick % 2) {
                    reference.load();
                    fast.load();
                }
            } else if (what < 97) {
                reference.reset(now);
                fast.reset(now);
            } else if (GetParam() == 0 && what < 98) {
                reference.access(true, 0x3c, pick % 11, now);       // it breaks a rule
                fast.access(true, 0x3c, pick % 11, then);
            } else {
                reference.advance(now);
                fast.advance(now);
                reference.ram[pick % sizeof reference.ram] ^= 0x55;      // the CPU writes to memory
                fast.ram[pick % sizeof fast.ram] ^= 0x55;
            }
            ASSERT_EQ(reference.log, fast.log) << s.name << " seed " << seed;
        }
        now += clock.edge(1) * 20000;
        reference.save(now);
        fast.save(now);
        ASSERT_EQ(reference.log, fast.log) << s.name << " seed " << seed;
        ASSERT_EQ(0, memcmp(reference.ram, fast.ram, sizeof fast.ram)) << s.name << " seed " << seed;
        ASSERT_EQ(reference.state.len, fast.state.len);
        ASSERT_EQ(0, memcmp(reference.state.data, fast.state.data, fast.state.len)) << s.name << " seed " << seed << "\n" << fast.log;
        taken_back += fast.adapter().counts().taken_back;
        ahead += fast.adapter().counts().ahead;
    }
    EXPECT_GT(ahead, 10000u) << "hardly anything ran ahead: the test has not tested it";
    EXPECT_GT(taken_back, 1000u) << "hardly anything was taken back: the test has not tested it";
}

INSTANTIATE_TEST_SUITE_P(Cores, RunAheadEqualsEdgeByEdge, testing::Range(size_t(0), sizeof subjects / sizeof *subjects),
                         [](const auto &info) { return subjects[info.param].name; });

}  // namespace
