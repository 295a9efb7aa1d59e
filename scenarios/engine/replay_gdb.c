/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb on a replay: the session
 */
#include "replay_gdb.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "words.h"

#define LOOK_MS 1000    /* how often a signal that came between two polls is looked for */

struct position session_where(struct session *s)
{
    struct position at = { 0 };
    char *p;
    at.time_ps = strtoull(run_command(s->L, s->b, "where"), &p, 10);
    unsigned long n = strtoul(p, &p, 10);
    for (unsigned long i = 0; i < n && i < CORES_MAX; i++) {
        at.insns[i] = strtoull(p, &p, 10);
        at.total += at.insns[i];
    }
    return at;
}

static int connect_to(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

unsigned session_core(const char *packet, unsigned otherwise)
{
    const char *dot = strstr(packet, "p1."), *dot2 = strstr(packet, "p01.");
    long thread = dot ? strtol(dot + 3, NULL, 16) : dot2 ? strtol(dot2 + 4, NULL, 16) : 0;
    return thread > 0 && thread <= CORES_MAX ? thread - 1 : otherwise;
}

static void tell_stub(struct session *s, const char *packet)
{
    size_t len;
    if (*packet && !rsp_ask(&s->stub, packet, &len)) {
        luaL_error(s->L, "board '%s': QEMU's gdb stub has ended", s->b->name);
    }
}

/* gdb takes the core of a stop for the one that its next questions are about. */
void session_stop(struct session *s, unsigned core, const char *reason)
{
    char packet[256];
    snprintf(s->general, sizeof s->general, "Hgp1.%x", core + 1);
    tell_stub(s, s->general);
    int len = snprintf(packet, sizeof packet, "T05thread:p01.%02x;%s", core + 1, reason);
    s->core = core;
    rsp_send(&s->gdb, packet, len);
}

void session_attach(struct session *s)
{
    char path[ENGINE_PATH];
    snprintf(path, sizeof path, "%s/stub%u", engine.options.runtime, ++s->stubs);
    char *word = word_escape(path, strlen(path));
    lua_pushstring(s->L, word);
    free(word);
    s->ended = !replay_act(s->L, s->p, s->b);
    run_command(s->L, s->b, "gdb %s", lua_tostring(s->L, -1));
    lua_pop(s->L, 1);
    rsp_close(&s->stub);
    s->stub.fd = connect_to(path);
    unlink(path);
    if (s->stub.fd < 0) {
        luaL_error(s->L, "board '%s': no gdb stub: %s", s->b->name, strerror(errno));
    }
    for (unsigned i = 0; i < s->setup_count; i++) {
        tell_stub(s, s->setup[i]);
    }
    for (unsigned i = 0; i < s->point_count; i++) {
        tell_stub(s, s->points[i]);
    }
    tell_stub(s, s->general);
    tell_stub(s, s->resumed);
    if (!s->ended) {
        replay_go(s->L, s->p, s->b, REPLAY_END);
    }
}

/* gdb's stop is made by QEMU's stub, whatever gdb was told to expect. */
static void end_of_recording(struct session *s)
{
    s->ended = true;
    if (s->running) {
        s->ending = true;
        rsp_send_break(&s->stub);
    }
}

void session_held(struct session *s, const char *reason)
{
    char why[ENGINE_ERR];
    snprintf(why, sizeof why, "%s", reason);
    replay_held(s->L, s->p, s->b, why, REPLAY_END);
    if (replay_act(s->L, s->p, s->b)) {
        replay_go(s->L, s->p, s->b, REPLAY_END);
    } else {
        end_of_recording(s);
    }
}

static bool begins(const char *packet, const char *with) { return !strncmp(packet, with, strlen(with)); }

static void forget_point(struct session *s, const char *packet)
{
    for (unsigned i = 0; i < s->point_count; i++) {
        if (!strcmp(s->points[i] + 1, packet + 1)) {
            s->point_count--;
            memmove(s->points[i], s->points[i + 1], (s->point_count - i) * sizeof s->points[0]);
            return;
        }
    }
}

/* What the stub of another process must be told again. */
static void remember(struct session *s, const char *packet, size_t len)
{
    bool setup = begins(packet, "qSupported") || begins(packet, "Qqemu.sstep") || begins(packet, "qXfer:features:read:target.xml:0,");
    if (setup && len < PACKET_MAX && s->setup_count < SETUP_MAX) {
        strcpy(s->setup[s->setup_count++], packet);
    } else if (begins(packet, "Hg") && len < sizeof s->general) {
        strcpy(s->general, packet);
    } else if (begins(packet, "Hc") && len < sizeof s->resumed) {
        strcpy(s->resumed, packet);
    } else if (packet[0] == 'Z' && len < sizeof s->points[0] && s->point_count < POINTS_MAX) {
        strcpy(s->points[s->point_count++], packet);
    } else if (packet[0] == 'z') {
        forget_point(s, packet);
    }
}

static void stop_at_end(struct session *s)
{
    s->running = s->ending = false;
    session_stop(s, s->core, "replaylog:end;");
}

/* gdb's command `when`. */
static void tell_when(struct session *s)
{
    struct position at = session_where(s);
    char text[512], hex[2 * sizeof text + 1];
    int n = snprintf(text, sizeof text, "%" PRIu64 ".%06" PRIu64 " ms", at.time_ps / 1000000000, at.time_ps / 1000 % 1000000);
    for (unsigned i = 0; i < s->b->system->cores && i < CORES_MAX; i++) {
        n += snprintf(text + n, sizeof text - n, ", core %u: %" PRIu64 " instructions", i, at.insns[i]);
    }
    text[n++] = '\n';
    for (int i = 0; i < n; i++) {
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text[i]);
    }
    rsp_send(&s->gdb, hex, 2 * n);
}

