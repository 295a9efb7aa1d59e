/* SPDX-License-Identifier: GPL-2.0-or-later
 * b:gdb and b:state: a person, or a script of gdb's, has the board
 *
 * QEMU's gdb stub stops the machine; time stands still with it, and the devices' time is the board's.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "words.h"

#define GDB_ARGUMENTS_MAX 64

/* The guests' own symbols, where an ELF file is there. */
static void put_symbols(FILE *f, const struct board_run *b)
{
    fprintf(f, "symbol-file %s\n", b->image);
    for (size_t v = 0; v < b->system->vm_count; v++) {
        char elf[ENGINE_PATH];
        const char *kernel = b->system->vms[v].kernel, *dot = kernel ? strrchr(kernel, '.') : NULL;
        if (dot && (!strcmp(dot, ".bin") || !strcmp(dot, ".elf"))) {
            snprintf(elf, sizeof elf, "%.*s.elf", (int)(dot - kernel), kernel);
            if (access(elf, R_OK) == 0) {
                fprintf(f, "add-symbol-file %s\n", elf);
            }
        }
    }
}

static void put_devices(FILE *f, const struct board_run *b)
{
    for (size_t i = 0; i < b->system->device_count; i++) {
        const struct system_device *d = &b->system->devices[i];
        bool plain = strspn(d->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(d->name);
        if (plain) {
            fprintf(f, "set $%s = 0x%llx\n", d->name, (unsigned long long)d->base);
        }
    }
    fprintf(f, "define devices\n");
    for (size_t i = 0; i < b->system->device_count; i++) {
        const struct system_device *d = &b->system->devices[i];
        fprintf(f, "printf \"%-12s %-10s 0x%llx size 0x%llx\\n\"\n", d->name, d->type, (unsigned long long)d->base, (unsigned long long)d->size);
    }
    fprintf(f, "end\ndocument devices\nThe board's devices; each name is also a variable: peek $%s\nend\n",
            b->system->device_count ? b->system->devices[0].name : "dmaq0");
}

/* sstep 1: timers and interrupts go on while it steps, as they would without gdb. */
void debug_write_commands(lua_State *L, const struct board_run *b, const char *path, const char *socket, bool backwards)
{
    FILE *f = fopen(path, "w");
    if (!f) {
        luaL_error(L, "%s: %s: check its permissions and free space", path, strerror(errno));
    }
    fprintf(f, "set pagination off\nset confirm off\nset architecture aarch64\nset print thread-events off\nset remotetimeout 60\n");
    put_symbols(f, b);
    fprintf(f, "target remote %s\nmaintenance packet Qqemu.sstep=0x1\n", socket);
    fprintf(f, "define peek\nmaintenance packet Qqemu.PhyMemMode:1\nx/wx $arg0\nmaintenance packet Qqemu.PhyMemMode:0\nend\n"
               "document peek\nA word at a physical address, for example a device's register: peek $dmaq0+0x24. No side effect.\nend\n");
    put_devices(f, b);
    if (backwards) {
        fprintf(f, "set scheduler-locking step\n");     /* then gdb names the core that it steps back */
        fprintf(f, "define when\nmonitor when\nend\ndocument when\nThe board's time, and what each core has executed by now.\nend\n");
    }
    if (fclose(f) != 0) {
        luaL_error(L, "%s: %s: free some space and run again", path, strerror(errno));
    }
}

/* Ctrl-C is for gdb alone: it has the terminal. */
void debug_give_terminal(pid_t group)
{
    sigset_t ttou, before;
    if (isatty(STDIN_FILENO)) {
        sigemptyset(&ttou);
        sigaddset(&ttou, SIGTTOU);
        sigprocmask(SIG_BLOCK, &ttou, &before);
        tcsetpgrp(STDIN_FILENO, group);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
}

pid_t debug_start_gdb(lua_State *L, const char *commands)
{
    char *argv[GDB_ARGUMENTS_MAX] = { "gdb-multiarch", "-q", "-nx", "-x", (char *)commands };
    size_t n = 5;
    for (char *const *a = engine.options.gdb_args; a && *a; a++) {
        if (n == GDB_ARGUMENTS_MAX - 1) {
            luaL_error(L, "gdb: at most %d further arguments", GDB_ARGUMENTS_MAX - 6);
        }
        argv[n++] = *a;
    }
    pid_t engine_process = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        debug_give_terminal(getpid());
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == engine_process) {
            execvp(argv[0], argv);
            fprintf(stderr, "ingot: gdb-multiarch: %s: apt-get install gdb-multiarch\n", strerror(errno));
        }
        _exit(127);
    }
    if (pid < 0) {
        luaL_error(L, "gdb: %s", strerror(errno));
    }
    setpgid(pid, pid);
    return pid;
}

