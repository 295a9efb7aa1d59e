/* SPDX-License-Identifier: GPL-2.0-or-later
 * b:interact: a person at a console
 *
 * A key comes when it comes: the board is held for it at that instant, which is an ordinary hold from then on, and is
 * recorded as one.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "words.h"

#define KEY_LEAVE 0x1d          /* Ctrl-] */
#define WHILE_PS UINT64_C(50000000000) /* 50 ms: how much the board's time may be ahead of the person's */
#define RETRY_PS 1000000000     /* a device that cannot take a byte is tried again after 1 ms */

static struct termios before;
static bool raw;

static void restore_terminal(void)
{
    if (raw) {
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
    raw = false;
}

/* Ctrl-C and all others are the guest's, but Ctrl-] */
static void take_terminal(void)
{
    struct termios t;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) < 0) {
        return;
    }
    t = before;
    t.c_iflag &= ~(ICRNL | IXON);
    t.c_lflag &= ~(ICANON | ECHO | ISIG | IEXTEN);
    atexit(restore_terminal);
    raw = tcsetattr(STDIN_FILENO, TCSANOW, &t) == 0;
}

static int64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static bool key_within(int64_t ns)
{
    struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
    return poll(&p, 1, ns > 0 ? ns / 1000000 + 1 : 0) > 0;
}

/* Runs for a while, or until a key is there; held then. What for. */
static const char *run_a_while(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR], line[64];
    const char *reason;
    unsigned id = b->next_id++;
    run_command(L, b, "watch %u time %" PRIu64, id, b->time_ps + WHILE_PS);
    run_command(L, b, "go");
    control_wait_also(STDIN_FILENO);
    int held = control_wait(b->control, &b->time_ps, &reason, err, sizeof err);
    control_wait_also(-1);
    if (held < 0 && !control_lost(b->control) && !control_interrupted()) {
        run_command(L, b, "hold");
    }
    reason = lua_pushstring(L, run_wait(L, b));
    record_held(b, reason);
    if (strncmp(reason, "watch ", 6) || last_stopped(L, b, reason)) {
        snprintf(line, sizeof line, "unwatch %u", id);
        record_command(b, line, control_command(b->control, line, NULL, err, sizeof err) < 0);    /* it may have matched, too */
    }
    return reason;
}

/* Runs until a key is there, the board's time not ahead of the person's. What else the board was held for, or "asked". */
static const char *run_to_key(lua_State *L, struct board_run *b)
{
    int64_t wall = wall_ns();
    uint64_t begin = b->time_ps;
    for (;;) {
        lua_settop(L, 2);
        const char *reason = run_a_while(L, b);
        bool idle = !strcmp(reason, "idle");
        if (!idle && strcmp(reason, "asked") && strncmp(reason, "watch ", 6)) {
            return reason;
        }
        int64_t ahead = (int64_t)((b->time_ps - begin) / 1000) - (wall_ns() - wall);
        if (key_within(idle ? INT32_MAX : ahead)) {
            return "asked";
        }
        if (control_interrupted()) {
            luaL_error(L, "interrupted");
        }
    }
}

static void run_a_little(lua_State *L, struct board_run *b)
{
    struct watch_set none = { 0 };
    watch_run(L, b, &none, b->time_ps + RETRY_PS, "the console takes a byte");
}

static void type(lua_State *L, struct board_run *b, int device, char byte)
{
    char err[ENGINE_ERR], line[128];
    char *word = word_escape(&byte, 1);
    snprintf(line, sizeof line, "send %s %s", b->system->devices[device].name, word);
    free(word);
    while (control_command(b->control, line, NULL, err, sizeof err) < 0) {
        if (control_lost(b->control) || control_interrupted() || !strstr(err, "took only")) {
            luaL_error(L, "board '%s': %s", b->name, err);
        }
        record_command(b, line, true);
        run_a_little(L, b);
    }
    record_command(b, line, false);
}

/* What has been typed. False: the input is over. */
static bool take_keys(lua_State *L, struct board_run *b, int device)
{
    char keys[256];
    ssize_t n = read(STDIN_FILENO, keys, sizeof keys);
    if (n < 0 && errno == EINTR) {
        return true;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (raw && keys[i] == KEY_LEAVE) {
            return false;
        }
        type(L, b, device, keys[i]);
    }
    return n > 0;
}

/* Until the input ends, or the board is held by something else: what, in words. */
static int converse(lua_State *L)
{
    struct board_run *b = lua_touserdata(L, 1);
    int device = lua_tointeger(L, 2);
    const char *reason;
    do {
        reason = run_to_key(L, b);
        if (strcmp(reason, "asked")) {
            reason = lua_pushstring(L, reason);
            stand_in_stopped(L, b, reason);
            return 1;
        }
    } while (take_keys(L, b, device));
    lua_pushliteral(L, "closed");
    return 1;
}

/* b:interact(CONSOLE): the terminal is that console, until Ctrl-] or the end of the input; "closed", or why the board stopped */
static int interact(lua_State *L)
{
    struct board_run *b = api_self(L);
    int device = console_of(L, b, luaL_checkstring(L, 2));
    if (isatty(STDIN_FILENO)) {
        printf("==> %s: Ctrl-] leaves it\n", lua_tostring(L, 2));
    }
    console_show_rest(b);
    take_terminal();
    b->attached = device + 1;
    lua_pushcfunction(L, converse);
    lua_pushlightuserdata(L, b);
    lua_pushinteger(L, device);
    int r = lua_pcall(L, 2, 1, 0);
    b->attached = 0;
    restore_terminal();
    if (r != LUA_OK) {
        lua_error(L);
    }
    return 1;
}

const luaL_Reg api_interact_methods[] = { { "interact", interact }, { NULL, NULL } };
