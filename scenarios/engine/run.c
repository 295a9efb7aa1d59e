/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board's life: folder, domain, control, end
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/clone.h"
#include "platform/board/folders.h"

/* The scenario's folder belongs to one process at a time: its traces are compared while it runs. */
static void take_dir(lua_State *L)
{
    char path[ENGINE_PATH + 8];
    if (engine.dir[0]) {
        return;
    }
    snprintf(engine.dir, sizeof engine.dir, "%s/runs/%s", engine.options.build, engine.scenario);
    engine_make_dirs(L, engine.dir);
    snprintf(path, sizeof path, "%s/lock", engine.dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        luaL_error(L, "%s: %s: check its permissions and free space", path, strerror(errno));
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        luaL_error(L, "scenario %s is being run by another process, in %s: let that end first", engine.scenario, engine.dir);
    }
}

/* Names are not used twice in a scenario: the second board would write over the first one's trace. */
static void take_name(lua_State *L, struct board_run *b, const char *name)
{
    if (!engine_name_is_plain(name)) {
        luaL_error(L, "board name '%s': use up to 63 letters, digits, '.', '_', '-'", name);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, "ingot.names");
    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        luaL_error(L, "this scenario has had a board named '%s' already: give this one another with name=", name);
    }
    lua_pushboolean(L, true);
    lua_setfield(L, -3, name);
    lua_pop(L, 2);
    snprintf(b->name, sizeof b->name, "%s", name);
}

static void find_emulator(lua_State *L)
{
    if (engine.emulator[0]) {
        return;
    }
    static const char name[] = "qemu-system-aarch64";
    const char *path = getenv("PATH");
    char *copy = strdup(path ? path : "/usr/bin"), *save;
    for (char *dir = strtok_r(copy, ":", &save); dir && !engine.emulator[0]; dir = strtok_r(NULL, ":", &save)) {
        char file[ENGINE_PATH];
        if (dir[0] == '/' && snprintf(file, sizeof file, "%s/%s", dir, name) < (int)sizeof file && access(file, X_OK) == 0) {
            strcpy(engine.emulator, file);
        }
    }
    free(copy);
    if (!engine.emulator[0]) {
        luaL_error(L, "%s is not in PATH: apt-get install qemu-system-arm", name);
    }
}

static void open_host(lua_State *L)
{
    char err[ENGINE_ERR];
    if (engine.host) {
        return;
    }
    step_begin("ingot: connecting to libvirt");
    engine.host = host_open(engine.options.uri, engine.options.cache, engine.options.runtime, err, sizeof err);
    step_end();
    if (!engine.host) {
        luaL_error(L, "libvirt: %s", err);
    }
}

/* A daemon's QEMU may be another user's. The runtime folder's name cannot be guessed. */
static void share(const char *path, mode_t mode)
{
    if (engine.options.uri) {
        chmod(path, mode);
    }
}

static void open_logs(lua_State *L, struct board_run *b)
{
    for (size_t i = 0; i < b->system->device_count; i++) {
        if (!strcmp(b->system->devices[i].type, "uart16550")) {
            char log[ENGINE_PATH + 80];
            snprintf(log, sizeof log, "%s/%s.log", b->dir, b->system->devices[i].name);
            b->consoles[i].log = fopen(log, "w");
            if (!b->consoles[i].log) {
                luaL_error(L, "%s: %s: check its permissions and free space", log, strerror(errno));
            }
        }
    }
}

void run_prepare(lua_State *L, struct board_run *b, const char *system, const char *name)
{
    take_name(L, b, name);
    take_dir(L);
    find_emulator(L);
    image_prepare(L, b, engine.options.system ? engine.options.system : system);
    snprintf(b->dir, sizeof b->dir, "%.*s/%s", ENGINE_PATH - 200, engine.dir, name);
    snprintf(b->trace, sizeof b->trace, "%.*s/trace", ENGINE_PATH - 10, b->dir);
    snprintf(b->domain, sizeof b->domain, "ingot-%s-%d-%u", name, (int)getpid(), ++engine.boards);
    last_prepare(L, b);
}

/* Emptied only now: a trace of the run before may be the recording of a device. */
static void make_dir(lua_State *L, struct board_run *b)
{
    folder_remove(b->dir);
    engine_make_dirs(L, b->dir);
    share(b->dir, 0777);
    open_logs(L, b);
}

/* What QEMU is given; the paths live as long as *p. */
struct paths {
    char module[ENGINE_PATH], socket[ENGINE_PATH], recordings[SYSTEM_DEVICES_MAX][ENGINE_PATH];
};

