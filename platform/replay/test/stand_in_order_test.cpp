// SPDX-License-Identifier: GPL-2.0-or-later
// A stand-in alone: its order, its times and its state, whatever the driver's times are
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "platform/replay/judge.h"
#include "platform/replay/stand_in.h"
#include "platform/replay/test/drivers.h"

namespace {

using namespace ingot;

// A board for one stand-in: what happens on it, in order. Its memory is what the recording's device read, in order.
struct Board : StandIn::Client {
    explicit Board(const Recording &r, StandIn::Held held = StandIn::Held::All) : stand_in(r, held, *this) { stand_in.power_on(); }

    seam_ps time = 0, wake_ps = SEAM_NEVER;
    std::vector<Transaction> all;
    std::string stopped;
    bool other_data = false;
    StandIn stand_in;

    void pass(seam_ps until)
    {
        while (wake_ps <= until) {
            time = wake_ps;
            wake_ps = SEAM_NEVER;
            stand_in.due();
        }
        time = until;
    }
    uint64_t request(const Transaction &t)
    {
        uint64_t value = t.value;
        seam_ps delay = 0;
        Transaction now = t;
        const size_t at = all.size();
        switch (t.kind) {
        case Kind::Read: now.result = stand_in.read(t.address, t.size, &value, &delay); break;
        case Kind::Write: now.result = stand_in.write(t.address, t.size, t.value, &delay); break;
        case Kind::Input: stand_in.input(static_cast<uint8_t>(t.value)); break;
        default: stand_in.reset(); break;
        }
        now.time_ps = time;
        now.value = value;
        now.bus_ps = static_cast<uint32_t>(delay);
        all.insert(all.begin() + static_cast<long>(at), now);
        return value;
    }

    seam_ps now() const override { return time; }
    void irq(unsigned line, bool level) override { put({ time, Kind::Irq, 0, SEAM_OK, line, level }); }
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        for (; next_read < stand_in.recording().all.size(); next_read++) {
            const Transaction &t = stand_in.recording().all[next_read];
            if (t.kind == Kind::DmaRead) {
                EXPECT_EQ(t.address, addr);
                EXPECT_EQ(t.value, len);
                std::string data = t.data;
                data[len - 1] ^= other_data;
                memcpy(buf, data.data(), data.size());
                next_read++;
                put({ time, Kind::DmaRead, 0, t.result, addr, len, data });
                return t.result;
            }
        }
        ADD_FAILURE() << "a DMA read that is not recorded";
        return SEAM_DENIED;
    }
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override
    {
        seam_result r = addr < 0x1000 ? SEAM_DENIED : SEAM_OK;
        put({ time, Kind::DmaWrite, 0, r, addr, len, r == SEAM_OK ? std::string(static_cast<const char *>(buf), len) : "" });
        return r;
    }
    void console(uint8_t byte) override { put({ time, Kind::Console, 0, SEAM_OK, 0, byte }); }
    void note(uint32_t code, uint64_t value) override { put({ time, Kind::Note, 0, SEAM_OK, code, value }); }
    void wake(seam_ps at) override { wake_ps = at; }
    void stop(const std::string &reason) override { stopped = reason; }
    void put(Transaction t) { all.push_back(std::move(t)); }
    size_t next_read = 0;
};

Recording of(const std::string &lines) { return recording_parse("ingot-recording 1\ndevice d0 dmaq model\npoll 12\n" + lines + "9000000 end\n", "r", ""); }
Transaction read_of(uint64_t offset) { return { 0, Kind::Read, 4, SEAM_OK, offset, 0 }; }
Transaction write_of(uint64_t offset, uint64_t value) { return { 0, Kind::Write, 4, SEAM_OK, offset, value }; }
std::string text_of(const std::vector<Transaction> &all)
{
    std::string text;
    for (const Transaction &t : all) {
        text += transaction_text(t) + "\n";
    }
    return text;
}

