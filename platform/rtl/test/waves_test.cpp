// SPDX-License-Identifier: GPL-2.0-or-later
// Waveforms: what was run ahead and taken back is not in them
#include "platform/rtl/run_ahead.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <unistd.h>

#include <gtest/gtest.h>
#include <gtkwave/fstapi.h>

using ingot::Clock;

ingot::RtlCore *ingot_rtl_probe(const char *instance);
ingot::RtlCore *ingot_rtl_two_clocks(const char *instance);

namespace {

struct Memory final : ingot::RtlAdapter::Client {
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        for (size_t i = 0; i < len; i++) {
            static_cast<uint8_t *>(buf)[i] = addr + i;
        }
        return SEAM_OK;
    }
    seam_result dma_write(uint64_t, const void *, size_t) override { return SEAM_OK; }
    void irq(seam_ps, unsigned, bool) override {}
    std::string reason;         // two copies at once break the core's protocol: that is in the waves too
    void broken(const std::string &what) override { reason = what; }
};

class Waves : public testing::Test {
protected:
    void SetUp() override
    {
        char folder[] = "/tmp/ingot-waves-XXXXXX";
        ASSERT_NE(nullptr, mkdtemp(folder));
        folder_ = folder;
    }
    void TearDown() override { EXPECT_EQ(0, system(("rm -r " + folder_).c_str())); }
    std::string file(const std::string &name) const { return folder_ + "/" + name + ".fst"; }

    // All changes of a waveform as text: time, signal, value.
    std::string changes(const std::string &name) const
    {
        void *fst = fstReaderOpen(file(name).c_str());
        EXPECT_NE(nullptr, fst) << file(name);
        if (!fst) {
            return "";
        }
        std::string all;
        fstReaderSetFacProcessMaskAll(fst);
        fstReaderIterBlocks(fst, [](void *user, uint64_t time, fstHandle signal, const unsigned char *value) {
            *static_cast<std::string *>(user) += "#" + std::to_string(time) + " " + std::to_string(signal) + " " +
                                                 reinterpret_cast<const char *>(value) + "\n";
        }, &all, nullptr);
        fstReaderClose(fst);
        return all;
    }

    std::string folder_;
};

void advance(ingot::RtlAdapter &a, seam_ps to)
{
    for (seam_ps next; (next = a.next_event()) <= to;) {
        a.run(next);
    }
}

// The same traffic on any adapter: transfers, countdowns, polling, pauses.
void traffic(ingot::RtlAdapter &a, seam_ps from, seam_ps to, unsigned seed)
{
    std::mt19937 random(seed);
    for (seam_ps now = from; now < to;) {
        const uint16_t writes[] = { 0x08, 0x0c, 0x20, 0x28, 0x30 };
        uint64_t v = random() % 16 * 8;
        seam_ps delay = 0;
        unsigned what = random() % 4;
        advance(a, now);
        if (what < 2) {
            a.access(true, writes[random() % 5], 4, now, &v, &delay);
        } else if (what == 2) {
            a.access(false, 0x04, 4, now, &v, &delay);
        } else {
            a.peek(0x04, 4, now, &v);
        }
        now += delay + random() % (random() % 2 ? 50000 : 3000000);
    }
    advance(a, to);
}

TEST_F(Waves, OfACoreThatRunsAheadAreThoseOfTheReference)
{
    const seam_ps end = 200000000;
    struct { ingot::RtlCore *(*make)(const char *); const char *name; } cores[] = {
        { ingot_rtl_probe, "probe" }, { ingot_rtl_two_clocks, "two_clocks" } };
    for (const auto &core : cores) {
        for (unsigned seed = 0; seed < 20; seed++) {
            Memory memory;
            ingot::RtlAdapter reference(std::unique_ptr<ingot::RtlCore>(core.make("core")), Clock::of_period(10000), 2, memory);
            ingot::RunAhead fast(std::unique_ptr<ingot::RtlCore>(core.make("core")), Clock::of_period(10000), 2, memory);
            std::string why;
            for (ingot::RtlAdapter *a : { static_cast<ingot::RtlAdapter *>(&reference), static_cast<ingot::RtlAdapter *>(&fast) }) {
                a->reset(0);
                ASSERT_TRUE(a->waves(file(a == &fast ? "fast" : "reference"), 0, 0, end, why)) << why;
                traffic(*a, 0, end, seed);
                a->waves_end(end);
            }
            ASSERT_GT(fast.counts().taken_back, 0u);
            std::string want = changes("reference"), got = changes("fast");
            ASSERT_GT(want.size(), 10000u);
            ASSERT_EQ(want, got) << core.name << " seed " << seed;
        }
    }
}

TEST_F(Waves, AreOfTheWindowThatWasAsked)
{
    Memory memory;
    ingot::RunAhead a(std::unique_ptr<ingot::RtlCore>(ingot_rtl_two_clocks("core")), Clock::of_period(10000), 2, memory);
    std::string why;
    a.reset(0);
    ASSERT_TRUE(a.waves(file("w"), 0, 5000000, 6000000, why)) << why;
    advance(a, 20000000);
    a.waves_end(20000000);
    std::string text = changes("w");
    EXPECT_NE(std::string::npos, text.find("#5000000 "));
    EXPECT_NE(std::string::npos, text.find("#6000000 "));
    EXPECT_EQ(std::string::npos, text.find("#4"));
    EXPECT_EQ(std::string::npos, text.find("#6005000"));
}

TEST_F(Waves, FromACheckpointContinueThoseBeforeIt)
{
    Memory memory;
    std::string why;
    struct state s = {};
    const seam_ps middle = 40000000, end = 80000000;
    ingot::RunAhead whole(std::unique_ptr<ingot::RtlCore>(ingot_rtl_probe("core")), Clock::of_period(10000), 2, memory);
    ingot::RunAhead later(std::unique_ptr<ingot::RtlCore>(ingot_rtl_probe("core")), Clock::of_period(10000), 2, memory);
    whole.reset(0);
    later.reset(0);
    traffic(whole, 0, middle, 1);
    whole.save(middle, &s);
    ASSERT_TRUE(later.load(&s, why)) << why;
    state_free(&s);
    ASSERT_TRUE(whole.waves(file("whole"), middle, middle, end, why)) << why;
    ASSERT_TRUE(later.waves(file("later"), middle, middle, end, why)) << why;
    for (ingot::RunAhead *a : { &whole, &later }) {
        traffic(*a, middle, end, 2);
        a->waves_end(end);
    }
    EXPECT_GT(changes("whole").size(), 1000u);
    EXPECT_EQ(changes("whole"), changes("later"));
}

TEST_F(Waves, ThatCannotBeWrittenAreRefusedWithTheReason)
{
    Memory memory;
    ingot::RunAhead a(std::unique_ptr<ingot::RtlCore>(ingot_rtl_probe("core")), Clock::of_period(10000), 2, memory);
    std::string why;
    a.reset(0);
    EXPECT_FALSE(a.waves(folder_ + "/no/such/w.fst", 0, 0, 1000, why));
    EXPECT_NE(std::string::npos, why.find("no/such/w.fst: No such file")) << why;
    traffic(a, 0, 1000000, 1);
}

}  // namespace
