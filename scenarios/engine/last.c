/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last seconds of every board: in a ring while it runs, a trace file when something fails or the scenario asks, else gone
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "traces/format.h"
#include "words.h"

#define LAST_PS UINT64_C(10000000000000)    /* 10 s */
#define ROOM (UINT64_C(256) << 20)
#define STOPPED ": stopped: "               /* the hypervisor says of a VM after a fault */
#define TOLD_MAX 4                          /* boards that a failure tells one by one */

/* All boards that had a ring, also those that have ended well: the scenario may fail later. */
static struct ring {
    char board[128], path[ENGINE_PATH], trace[ENGINE_PATH];
} *rings;
static unsigned ring_count;

static uint64_t last_ps(void) { return engine.options.last_ps ? engine.options.last_ps : LAST_PS; }

void last_prepare(lua_State *L, struct board_run *b)
{
    b->traced = engine.options.record ? ENGINE_TRACE_WHOLE : engine.options.trace;
    snprintf(b->ring, sizeof b->ring, "%.*s/trace.ring", ENGINE_PATH - 16, b->dir);
    if (b->traced != ENGINE_TRACE_LAST) {
        return;
    }
    struct ring *grown = realloc(rings, (ring_count + 1) * sizeof *grown);
    if (!grown) {
        luaL_error(L, "out of memory");
    }
    rings = grown;
    struct ring *r = &rings[ring_count++];
    memcpy(r->board, b->name, sizeof r->board);
    memcpy(r->path, b->ring, sizeof r->path);
    memcpy(r->trace, b->trace, sizeof r->trace);
}

void last_options(const struct board_run *b, struct domain_options *o)
{
    o->trace = b->traced == ENGINE_TRACE_NONE ? NULL : b->traced == ENGINE_TRACE_LAST ? b->ring : b->trace;
    o->trace_last_ps = b->traced == ENGINE_TRACE_LAST ? last_ps() : 0;
    o->trace_room = engine.options.room ? engine.options.room : ROOM;
}

/* 0; 1: it does not begin with the run; -1 and a line in err. What could not be written whole is removed. */
static int copy(const char *from, const char *to, uint64_t ps, char *err, size_t err_len)
{
    struct trace *t = trace_load(from, err, err_len);
    struct trace_writer *w = t ? trace_open(to, err, err_len) : NULL;
    int r = w ? trace_copy(w, t, ps, err, err_len) : -1;
    if (w && trace_close(w) < 0 && r == 0) {
        snprintf(err, err_len, "%s: %s: free some space", to, strerror(errno));
        r = -1;
    }
    if (w && r < 0) {
        unlink(to);
    }
    trace_unload(t);
    t = r == 0 ? trace_load(to, err, err_len) : NULL;
    r = t && trace_cut(t, NULL) ? 1 : r;
    trace_unload(t);
    return r;
}

static void tell(const char *board, const char *why, const char *path, bool cut)
{
    char some[64] = "all";
    if (cut) {
        snprintf(some, sizeof some, "the last %g s", (double)last_ps() / 1e12);
    }
    fprintf(stderr, "ingot: board '%s'%s: %s of its trace: ./ingot trace show %s\n", board, why, some, path);
}

/* The trace so far, of a board that is held or has ended. */
static const char *source(lua_State *L, const struct board_run *b)
{
    if (b->traced == ENGINE_TRACE_NONE) {
        luaL_error(L, "board '%s' has no trace: run it without --no-trace", b->name);
    }
    return b->traced == ENGINE_TRACE_LAST ? b->ring : b->trace;
}

static const char *next_path(struct board_run *b)
{
    static char path[ENGINE_PATH];
    snprintf(path, sizeof path, "%.*s/trace-%u", ENGINE_PATH - 32, b->dir, ++b->kept);
    return path;
}