TEST(StandInOrder, AnswersKeepTheirDistanceFromTheRequestBeforeThem)
{
    Board b(of("1000 write 0x1c 4 0x1\n1500 irq 0 1\n1500 note 1 7\n2000 write 0x18 4 0x1\n2000 irq 0 0\n"));
    b.pass(3000);
    b.request(write_of(0x1c, 1));
    b.pass(3499);
    EXPECT_EQ(b.all.size(), 1u);
    b.pass(5000);
    b.request(write_of(0x18, 1));
    EXPECT_EQ(text_of(b.all), "3000 write 0x1c 4 0x1\n3500 irq 0 1\n3500 note 1 7\n5000 write 0x18 4 0x1\n5000 irq 0 0\n");
    EXPECT_EQ(b.stopped, "");
    EXPECT_EQ(b.stand_in.waits_for(), b.stand_in.recording().all.size());
}

TEST(StandInOrder, ARequestThatComesEarlyHasTheAnswersBeforeItFirst)
{
    Board b(of("1000 write 0x1c 4 0x1\n1500 irq 0 1\n2000 read 0x18 4 0x1 +40\n2500 irq 0 0\n"));
    b.pass(1000);
    b.request(write_of(0x1c, 1));
    b.pass(1100);
    EXPECT_EQ(b.request(read_of(0x18)), 1u);
    EXPECT_EQ(b.all[1].time_ps, 1100u);
    b.pass(1599);
    EXPECT_EQ(b.all.size(), 3u);
    b.pass(1600);
    EXPECT_EQ(b.all.size(), 4u);
    EXPECT_EQ(text_of(b.all), "1000 write 0x1c 4 0x1\n1100 read 0x18 4 0x1 +40\n1100 irq 0 1\n1600 irq 0 0\n");
}

struct Poll {
    const char *what;
    std::vector<seam_ps> at;            // of the reads
    std::vector<uint64_t> values;
};

TEST(StandInOrder, APolledRegisterMayBeReadMoreOrFewerTimes)
{
    const Poll polls[] = {
        { "as recorded", { 1100, 1200, 1300 }, { 0, 0, 1 } },
        { "more often", { 1100, 1140, 1180, 1220, 1260, 1299, 1300, 1350 }, { 0, 0, 0, 0, 0, 0, 1, 1 } },
        { "less often", { 1100, 1310 }, { 0, 1 } },
        { "late", { 5000, 5150, 5250 }, { 0, 0, 1 } },
        { "once", { 1100 }, { 0 } },
    };
    for (const Poll &p : polls) {
        Board b(of("1000 write 0x1c 4 0x1\n1100 read 0xc 4 0\n1200 read 0xc 4 0\n1250 dma-write 0x5000 2 abcd\n1250 irq 0 1\n1300 read 0xc 4 1\n1400 read 0x18 4 1\n1400 irq 0 0\n"));
        b.pass(1000);
        b.request(write_of(0x1c, 1));
        std::vector<uint64_t> values;
        for (seam_ps at : p.at) {
            b.pass(at);
            values.push_back(b.request(read_of(12)));
        }
        EXPECT_EQ(values, p.values) << p.what;
        b.pass(std::max<seam_ps>(p.at.back(), 1150));
        const bool done = p.at.back() >= p.at[0] + 150;
        EXPECT_EQ(b.all.size(), 1 + p.at.size() + (done ? 2 : 0)) << p.what << ": answers by time";
        EXPECT_EQ(b.request(read_of(0x18)), 1u);
        EXPECT_EQ(b.stopped, "") << p.what;
        EXPECT_EQ(b.stand_in.waits_for(), b.stand_in.recording().all.size());
        EXPECT_EQ(b.all.back().value, 0u) << "the edge falls last";
    }
    Board none(of("1000 write 0x1c 4 0x1\n1100 read 0xc 4 0\n1400 read 0x18 4 1\n"));
    none.request(write_of(0x1c, 1));
    none.request(read_of(0x18));
    EXPECT_EQ(none.stopped, "not as recorded: transaction 1 of 3: now 0 read 0x18 4 0x0");
}

TEST(StandInOrder, OtherRegistersAreNotPolled)
{
    Board b(of("1000 read 0x10 4 1\n"));
    b.request(read_of(0x10));
    b.request(read_of(0x10));
    EXPECT_EQ(b.stopped, "not as recorded: transaction 1 of 1: now 0 read 0x10 4 0x0");
}

