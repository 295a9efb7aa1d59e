/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb on a replay: the engine stands between gdb and QEMU's stub, and answers gdb's requests to go back itself
 */
#ifndef INGOT_REPLAY_GDB_H
#define INGOT_REPLAY_GDB_H

#include "replay.h"
#include "rsp.h"

#define POINTS_MAX 256
#define SETUP_MAX 16
#define CORES_MAX 8
#define PACKET_MAX 512

/* Where a board is that stands still. */
struct position {
    uint64_t time_ps, total;            /* instructions of all cores */
    uint64_t insns[CORES_MAX];
};

/* Where one of gdb's points was hit. */
struct hit {
    struct position at;         /* before the instruction, also of an access that is watched for */
    unsigned core;
    char reason[64];            /* "watch:ADDRESS;", or "" */
};

/* What the last search backwards has seen, in order: gdb often asks for the one before. */
#define HITS_MAX 65536
struct hits {
    struct hit *list;
    size_t count, room;
    char points[POINTS_MAX][64];
    unsigned point_count;
    uint64_t from_ps, until_total;      /* all of them between that time and that position */
};

struct session {
    lua_State *L;
    struct replay *p;
    struct board_run *b;
    struct rsp gdb, stub;
    unsigned stubs;                     /* sockets made so far */
    char setup[SETUP_MAX][PACKET_MAX];  /* what gdb has told the stub once, for the next one */
    unsigned setup_count;
    char points[POINTS_MAX][64];        /* its break- and watchpoints: "Z0,40202c80,4" */
    unsigned point_count;
    char general[32], resumed[32];      /* Hg…, Hc… */
    unsigned core;                      /* of the last stop */
    struct hits found;
    bool running, ending;               /* it waits for a stop; the stop that comes is the recording's end */
    bool over;                          /* gdb has killed the board */
    bool broken;                        /* Ctrl-C in gdb ends the way back */
    bool ended;                         /* nothing follows in the recording */
};

struct position session_where(struct session *s);
/* Tells gdb that the board has stopped. */
void session_stop(struct session *s, unsigned core, const char *reason);
/* The core that a packet names as a thread ("Hcp1.2", "T05thread:p01.02;"), or `otherwise`. */
unsigned session_core(const char *packet, unsigned otherwise);
/* The stub of the board that is held now, with all that gdb has told the last one. The hold is ended. */
void session_attach(struct session *s);
/* The board is held by what the recording says: goes on with it, or tells gdb that it is over. */
void session_held(struct session *s, const char *reason);

/* replay_back.c: bs and bc: answers gdb with a stop */
void session_step_back(struct session *s);
void session_continue_back(struct session *s);

#endif
