/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: traces: comparison and interrupt latency
 */
#include <string.h>

#include "internal.h"
#include "traces/compare.h"
#include "traces/latency.h"

/* A trace stays loaded until Lua collects it: an error on the way leaks nothing. */
#define TRACE "ingot.trace"

static int unload(lua_State *L)
{
    struct trace **t = luaL_checkudata(L, 1, TRACE);
    if (*t) {
        trace_unload(*t);
    }
    *t = NULL;
    return 0;
}

static struct trace *load(lua_State *L, const char *path)
{
    char err[ENGINE_ERR];
    struct trace **t = lua_newuserdatauv(L, sizeof *t, 0);
    *t = NULL;
    luaL_setmetatable(L, TRACE);
    *t = trace_load(path, err, sizeof err);
    if (!*t) {
        luaL_error(L, "%s", err);
    }
    return *t;
}

/* A path, or a table of paths: a run up to its checkpoint, and what followed. */
static void side(lua_State *L, int index, struct compare_side *s)
{
    lua_Integer count = lua_istable(L, index) ? luaL_len(L, index) : 1;
    luaL_argcheck(L, count >= 1 && count <= COMPARE_PARTS_MAX, index, "a trace, or a table of 1 to 256 traces, is needed");
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_istable(L, index)) {
            lua_geti(L, index, i);
        } else {
            lua_pushvalue(L, index);
        }
        compare_add(s, load(L, luaL_checkstring(L, -1)), 0, SIZE_MAX);
    }
}

/* trace.compare(A, B): true and the number of records, or false after printing the first difference. A, B: a path, or a
 * table of paths, one run after the other */
static int trace_compare(lua_State *L)
{
    struct compare_side a = { .label = "first" }, b = { .label = "second" };
    lua_settop(L, 2);
    luaL_checkstack(L, 4 * COMPARE_PARTS_MAX, NULL);
    side(L, 1, &a);
    side(L, 2, &b);
    compare_align(&a, &b);
    struct compare_report report = compare(&a, &b);
    if (report.result != COMPARE_EQUAL) {
        compare_print(stdout, &a, &b, &report, 3);
        fflush(stdout);
    }
    lua_pushboolean(L, report.result == COMPARE_EQUAL);
    lua_pushinteger(L, report.index);
    return 2;
}

static void set(lua_State *L, const char *name, uint64_t v)
{
    lua_pushinteger(L, v);
    lua_setfield(L, -2, name);
}

/* trace.latency{trace=, device=, handler=, el2_vector=, lr=, guest_vector=, eoi=, ack=OFFSET, title=}: prints the table, and
 * returns { count=, raises=, min_ns=, median_ns=, p99_ns=, max_ns= } of the whole path */
static int trace_latency(lua_State *L)
{
    char err[ENGINE_ERR];
    struct latency_report report;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    api_known(L, 1, "trace device handler el2_vector lr guest_vector eoi ack title");
    struct latency_query q = {
        .device = api_field(L, 1, "device", NULL), .el2_vector = api_field(L, 1, "el2_vector", NULL),
        .lr = api_field(L, 1, "lr", NULL), .guest_vector = api_field(L, 1, "guest_vector", NULL),
        .handler = api_field(L, 1, "handler", NULL), .eoi = api_field(L, 1, "eoi", NULL) };
    q.ack_offset = lua_getfield(L, 1, "ack") == LUA_TNIL ? LATENCY_NO_ACK : (uint64_t)luaL_checkinteger(L, -1);
    const char *path = api_field(L, 1, "trace", NULL), *title = api_field(L, 1, "title", NULL);
    luaL_argcheck(L, path && q.device && q.handler, 1, "trace=, device= and handler= are needed");
    struct trace *t = load(L, path);
    if (latency_analyse(t, &q, &report, err, sizeof err) < 0) {
        latency_free(&report);
        luaL_error(L, "%s: %s", path, err);
    }
    if (title) {
        printf("\n%s\n", title);
    }
    latency_print(stdout, &report);
    fflush(stdout);
    lua_createtable(L, 0, 6);
    set(L, "count", report.count);
    set(L, "raises", report.raises);
    set(L, "min_ns", report.total_ps.min / 1000);
    set(L, "median_ns", report.total_ps.median / 1000);
    set(L, "p99_ns", report.total_ps.p99 / 1000);
    set(L, "max_ns", report.total_ps.max / 1000);
    latency_free(&report);
    return 1;
}