TEST(StandInOrder, TheFirstDepartureStopsAndNothingComesAfterIt)
{
    Board b(of("1000 write 0x1c 4 0x1\n1500 irq 0 1\n2000 read 0x18 4 1\n"));
    uint64_t value = 7;
    seam_ps delay;
    b.pass(1000);
    EXPECT_EQ(b.stand_in.write(0x1c, 4, 2, &delay), SEAM_OK);
    EXPECT_EQ(b.stopped, "not as recorded: transaction 0 of 3: now 1000 write 0x1c 4 0x2");
    EXPECT_TRUE(b.stand_in.departed());
    b.stopped = "";
    b.pass(3000);
    EXPECT_EQ(b.stand_in.read(0x18, 4, &value, &delay), SEAM_SLAVE_ERROR);
    EXPECT_EQ(value, 0u);
    EXPECT_TRUE(b.all.empty());
    EXPECT_EQ(b.stopped, "");
}

TEST(StandInOrder, MemoryOfTheDriverIsHeldToTheRecording)
{
    Board b(of("1000 write 0x1c 4 0x1\n1100 dma-read 0x5000 12 000102030405060708090a0b\n1500 irq 0 1\n"));
    b.other_data = true;
    b.request(write_of(0x1c, 1));
    b.pass(9000);
    EXPECT_EQ(b.stopped, "not as recorded: transaction 1 of 3: now 100 dma-read 0x500b 1 0a");
    EXPECT_EQ(b.all.back().kind, Kind::DmaRead);
    // What was denied then must be denied now, and is tried: an IOMMU tells of it
    Board c(of("1000 write 0x1c 4 0x1\n1100 dma-write 0x800 4 denied\n1200 dma-write 0x5000 4 denied\n"));
    c.request(write_of(0x1c, 1));
    c.pass(100);
    EXPECT_EQ(c.stopped, "");
    c.pass(9000);
    EXPECT_EQ(c.stopped, "not as recorded: transaction 2 of 3: now 200 dma-write 0x5000 4 00000000");
}

TEST(StandInOrder, PeekTellsWhatWasReadLast)
{
    Board b(of("1000 read 0x10 4 5\n1100 read 0x10 4 6\n"));
    uint64_t value;
    EXPECT_EQ(b.stand_in.peek(0x10, 4, &value), SEAM_SLAVE_ERROR);
    b.request(read_of(0x10));
    EXPECT_EQ(b.stand_in.peek(0x10, 4, &value), SEAM_OK);
    EXPECT_EQ(value, 5u);
    EXPECT_EQ(b.stand_in.waits_for(), 1u);
}

TEST(StandInOrder, AChangedDriversReadsAreFree)
{
    const Recording r = of("1000 read 0 4 7\n1000 write 0x1c 4 1\n1500 irq 0 1\n1600 read 0x18 4 1\n1700 read 0x10 4 3\n1800 write 0x18 4 1\n1800 irq 0 0\n1900 read 0x10 4 4\n");
    Board b(r, StandIn::Held::Effects);
    EXPECT_EQ(b.request(read_of(0x10)), 3u) << "nothing was read there: what comes next";
    b.request(write_of(0x1c, 1));               // read 0 is left out
    b.pass(100);
    EXPECT_EQ(b.request(read_of(0)), 7u) << "an early one brings no answers: what was read last";
    EXPECT_EQ(b.all.back().kind, Kind::Read);
    b.pass(600);
    EXPECT_EQ(b.all.back().kind, Kind::Irq);
    EXPECT_EQ(b.request(read_of(0x10)), 3u) << "the recorded one: read 0x18 is passed over";
    EXPECT_EQ(b.request(read_of(0x10)), 3u);
    EXPECT_EQ(b.stand_in.waits_for(), 5u);
    b.request(write_of(0x18, 1));
    EXPECT_EQ(b.stand_in.waits_for(), r.all.size()) << "a read that is left is no difference";
    EXPECT_EQ(b.stopped, "");
    EXPECT_EQ(b.stand_in.other_reads(), 5u);
    b.request(write_of(0x18, 1));
    EXPECT_EQ(b.stopped, "not as recorded: transaction 8 of 8: now 600 write 0x18 4 0x1");

    Board other(r, StandIn::Held::Effects);
    other.request(read_of(0x44));
    EXPECT_EQ(other.stopped, "not as recorded: transaction 1 of 8: now 0 read 0x44 4 0x0") << "what was never read has no answer";
    Board write(r, StandIn::Held::Effects);
    write.request(write_of(0x1c, 2));
    EXPECT_EQ(write.stopped, "not as recorded: transaction 1 of 8: now 0 write 0x1c 4 0x2");
}

