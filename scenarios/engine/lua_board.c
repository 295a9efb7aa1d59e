/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: boards (scenarios/README.md describes it)
 */
#include "internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define BOARD "ingot.board"
#define TAIL 400        /* bytes of console shown with a failed expect */

static struct board_run *self(lua_State *L) { return luaL_checkudata(L, 1, BOARD); }

uint64_t engine_duration(lua_State *L, int index)
{
    static const struct { const char *unit; double ps; } units[] = { { "ps", 1 }, { "ns", 1e3 }, { "us", 1e6 }, { "ms", 1e9 }, { "s", 1e12 } };
    const char *text = luaL_checkstring(L, index);
    char *end;
    double v = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text && v >= 0 && !strcmp(end, units[i].unit)) {
            return v * units[i].ps + 0.5;
        }
    }
    return luaL_error(L, "'%s' is no duration: write \"10ms\", \"2.5us\", \"100ns\"", text);
}

static const char *field(lua_State *L, int table, const char *name, const char *otherwise)
{
    lua_getfield(L, table, name);
    const char *v = lua_isnil(L, -1) ? otherwise : lua_tostring(L, -1);
    lua_pop(L, 1);      /* the table keeps the string alive */
    return v;
}

static struct board_run *new_board(lua_State *L)
{
    struct board_run *b = lua_newuserdatauv(L, sizeof *b, 0);
    memset(b, 0, sizeof *b);
    b->next_id = 1;
    luaL_setmetatable(L, BOARD);
    return b;
}

/* board.start{system=, name=, devices={NAME=IMPL}}: held before its first instruction */
static int board_start(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    const char *system = field(L, 1, "system", NULL);
    luaL_argcheck(L, system, 1, "system=\"first-light\" is needed");
    const char *name = field(L, 1, "name", system);
    struct board_run *b = new_board(L);
    int board = lua_gettop(L);
    lua_getfield(L, 1, "devices");
    int devices = lua_gettop(L);
    run_prepare(L, b, system, name);
    if (lua_istable(L, devices)) {
        lua_pushnil(L);
        while (lua_next(L, devices)) {
            const char *device = luaL_checkstring(L, -2), *impl = luaL_checkstring(L, -1);
            int i = system_find_device(b->system, device);
            if (i < 0) {
                luaL_error(L, "system %s has no device '%s'; see %s", system, device, b->system->file);
            }
            if (!b->impl[i]) {
                b->impl[i] = b->impl_text[i] = strdup(impl);
            }
            lua_pop(L, 1);
        }
    }
    run_start(L, b);
    lua_settop(L, board);
    return 1;
}

/* board.restore(CHECKPOINT, {name=}): held at the checkpoint's instant, in a new process */
static int board_restore(lua_State *L)
{
    char state[ENGINE_PATH];
    const char *checkpoint = luaL_checkstring(L, 1);
    const char *name = lua_istable(L, 2) ? field(L, 2, "name", "restored") : "restored";
    struct board_run *b = new_board(L);
    int board = lua_gettop(L);
    checkpoint_open(L, b, checkpoint, name, state);
    run_restore(L, b, state);
    lua_settop(L, board);
    return 1;
}

/* Waits for watch `id` or, if `within` is not 0, until then. True: the watch matched. */
static bool wait_for(lua_State *L, struct board_run *b, unsigned id, uint64_t within)
{
    unsigned limit = b->next_id++;
    if (within) {
        run_command(L, b, "watch %u time %" PRIu64, limit, b->time_ps + within);
    }
    const char *reason = run_go(L, b);
    if (strncmp(reason, "watch ", 6)) {
        char copy[256];
        snprintf(copy, sizeof copy, "%s", reason);
        luaL_error(L, "the board stopped: %s", copy);
    }
    bool hit = false, late = false;
    for (char *p = (char *)reason + 5; *p;) {
        unsigned n = strtoul(p, &p, 10);
        hit |= n == id;
        late |= n == limit;
    }
    if (within && !late) {
        run_command(L, b, "unwatch %u", limit);
    }
    if (!hit) {
        run_command(L, b, "unwatch %u", id);
    }
    return hit;
}

static uint64_t within_of(lua_State *L, int index, const char *otherwise)
{
    lua_settop(L, index);
    if (lua_istable(L, index)) {
        lua_getfield(L, index, "within");
    } else {
        lua_pushnil(L);
    }
    if (lua_isnil(L, -1)) {
        lua_pushstring(L, otherwise);
    }
    return engine_duration(L, lua_gettop(L));
}

static void not_seen(lua_State *L, struct board_run *b, const char *vm, struct console *c, const char *text)
{
    size_t from = c->len > TAIL ? c->len - TAIL : 0;
    lua_pushlstring(L, c->text ? c->text + from : "", c->len - from);
    luaL_error(L, "'%s' has not said \"%s\" by %f s; its last words:\n%s", vm, text, b->time_ps / 1e12, lua_tostring(L, -1));
}

/* b:expect(VM, TEXT, {within="20s"}): runs until the console says TEXT; output that an earlier expect used does not count */
static int board_expect(lua_State *L)
{
    struct board_run *b = self(L);
    const char *vm = luaL_checkstring(L, 2), *text = luaL_checkstring(L, 3);
    int device = run_console_of(L, b, vm);
    struct console *c = &b->consoles[device];
    uint64_t within = within_of(L, 4, "20s");
    char *there = c->text ? strstr(c->text + c->matched, text) : NULL;
    if (!there) {
        unsigned id = b->next_id++;
        char *word = control_escape(text, strlen(text));
        lua_pushstring(L, word);
        free(word);
        run_command(L, b, "watch %u console %s %s", id, b->system->devices[device].name, lua_tostring(L, -1));
        if (!wait_for(L, b, id, within)) {
            not_seen(L, b, vm, c, text);
        }
        there = c->text ? strstr(c->text + c->matched, text) : NULL;
    }
    if (there) {
        c->matched = there + strlen(text) - c->text;
    }
    return 0;
}

