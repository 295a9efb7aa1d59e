/* SPDX-License-Identifier: GPL-2.0-or-later
 * A replay's trace against the recorded one: the same records, up to where the replay went
 */
#include <string.h>

#include "replay.h"
#include "traces/compare.h"

#define CONTEXT 3

static struct trace *load(lua_State *L, const char *path)
{
    char err[ENGINE_ERR];
    struct trace *t = trace_load(path, err, sizeof err);
    if (!t) {
        luaL_error(L, "%s", err);
    }
    return t;
}

/* How many records from `first` on lie before until_ps (not at it). */
static size_t count_before(const struct trace *t, size_t first, uint64_t until_ps)
{
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    size_t n = first;
    if (!c) {
        return 0;
    }
    trace_seek(c, first);
    while (trace_next(c, &item) > 0 && item.r.time_ps < until_ps) {
        n = item.index + 1;
    }
    trace_cursor_free(c);
    return n - first;
}

size_t replay_compare(lua_State *L, const struct replay *p, const struct board_run *b, uint64_t until_ps)
{
    char path[ENGINE_PATH + 16];
    struct compare_side a = { .label = "recorded" }, now = { .label = "replayed" };
    snprintf(path, sizeof path, "%s/trace", p->dir);
    struct trace *then = load(L, path), *again = load(L, b->trace);
    size_t first = compare_before(then, again), left = then->count - first;
    size_t least = count_before(then, first, until_ps), count = again->count < left ? again->count : left;
    if (p->cut && until_ps >= p->end_ps) {
        compare_add(&a, then, first, count);        /* where it was cut off inside of an instant is wall time's choice */
        compare_add(&now, again, 0, count);
    } else {
        compare_add(&a, then, first, until_ps == REPLAY_END ? left : count > least ? count : least);
        compare_add(&now, again, 0, SIZE_MAX);
    }
    struct compare_report report = compare(&a, &now);
    if (report.result != COMPARE_EQUAL) {
        compare_print(stdout, &a, &now, &report, CONTEXT);
        fflush(stdout);
    }
    trace_unload(then);
    trace_unload(again);
    if (report.result != COMPARE_EQUAL) {
        luaL_error(L, "the replay of '%s', board '%s', is not what was recorded (above)%s", p->recording, p->board, replay_why(p));
    }
    return report.index;
}
