/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: traces: comparison and interrupt latency
 */
#include "internal.h"

#include <string.h>

#include "traces/compare.h"
#include "traces/latency.h"

static struct trace *load(lua_State *L, const char *path)
{
    char err[ENGINE_ERR];
    struct trace *t = trace_load(path, err, sizeof err);
    if (!t) {
        luaL_error(L, "%s", err);
    }
    return t;
}

/* trace.compare(WHOLE, {PART, …}): true and the number of records, or false after printing the first difference */
static int trace_compare(lua_State *L)
{
    struct compare_side whole = { .label = "uninterrupted" }, parts = { .label = "in parts" };
    struct trace *loaded[COMPARE_PARTS_MAX + 1];
    int count = 0;

    luaL_checktype(L, 2, LUA_TTABLE);
    loaded[count++] = load(L, luaL_checkstring(L, 1));
    compare_add(&whole, loaded[0], 0, SIZE_MAX);
    for (lua_Integer i = 1; i <= luaL_len(L, 2) && i <= COMPARE_PARTS_MAX; i++) {
        lua_geti(L, 2, i);
        loaded[count] = load(L, luaL_checkstring(L, -1));
        compare_add(&parts, loaded[count++], 0, SIZE_MAX);
    }
    struct compare_report report = compare(&whole, &parts);
    if (report.result != COMPARE_EQUAL) {
        compare_print(stdout, &whole, &parts, &report, 3);
    }
    while (count) {
        trace_unload(loaded[--count]);
    }
    lua_pushboolean(L, report.result == COMPARE_EQUAL);
    lua_pushinteger(L, report.index);
    return 2;
}

static const char *text(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    const char *v = lua_tostring(L, -1);
    lua_pop(L, 1);
    return v;
}

/* trace.latency{trace=, device=, ack=OFFSET, el2_vector=, lr=, guest_vector=, handler=, eoi=}: prints the table, and
 * returns the number of complete paths and the worst total in ns */
static int trace_latency(lua_State *L)
{
    char err[ENGINE_ERR];
    struct latency_report report;
    luaL_checktype(L, 1, LUA_TTABLE);
    struct latency_query q = { .device = text(L, "device"), .el2_vector = text(L, "el2_vector"), .lr = text(L, "lr"),
                               .guest_vector = text(L, "guest_vector"), .handler = text(L, "handler"), .eoi = text(L, "eoi") };
    lua_getfield(L, 1, "ack");
    q.ack_offset = lua_isnil(L, -1) ? LATENCY_NO_ACK : (uint64_t)luaL_checkinteger(L, -1);
    const char *path = text(L, "trace");
    luaL_argcheck(L, path && q.device && q.handler, 1, "trace, device and handler are needed");
    struct trace *t = load(L, path);
    int r = latency_analyse(t, &q, &report, err, sizeof err);
    if (r == 0) {
        latency_print(stdout, &report);
        fflush(stdout);
        lua_pushinteger(L, report.count);
        lua_pushinteger(L, report.total_ps.max / 1000);
    }
    latency_free(&report);
    trace_unload(t);
    return r == 0 ? 2 : luaL_error(L, "%s: %s", path, err);
}

void lua_trace_open(lua_State *L)
{
    static const luaL_Reg functions[] = { { "compare", trace_compare }, { "latency", trace_latency }, { NULL, NULL } };
    luaL_newlib(L, functions);
    lua_setglobal(L, "trace");
}