static void from_gdb(struct session *s, const char *packet, size_t len)
{
    if (!strcmp(packet, "bs")) {
        session_step_back(s);
        return;
    }
    if (!strcmp(packet, "bc")) {
        session_continue_back(s);
        return;
    }
    if (s->over || !strcmp(packet, "k") || begins(packet, "vKill;")) {
        bool killed = begins(packet, "vKill;");
        s->over = true;     /* the board ends with the session */
        rsp_send(&s->gdb, "OK", killed ? 2 : 0);
        return;
    }
    if (!strcmp(packet, "qRcmd,7768656e")) {
        tell_when(s);
        return;
    }
    bool resumes = begins(packet, "vCont;") || strchr("cCsS", packet[0]);
    if (len && resumes && s->ended) {
        stop_at_end(s);
        return;
    }
    remember(s, packet, len);
    char others[PACKET_MAX];
    if (begins(packet, "vCont;s:") && !strchr(packet + 8, ';') && len < sizeof others - 2) {
        snprintf(others, sizeof others, "%s;c", packet);    /* the other cores go on as they did: a step changes nothing */
        packet = others;
        len = strlen(others);
    }
    s->running |= len && resumes;
    rsp_send(&s->stub, packet, len);
}

static bool is_stop(const char *packet) { return *packet && strchr("TSWX", *packet); }

static void from_stub(struct session *s, const char *packet, size_t len)
{
    char reply[2 * PACKET_MAX];
    if (s->ending && is_stop(packet)) {
        stop_at_end(s);
        return;
    }
    if (is_stop(packet)) {
        s->running = false;
        s->core = session_core(packet, s->core);
    }
    if (strstr(packet, "PacketSize=") && len < PACKET_MAX) {
        snprintf(reply, sizeof reply, "%s;ReverseStep+;ReverseContinue+", packet);
        packet = reply;
        len = strlen(reply);
    }
    rsp_send(&s->gdb, packet, len);
}

