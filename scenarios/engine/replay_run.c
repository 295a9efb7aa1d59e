/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot replay: all boards of a recording, or a window of one
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "words.h"

struct wish {
    uint64_t from_ps, until_ps, anchors_ps;
};

static uint64_t duration(lua_State *L, const char *option, const char *text, uint64_t otherwise)
{
    uint64_t ps = otherwise;
    if (text && (!word_duration(text, &ps) || !ps)) {
        luaL_error(L, "%s %s: write for example 1.2s, 100ms or 2.5us", option, text);
    }
    return ps;
}

/* To until_ps, with an anchor each anchors_ps. The parts before them are compared as they end. */
static size_t run_through(lua_State *L, struct replay *p, struct board_run *b, const struct wish *w)
{
    size_t records = 0;
    uint64_t next = w->anchors_ps ? b->time_ps + w->anchors_ps : REPLAY_END;
    while (next < w->until_ps && replay_to(L, p, b, next)) {
        if (p->within) {
            uint64_t here = b->time_ps;
            replay_anchor(L, p, b);
            records += replay_compare(L, p, b, here);
            replay_start(L, p, b, here);
        }
        next += w->anchors_ps;
    }
    bool stopped = replay_to(L, p, b, w->until_ps);
    uint64_t here = stopped ? b->time_ps : REPLAY_END;
    run_end(b);
    return records + replay_compare(L, p, b, here);
}

static void tell_waves(const struct board_run *b)
{
    for (const char *const *o = engine.options.waves; *o; o++) {
        printf("==> %s/%.*s.fst\n", b->dir, (int)strcspn(*o, "="), *o);
    }
}

/* False: none of the waveforms that are asked for is of this board. */
static bool replay_board(lua_State *L, const struct engine_replay *r, const char *board, struct wish w)
{
    bool waves = engine.options.waves[0];
    struct replay *p = replay_open(L, r->recording, board);
    struct board_run *b = api_new_board(L);
    replay_prepare(L, p, b);
    if (waves && !api_waves_span(L, b, &w.from_ps, &w.until_ps)) {
        return false;
    }
    if (waves && w.from_ps > p->end_ps) {
        luaL_error(L, "recording '%s', board '%s', ends at %f s: that waveform would begin after it", p->recording, p->board, p->end_ps / 1e12);
    }
    replay_start(L, p, b, w.from_ps);
    uint64_t from = b->time_ps;
    api_waves_start(L, b, true);
    size_t records = run_through(L, p, b, &w);
    printf("==> %s/%s: %zu records, from %.6f s to %.6f s: the same\n", p->recording, p->board, records, from / 1e12, b->time_ps / 1e12);
    if (waves) {
        tell_waves(b);
    }
    return true;
}

static int replay_all(lua_State *L)
{
    const struct engine_replay *r = lua_touserdata(L, 1);
    struct wish w = { .until_ps = duration(L, "--until", r->until, REPLAY_END), .anchors_ps = duration(L, "--anchors", r->anchors, 0) };
    char path[ENGINE_PATH], err[ENGINE_ERR];
    struct recording all;
    unsigned done = 0;
    api_board_open(L);
    recording_must_exist(L, r->recording);
    recording_dir(r->recording, "recording", path);
    if (recording_read(&all, path, err, sizeof err) < 0) {
        luaL_error(L, "recording '%s': %s", r->recording, err);
    }
    for (size_t i = 0; i < all.count; i++) {
        if (!r->board || !strcmp(r->board, all.boards[i])) {
            done += replay_board(L, r, all.boards[i], w);
        }
    }
    if (!done && r->board && !engine.options.waves[0]) {
        replay_open(L, r->recording, r->board);      /* says which there are */
    } else if (!done) {
        luaL_error(L, "--waves %s: no board of recording '%s' has that device as RTL", engine.options.waves[0], r->recording);
    }
    return 0;
}

static int debug(lua_State *L)
{
    const struct engine_replay *r = lua_touserdata(L, 1);
    api_board_open(L);
    uint64_t at = r->at && !strcmp(r->at, "end") ? REPLAY_END : duration(L, "--at", r->at, 0);
    struct replay *p = replay_open(L, r->recording, r->board);
    struct board_run *b = api_new_board(L);
    if (at != REPLAY_END && at > p->end_ps) {
        luaL_error(L, "recording '%s', board '%s', ends at %f s: --at end", p->recording, p->board, p->end_ps / 1e12);
    }
    replay_prepare(L, p, b);
    replay_start(L, p, b, at);
    replay_to(L, p, b, at);
    replay_debug(L, p, b);
    return 0;
}

/* Its trace is compared with the recorded one. */
static int begin(const char *what, lua_CFunction work, const struct engine_replay *r, const struct engine_options *o)
{
    char folder[128];
    struct engine_options whole = *o;
    whole.trace = ENGINE_TRACE_WHOLE;
    return engine_begin(engine_folder(what, r->recording, folder), work, r, &whole);
}

int engine_gdb_replay(const struct engine_replay *r, const struct engine_options *o) { return begin("gdb", debug, r, o); }

int engine_replay(const struct engine_replay *r, const struct engine_options *o) { return begin("replay", replay_all, r, o); }
