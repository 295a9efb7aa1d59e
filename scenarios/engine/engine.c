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
    if (engine.options.clone) {
        size_t used = strlen(engine.scenario);
        snprintf(engine.scenario + used, sizeof engine.scenario - used, "-%u", engine.options.clone);
    }
}

static void open_api(lua_State *L)
{
    luaL_openlibs(L);
    lua_register(L, "check", check);
    lua_register(L, "log", say);
    if (engine.options.clone) {
        lua_pushinteger(L, engine.options.clone);
        lua_setglobal(L, "clone");
    }
    api_board_open(L);
    api_trace_open(L);
    lua_sethook(L, look, LUA_MASKCOUNT, HOOK_EVERY);
}

static int play(lua_State *L)
{
    open_api(L);
    if (luaL_loadfile(L, lua_touserdata(L, 1)) != LUA_OK) {
        return lua_error(L);
    }
    lua_call(L, 0, 0);
    return 0;
}

int engine_begin(const char *scenario, lua_CFunction work, const void *argument, const struct engine_options *o)
{
    lua_State *L = luaL_newstate();
    int status = 0;
    char *error = NULL;

    engine.options = *o;
    name_of(scenario);
    lua_pushcfunction(L, work);
    lua_pushlightuserdata(L, (void *)argument);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        status = 1;
        if (!control_interrupted()) {
            error = strdup(luaL_tolstring(L, -1, NULL));
        }
    }
    lua_sethook(L, NULL, 0, 0);
    lua_close(L);       /* ends the boards that are left */
    if (engine.host) {
        host_close(engine.host);
        engine.host = NULL;
    }
    bool departed = stand_in_finish();          /* before anything is kept: it is a failure, too */
    last_finish(status || departed || control_interrupted());
    if (error) {
        fprintf(stderr, "ingot: %s\n", error);     /* the last word is why */
        free(error);
    }
    if (record_finish() || departed) {
        status = 1;
    }
    if (control_interrupted()) {
        fprintf(stderr, "ingot: interrupted: the boards are stopped\n");
        status = 128 + control_interrupted();
    }
    return status;
}

int engine_run(const char *scenario, const struct engine_options *o) { return engine_begin(scenario, play, scenario, o); }

const char *engine_folder(const char *what, const char *checkpoint, char folder[128])
{
    snprintf(folder, 128, "%s-%.80s", what, engine_name_is_plain(checkpoint) ? checkpoint : "");
    return folder;
}

static int prepare_clones(lua_State *L)
{
    char base[ENGINE_PATH];
    struct manifest m;
    open_api(L);
    struct board_run *b = api_new_board(L);
    checkpoint_clone(L, b, lua_touserdata(L, 1), "template", &m, base);
    return 0;
}

int engine_prepare_clones(const char *checkpoint, const struct engine_options *o) 
{
    char folder[128];
    return engine_begin(engine_folder("clones", checkpoint, folder), prepare_clones, checkpoint, o);
}

/* What a person asks for on the command line is a scenario, too. */
static const char *const saving =
    "local name, system, after, console, text = ...\n"
    "local b = board.start { system = system, name = name }\n"
    "if after then b:run_for(after) end\n"
    "if console then b:expect(console, text, { within = '1000000s' }) end\n"
    "local at = b:time()\n"
    "b:checkpoint(name)\n"
    "log(('checkpoint %s of %s, at %.6f s'):format(name, system, at / 1e12))\n";
static const char *const restoring =
    "local name, _, after, console, text = ...\n"
    "local b = board.restore(name)\n"
    "log(('%s goes on at %.6f s'):format(name, b:time() / 1e12))\n"
    "if after then b:run_for(after) end\n"
    "if console then b:expect(console, text, { within = '1000000s' }) end\n"
    "if not after and not console then b:run_for('1000000s') end\n"
    "log(('%.6f s'):format(b:time() / 1e12))\n";

struct request {
    const char *program, *name, *system, *after, *console, *text;
};

static int carry_out(lua_State *L)
{
    const struct request *r = lua_touserdata(L, 1);
    open_api(L);
    if (luaL_loadbufferx(L, r->program, strlen(r->program), "=ingot checkpoint", "t") != LUA_OK) {
        return lua_error(L);
    }
    for (const char *const words[] = { r->name, r->system, r->after, r->console, r->text }, *const *w = words; w < words + 5; w++) {
        lua_pushstring(L, *w);      /* NULL: nil */
    }
    lua_call(L, 5, 0);
    return 0;
}

int engine_save_checkpoint(const char *checkpoint, const char *system, const char *after, const char *console, const char *text,
                           const struct engine_options *o)
{
    struct request r = { saving, checkpoint, system, after, console, text };
    char folder[128];
    return engine_begin(engine_folder("checkpoint", checkpoint, folder), carry_out, &r, o);
}

int engine_restore_checkpoint(const char *checkpoint, const char *after, const char *console, const char *text, const struct engine_options *o)
{
    struct request r = { restoring, checkpoint, NULL, after, console, text };
    char folder[128];
    return engine_begin(engine_folder("checkpoint", checkpoint, folder), carry_out, &r, o);
}

/* The scenario of ingot gdb. */
static int debug(lua_State *L)
{
    const char *system = lua_touserdata(L, 1);
    luaL_openlibs(L);
    api_board_open(L);
    lua_getglobal(L, "board");
    if (engine.options.from) {
        lua_getfield(L, -1, "from");
        lua_call(L, 0, 1);
    } else {
        lua_getfield(L, -1, "start");
        lua_createtable(L, 0, 1);
        lua_pushstring(L, system);
        lua_setfield(L, -2, "system");
        lua_call(L, 1, 1);
    }
    debug_board(L, luaL_checkudata(L, -1, API_BOARD), 0);
    return 0;
}

int engine_gdb(const char *system, const struct engine_options *o) { return engine_begin("gdb", debug, system, o); }
