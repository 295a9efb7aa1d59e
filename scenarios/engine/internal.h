/* SPDX-License-Identifier: GPL-2.0-or-later
 * Shared by the engine's files
 */
#ifndef INGOT_ENGINE_INTERNAL_H
#define INGOT_ENGINE_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>

#include "control.h"
#include "engine.h"
#include "platform/board/domain.h"

#define ENGINE_PATH 4096
#define ENGINE_ERR 1024

/* The run: one a process. */
struct engine {
    struct engine_options options;
    char scenario[128];         /* name without folder and .lua */
    struct host *host;          /* opened by the first board */
};
extern struct engine engine;

/* One started board. */
struct board_run {
    struct system *system;
    struct control *control;
    char name[128];             /* of the run: a folder below build/runs/SCENARIO */
    char domain[192];
    char dir[ENGINE_PATH], image[ENGINE_PATH], trace[ENGINE_PATH];
    const char *impl[SYSTEM_DEVICES_MAX];
    char *impl_text[SYSTEM_DEVICES_MAX];
    struct console {
        char *text;
        size_t len, cap, shown;
        size_t matched;         /* end of what expect has used up */
        FILE *log;
    } consoles[SYSTEM_DEVICES_MAX];
    uint64_t time_ps;           /* while held */
    unsigned next_id;           /* of watches and probes */
    bool live;
};

/* files.c: paths and folders; errors go to Lua */
void engine_make_dirs(lua_State *L, const char *path);
void engine_remove(const char *path);           /* a folder with all in it */
void engine_run_program(lua_State *L, char *const argv[]);
bool engine_newer(const char *a, const char *b);        /* a is missing or newer than b, or b is missing */

/* run.c: a board's life. Errors are raised in Lua; a failed start leaves nothing. */
void run_prepare(lua_State *L, struct board_run *b, const char *system, const char *name);
void run_start(lua_State *L, struct board_run *b);
void run_restore(lua_State *L, struct board_run *b, const char *state);
void run_save(lua_State *L, struct board_run *b, const char *state);
void run_end(struct board_run *b);
void run_command(lua_State *L, struct board_run *b, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* go, and wait for the next hold; returns its reason */
const char *run_go(lua_State *L, struct board_run *b);
int run_console_of(lua_State *L, const struct board_run *b, const char *vm_or_device);

/* checkpoint.c */
void checkpoint_save(lua_State *L, struct board_run *b, const char *name);
void checkpoint_open(lua_State *L, struct board_run *b, const char *name, const char *run, char state[ENGINE_PATH]);

/* lua_board.c, lua_trace.c: the API */
void lua_board_open(lua_State *L);
void lua_trace_open(lua_State *L);

/* "10ms", "2.5us", 3 (ns) -> ps */
uint64_t engine_duration(lua_State *L, int index);

#endif