// A board with memory: descriptors and data lie where today's driver has put them.
struct Memory : Board {
    using Board::Board;
    std::map<uint64_t, std::string> at;
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override
    {
        auto found = at.find(addr);
        EXPECT_TRUE(found != at.end() && found->second.size() >= len) << std::hex << addr;
        if (found == at.end()) {
            return SEAM_DENIED;
        }
        memcpy(buf, found->second.data(), len);
        return SEAM_OK;
    }
};

std::string words(std::vector<uint64_t> all)
{
    std::string bytes;
    for (uint64_t w : all) {
        bytes.append(reinterpret_cast<const char *>(&w), sizeof w);
    }
    return bytes;
}

TEST(StandInOrder, AChangedDriversMemoryMayLieElsewhere)
{
    // Ring at 0x40001000, copies 16 bytes in two bursts from 0x40005000 to 0x40006000
    auto hex = [](uint64_t from, uint64_t to, uint64_t length) { return bytes_in_hex(words({ from, to, length })); };
    const Recording r = of("1000 write 0x10 4 0x40001000\n1100 write 0x1c 4 1\n1200 dma-read 0x40001000 24 " + hex(0x40005000, 0x40006000, 16) +
                           "\n1300 dma-read 0x40005000 8 6162636465666768\n1300 dma-read 0x40005008 8 696a6b6c6d6e6f70\n"
                           "1400 dma-write 0x40006000 8 6162636465666768\n1400 dma-write 0x40006008 8 696a6b6c6d6e6f70\n1500 dma-write 0x40001010 8 0100000000000000\n");
    auto run = [&](Memory &m, uint64_t source, uint64_t destination, uint64_t length, const char *data) {
        m.at[0x40002000] = words({ source, destination, length });
        m.at[source] = std::string(data, 8);
        m.at[source + 8] = std::string(data + 8, 8);
        m.pass(1000);
        m.request(write_of(0x10, 0x40002000));
        m.request(write_of(0x1c, 1));
        m.pass(9000);
    };
    Memory right(r, StandIn::Held::Effects);
    run(right, 0x40008000, 0x40005000, 16, "abcdefghijklmnop");
    EXPECT_EQ(right.stopped, "");
    EXPECT_EQ(text_of(right.all).substr(text_of(right.all).find("1300")), "1300 dma-write 0x40005000 8 6162636465666768\n1300 dma-write 0x40005008 8 696a6b6c6d6e6f70\n"
                                                                         "1400 dma-write 0x40002010 8 0100000000000000\n");
    Memory data(r, StandIn::Held::Effects);
    run(data, 0x40008000, 0x40005000, 16, "abcdefghijklmnoP");
    EXPECT_EQ(data.stopped, "not as recorded: transaction 4 of 8: now 1200 dma-read 0x4000800f 1 50");
    Memory length(r, StandIn::Held::Effects);
    run(length, 0x40008000, 0x40005000, 8, "abcdefghijklmnop");
    EXPECT_EQ(length.stopped, "not as recorded: transaction 2 of 8: now 1100 dma-read 0x40002010 8 0800000000000000");
    Memory all(r);
    all.request(write_of(0x10, 0x40002000));
    EXPECT_EQ(all.stopped, "not as recorded: transaction 0 of 8: now 0 write 0x10 4 0x40002000");
}

Recording recorded(const char *type, const char *impl, bool with_reset)
{
    replay_devices_folder(INGOT_ROOT "/vdevices");
    return recording_parse(in_process([&] {
        return recording_text(with_reset ? drive_through_a_reset(type, impl) : drive(type, impl, DriverBug::None));
    }), type, "");
}

