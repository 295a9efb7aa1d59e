/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: boards (scenarios/README.md describes it)
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "platform/board/system_internal.h"
#include "words.h"

struct board_run *api_self(lua_State *L) { return luaL_checkudata(L, 1, API_BOARD); }

const char *api_field(lua_State *L, int table, const char *name, const char *otherwise)
{
    int type = lua_getfield(L, table, name);
    if (type != LUA_TNIL && type != LUA_TSTRING) {
        luaL_error(L, "%s= must be a text in quotes", name);
    }
    const char *v = type == LUA_TNIL ? otherwise : lua_tostring(L, -1);
    lua_pop(L, 1);
    return v;
}

void api_known(lua_State *L, int table, const char *words)
{
    lua_pushnil(L);
    while (lua_next(L, table)) {
        char padded[512], word[128];
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "1";
        snprintf(padded, sizeof padded, " %s ", words);
        snprintf(word, sizeof word, " %s ", key);
        if (!strstr(padded, word)) {
            luaL_error(L, "unknown option '%s'%s: there are: %s", key, engine_nearest(key, words), words);
        }
        lua_pop(L, 1);
    }
}

uint64_t api_duration(lua_State *L, int index)
{
    uint64_t ps;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : NULL;
    if (!text || !word_duration(text, &ps)) {
        luaL_error(L, "'%s' is no duration: write for example \"20s\", \"10ms\", \"2.5us\", \"100ns\"", luaL_tolstring(L, index, NULL));
    }
    return ps;
}

uint64_t api_within(lua_State *L, int index, const char *otherwise)
{
    lua_settop(L, index);
    if (lua_isnil(L, index)) {
        lua_pushstring(L, otherwise);
        return api_duration(L, index + 1);
    }
    luaL_checktype(L, index, LUA_TTABLE);
    api_known(L, index, "within");
    lua_pushstring(L, api_field(L, index, "within", otherwise));
    return api_duration(L, index + 1);
}

struct board_run *api_new_board(lua_State *L)
{
    struct board_run *b = lua_newuserdatauv(L, sizeof *b, 0);
    memset(b, 0, sizeof *b);
    b->next_id = 1;
    luaL_setmetatable(L, API_BOARD);
    return b;
}

static void choose_devices(lua_State *L, struct board_run *b, int devices)
{
    if (lua_isnil(L, devices)) {
        return;
    }
    luaL_argcheck(L, lua_istable(L, devices), 1, "devices= must be a table, for example { dmaq0 = \"rtl\" }");
    lua_pushnil(L);
    while (lua_next(L, devices)) {
        luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING, 1,
                      "devices= must be names and implementations, for example { dmaq0 = \"rtl\" }");
        image_choose(L, b, lua_tostring(L, -2), lua_tostring(L, -1), "devices=");
        lua_pop(L, 1);
    }
}

static void override_devices(lua_State *L, struct board_run *b)
{
    for (const char *const *o = engine.options.overrides; *o; o++) {
        lua_pushlstring(L, *o, strcspn(*o, "="));
        image_choose(L, b, lua_tostring(L, -1), strchr(*o, '=') + 1, "--device");
        lua_pop(L, 1);
    }
}

/* A system's name, or its file's, without folder and ending. */
static const char *plain_name(lua_State *L, const char *system)
{
    const char *slash = strrchr(system, '/'), *name = slash ? slash + 1 : system, *end = strstr(name, ".xml");
    return lua_pushlstring(L, name, end ? (size_t)(end - name) : strlen(name));
}

/* board.start{system=, name=, devices={NAME=IMPL}}: held before its first instruction */
static int board_start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    api_known(L, 1, "system name devices");
    const char *system = api_field(L, 1, "system", NULL);
    luaL_argcheck(L, system, 1, "system=\"first-light\" is needed");
    lua_getfield(L, 1, "devices");
    struct board_run *b = api_new_board(L);
    run_prepare(L, b, system, api_field(L, 1, "name", plain_name(L, system)));
    choose_devices(L, b, 2);
    override_devices(L, b);
    run_start(L, b);
    api_waves_start(L, b, false);
    lua_settop(L, 3);       /* the options, devices=, the board */
    return 1;
}

static const char *name_option(lua_State *L, int table, const char *otherwise)
{
    if (lua_isnil(L, table)) {
        return otherwise;
    }
    luaL_checktype(L, table, LUA_TTABLE);
    api_known(L, table, "name");
    return api_field(L, table, "name", otherwise);
}

/* board.restore(CHECKPOINT, {name=}): held at the checkpoint's instant, in a new process */
static int board_restore(lua_State *L)
{
    char state[ENGINE_PATH];
    struct manifest m;
    const char *checkpoint = luaL_checkstring(L, 1);
    lua_settop(L, 2);
    const char *name = name_option(L, 2, "restored");
    struct board_run *b = api_new_board(L);
    checkpoint_open(L, b, checkpoint, name, &m, state);
    run_restore(L, b, state);
    for (size_t i = 0; i < m.probe_count; i++) {
        api_probe_add(L, b, m.probes[i]);
    }
    api_waves_start(L, b, false);
    lua_settop(L, 3);
    return 1;
}