static struct domain_options options_of(lua_State *L, struct board_run *b, struct paths *p)
{
    struct domain_options o = { .name = b->domain, .image = b->image, .module = p->module, .emulator = engine.emulator,
                                .control = p->socket };
    last_options(b, &o);
    snprintf(p->socket, sizeof p->socket, "%s/%u", engine.options.runtime, engine.boards);
    snprintf(p->module, sizeof p->module, "%s/platform/qemu/ingot-qemu.so", engine.options.build);
    if (access(p->module, R_OK) < 0) {
        luaL_error(L, "%s: %s: build it first (./ingot does)", p->module, strerror(errno));
    }
    for (size_t i = 0; i < SYSTEM_DEVICES_MAX; i++) {
        o.impl[i] = b->recording[i] ? stand_in_argument(b, i, p->recordings[i]) : b->impl[i];
    }
    return o;
}

static void digest(void *sum, const char *argument) { g_checksum_update(sum, (const guchar *)argument, strlen(argument) + 1); }

void run_configuration(const struct board_run *b, char hex[65])
{
    struct domain_options o = { .module = "" };
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    char board[64];
    snprintf(board, sizeof board, "%u cores, %" PRIu64 " bytes at %" PRIx64, b->system->cores, b->system->ram_size, b->system->ram_base);
    digest(sum, board);
    for (size_t i = 0; i < b->system->device_count; i++) {
        o.impl[i] = b->recording[i] ? "recorded" : image_impl(b, i);
    }
    board_arguments(b->system, &o, digest, sum);
    snprintf(hex, 65, "%s", g_checksum_get_string(sum));
    g_checksum_free(sum);
}

static void listen_for(lua_State *L, struct board_run *b, const char *socket)
{
    char err[ENGINE_ERR];
    b->control = control_listen(socket, console_receive, b, err, sizeof err);
    if (!b->control) {
        luaL_error(L, "control socket: %s", err);
    }
    share(engine.options.runtime, 0711);
    share(socket, 0666);
}

/* Listens, and makes the domain's XML for it; free() it. */
static char *prepare_domain(lua_State *L, struct board_run *b)
{
    struct paths p;
    struct domain_options o = options_of(L, b, &p);
    make_dir(L, b);
    listen_for(L, b, p.socket);
    return domain_xml(b->system, &o);
}

static void log_of_clone(const struct board_run *b, char path[ENGINE_PATH + 16]) { snprintf(path, ENGINE_PATH + 16, "%s/qemu.log", b->dir); }

/* The last line that it has said. */
static void words_of_clone(const struct board_run *b, char *words, size_t len)
{
    char path[ENGINE_PATH + 16], line[1024];
    log_of_clone(b, path);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = 0;
        snprintf(words, len, "%s", line);
    }
    if (f) {
        fclose(f);
    }
}

/* The board's end, with QEMU's own words about it. */
static void lost(lua_State *L, struct board_run *b, const char *err)
{
    char words[1024] = "";
    if (b->clone) {
        words_of_clone(b, words, sizeof words);
    } else if (b->control && control_lost(b->control)) {
        host_words(engine.host, b->domain, words, sizeof words);
    }
    run_end(b);
    luaL_error(L, "board '%s': %s%s%s", b->name, err, *words ? ": QEMU says: " : "", words);
}

static void meet(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    const char *reason;
    b->live = true;
    if (control_accept(b->control, err, sizeof err) < 0 || control_wait(b->control, &b->time_ps, &reason, err, sizeof err) < 0) {
        lost(L, b, err);
    }
    step_end();
    if (!strncmp(reason, "error ", 6)) {
        lost(L, b, lua_pushstring(L, reason + 6));
    }
    record_board(L, b);
    last_watch(L, b);
}

void run_start(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    open_host(L);
    char *xml = prepare_domain(L, b);
    step_begin("ingot: %s: libvirt starts the board", b->name);
    int r = host_start(engine.host, xml, err, sizeof err);
    free(xml);
    if (r < 0) {
        lost(L, b, err);
    }
    meet(L, b);
}

void run_restore(lua_State *L, struct board_run *b, const char *state)
{
    char err[ENGINE_ERR];
    open_host(L);
    if (host_runs(engine.host, b->domain)) {
        luaL_error(L, "that checkpoint is running already: close the board that was restored from it first");
    }
    char *xml = prepare_domain(L, b);
    step_begin("ingot: %s: libvirt restores the board", b->name);
    int r = host_restore(engine.host, state, xml, err, sizeof err);
    free(xml);
    if (r < 0) {
        lost(L, b, err);
    }
    meet(L, b);
}