// The driver's requests, each earlier or later than recorded by chance.
void drive_with_jitter(Board &b, unsigned seed, seam_ps most)
{
    std::mt19937 random(seed);
    const std::vector<Transaction> &all = b.stand_in.recording().all;
    for (size_t i = 0; i < all.size(); i++) {
        seam_ps gap = all[i].time_ps - (i ? all[i - 1].time_ps : 0);
        seam_ps jitter = most ? random() % most : 0;
        gap = random() % 2 ? gap + jitter : gap - std::min(gap, jitter);
        if (all[i].by_driver()) {
            b.pass(b.time + gap);
            b.request(all[i]);
        }
    }
    b.pass(b.time + 1000000000);
}

TEST(StandInOrder, IsTheRecordingsWhateverTheDriversTimesAre)
{
    const struct {
        const char *type, *impl;
        bool reset;
    } runs[] = { { "dmaq", "model", false }, { "dmaq", "rtl", true }, { "pulse", "rtl", false }, { "pulse", "systemc", true }, { "uart16550", "model", false } };
    for (const auto &run : runs) {
        const Recording r = recorded(run.type, run.impl, run.reset);
        std::vector<Transaction> requests, answers;
        for (const Transaction &t : r.all) {
            (t.by_driver() ? requests : answers).push_back(t);
        }
        for (unsigned seed = 0; seed < 100; seed++) {
            Board b(r);
            drive_with_jitter(b, seed, seed < 50 ? 300000 : 30000000);
            ASSERT_EQ(b.stopped, "") << run.type << " " << seed;
            std::vector<Transaction> made, came;
            for (const Transaction &t : b.all) {
                (t.by_driver() ? made : came).push_back(t);
            }
            ASSERT_EQ(made.size(), requests.size());
            ASSERT_EQ(came.size(), answers.size());
            for (size_t i = 0; i < made.size(); i++) {
                ASSERT_TRUE(made[i].same_but_time(requests[i])) << i;
            }
            for (size_t i = 0; i < came.size(); i++) {
                ASSERT_TRUE(came[i].same_but_time(answers[i])) << i;
            }
        }
    }
}

// At each transaction: saved, and gone on with in another one.
TEST(StandInOrder, ARestoredOneGoesOnAsIfNothingHadHappened)
{
    for (const char *type : { "dmaq", "pulse" }) {
        Recording r = recorded(type, type == std::string("pulse") ? "systemc" : "model", true);
        r.polled = { 12 };
        const size_t count = r.all.size();
        for (size_t cut = 0; cut < count; cut++) {
            Board first(r), second(r);
            struct state s = {};
            for (size_t i = 0; i < cut; i++) {
                first.pass(r.all[i].time_ps);
                if (r.all[i].by_driver()) {
                    first.request(r.all[i]);
                }
            }
            first.stand_in.save(&s);
            second.stand_in.load(&s);
            ASSERT_FALSE(s.bad);
            state_free(&s);
            second.time = first.time;
            second.wake_ps = first.wake_ps;     // the platform saves it
            second.next_read = first.next_read;
            for (Board *b : { &first, &second }) {
                b->all.clear();
                for (size_t i = cut; i < count; i++) {
                    b->pass(r.all[i].time_ps);
                    if (r.all[i].by_driver()) {
                        b->request(r.all[i]);
                    }
                }
            }
            ASSERT_EQ(text_of(second.all), text_of(first.all)) << cut;
            ASSERT_EQ(second.stopped, "");
            ASSERT_EQ(second.stand_in.waits_for(), count);
        }
    }
}

TEST(StandInOrder, AStateThatIsNoneOfTheRecordingIsRefused)
{
    Board longer(of("1000 read 0x10 4 5\n1100 read 0x14 4 6\n")), shorter(of("1000 read 0x10 4 5\n"));
    struct state s = {};
    longer.request(read_of(0x10));
    longer.request(read_of(0x14));
    longer.stand_in.save(&s);
    shorter.stand_in.load(&s);
    EXPECT_TRUE(s.bad);
    state_free(&s);
}

}  // namespace
