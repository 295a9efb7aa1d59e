// SPDX-License-Identifier: GPL-2.0-or-later
// Whose turn it is
#include <gtest/gtest.h>

#include "turn.h"

namespace {

struct Scheduler : testing::Test {
    turns s{};
    Scheduler() { s.quantum_ns = 1000; }
    int choose(uint32_t runnable, int64_t now) { return turn_choose(&s, runnable, now); }
    int64_t limit(uint32_t runnable, int64_t now) { return turn_limit(&s, runnable, now); }
};

TEST_F(Scheduler, ALoneCoreRunsWithoutLimit)
{
    EXPECT_EQ(0, choose(1, 0));
    EXPECT_EQ(TURN_NO_LIMIT, limit(1, 0));
}

TEST_F(Scheduler, BusyCoresTakeQuantaInTurn)
{
    choose(3, 0);
    int64_t now = 0;
    int before = choose(3, now);
    for (int i = 0; i < 20; i++) {
        now += limit(3, now);
        int next = choose(3, now);
        EXPECT_NE(before, next);
        EXPECT_EQ(1000, limit(3, now));
        before = next;
    }
}

TEST_F(Scheduler, AskingAgainChangesNothing)
{
    choose(3, 0);
    turns before = s;
    for (int64_t now = 0; now < s.quantum_end; now += 7) {
        EXPECT_EQ(s.owner, choose(3, now));
    }
    EXPECT_EQ(0, memcmp(&before, &s, sizeof s));
}

TEST_F(Scheduler, AnInterruptsCoreRunsAtItsInstant)
{
    EXPECT_EQ(0, choose(1, 0));
    turn_arrived(&s, 1);
    EXPECT_EQ(1, choose(3, 137));
    EXPECT_EQ(0, choose(1, 150));      // and gives the turn back when it sleeps again
}

TEST_F(Scheduler, SeveralInterruptsAtOneInstantDoNotDependOnTheirOrder)
{
    choose(1, 0);
    turns a = s, b = s;
    turn_arrived(&a, 2), turn_arrived(&a, 3);
    turn_arrived(&b, 3), turn_arrived(&b, 2);
    EXPECT_EQ(2, turn_choose(&a, 13, 50));
    EXPECT_EQ(2, turn_choose(&b, 13, 50));
    EXPECT_EQ(3, turn_choose(&a, 9, 60));  // the other one is next
}

TEST_F(Scheduler, AnInterruptForACoreThatIsOffIsNoReasonToSwitch)
{
    choose(1, 0);
    turn_arrived(&s, 1);
    EXPECT_EQ(0, choose(1, 10));
}

TEST_F(Scheduler, AnotherCoreFillsInWhileTheOwnersAccessIsInFlight)
{
    EXPECT_EQ(1, (turn_arrived(&s, 1), choose(3, 0)));
    turn_stall(&s, 1, 140);
    EXPECT_EQ(0, choose(3, 100));
    EXPECT_EQ(40, limit(3, 100));
    EXPECT_EQ(1, choose(3, 140));       // back at once: the turn was never lost
    EXPECT_EQ(860, limit(3, 140));
}

TEST_F(Scheduler, AnInterruptMakesTheCoreThatFillsInTheOwner)
{
    EXPECT_EQ(1, (turn_arrived(&s, 1), choose(3, 0)));
    turn_stall(&s, 1, 140);
    EXPECT_EQ(0, choose(3, 100));
    turn_arrived(&s, 0);
    EXPECT_EQ(0, choose(3, 120));
    EXPECT_EQ(0, choose(3, 140));
    EXPECT_EQ(980, limit(3, 140));
}

TEST_F(Scheduler, TimePassesToTheEndOfAnAccessWhenNobodyElseCanRun)
{
    choose(1, 0);
    turn_stall(&s, 0, 40);
    EXPECT_EQ(-1, choose(1, 10));
    EXPECT_EQ(30, turn_wait(&s, 1, 10));
    EXPECT_EQ(0, choose(1, 40));
    EXPECT_EQ(-1, turn_wait(&s, 1, 40));
}

TEST_F(Scheduler, ACoreThatYieldsLetsTheOtherRun)
{
    choose(3, 0);
    int first = s.owner;
    turn_yield(&s, first, 5);
    EXPECT_EQ(1 - first, choose(3, 5));
}

TEST_F(Scheduler, CoresThatInterruptEachOtherDoNotStarveAThird)
{
    uint64_t ran[3] = {};
    int64_t now = 0, next = 0;
    for (int interrupts = 0; interrupts < 1000;) {
        if (now == next) {
            turn_arrived(&s, interrupts++ & 1);
            next += 300;
        }
        int core = choose(7, now);
        int64_t step = std::min(next - now, limit(7, now));
        ran[core] += step;
        now += step;
    }
    EXPECT_GT(ran[2], 0u);
}

TEST_F(Scheduler, SavedAndLoadedItDecidesTheSame)
{
    turn_arrived(&s, 1);
    choose(7, 0);
    turn_stall(&s, 1, 77);
    turn_arrived(&s, 2);
    state saved{};
    turn_save(&s, &saved);
    turns copy{};
    copy.quantum_ns = 1000;
    turn_load(&copy, &saved);
    EXPECT_FALSE(saved.bad);
    EXPECT_EQ(0, memcmp(&copy, &s, sizeof s));
    state_free(&saved);
}

TEST_F(Scheduler, RefusesAStateThatIsNone)
{
    state saved{};
    turn_load(&s, &saved);
    EXPECT_TRUE(saved.bad);
}

}  // namespace
