/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines of progress: a step that is not done after a second is named
 */
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "internal.h"

static char line[512];
static size_t len;

static void late(int signal)
{
    (void)signal;
    if (write(STDERR_FILENO, line, len) < 0) {
        /* nobody reads it: then it need not be told */
    }
}

static void timer(int seconds)
{
    struct itimerval t = { .it_value.tv_sec = seconds };
    setitimer(ITIMER_REAL, &t, NULL);
}

void step_begin(const char *fmt, ...)
{
    struct sigaction act = { .sa_handler = late, .sa_flags = SA_RESTART };
    va_list ap;
    timer(0);
    va_start(ap, fmt);
    vsnprintf(line, sizeof line - 1, fmt, ap);
    va_end(ap);
    len = strlen(line);
    line[len++] = '\n';
    sigaction(SIGALRM, &act, NULL);
    timer(1);
}

void step_end(void) { timer(0); }