/* b:send(VM, TEXT): console input at this instant */
static int board_send(lua_State *L)
{
    struct board_run *b = self(L);
    size_t len;
    int device = run_console_of(L, b, luaL_checkstring(L, 2));
    const char *text = luaL_checklstring(L, 3, &len);
    char *word = control_escape(text, len);
    lua_pushstring(L, word);
    free(word);
    run_command(L, b, "send %s %s", b->system->devices[device].name, lua_tostring(L, -1));
    return 0;
}

/* b:run_for("10ms") */
static int board_run_for(lua_State *L)
{
    struct board_run *b = self(L);
    unsigned id = b->next_id++;
    run_command(L, b, "watch %u time %" PRIu64, id, b->time_ps + engine_duration(L, 2));
    wait_for(L, b, id, 0);
    return 0;
}

/* b:run_until("dma-write", "dmaq0", N, {within=}): just behind the Nth crossing from now */
static int board_run_until(lua_State *L)
{
    struct board_run *b = self(L);
    unsigned id = b->next_id++;
    const char *kind = luaL_checkstring(L, 2), *device = luaL_checkstring(L, 3);
    lua_Integer n = luaL_optinteger(L, 4, 1);
    uint64_t within = within_of(L, 5, "20s");
    run_command(L, b, "watch %u trace %s %s %lld", id, kind, device, (long long)n);
    if (!wait_for(L, b, id, within)) {
        luaL_error(L, "%s of %s: fewer than %I by %f s", kind, device, n, b->time_ps / 1e12);
    }
    return 0;
}

static int core_of(lua_State *L, const struct board_run *b, const char *vm)
{
    int i = system_find_vm(b->system, vm);
    if (i < 0) {
        luaL_error(L, "no VM '%s' in system %s", vm, b->system->name);
    }
    return b->system->vms[i].core;
}

/* b:probe{name=, vm=, at=SYMBOL, file=ELF, base=, el=1} or {name=, vm=, kind="guest-vector"|"guest-eoi"|"lr"} */
static int board_probe(lua_State *L)
{
    struct board_run *b = self(L);
    char err[ENGINE_ERR], path[ENGINE_PATH];
    luaL_checktype(L, 2, LUA_TTABLE);
    const char *name = field(L, 2, "name", NULL), *vm = field(L, 2, "vm", NULL), *kind = field(L, 2, "kind", "pc");
    luaL_argcheck(L, name && vm, 2, "name and vm are needed");
    int core = core_of(L, b, vm);
    if (strcmp(kind, "pc")) {
        run_command(L, b, "probe %u %s %s %d", b->next_id++, name, kind, core);
        return 0;
    }
    const char *at = field(L, 2, "at", NULL), *file = field(L, 2, "file", "hypervisor"), *el = field(L, 2, "el", "1");
    uint64_t base = strtoull(field(L, 2, "base", "0"), NULL, 0), addr;
    luaL_argcheck(L, at, 2, "at=SYMBOL (or an address) is needed");
    if (!strcmp(file, "hypervisor")) {
        snprintf(path, sizeof path, "%s", b->image);
        el = field(L, 2, "el", "2");
    } else {
        snprintf(path, sizeof path, file[0] == '/' ? "%s" : "%2$s/guests/%1$s", file, engine.options.build);
    }
    if (isdigit((unsigned char)at[0])) {
        addr = strtoull(at, NULL, 0);
    } else if (symbol_find(path, at, base, &addr, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
    run_command(L, b, "probe %u %s pc %d %s 0x%" PRIx64, b->next_id++, name, core, el, addr);
    return 0;
}

/* b:checkpoint(NAME): saves all of it and ends this process */
static int board_checkpoint(lua_State *L)
{
    checkpoint_save(L, self(L), luaL_checkstring(L, 2));
    return 0;
}

static int board_time(lua_State *L)
{
    lua_pushinteger(L, self(L)->time_ps);
    return 1;
}

static int board_trace(lua_State *L)
{
    lua_pushstring(L, self(L)->trace);
    return 1;
}

/* b:console(VM): all that it has said in this process */
static int board_console(lua_State *L)
{
    struct board_run *b = self(L);
    struct console *c = &b->consoles[run_console_of(L, b, luaL_checkstring(L, 2))];
    lua_pushlstring(L, c->text ? c->text : "", c->len);
    return 1;
}

static int board_close(lua_State *L)
{
    run_end(self(L));
    return 0;
}

static int board_gc(lua_State *L)
{
    struct board_run *b = self(L);
    run_end(b);
    for (size_t i = 0; i < SYSTEM_DEVICES_MAX; i++) {
        free(b->consoles[i].text);
        free(b->impl_text[i]);
    }
    system_free(b->system);
    b->system = NULL;
    return 0;
}

void lua_board_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        { "expect", board_expect }, { "send", board_send }, { "run_for", board_run_for }, { "run_until", board_run_until },
        { "probe", board_probe }, { "checkpoint", board_checkpoint }, { "time", board_time }, { "trace", board_trace },
        { "console", board_console }, { "close", board_close }, { NULL, NULL } };
    static const luaL_Reg functions[] = { { "start", board_start }, { "restore", board_restore }, { NULL, NULL } };

    luaL_newmetatable(L, BOARD);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, board_gc);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, board_close);
    lua_setfield(L, -2, "__close");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    lua_setglobal(L, "board");
}
