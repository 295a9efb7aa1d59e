/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario engine: a Lua state with the API, and the end of all boards on every way out
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

struct engine engine;

/* check(CONDITION, MESSAGE…): an error with the scenario's line if it does not hold */
static int check(lua_State *L)
{
    if (!lua_toboolean(L, 1)) {
        return luaL_error(L, "check failed: %s", luaL_optstring(L, 2, "(no message)"));
    }
    return 0;
}

/* log(TEXT): a line of the scenario's own */
static int say(lua_State *L)
{
    printf("%10s> %s\n", "scenario", luaL_checkstring(L, 1));
    fflush(stdout);
    return 0;
}

static void name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(engine.scenario, sizeof engine.scenario, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(engine.scenario, '.');
    if (dot && !strcmp(dot, ".lua")) {
        *dot = 0;
    }
}

int engine_run(const char *scenario, const struct engine_options *o)
{
    lua_State *L = luaL_newstate();
    int status = 0;

    engine.options = *o;
    name_of(scenario);
    luaL_openlibs(L);
    lua_register(L, "check", check);
    lua_register(L, "log", say);
    lua_board_open(L);
    lua_trace_open(L);
    if (luaL_loadfile(L, scenario) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK) {
        if (control_interrupted) {
            fprintf(stderr, "ingot: interrupted; the boards are stopped\n");
            status = 130;
        } else {
            fprintf(stderr, "%s\n", lua_tostring(L, -1));
            status = 1;
        }
    }
    lua_close(L);       /* ends the boards that are left */
    if (engine.host) {
        host_close(engine.host);
        engine.host = NULL;
    }
    return status;
}