void run_take_apart(lua_State *L, struct board_run *b, const char *state, const char *base)
{
    char err[ENGINE_ERR];
    struct paths p;
    struct domain_options o = options_of(L, b, &p);
    step_begin("ingot: %s: the checkpoint's memory is laid out for clones", b->name);
    int r = clone_prepare(b->system, &o, state, base, err, sizeof err);
    step_end();
    if (r < 0) {
        luaL_error(L, "%s", err);
    }
}

void run_clone(lua_State *L, struct board_run *b, const char *base)
{
    char err[ENGINE_ERR], log[ENGINE_PATH + 16];
    struct paths p;
    struct domain_options o = options_of(L, b, &p);
    make_dir(L, b);
    listen_for(L, b, p.socket);
    log_of_clone(b, log);
    step_begin("ingot: %s: the clone starts", b->name);
    b->clone = clone_start(b->system, &o, base, log, err, sizeof err);
    if (b->clone < 0) {
        b->clone = 0;
        lost(L, b, err);
    }
    meet(L, b);
}

void run_save(lua_State *L, struct board_run *b, const char *state)
{
    char err[ENGINE_ERR];
    if (!b->live) {
        luaL_error(L, "board '%s' has ended", b->name);
    }
    if (b->clone) {
        luaL_error(L, "board '%s' is a clone: its memory is shared with others; restore the checkpoint to make one from it", b->name);
    }
    step_begin("ingot: %s: libvirt saves the board", b->name);
    int r = host_save(engine.host, b->domain, state, err, sizeof err);
    step_end();
    if (r == 0) {
        control_drain(b->control);
    }
    run_end(b);
    if (r < 0) {
        luaL_error(L, "board '%s': %s", b->name, err);
    }
}

void run_end(struct board_run *b)
{
    char err[ENGINE_ERR];
    step_end();
    if (b->control) {
        if (b->live && !control_lost(b->control) && !control_interrupted()) {
            stand_in_end(b);
        }
        if (b->live && !control_lost(b->control) && !control_interrupted() &&
            control_command(b->control, "quit", NULL, err, sizeof err) == 0) {
            control_drain(b->control);      /* the trace's last bytes are written then */
        }
        control_close(b->control);
        b->control = NULL;
    }
    if (b->clone) {
        clone_end(b->clone);
        b->clone = 0;
    } else if (engine.host && b->live) {
        host_destroy(engine.host, b->domain);
    }
    b->live = false;
    record_end_board(b);
    if (b->system) {
        console_show_rest(b);
    }
    for (size_t i = 0; i < SYSTEM_DEVICES_MAX; i++) {
        FILE *log = b->consoles[i].log;
        bool bad = log && ferror(log);
        if (log && (fclose(log) != 0 || bad)) {
            fprintf(stderr, "ingot: %s/%s.log: not written whole: free some space and run again\n", b->dir, b->system->devices[i].name);
        }
        b->consoles[i].log = NULL;
    }
}

void run_free(struct board_run *b)
{
    run_end(b);
    for (size_t i = 0; i < SYSTEM_DEVICES_MAX; i++) {
        free(b->consoles[i].text);
        free(b->impl[i]);
        free(b->recording[i]);
    }
    for (size_t i = 0; i < b->probe_count; i++) {
        free(b->probes[i]);
    }
    if (b->system) {
        system_free(b->system);
    }
    memset(b, 0, sizeof *b);
}

const char *run_command(lua_State *L, struct board_run *b, const char *fmt, ...)
{
    char err[ENGINE_ERR], *line;
    const char *words = "";
    va_list ap;
    if (!b->live) {
        luaL_error(L, "board '%s' has ended", b->name);
    }
    va_start(ap, fmt);
    int len = vasprintf(&line, fmt, ap);
    va_end(ap);
    if (len < 0) {
        luaL_error(L, "out of memory");
    }
    int r = control_command(b->control, line, &words, err, sizeof err);
    if (r == 0 || !control_lost(b->control)) {
        record_command(b, line, r < 0);
    }
    free(line);
    if (r < 0 && (control_lost(b->control) || control_interrupted())) {
        lost(L, b, err);
    } else if (r < 0) {
        luaL_error(L, "board '%s': %s", b->name, err);
    }
    return words;
}

const char *run_wait(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    const char *reason;
    if (control_wait(b->control, &b->time_ps, &reason, err, sizeof err) < 0) {
        lost(L, b, err);
    }
    return reason;
}

const char *run_go(lua_State *L, struct board_run *b)
{
    const char *reason;
    do {
        run_command(L, b, "go");
        reason = run_wait(L, b);
        record_held(b, reason);
    } while (last_stopped(L, b, reason));
    return reason;
}
