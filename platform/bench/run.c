/* SPDX-License-Identifier: GPL-2.0-or-later
 * Running and timing programs; CPU time, so that a busy machine matters less
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS 5
#define ROUNDS_QUICK 1
#define LIMIT_S 120

bool bench_wanted(const struct bench_row *r)
{
    if (r->wanted) {
        fprintf(stderr, "bench: %s against %s\n", r->name, r->comparator);
    }
    return r->wanted;
}

void bench_set(struct bench_row *r, double value)
{
    r->value = value;
    r->measured = true;
}

void bench_failed(struct bench_row *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
}

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void last_line(int fd, char *line, size_t len)
{
    char text[4096];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = 0;
    char *end = strchr(text, '\n');
    snprintf(line, len, "%.*s", (int)(end ? end - text : (ssize_t)strlen(text)), text);
}

double bench_cpu(char *const argv[], unsigned limit, char *why, size_t why_len)
{
    char name[] = "/tmp/ingot-bench-XXXXXX";
    int said = mkostemp(name, O_CLOEXEC), status = 0;
    struct rusage used;
    unlink(name);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(limit);
        if (dup2(said, 1) == 1 && dup2(said, 2) == 2) {
            execv(argv[0], argv);
        }
        _exit(127);
    }
    while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {
    }
    double s = used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        char line[256];
        last_line(said, line, sizeof line);
        snprintf(why, why_len, "%s: %s", argv[0], WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "it did not end in time" : line);
        s = -1;
    }
    close(said);
    return s;
}

bool bench_least(unsigned n, char *const *const argv[], double least[], char *why, size_t why_len)
{
    for (unsigned round = 0; round < (bench.quick ? ROUNDS_QUICK : ROUNDS); round++) {
        for (unsigned i = 0; i < n; i++) {
            double s = bench_cpu(argv[i], LIMIT_S, why, why_len);
            if (s < 0) {
                return false;
            }
            least[i] = !round || s < least[i] ? s : least[i];
        }
    }
    return true;
}
