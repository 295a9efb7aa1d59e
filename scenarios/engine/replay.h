/* SPDX-License-Identifier: GPL-2.0-or-later
 * A recorded board, done again (docs/replay.md)
 */
#ifndef INGOT_REPLAY_H
#define INGOT_REPLAY_H

#include "internal.h"
#include "recording.h"

/* One board of a recording, and how far its replay is. It lives in a Lua userdata, whose finalizer frees it. */
struct replay {
    char recording[64], board[64];
    char dir[ENGINE_PATH];          /* the board's folder in the recording */
    struct manifest manifest;       /* what the board was; `state` is its trace */
    struct actions actions;
    bool rebuilt;                   /* the board's program, devices and all, is not the recorded one's */
    bool cut;                       /* the run was ended from outside, between two holds */
    uint64_t end_ps;                /* its last hold, or if it was cut, its trace's last record */
    size_t next;                    /* the action that comes next; within: the go that has been given */
    bool within;                    /* between a go and its hold */
    bool watched;                   /* our own watch is set, or was */
    bool anchored;                  /* it was restored there: that go's watches are not set */
};

#define REPLAY_END UINT64_MAX

/* Reads and checks the files; pushes the userdata. board NULL: the first. */
struct replay *replay_open(lua_State *L, const char *recording, const char *board);
/* The board of then, ready to be started: same image, same devices. */
void replay_prepare(lua_State *L, struct replay *p, struct board_run *b);
/* A new process: from the latest anchor not after at_ps, or from its start. Held there. */
void replay_start(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps);
/* Runs to at_ps: true; or to the recording's end: false. */
bool replay_to(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps);
/* The parts of replay_to: all that was done at this instant (false: nothing was, and nothing went on, after it); then the go
 * with what ends it at at_ps; then its hold (true: it is at at_ps). */
bool replay_act(lua_State *L, struct replay *p, struct board_run *b);
void replay_go(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps);
bool replay_held(lua_State *L, struct replay *p, struct board_run *b, const char *reason, uint64_t at_ps);
/* Saves the board here, between two holds, and ends it. */
const char *replay_why(const struct replay *p);      /* a likely reason why it parts from the recording, or "" */
void replay_anchor(lua_State *L, struct replay *p, struct board_run *b);
uint64_t replay_last_anchor(const struct replay *p, uint64_t at_ps);     /* its time, not after at_ps; 0: none */

/* replay_gdb.c: gdb has the board, which is held, and may go back; the board ends with it */
void replay_debug(lua_State *L, struct replay *p, struct board_run *b);

/* replay_check.c: the ended board's trace against the recorded one, up to until_ps. Records that are equal; an error, after
 * printing the first difference, if not all of them are. */
size_t replay_compare(lua_State *L, const struct replay *p, const struct board_run *b, uint64_t until_ps);

#endif