/* trace.records(PATH): for record in it: time (ps), insn, core (nil: none), kind, id, name (of its device or probe), size, addr, value, aux, result. Values of
 * one's own choosing over thousands of records: what compare and latency do not answer. */
#define CURSOR "ingot.trace.cursor"

static const char *const kinds[TRACE_KINDS] = {
    [TRACE_NAME] = "name", [TRACE_READ] = "read", [TRACE_WRITE] = "write", [TRACE_IRQ] = "irq", [TRACE_DMA_READ] = "dma-read",
    [TRACE_DMA_WRITE] = "dma-write", [TRACE_CONSOLE] = "console", [TRACE_PROBE] = "probe", [TRACE_NOTE] = "note", [TRACE_STEP] = "step",
    [TRACE_CUT] = "cut" };

static int free_cursor(lua_State *L)
{
    struct trace_cursor **c = luaL_checkudata(L, 1, CURSOR);
    trace_cursor_free(*c);
    *c = NULL;
    return 0;
}

static int next_record(lua_State *L)
{
    struct trace *t = *(struct trace **)lua_touserdata(L, lua_upvalueindex(1));
    struct trace_cursor *c = *(struct trace_cursor **)lua_touserdata(L, lua_upvalueindex(2));
    struct trace_item item;
    int got = trace_next(c, &item);
    if (got < 0) {
        return luaL_error(L, "%s", trace_cursor_error(c));
    }
    if (!got) {
        return 0;
    }
    const struct trace_record *r = &item.r;
    const char *name = trace_find_name(t, r->kind == TRACE_PROBE ? TRACE_NAME_PROBE : TRACE_NAME_DEVICE, r->id);
    lua_createtable(L, 0, 11);
    set(L, "time", r->time_ps);
    set(L, "insn", r->insn);
    set(L, "id", r->id);
    set(L, "size", r->size);
    set(L, "addr", r->addr);
    set(L, "value", r->value);
    set(L, "aux", r->aux);
    set(L, "result", trace_result(r));
    if (r->core != TRACE_NO_CORE) {
        set(L, "core", r->core);
    }
    lua_pushstring(L, r->kind < TRACE_KINDS && kinds[r->kind] ? kinds[r->kind] : "other");
    lua_setfield(L, -2, "kind");
    if (name && r->kind != TRACE_STEP) {
        lua_pushstring(L, name);
        lua_setfield(L, -2, "name");
    }
    return 1;
}

static int trace_records(lua_State *L)
{
    struct trace *t = load(L, luaL_checkstring(L, 1));
    struct trace_cursor **c = lua_newuserdatauv(L, sizeof *c, 0);
    *c = NULL;
    luaL_setmetatable(L, CURSOR);
    *c = trace_cursor_new(t);
    if (!*c) {
        return luaL_error(L, "out of memory: free some");
    }
    lua_pushcclosure(L, next_record, 2);
    return 1;
}

void api_trace_open(lua_State *L)
{
    static const luaL_Reg functions[] = { { "compare", trace_compare }, { "latency", trace_latency }, { "records", trace_records }, { NULL, NULL } };
    luaL_newmetatable(L, TRACE);
    lua_pushcfunction(L, unload);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newmetatable(L, CURSOR);
    lua_pushcfunction(L, free_cursor);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_setglobal(L, "trace");
}
