/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose turn it is: the scheduler's decisions, as functions of virtual time alone
 */
#include "turn.h"

#include <string.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static uint32_t bit(int core) { return 1u << core; }

/* Cores of `set` whose bus access is over. */
static uint32_t eligible(const struct turns *s, uint32_t set, int64_t now)
{
    uint32_t result = 0;
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        result |= s->stall_end[c] <= now ? set & bit(c) : 0;
    }
    return result;
}

/* Of `set`, the core that has waited longest; -1: the set is empty. */
static int longest_waiting(const struct turns *s, uint32_t set)
{
    int best = -1;
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        if ((set & bit(c)) && (best < 0 || s->turn[c] < s->turn[best])) {
            best = c;
        }
    }
    return best;
}

static void take_turn(struct turns *s, int core, int64_t now)
{
    s->turn[s->owner] = ++s->turns;
    s->owner = core;
    s->waiting &= ~bit(core);
    if (now >= s->rotation_end) {
        s->rotation_end = now + TURN_ROTATION * s->quantum_ns;
    }
    s->quantum_end = least(now + s->quantum_ns, s->rotation_end);
}

/* The owner's turn is over. Interrupts first, until they have had it their way for a whole rotation. */
static void rotate(struct turns *s, uint32_t runnable, int64_t now)
{
    uint32_t set = runnable & ~bit(s->owner);
    s->waiting &= runnable;
    if (now < s->rotation_end && (set & s->waiting)) {
        set &= s->waiting;
    }
    take_turn(s, longest_waiting(s, set), now);
}

/* An interrupt's core becomes the owner; several at one instant: in the order of their numbers after the owner. */
static void preempt(struct turns *s, uint32_t runnable, int64_t now)
{
    uint32_t arrived = s->arrived & runnable;
    s->arrived = 0;
    if (arrived & bit(s->owner)) {
        s->waiting |= arrived & ~bit(s->owner);
        if (now >= s->quantum_end) {
            take_turn(s, s->owner, now);    /* it wakes up: a whole quantum */
        }
        return;
    }
    for (int i = 1; i < TURN_CORES_MAX && arrived; i++) {
        int core = (s->owner + i) % TURN_CORES_MAX;
        if (arrived & bit(core)) {
            s->waiting |= (arrived | bit(s->owner)) & runnable;
            take_turn(s, core, now);
            return;
        }
    }
}

void turn_arrived(struct turns *s, int core) { s->arrived |= bit(core); }
void turn_stall(struct turns *s, int core, int64_t until) { s->stall_end[core] = until; }

void turn_yield(struct turns *s, int core, int64_t now)
{
    if (core == s->owner) {
        s->quantum_end = now;
    }
    s->runner = -1;
}

void turn_spins(struct turns *s, int core, int64_t end)
{
    if (core == s->owner) {
        s->quantum_end = least(s->quantum_end, end);
    }
}

void turn_reset(struct turns *s)
{
    int64_t quantum = s->quantum_ns;
    memset(s, 0, sizeof *s);
    s->quantum_ns = quantum;
}

int turn_choose(struct turns *s, uint32_t runnable, int64_t now)
{
    if (s->arrived) {
        preempt(s, runnable, now);
    }
    if (!runnable) {
        return -1;
    }
    bool others = runnable & ~bit(s->owner);
    if (!(runnable & bit(s->owner)) || (others && now >= s->quantum_end)) {
        rotate(s, runnable, now);
    }
    uint32_t set = eligible(s, runnable, now);
    if (set & bit(s->owner)) {
        s->runner = s->owner;
    } else if (s->runner < 0 || !(set & bit(s->runner))) {
        s->runner = longest_waiting(s, set);
        if (s->runner >= 0) {
            s->turn[s->runner] = ++s->turns;
        }
    }
    return s->runner;
}

int64_t turn_limit(const struct turns *s, uint32_t runnable, int64_t now)
{
    int64_t until = TURN_NO_LIMIT;
    if (runnable & ~bit(s->owner)) {
        until = s->quantum_end;
    }
    if (s->runner != s->owner) {
        until = least(until, s->stall_end[s->owner]);
    }
    return until == TURN_NO_LIMIT ? until : until > now ? until - now : 1;
}

int64_t turn_wait(const struct turns *s, uint32_t runnable, int64_t now)
{
    int64_t until = TURN_NO_LIMIT;
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        if ((runnable & bit(c)) && s->stall_end[c] > now) {
            until = least(until, s->stall_end[c]);
        }
    }
    return until == TURN_NO_LIMIT ? -1 : until - now;
}

void turn_save(const struct turns *s, struct state *out)
{
    state_put_u64(out, "owner", s->owner);
    state_put_u64(out, "runner", s->runner);
    state_put_u64(out, "arrived", s->arrived);
    state_put_u64(out, "waiting", s->waiting);
    state_put_u64(out, "quantum-end", s->quantum_end);
    state_put_u64(out, "rotation-end", s->rotation_end);
    state_put_u64(out, "turns", s->turns);
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        state_put_u64(out, "stall-end", s->stall_end[c]);
        state_put_u64(out, "turn", s->turn[c]);
    }
}

void turn_load(struct turns *s, struct state *in)
{
    s->owner = state_get_u64(in, "owner");
    s->runner = state_get_u64(in, "runner");
    s->arrived = state_get_u64(in, "arrived");
    s->waiting = state_get_u64(in, "waiting");
    s->quantum_end = state_get_u64(in, "quantum-end");
    s->rotation_end = state_get_u64(in, "rotation-end");
    s->turns = state_get_u64(in, "turns");
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        s->stall_end[c] = state_get_u64(in, "stall-end");
        s->turn[c] = state_get_u64(in, "turn");
    }
    if (s->owner < 0 || s->owner >= TURN_CORES_MAX || s->runner < -1 || s->runner >= TURN_CORES_MAX) {
        in->bad = 1;
    }
}
