/* SPDX-License-Identifier: GPL-2.0-or-later
 * b:waves: a waveform of an RTL device, in a window of the board's time
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "words.h"

struct window {
    char device[128];
    char to[32];            /* ps, or "end" */
    uint64_t from_ps;
};

static uint64_t instant(lua_State *L, const char *text, size_t len)
{
    uint64_t ps;
    const char *copy = lua_pushlstring(L, text, len);
    if (!word_duration(copy, &ps)) {
        luaL_error(L, "waves: '%s' is no instant: write for example \"1.2s\" or \"350ms\", since power-on", copy);
    }
    lua_pop(L, 1);
    return ps;
}

static void set_end(lua_State *L, struct window *w, const char *text)
{
    uint64_t to = instant(L, text, strlen(text));
    if (to < w->from_ps) {
        luaL_error(L, "waves: the window of %s ends before it begins", w->device);
    }
    snprintf(w->to, sizeof w->to, "%" PRIu64, to);
}

/* The file goes to the board's folder, where the board's process can write. */
static void ask(lua_State *L, struct board_run *b, const struct window *w)
{
    char path[ENGINE_PATH + 160];
    snprintf(path, sizeof path, "%s/%s.fst", b->dir, w->device);
    char *word = word_escape(path, strlen(path));
    lua_pushstring(L, word);
    free(word);
    run_command(L, b, "waves %s %s %" PRIu64 " %s", w->device, lua_tostring(L, -1), w->from_ps, w->to);
    lua_pop(L, 1);
    lua_pushstring(L, path);
}

/* b:waves(DEVICE, {from=, to=}): from now on; returns the file's path */
static int waves(lua_State *L)
{
    struct board_run *b = api_self(L);
    struct window w = { .to = "end" };
    lua_settop(L, 3);
    snprintf(w.device, sizeof w.device, "%s", luaL_checkstring(L, 2));
    if (!lua_isnil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        api_known(L, 3, "from to");
        const char *from = api_field(L, 3, "from", "0s"), *to = api_field(L, 3, "to", NULL);
        w.from_ps = instant(L, from, strlen(from));
        if (to) {
            set_end(L, &w, to);
        }
    }
    ask(L, b, &w);
    return 1;
}

/* dmaq0, dmaq0=1.2s.., dmaq0=1.2s..1.3s */
static struct window of_option(lua_State *L, const char *option)
{
    struct window w = { .to = "end" };
    size_t len = strcspn(option, "=");
    const char *window = option[len] ? option + len + 1 : "0s..", *dots = strstr(window, "..");
    snprintf(w.device, sizeof w.device, "%.*s", (int)len, option);
    if (!dots) {
        luaL_error(L, "--waves %s: write DEVICE or DEVICE=FROM..TO, for example dmaq0=1.2s..1.3s", option);
    }
    w.from_ps = instant(L, window, dots - window);
    if (dots[2]) {
        set_end(L, &w, dots + 2);
    }
    return w;
}

static bool is_rtl(const struct board_run *b, const struct window *w)
{
    int device = system_find_device(b->system, w->device);
    return device >= 0 && !strcmp(image_impl(b, device), "rtl");
}

void api_waves_start(lua_State *L, struct board_run *b, bool only_rtl)
{
    for (const char *const *o = engine.options.waves; *o; o++) {
        struct window w = of_option(L, *o);
        if (!only_rtl || is_rtl(b, &w)) {
            ask(L, b, &w);
            lua_pop(L, 1);
        }
    }
}

unsigned api_waves_span(lua_State *L, const struct board_run *b, uint64_t *from_ps, uint64_t *to_ps)
{
    unsigned count = 0;
    *from_ps = UINT64_MAX;
    *to_ps = 0;
    for (const char *const *o = engine.options.waves; *o; o++) {
        struct window w = of_option(L, *o);
        if (!is_rtl(b, &w)) {
            continue;
        }
        uint64_t to = strcmp(w.to, "end") ? strtoull(w.to, NULL, 10) : UINT64_MAX;
        *from_ps = w.from_ps < *from_ps ? w.from_ps : *from_ps;
        *to_ps = to > *to_ps ? to : *to_ps;
        count++;
    }
    return count;
}

const luaL_Reg api_waves_methods[] = { { "waves", waves }, { NULL, NULL } };
