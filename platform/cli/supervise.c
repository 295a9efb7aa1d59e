/* SPDX-License-Identifier: GPL-2.0-or-later
 * A process that outlives the work, and leaves no other behind
 *
 * libvirt's QEMU detaches itself from its starter. As a child subreaper (prctl(2)) this process becomes its parent, so its
 * end is seen at once, and what is left of it at the end can be found.
 */
#include "supervise.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "platform/board/folders.h"
#include "scenarios/engine/control.h"

#define BASE_MAX 32         /* bytes of the runtime folder's parent: sockets lie below it */
#define END_TRIES 500       /* of 10 ms: how long killed processes may take to end */

/* Folders of supervisors that were killed. */
static void sweep(const char *base)
{
    struct dirent *e;
    char path[BASE_MAX + 300];
    int pid, end;
    DIR *d = opendir(base);
    while (d && (e = readdir(d))) {
        end = 0;
        if (sscanf(e->d_name, "ingot-%d-%n", &pid, &end) == 1 && end && kill(pid, 0) < 0 && errno == ESRCH) {
            snprintf(path, sizeof path, "%s/%s", base, e->d_name);
            folder_remove(path);
        }
    }
    if (d) {
        closedir(d);
    }
}

static bool make_runtime(char runtime[64])
{
    const char *places[] = { getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *p = places[i];
        if (p && *p == '/' && strlen(p) <= BASE_MAX && access(p, W_OK | X_OK) == 0) {
            sweep(p);
            snprintf(runtime, 64, "%s/ingot-%d-XXXXXX", p, (int)getpid());
            if (mkdtemp(runtime)) {
                return true;
            }
        }
    }
    fprintf(stderr, "ingot: /tmp: %s: a folder for sockets is needed there\n", strerror(errno));
    return false;
}

/* The child: its own handlers, and its end when the supervisor is killed. */
static void begin_work(pid_t supervisor, const sigset_t *before)
{
    struct sigaction act = { .sa_handler = control_interrupt };
    const int passed[] = { SIGINT, SIGTERM, SIGHUP };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) {
        _exit(1);
    }
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        sigaction(passed[i], &act, NULL);
    }
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* Reads PPid and name; false: no process, or one that has ended. */
static bool child_named(pid_t pid, const char *start)
{
    char path[64], line[512], name[64] = "", state = 0;
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f) {
        return false;
    }
    char *close = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL, *open = close ? strchr(line, '(') : NULL;
    fclose(f);
    if (!open || sscanf(close + 1, " %c %d", &state, &parent) != 2) {
        return false;
    }
    snprintf(name, sizeof name, "%.*s", (int)(close - open - 1), open + 1);
    return parent == getpid() && state != 'Z' && !strncmp(name, start, strlen(start));
}

/* Kills the QEMU processes that have become ours. How many there were. */
static int kill_boards(void)
{
    struct dirent *e;
    int killed = 0;
    DIR *proc = opendir("/proc");
    while (proc && (e = readdir(proc))) {
        pid_t pid = isdigit((unsigned char)e->d_name[0]) ? atoi(e->d_name) : 0;
        if (pid && (child_named(pid, "qemu-system-aar"))) {
            kill(pid, SIGKILL);
            killed++;
        }
    }
    if (proc) {
        closedir(proc);
    }
    return killed;
}

static void end_boards(void)
{
    const struct timespec pause = { .tv_nsec = 10000000 };
    for (int i = 0; i < END_TRIES && kill_boards(); i++) {
        nanosleep(&pause, NULL);
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    }
}

/* Waits for the work's end; reaps whatever else ends meanwhile. Its status as of waitpid. */
static int watch(pid_t work, const sigset_t *signals)
{
    int asked = 0;
    for (;;) {
        int status, s = sigwaitinfo(signals, NULL);
        pid_t pid;
        if (s == SIGINT || s == SIGTERM || s == SIGHUP) {
            kill(work, asked++ ? SIGKILL : s);
        }
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
            if (pid == work) {
                return status;
            }
        }
    }
}

int supervise(int (*work)(const char *runtime, void *data), void *data)
{
    char runtime[64];
    sigset_t signals, before;
    pid_t self = getpid();

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &before);
    if (!make_runtime(runtime)) {
        return 1;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        begin_work(self, &before);
        exit(work(runtime, data));
    }
    int status = pid < 0 ? 1 << 8 : watch(pid, &signals);
    end_boards();
    folder_remove(runtime);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "ingot: ended by signal %d (%s); the boards are stopped\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}
