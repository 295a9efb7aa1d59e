// SPDX-License-Identifier: GPL-2.0-or-later
// Checkpoints: a new board goes on as the old one would have; a state that does not fit is refused with the reason
#include "platform/systemc/bench_testing.h"
#include "platform/rtl/test/testing.h"
#include "platform/systemc/test/devices.h"

using ingot::Bench;

namespace {

struct Board {
    Board() : m(b.add("m", "ticker", stream(1))), n(b.add("n", "bell")), p(b.add("p", "probe", stream(2)))
    {
        b.window(1, 0, 0x40000000, 1 << 20);
        b.window(2, 0, 0x40000000, 1 << 20);
    }
    static Bench::Options stream(uint32_t s)
    {
        Bench::Options o;
        o.stream = s;
        o.clock_ps = 7500;
        return o;
    }
    void before()
    {
        b.run_until(123456);
        memset(b.ram(0x40000000, 256), 0x3c, 256);
        b.write32(m, REG_WORD, 11);
        b.write32(n, REG_WORD, 22);
        b.write32(p, SCRATCH, 33);
        b.write32(m, REG_AFTER, 700000);
        b.write32(n, REG_AFTER, 300000);
        b.write32(p, COUNTDOWN, 60);
        b.write32(p, DST, 0x800);
        b.write32(p, COPY, 0xff0f);
    }
    std::string after()
    {
        b.clear_log();
        b.run_until(2000000);
        b.write32(n, REG_ACK, 1);
        b.write32(n, REG_AFTER, 12345);
        b.run_until(4000000);
        std::string end = " " + std::to_string(b.read32(m, REG_WORD)) + " " + std::to_string(b.read32(n, REG_WORD)) + " " +
                          std::to_string(b.read32(p, SCRATCH)) + " " + std::to_string(b.read32(p, STAMP)) + " " +
                          std::to_string(b.read32(p, DONE)) + " " + std::to_string(b.now()) + " " + std::to_string(*b.ram(0x40000800, 1));
        return b.log_text() + end;
    }
    Bench b;
    unsigned m, n, p;
};

}  // namespace

static std::string saved_at(seam_ps at)
{
    return ingot::in_child([at] {
        Board board;
        board.before();
        board.b.run_until(at);
        return board.b.save();
    });
}

TEST(Checkpoint, RestoredBoardGoesOnAsTheUninterrupted)
{
    std::string whole_state;
    for (seam_ps at : {300000, 340000, 420000, 423456, 505000, 777777, 1500000}) {
        std::string state = saved_at(at);
        std::string whole = ingot::in_child([at] {
            Board board;
            board.before();
            board.b.run_until(at);
            return board.after();
        });
        std::string restored = ingot::in_child([&state] {
            Board board;
            board.b.load(state);
            return board.after();
        });
        EXPECT_EQ(whole, restored) << at;
        EXPECT_NE(std::string::npos, whole.find("irq")) << at;
    }
}

TEST(Checkpoint, OfARestoredBoardHasTheSameBytes)
{
    std::string state = saved_at(420000);
    EXPECT_EQ(state, ingot::in_child([&state] {
        Board board;
        board.b.load(state);
        return board.b.save();
    }));
}

TEST(Checkpoint, CanBeLoadedIntoABoardThatHasRunFurther)
{
    std::string state = saved_at(420000);
    std::string fresh = ingot::in_child([&state] {
        Board board;
        board.b.load(state);
        return board.after();
    });
    EXPECT_EQ(fresh, ingot::in_child([&state] {
        Board board;
        board.before();
        board.after();
        board.b.load(state);
        return board.after();
    }));
}

static std::string load_error(Bench &b, const std::string &state)
{
    try {
        b.load(state);
    } catch (const std::exception &e) {
        return e.what();
    }
    return "(loaded)";
}

TEST(Checkpoint, OfAnotherBoardIsRefusedWithNames)
{
    std::string state = ingot::in_child([] {
        Bench b;
        b.add("t0", "ticker");
        return b.save();
    });
    const struct { const char *name, *impl; seam_ps clock; const char *want; } cases[] = {
        { "t0", "systemc", 0, "t0: the state is of type=ticker impl=model clock=10000ps, the board has type=ticker impl=systemc "
                              "clock=10000ps: start it with the same" },
        { "t0", "model", 5000, "t0: the state is of type=ticker impl=model clock=10000ps, the board has type=ticker impl=model "
                               "clock=5000ps: start it with the same" },
        { "t1", "model", 0, "t1: the state has t0 in its place: start the board that the checkpoint was taken of" } };
    for (const auto &c : cases) {
        EXPECT_EQ(c.want, ingot::in_child([&] {
            Bench b;
            Bench::Options o;
            o.impl = c.impl;
            o.clock_ps = c.clock;
            b.add(c.name, "ticker", o);
            return load_error(b, state);
        }));
    }
    EXPECT_EQ("the state has 1 devices, the board has 2: start the board that the checkpoint was taken of", ingot::in_child([&] {
        Bench b;
        b.add("t0", "ticker");
        b.add("t1", "ticker");
        return load_error(b, state);
    }));
}

TEST(Checkpoint, ThatIsCutOffIsRefused)
{
    std::string state = saved_at(420000);
    for (size_t keep = state.size() - 1; keep > (1u << 20); keep -= 97) {
        EXPECT_NE("(loaded)", ingot::in_child([&] {
            Board board;
            return load_error(board.b, state.substr(0, keep));
        }));
        if (keep < 97 + (1u << 20)) {
            break;
        }
    }
}

static std::string save_error(Bench &b)
{
    try {
        b.save();
    } catch (const std::exception &e) {
        return e.what();
    }
    return "(saved)";
}

BENCH_TEST(Checkpoint, IsRefusedForADeviceThatCannotBeSaved)
{
    Bench b;
    b.add("t0", "ticker");
    b.add("u0", "unsavable");
    EXPECT_EQ("u0: it has no save: a checkpoint cannot be taken with it on the board", save_error(b));
}

BENCH_TEST(Checkpoint, IsRefusedWhileSystemCHasEventsOfItsOwn)
{
    Bench b;
    unsigned n = b.add("n0", "bell");
    b.write32(n, REG_MISBEHAVE, OWN_EVENT);
    EXPECT_NE(std::string::npos, save_error(b).find("cannot be saved"));
    b.run_until(20000);
    EXPECT_EQ("(saved)", save_error(b));
}
