/* SPDX-License-Identifier: GPL-2.0-or-later
 * Running a board until one of some watches matches
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

bool watch_among(const char *ids, unsigned id)
{
    for (char *p = (char *)ids; *p;) {
        char *end;
        unsigned long n = strtoul(p, &end, 10);
        if (end == p) {
            return false;
        }
        if (n == id) {
            return true;
        }
        p = end;
    }
    return false;
}

/* What a hold means that nobody watched for. */
static void stopped(lua_State *L, struct board_run *b, const char *reason)
{
    stand_in_stopped(L, b, reason);
    double s = b->time_ps / 1e12;
    if (!strcmp(reason, "idle")) {
        luaL_error(L, "board '%s' is idle at %f s: all cores wait and no event is due, so nothing can happen any more", b->name, s);
    } else if (!strcmp(reason, "poweroff")) {
        luaL_error(L, "board '%s' has switched itself off at %f s", b->name, s);
    }
    luaL_error(L, "board '%s' stopped at %f s: %s", b->name, s, reason);
}

int watch_run(lua_State *L, struct board_run *b, const struct watch_set *set, uint64_t deadline_ps, const char *what)
{
    unsigned limit = b->next_id++;
    int hit = -1;
    if (deadline_ps) {
        run_command(L, b, "watch %u time %" PRIu64, limit, deadline_ps);
    }
    step_begin("ingot: %s: running until %s", b->name, what);
    const char *reason = run_go(L, b);
    step_end();
    if (strncmp(reason, "watch ", 6)) {
        stopped(L, b, lua_pushstring(L, reason));
    }
    const char *ids = lua_pushstring(L, reason + 6);
    for (unsigned i = 0; i < set->count; i++) {
        if (!watch_among(ids, set->first + i)) {
            run_command(L, b, "unwatch %u", set->first + i);
        } else if (hit < 0) {
            hit = i;
        }
    }
    if (deadline_ps && !watch_among(ids, limit)) {
        run_command(L, b, "unwatch %u", limit);
    }
    lua_pop(L, 1);
    return hit;
}
