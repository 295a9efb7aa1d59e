/* SPDX-License-Identifier: GPL-2.0-or-later
 * A device's code that ends the process: who it was, then the signal takes its course
 */
#include "module.h"

#include <signal.h>

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        /* nobody reads it */
    }
}

/* Only what is safe in a signal's handler: no allocation, no lock, no stdio. */
static void crash(int signal)
{
    const char *device = board.devices ? seam_running(board.devices) : NULL;
    if (device) {
        say("ingot: ");
        say(device);
        say(signal == SIGABRT ? ": a failed assertion, or abort(), in its model" :
            signal == SIGFPE ? ": a division by zero in its model" : ": a wild pointer in its model");
        say(" has ended the board: run it under gdb");
        say(record_dying() ? ", the trace ends with it\n" : board.trace ? ", the trace ends shortly before\n" : "\n");
    }
    raise(signal);      /* SA_RESETHAND: the default, with its core file */
}

void crash_watch(void)
{
    struct sigaction act = { .sa_handler = crash, .sa_flags = SA_RESETHAND | SA_NODEFER };
    sigaction(SIGABRT, &act, NULL);
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGFPE, &act, NULL);
}
