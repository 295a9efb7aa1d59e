/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario engine: a Lua state with the API, and the end of all boards on every way out
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define HOOK_EVERY 100000       /* Lua instructions between looks at an interruption */

struct engine engine;

/* check(CONDITION, MESSAGE): an error with the scenario's line if it does not hold; else CONDITION */
static int check(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_toboolean(L, 1)) {
        return luaL_error(L, "check failed: %s", luaL_optstring(L, 2, "it does not hold"));
    }
    lua_settop(L, 1);
    return 1;
}

/* log(TEXT): a line of the scenario's own */
static int say(lua_State *L)
{
    printf(engine.options.color ? "\033[1m==> %s\033[0m\n" : "==> %s\n", luaL_checkstring(L, 1));
    fflush(stdout);
    return 0;
}

static void look(lua_State *L, lua_Debug *where)
{
    (void)where;
    if (control_interrupted()) {
        lua_sethook(L, look, LUA_MASKCOUNT, 1);     /* a pcall of the scenario ends nothing but itself */
        luaL_error(L, "interrupted");
    }
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

static int play(lua_State *L)
{
    luaL_openlibs(L);
    lua_register(L, "check", check);
    lua_register(L, "log", say);
    api_board_open(L);
    api_trace_open(L);
    lua_sethook(L, look, LUA_MASKCOUNT, HOOK_EVERY);
    if (luaL_loadfile(L, lua_touserdata(L, 1)) != LUA_OK) {
        return lua_error(L);
    }
    lua_call(L, 0, 0);
    return 0;
}

int engine_run(const char *scenario, const struct engine_options *o)
{
    lua_State *L = luaL_newstate();
    int status = 0;

    engine.options = *o;
    name_of(scenario);
    lua_pushcfunction(L, play);
    lua_pushlightuserdata(L, (void *)scenario);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        status = 1;
        if (!control_interrupted()) {
            fprintf(stderr, "ingot: %s\n", luaL_tolstring(L, -1, NULL));
        }
    }
    lua_sethook(L, NULL, 0, 0);
    lua_close(L);       /* ends the boards that are left */
    if (engine.host) {
        host_close(engine.host);
        engine.host = NULL;
    }
    if (control_interrupted()) {
        fprintf(stderr, "ingot: interrupted: the boards are stopped\n");
        status = 128 + control_interrupted();
    }
    return status;
}
