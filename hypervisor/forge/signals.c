/* SPDX-License-Identifier: GPL-2.0-or-later
 * Signals are held back while forge works, and a program that it runs is ended by them
 */
#include "forge.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static sigset_t before, held;

void signals_hold(void)
{
    signal(SIGCHLD, SIG_DFL);               /* ignored, it would take the child's status away */
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, &before);
}

bool signals_pending(void)
{
    sigset_t now;
    sigpending(&now);
    return sigismember(&now, SIGINT) || sigismember(&now, SIGTERM) || sigismember(&now, SIGHUP);
}

void signals_release(void) { sigprocmask(SIG_SETMASK, &before, NULL); }

/* In a process group of its own: what it has started itself is ended with it. */
static int start(pid_t *pid, char *const argv[])
{
    posix_spawnattr_t a;
    posix_spawnattr_init(&a);
    posix_spawnattr_setflags(&a, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&a, 0);
    posix_spawnattr_setsigmask(&a, &before);
    int r = posix_spawnp(pid, argv[0], NULL, &a, argv, environ);
    posix_spawnattr_destroy(&a);
    return r;
}

int signals_run(char *const argv[], const char *remedy)
{
    pid_t pid;
    int status, taken = 0, r = start(&pid, argv);
    if (r) {
        fprintf(stderr, "forge: %s: %s: %s\n", argv[0], strerror(r), remedy);
        return -1;
    }
    while (waitpid(pid, &status, WNOHANG) == 0) {
        int sig = sigwaitinfo(&held, NULL);
        if (sig > 0 && sig != SIGCHLD) {
            taken = sig;
            kill(-pid, SIGTERM);
        }
    }
    if (taken) {
        raise(taken);                       /* it waits again, for signals_release */
        return -1;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "forge: %s failed: its messages are above\n", argv[0]);
        return -1;
    }
    return 0;
}
