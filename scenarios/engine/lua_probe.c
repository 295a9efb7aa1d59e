/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario API: probes
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "symbols.h"

/* vm= names its core, core= is a number; neither: any core. */
static const char *core_of(lua_State *L, const struct board_run *b, const char *vm)
{
    char words[1024] = "";
    if (lua_getfield(L, 2, "core") != LUA_TNIL) {
        lua_Integer core = luaL_checkinteger(L, -1);
        luaL_argcheck(L, !vm && core >= 0 && core < b->system->cores, 2, "core= must be one of the board's, without vm=");
        return lua_pushfstring(L, "%I", core);
    }
    if (!vm) {
        return "*";
    }
    int i = system_find_vm(b->system, vm);
    for (size_t v = 0; i < 0 && v < b->system->vm_count; v++) {
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s%s", v ? " " : "", b->system->vms[v].name);
    }
    if (i < 0) {
        luaL_error(L, "system %s has no VM '%s'%s: there are: %s", b->system->name, vm, engine_nearest(vm, words), words);
    }
    return lua_pushfstring(L, "%d", b->system->vms[i].cores[0]);
}

static uint64_t number(lua_State *L, const char *what, const char *text)
{
    char *end;
    errno = 0;
    uint64_t v = strtoull(text, &end, 0);
    if (errno || end == text || *end || !isdigit((unsigned char)*text)) {
        luaL_error(L, "%s= must be an address, for example \"0x80100000\", not '%s'", what, text);
    }
    return v;
}

static uint64_t address_of(lua_State *L, const struct board_run *b, const char *file)
{
    char path[ENGINE_PATH], err[ENGINE_ERR];
    const char *at = api_field(L, 2, "at", NULL), *base = api_field(L, 2, "base", NULL);
    uint64_t addr;
    luaL_argcheck(L, at, 2, "at=SYMBOL (or an address) is needed");
    if (isdigit((unsigned char)at[0])) {
        return number(L, "at", at);
    }
    if (!file) {
        snprintf(path, sizeof path, "%s", b->image);
    } else if (file[0] == '/') {
        snprintf(path, sizeof path, "%s", file);
    } else {
        snprintf(path, sizeof path, "%s/guests/%s", engine.options.build, file);
    }
    if (symbol_find(path, at, base ? number(L, "base", base) : 0, base != NULL, &addr, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
    return addr;
}

/* Probes are numbered in their order: a restored board is given them again with the same numbers. */
void api_probe_add(lua_State *L, struct board_run *b, const char *line)
{
    run_command(L, b, "probe %zu %s", b->probe_count + 1, line);
    b->probes[b->probe_count++] = strdup(line);
}

/* b:probe{name=, at=SYMBOL, file=ELF, base=, vm= | core=, el=} or b:probe{name=, kind=, vm= | core=, el=} */
static int probe(lua_State *L)
{
    struct board_run *b = api_self(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    api_known(L, 2, "name vm core kind at file base el");
    const char *name = api_field(L, 2, "name", NULL), *kind = api_field(L, 2, "kind", "pc"), *file = api_field(L, 2, "file", NULL);
    luaL_argcheck(L, name && engine_name_is_plain(name), 2, "name= is needed: letters, digits, '.', '_', '-'");
    luaL_argcheck(L, b->probe_count < MANIFEST_PROBES_MAX, 2, "too many probes");
    lua_Integer el = file ? 1 : 2;
    if (lua_getfield(L, 2, "el") != LUA_TNIL) {
        el = luaL_checkinteger(L, -1);
    }
    luaL_argcheck(L, el >= 0 && el <= 3, 2, "el= must be 0 to 3");
    const char *core = core_of(L, b, api_field(L, 2, "vm", NULL)), *line;
    if (!strcmp(kind, "every")) {
        line = lua_pushfstring(L, "%s every %s %I", name, core, el);
    } else if (strcmp(kind, "pc")) {
        char words[] = "guest-vector guest-eoi lr every pc";
        if (strcmp(kind, "guest-vector") && strcmp(kind, "guest-eoi") && strcmp(kind, "lr")) {
            luaL_error(L, "unknown kind= '%s'%s: there are: %s", kind, engine_nearest(kind, words), words);
        }
        line = lua_pushfstring(L, "%s %s %s", name, kind, core);
    } else {
        uint64_t addr = address_of(L, b, file);
        char hex[24];
        snprintf(hex, sizeof hex, "0x%" PRIx64, addr);
        line = lua_pushfstring(L, "%s pc %s %I %s", name, core, el, hex);
    }
    api_probe_add(L, b, line);
    return 0;
}

const luaL_Reg api_probe_methods[] = { { "probe", probe }, { NULL, NULL } };