const char *last_keep(lua_State *L, struct board_run *b, const char *path)
{
    char err[ENGINE_ERR];
    const char *from = source(L, b);
    path = path ? path : next_path(b);
    if (copy(from, path, last_ps(), err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
    return path;
}

void last_whole(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    if (source(L, b) == b->trace) {
        return;
    }
    struct trace *t = trace_load(b->ring, err, sizeof err);
    uint64_t gone = t ? trace_cut(t, NULL) : 0;
    trace_unload(t);
    if (gone) {
        luaL_error(L, "board '%s': the first %I records of its trace are gone, for a run keeps its last %f s: call b:trace() right after the board's start, "
                   "or run it with --trace; b:keep_trace() gives what there is", b->name, (lua_Integer)gone, (double)last_ps() / 1e12);
    } else if (!t) {
        luaL_error(L, "%s", err);
    }
    if (b->live) {
        char *word = word_escape(b->trace, strlen(b->trace));
        lua_pushstring(L, word);
        free(word);
        run_command(L, b, "keep %s", lua_tostring(L, -1));
        lua_pop(L, 1);
    } else {
        if (copy(b->ring, b->trace, UINT64_MAX, err, sizeof err) < 0) {
            luaL_error(L, "%s", err);
        }
        unlink(b->ring);
    }
    last_unwatch(L, b);
    b->traced = ENGINE_TRACE_WHOLE;
}

void last_watch(lua_State *L, struct board_run *b)
{
    if (b->traced != ENGINE_TRACE_LAST || !b->live || b->system->bare || b->system->hyp_console < 0) {
        return;
    }
    char *word = word_escape(STOPPED, strlen(STOPPED));
    lua_pushstring(L, word);
    free(word);
    b->stopped_watch = b->next_id++;
    run_command(L, b, "watch %u console %s %s", b->stopped_watch, b->system->devices[b->system->hyp_console].name, lua_tostring(L, -1));
    lua_pop(L, 1);
}

void last_unwatch(lua_State *L, struct board_run *b)
{
    if (b->stopped_watch && b->live) {
        run_command(L, b, "unwatch %u", b->stopped_watch);
    }
    b->stopped_watch = 0;
}

/* ", whose vm rt was stopped" of the hypervisor's last line. */
static void who_stopped(const struct board_run *b, char *words, size_t len)
{
    const struct console *c = &b->consoles[b->system->hyp_console];
    const char *line = c->text ? strrchr(c->text, '\n') : NULL;
    line = line ? line + 1 : c->text;
    const char *vm = line ? strstr(line, "vm ") : NULL, *end = vm ? strstr(vm, STOPPED) : NULL;
    snprintf(words, len, end ? ", whose %.*s was stopped" : "", end ? (int)(end - vm) : 0, vm);
}

bool last_stopped(lua_State *L, struct board_run *b, const char *reason)
{
    char words[128], err[ENGINE_ERR];
    if (!b->stopped_watch || strncmp(reason, "watch ", 6) || !watch_among(reason + 6, b->stopped_watch)) {
        return false;
    }
    bool alone = !strchr(reason + 6, ' ');
    const char *path = next_path(b);
    int r = copy(b->ring, path, last_ps(), err, sizeof err);
    who_stopped(b, words, sizeof words);
    if (r < 0) {
        fprintf(stderr, "ingot: board '%s'%s: its trace is not kept: %s\n", b->name, words, err);
    } else {
        tell(b->name, words, path, r > 0);
    }
    last_watch(L, b);
    return alone;
}

/* Nothing but names: the board has not run. */
static bool is_empty(const char *path)
{
    char err[ENGINE_ERR];
    struct trace *t = trace_load(path, err, sizeof err);
    uint32_t kinds = 0;
    for (size_t i = 0; t && i < t->chunk_count; i++) {
        kinds |= t->chunks[i].header.kinds;
    }
    bool empty = t && !*t->damage && !(kinds & ~(1u << TRACE_NAME));
    trace_unload(t);
    return empty;
}

void last_finish(bool failed)
{
    char err[ENGINE_ERR];
    unsigned told = 0, more = 0;
    for (unsigned i = ring_count; i-- > 0;) {       /* the one that was started last is told first */
        struct ring *r = &rings[i];
        if (access(r->path, F_OK) < 0) {
            continue;       /* it never ran, or the scenario has it */
        }
        bool keep = failed && !is_empty(r->path);
        int cut = keep ? copy(r->path, r->trace, last_ps(), err, sizeof err) : 0;
        if (cut < 0) {
            fprintf(stderr, "ingot: board '%s': %s: what it did last stays in %s, which ./ingot trace show reads, too\n", r->board, err, r->path);
            continue;
        }
        unlink(r->path);
        if (keep && told++ < TOLD_MAX) {
            tell(r->board, "", r->trace, cut);
        } else {
            more += keep;
        }
    }
    if (more) {
        fprintf(stderr, "ingot: and of %u boards more: %s/*/trace\n", more, engine.dir);
    }
    free(rings);
    rings = NULL;
    ring_count = 0;
}