/* All that is there of both. */
static void pass_on(struct session *s)
{
    char *packet;
    size_t len;
    enum rsp_item item;
    while ((item = rsp_next(&s->gdb, &packet, &len)) != RSP_NONE) {
        if (item == RSP_BREAK) {
            rsp_send_break(&s->stub);
        } else {
            from_gdb(s, packet, len);
        }
    }
    while (rsp_next(&s->stub, &packet, &len) == RSP_PACKET) {
        from_stub(s, packet, len);
    }
}

static void serve(struct session *s, int gdb_process)
{
    char err[ENGINE_ERR];
    const char *reason;
    for (;;) {
        int held = s->ended || s->over ? 0 : control_look(s->b->control, &s->b->time_ps, &reason, err, sizeof err);
        if (held < 0 && control_lost(s->b->control)) {
            return;         /* gdb sees it by its connection's end */
        }
        if (held < 0) {
            luaL_error(s->L, "%s", err);
        }
        if (held) {
            session_held(s, reason);
            continue;
        }
        struct pollfd p[] = { { .fd = s->gdb.fd, .events = POLLIN }, { .fd = s->stub.fd, .events = POLLIN },
                              { .fd = control_fd(s->b->control), .events = POLLIN }, { .fd = gdb_process, .events = POLLIN } };
        if (control_interrupted()) {
            luaL_error(s->L, "interrupted");
        }
        if (poll(p, 4, LOOK_MS) <= 0) {
            continue;
        }
        if ((p[0].revents && !rsp_receive(&s->gdb)) || (p[1].revents && !rsp_receive(&s->stub)) || p[3].revents) {
            return;
        }
        pass_on(s);
    }
}

/* Listens for gdb, starts it, and takes its connection. */
static int meet_gdb(struct session *s, pid_t *gdb)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    char commands[ENGINE_PATH + 16];
    snprintf(addr.sun_path, sizeof addr.sun_path, "%s/gdb", engine.options.runtime);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(fd, 1) < 0) {
        luaL_error(s->L, "%s: %s", addr.sun_path, strerror(errno));
    }
    snprintf(commands, sizeof commands, "%s/gdb.cmd", s->b->dir);
    debug_write_commands(s->L, s->b, commands, addr.sun_path, true);
    *gdb = debug_start_gdb(s->L, commands);
    int process = pidfd_open(*gdb, 0);
    struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .fd = process, .events = POLLIN } };
    while (poll(p, 2, LOOK_MS) <= 0 && !control_interrupted()) {
    }
    s->gdb.fd = p[0].revents ? accept4(fd, NULL, NULL, SOCK_CLOEXEC) : -1;
    close(fd);
    return process;
}

static int session_of(lua_State *L)
{
    struct session *s = lua_touserdata(L, 1);
    s->L = L;
    serve(s, lua_tointeger(L, 2));
    return 0;
}

void replay_debug(lua_State *L, struct replay *p, struct board_run *b)
{
    struct session *s = lua_newuserdatauv(L, sizeof *s, 0);
    pid_t gdb;
    int status = 0;
    memset(s, 0, sizeof *s);
    s->L = L;
    s->p = p;
    s->b = b;
    s->gdb.fd = s->stub.fd = -1;
    session_attach(s);
    int process = meet_gdb(s, &gdb);
    lua_pushcfunction(L, session_of);
    lua_pushlightuserdata(L, s);
    lua_pushinteger(L, process);
    int r = s->gdb.fd < 0 ? LUA_OK : lua_pcall(L, 2, 0, 0);
    rsp_close(&s->gdb);
    rsp_close(&s->stub);
    free(s->found.list);
    if (r != LUA_OK || control_interrupted()) {
        kill(gdb, SIGKILL);
    }
    while (waitpid(gdb, &status, 0) < 0 && errno == EINTR) {
    }
    close(process);
    debug_give_terminal(getpgrp());
    run_end(b);
    if (r != LUA_OK) {
        lua_error(L);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        luaL_error(L, "gdb ended with status %d; the board is stopped", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
}
