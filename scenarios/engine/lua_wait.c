/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: waiting for what a board says or does, and typing
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "words.h"

#define PATTERNS_MAX 16
#define TAIL 600        /* bytes of console shown with a failed expect */

struct expected {
    struct console *console;
    const char *device;
    int count;
    const char *text[PATTERNS_MAX];
    size_t len[PATTERNS_MAX];
};

/* A text, or a table of texts, at stack index 3. They stay on the stack. */
static void read_patterns(lua_State *L, struct expected *e)
{
    e->count = lua_istable(L, 3) ? (int)luaL_len(L, 3) : 1;
    luaL_argcheck(L, e->count >= 1 && e->count <= PATTERNS_MAX, 3, "1 to 16 texts are needed");
    luaL_checkstack(L, 2 * e->count + 20, NULL);
    for (int i = 0; i < e->count; i++) {
        if (lua_istable(L, 3)) {
            lua_geti(L, 3, i + 1);
        } else {
            lua_pushvalue(L, 3);
        }
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 3, "a text is needed");
        e->text[i] = lua_tolstring(L, -1, &e->len[i]);
        luaL_argcheck(L, e->len[i], 3, "the text is empty");
    }
}

/* The pattern that is complete first in what no expect has used yet. Uses it up, and pushes what was used; or -1. */
static int take(lua_State *L, struct expected *e)
{
    struct console *c = e->console;
    const char *from = c->text + c->matched, *end = NULL;
    int which = -1;
    for (int i = 0; c->text && i < e->count; i++) {
        const char *at = memmem(from, c->len - c->matched, e->text[i], e->len[i]);
        if (at && (!end || at + e->len[i] < end)) {
            end = at + e->len[i];
            which = i;
        }
    }
    if (which >= 0) {
        lua_pushlstring(L, from, end - from);
        c->matched = end - c->text;
    }
    return which;
}

static void watch_text(lua_State *L, struct board_run *b, struct watch_set *set, const char *device, const char *text, size_t len)
{
    char *word = word_escape(text, len);
    lua_pushstring(L, word);
    free(word);
    run_command(L, b, "watch %u console %s %s", b->next_id++, device, lua_tostring(L, -1));
    lua_pop(L, 1);
    set->count++;
}

/* The board matches output from now on. A text that the console has begun already is watched for by its rest. */
static void watch_patterns(lua_State *L, struct board_run *b, const struct expected *e, struct watch_set *set)
{
    const struct console *c = e->console;
    *set = (struct watch_set){ .first = b->next_id };
    for (int i = 0; i < e->count; i++) {
        watch_text(L, b, set, e->device, e->text[i], e->len[i]);
        size_t unused = c->len - c->matched;
        for (size_t begun = unused < e->len[i] ? unused : e->len[i] - 1; begun > 0; begun--) {
            if (!memcmp(c->text + c->len - begun, e->text[i], begun)) {
                watch_text(L, b, set, e->device, e->text[i] + begun, e->len[i] - begun);
            }
        }
    }
}

static void not_seen(lua_State *L, struct board_run *b, const char *vm, const struct expected *e)
{
    const struct console *c = e->console;
    size_t from = c->len > TAIL ? c->len - TAIL : 0;
    while (from && from < c->len && c->text[from - 1] != '\n') {
        from++;
    }
    lua_pushlstring(L, c->text ? c->text + from : "", c->len - from);
    luaL_error(L, "board '%s': '%s' has not said \"%s\"%s by %f s of its time; its last words:\n%s", b->name, vm, e->text[0],
               e->count > 1 ? " (or the others)" : "", b->time_ps / 1e12, lua_tostring(L, -1));
}

/* b:expect(VM, TEXT | {TEXT…}, {within="20s"}): runs until the console says it; returns what the console has said since the
 * last expect, up to and with it, and which of the texts it was */
static int expect(lua_State *L)
{
    struct board_run *b = api_self(L);
    const char *vm = luaL_checkstring(L, 2);
    int device = console_of(L, b, vm), which;
    struct expected e = { .console = &b->consoles[device], .device = b->system->devices[device].name };
    struct watch_set set;
    uint64_t deadline = b->time_ps + api_within(L, 4, "20s");
    char what[160];

    read_patterns(L, &e);
    snprintf(what, sizeof what, "%s says \"%.80s\"", vm, e.text[0]);
    for (char *p = what; *p; p++) {
        *p = *p == '\n' || *p == '\r' ? ' ' : *p;
    }
    while ((which = take(L, &e)) < 0) {
        watch_patterns(L, b, &e, &set);
        if (watch_run(L, b, &set, deadline, what) < 0 && (which = take(L, &e)) < 0) {
            not_seen(L, b, vm, &e);
        } else if (which >= 0) {
            break;
        }
    }
    lua_pushinteger(L, which + 1);
    return 2;
}

/* b:send(VM, TEXT): console input at this instant */
static int send_text(lua_State *L)
{
    struct board_run *b = api_self(L);
    size_t len;
    int device = console_of(L, b, luaL_checkstring(L, 2));
    const char *text = luaL_checklstring(L, 3, &len);
    char *word = word_escape(text, len);
    lua_pushstring(L, word);
    free(word);
    run_command(L, b, "send %s %s", b->system->devices[device].name, lua_tostring(L, -1));
    return 0;
}

/* b:run_for("10ms") */
static int run_for(lua_State *L)
{
    struct board_run *b = api_self(L);
    struct watch_set set = { 0 };
    uint64_t ps = api_duration(L, 2);
    char what[64];
    if (!ps) {
        return 0;
    }
    snprintf(what, sizeof what, "%.6f s", (b->time_ps + ps) / 1e12);
    watch_run(L, b, &set, b->time_ps + ps, what);
    return 0;
}

/* kind: "probe", or "trace" and a kind of crossing */
static int run_until(lua_State *L, const char *kind, const char *subject, lua_Integer n, uint64_t within)
{
    struct board_run *b = api_self(L);
    struct watch_set set = { .first = b->next_id++, .count = 1 };
    char what[160];
    snprintf(what, sizeof what, "%s %s, %lld of them", kind, subject, (long long)n);
    run_command(L, b, "watch %u %s %s %lld", set.first, kind, subject, (long long)n);
    if (watch_run(L, b, &set, b->time_ps + within, what) < 0) {
        luaL_error(L, "board '%s': %s %s came less than %I times by %f s of its time", b->name, kind, subject, n, b->time_ps / 1e12);
    }
    return 0;
}

/* b:run_until_trace("dma-write", "dmaq0", N, {within=}): right after the Nth crossing from now */
static int run_until_trace(lua_State *L)
{
    uint64_t within = api_within(L, 5, "20s");
    const char *kind = lua_pushfstring(L, "trace %s", luaL_checkstring(L, 2));
    return run_until(L, kind, luaL_checkstring(L, 3), luaL_optinteger(L, 4, 1), within);
}

/* b:run_until_probe(NAME, N, {within=}): right before the Nth hit from now */
static int run_until_probe(lua_State *L)
{
    uint64_t within = api_within(L, 4, "20s");
    return run_until(L, "probe", luaL_checkstring(L, 2), luaL_optinteger(L, 3, 1), within);
}

const luaL_Reg api_wait_methods[] = {
    { "expect", expect }, { "send", send_text }, { "run_for", run_for },
    { "run_until_trace", run_until_trace }, { "run_until_probe", run_until_probe }, { NULL, NULL } };