/* Until gdb ends, or the run is interrupted. True if the board is held by then; gdb's status as of waitpid in *status. */
static bool accompany(struct board_run *b, pid_t gdb, int *status)
{
    char err[ENGINE_ERR];
    const char *reason;
    int fd = pidfd_open(gdb, 0);
    control_wait_also(fd);
    bool held = control_wait(b->control, &b->time_ps, &reason, err, sizeof err) == 0;
    control_wait_also(-1);
    if (held && strncmp(reason, "watch ", 6)) {
        fprintf(stderr, "ingot: the board is held at %.3f us: %s\n", b->time_ps / 1e6, reason);
        kill(gdb, SIGINT);      /* it waits for a stop that would not come */
    }
    *status = 0;
    do {
        if (control_interrupted()) {
            kill(gdb, SIGKILL);
        }
    } while (waitpid(gdb, status, 0) < 0 && errno == EINTR);
    close(fd);
    return held;
}

void debug_board(lua_State *L, struct board_run *b, uint64_t until_ps)
{
    char socket[ENGINE_PATH], commands[ENGINE_PATH + 16], err[ENGINE_ERR];
    const char *reason;
    int status;
    if (engine.options.record) {
        luaL_error(L, "a run under gdb cannot be recorded, for what gdb writes is not known: record it without, then ingot gdb --replay");
    }
    snprintf(socket, sizeof socket, "%s/gdb%u", engine.options.runtime, engine.boards);
    snprintf(commands, sizeof commands, "%s/gdb.cmd", b->dir);
    char *word = word_escape(socket, strlen(socket));
    lua_pushstring(L, word);
    free(word);
    last_unwatch(L, b);     /* gdb would wait in a hold that it cannot see */
    if (until_ps) {
        run_command(L, b, "watch %u time %" PRIu64, b->next_id++, until_ps);
    }
    run_command(L, b, "gdb %s", lua_tostring(L, -1));
    debug_write_commands(L, b, commands, socket, false);
    run_command(L, b, "go");
    pid_t gdb = debug_start_gdb(L, commands);
    bool held = accompany(b, gdb, &status);
    debug_give_terminal(getpgrp());
    if (WIFSIGNALED(status) || WEXITSTATUS(status)) {
        run_end(b);
        luaL_error(L, WIFSIGNALED(status) ? "gdb was ended by signal %d; the board is stopped" : "gdb ended with status %d; the board is stopped",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (!until_ps || control_lost(b->control)) {
        run_end(b);
    } else if (!held && control_wait(b->control, &b->time_ps, &reason, err, sizeof err) < 0) {
        run_end(b);
        luaL_error(L, "board '%s': %s", b->name, err);
    }
    last_watch(L, b);
}

/* b:gdb({hold=}): a debugger from this instant on. The board ends with it; with hold=, a duration, it goes on without
 * the debugger and is held then, as after run_for */
static int gdb(lua_State *L)
{
    struct board_run *b = api_self(L);
    uint64_t until = 0;
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        api_known(L, 2, "hold");
        lua_getfield(L, 2, "hold");
        until = b->time_ps + api_duration(L, 3);
    }
    debug_board(L, b, until);
    return 0;
}

/* b:state(CORE): its registers, list registers, pending interrupts and timers, in words */
static int state(lua_State *L)
{
    struct board_run *b = api_self(L);
    lua_Integer core = luaL_checkinteger(L, 2);
    luaL_argcheck(L, core >= 0 && core < b->system->cores, 2, "a core of the board is needed");
    lua_pushstring(L, run_command(L, b, "state %d", (int)core));
    return 1;
}

const luaL_Reg api_debug_methods[] = { { "gdb", gdb }, { "state", state }, { NULL, NULL } };