/* A clone of a checkpoint, with its probes. */
static int start_clone(lua_State *L, const char *checkpoint, const char *name)
{
    char base[ENGINE_PATH];
    struct manifest m;
    struct board_run *b = api_new_board(L);
    checkpoint_clone(L, b, checkpoint, name, &m, base);
    run_clone(L, b, base);
    for (size_t i = 0; i < m.probe_count; i++) {
        api_probe_add(L, b, m.probes[i]);
    }
    api_waves_start(L, b, false);
    return 1;
}

/* board.clone(CHECKPOINT, {name=}): as restore, but the memory is shared, copy on write */
static int board_clone(lua_State *L)
{
    const char *checkpoint = luaL_checkstring(L, 1);
    lua_settop(L, 2);
    return start_clone(L, checkpoint, name_option(L, 2, "clone"));
}

/* board.from({name=}): the checkpoint of --from or of ingot clone, or nil if the scenario was run without */
static int board_from(lua_State *L)
{
    lua_settop(L, 1);
    const char *name = name_option(L, 1, engine.options.clone ? "clone" : "restored");
    if (!engine.options.from) {
        lua_pushnil(L);
        return 1;
    }
    if (engine.options.clone) {
        return start_clone(L, engine.options.from, name);
    }
    lua_settop(L, 0);
    lua_pushstring(L, engine.options.from);
    lua_createtable(L, 0, 1);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
    return board_restore(L);
}

/* b:checkpoint(NAME): saves all of it and ends this process */
static int board_checkpoint(lua_State *L)
{
    checkpoint_save(L, api_self(L), luaL_checkstring(L, 2));
    return 0;
}

/* b:time(): picoseconds since power-on */
static int board_time(lua_State *L)
{
    lua_pushinteger(L, api_self(L)->time_ps);
    return 1;
}

/* b:cores(): instructions that each core has executed */
static int board_cores(lua_State *L)
{
    const char *words = run_command(L, api_self(L), "cores");
    char *p;
    unsigned long n = strtoul(words, &p, 10);
    lua_createtable(L, n, 0);
    for (unsigned long i = 1; i <= n; i++) {
        lua_pushinteger(L, strtoull(p, &p, 10));
        lua_seti(L, -2, i);
    }
    return 1;
}

static int board_name(lua_State *L)
{
    lua_pushstring(L, api_self(L)->name);
    return 1;
}

/* b:trace(): the file with all of its trace */
static int board_trace(lua_State *L)
{
    last_whole(L, api_self(L));
    lua_pushstring(L, api_self(L)->trace);
    return 1;
}

/* b:keep_trace([FILE]): a file with its last seconds, as they are now */
static int board_keep_trace(lua_State *L)
{
    lua_pushstring(L, last_keep(L, api_self(L), luaL_optstring(L, 2, NULL)));
    return 1;
}

/* b:console(VM): all that it has said in this process */
static int board_console(lua_State *L)
{
    struct board_run *b = api_self(L);
    struct console *c = &b->consoles[console_of(L, b, luaL_checkstring(L, 2))];
    lua_pushlstring(L, c->text ? c->text : "", c->len);
    return 1;
}

/* b:pid(): of a clone's process, to look at its memory; nil: libvirt has it */
static int board_pid(lua_State *L)
{
    struct board_run *b = api_self(L);
    if (b->clone) {
        lua_pushinteger(L, b->clone);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int board_close(lua_State *L)
{
    run_end(api_self(L));
    return 0;
}

static int board_gc(lua_State *L)
{
    run_free(api_self(L));
    return 0;
}

static int board_tostring(lua_State *L)
{
    struct board_run *b = api_self(L);
    lua_pushfstring(L, "board '%s' (%s)", b->name, b->live ? "running" : "ended");
    return 1;
}

void api_board_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        { "checkpoint", board_checkpoint }, { "time", board_time }, { "cores", board_cores }, { "name", board_name },
        { "trace", board_trace }, { "keep_trace", board_keep_trace }, { "console", board_console }, { "pid", board_pid }, { "close", board_close }, { NULL, NULL } };
    static const luaL_Reg meta[] = { { "__gc", board_gc }, { "__close", board_close }, { "__tostring", board_tostring }, { NULL, NULL } };
    static const luaL_Reg functions[] = { { "start", board_start }, { "restore", board_restore }, { "clone", board_clone }, { "from", board_from }, { NULL, NULL } };

    luaL_newmetatable(L, API_BOARD);
    luaL_setfuncs(L, meta, 0);
    luaL_newlib(L, methods);
    luaL_setfuncs(L, api_wait_methods, 0);
    luaL_setfuncs(L, api_probe_methods, 0);
    luaL_setfuncs(L, api_waves_methods, 0);
    luaL_setfuncs(L, api_debug_methods, 0);
    luaL_setfuncs(L, api_interact_methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_setglobal(L, "board");
}
