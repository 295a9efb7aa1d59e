/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose turn it is: the scheduler's decisions, as functions of virtual time alone
 *
 * One core executes at a time. The owner has the turn until its quantum ends, it can no longer run, or an interrupt
 * arrives for another core, which then owns the turn at that instant. While the owner's bus access is in flight another
 * core fills in, and leaves when the access ends. Nothing here depends on when or how often it is asked: asking twice
 * at one instant changes nothing, so an exit that wall time caused (monitor, main loop) moves no turn.
 */
#ifndef INGOT_TURN_H
#define INGOT_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/seam/state.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TURN_CORES_MAX 8
#define TURN_ROTATION 8        /* quanta after which the core that has waited longest runs, whatever interrupts say */
#define TURN_NO_LIMIT INT64_MAX

/* Times are ns of virtual time; sets of cores are bit masks. Zeroed, with quantum_ns set, is the state at reset. */
struct turns {
    int64_t quantum_ns;             /* property of the board, not saved */
    int32_t owner, runner;
    uint32_t arrived;               /* an interrupt came since the last choice */
    uint32_t waiting;               /* an interrupt came, or the turn was lost to one; served first at the next rotation */
    int64_t quantum_end, rotation_end;
    int64_t stall_end[TURN_CORES_MAX];
    uint64_t turn[TURN_CORES_MAX]; /* count of turns when it lost its last: the least has waited longest */
    uint64_t turns;
};

/* Events. `runnable`: cores that are neither asleep, off nor stopped. */
void turn_arrived(struct turns *s, int core);
void turn_stall(struct turns *s, int core, int64_t until);
void turn_yield(struct turns *s, int core, int64_t now);   /* it waits for another (WFE, YIELD) */
void turn_spins(struct turns *s, int core, int64_t end);   /* it waits for another in a loop: its turn ends then */
void turn_reset(struct turns *s);

/* The core that executes from now on, or -1: none can. */
int turn_choose(struct turns *s, uint32_t runnable, int64_t now);
/* ns (> 0) that the chosen core may run before the next choice is due, or TURN_NO_LIMIT. */
int64_t turn_limit(const struct turns *s, uint32_t runnable, int64_t now);
/* ns (> 0) until a runnable core's access ends, or -1: none is in flight. */
int64_t turn_wait(const struct turns *s, uint32_t runnable, int64_t now);

void turn_save(const struct turns *s, struct state *out);
void turn_load(struct turns *s, struct state *in);

#ifdef __cplusplus
}
#endif
#endif
