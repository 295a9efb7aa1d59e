/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot clone CHECKPOINT -n N -- SCENARIO: the scenario on N clones of a booted board, side by side
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "scenarios/engine/engine.h"
#include "supervise.h"

#define CLONES_MAX 1000

struct run {
    pid_t pid;
    int status;             /* as of waitpid */
    double started, seconds;
    char log[PATH_MAX];
};

static struct {
    const char *checkpoint, *scenario;
    unsigned count, jobs;
    struct run *runs;
} args = { .count = 1 };

static volatile sig_atomic_t interrupted;

static const struct argp_option table[] = {
    { "count", 'n', "N", 0, "How many clones (1)", 0 },
    { "jobs", 'j', "N", 0, "How many at a time (the machine's processors)", 0 },
    { 0 }
};

static unsigned number(struct argp_state *state, const char *what, const char *text, unsigned max)
{
    char *end;
    unsigned long v = strtoul(text, &end, 10);
    if (end == text || *end || !v || v > max || *text == '-') {
        argp_error(state, "--%s %s: a number from 1 to %u is needed", what, text, max);
    }
    return v;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'n':
        args.count = number(state, "count", arg, CLONES_MAX);
        return 0;
    case 'j':
        args.jobs = number(state, "jobs", arg, CLONES_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (args.scenario) {
            argp_error(state, "one checkpoint and one scenario: '%s' is too many", arg);
        }
        *(args.checkpoint ? &args.scenario : &args.checkpoint) = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args.scenario) {
            argp_error(state, "a checkpoint and a scenario are needed, for example: ingot clone booted -n 8 -- scenarios/clones.lua");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void interrupt(int signal) { interrupted = signal; }

/* Clone i as an `ingot run` of its own; what it says goes to its log. */
static void start(struct run *r, unsigned i)
{
    char self[PATH_MAX + 32], number[16];
    const char *slash = strrchr(args.scenario, '/'), *name = slash ? slash + 1 : args.scenario;
    pid_t parent = getpid();
    snprintf(r->log, sizeof r->log, "%s/runs/%.*s-%u.log", places.build, (int)strcspn(name, "."), name, i);
    snprintf(self, sizeof self, "%s/platform/cli/ingot", places.build);
    snprintf(number, sizeof number, "%u", i);
    r->started = now();
    fflush(NULL);
    r->pid = fork();
    if (r->pid == 0) {
        int log = open(r->log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent && log >= 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2) {
            execl(self, self, "run", "--quiet", "--from", args.checkpoint, "--clone", number, args.scenario, NULL);
        }
        fprintf(stderr, "ingot: %s: %s\n", r->log, strerror(errno));
        _exit(127);
    }
    r->status = -1;
}

/* One of the running ones has ended; or a signal came, and all are asked to end. */
static struct run *wait_for_one(unsigned begun)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0 && interrupted) {
        for (unsigned i = 0; i < begun; i++) {
            if (args.runs[i].pid > 0) {
                kill(args.runs[i].pid, SIGTERM);
            }
        }
    }
    for (unsigned i = 0; pid > 0 && i < begun; i++) {
        struct run *r = &args.runs[i];
        if (r->pid == pid) {
            r->pid = 0;
            r->status = status;
            r->seconds = now() - r->started;
            return r;
        }
    }
    return NULL;
}

/* The line in which a failed run says why: its last one. */
static void last_line(const char *path, char *line, size_t len)
{
    char next[1024];
    FILE *f = fopen(path, "r");
    *line = 0;
    while (f && fgets(next, sizeof next, f)) {
        next[strcspn(next, "\r\n")] = 0;
        if (*next) {
            snprintf(line, len, "%s", next);
        }
    }
    if (f) {
        fclose(f);
    }
}

static void progress(unsigned ended, unsigned failed)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\ringot: %u of %u clones have ended, %u failed ", ended, args.count, failed);
        if (ended == args.count) {
            fputc('\n', stderr);
        }
    }
}

static int report(unsigned begun, unsigned failed)
{
    char line[1024];
    printf("clone  result   seconds\n");
    for (unsigned i = 0; i < begun; i++) {
        const struct run *r = &args.runs[i];
        bool good = r->status == 0;
        if (!good) {
            last_line(r->log, line, sizeof line);
        }
        printf("%5u  %-7s %8.2f%s%s\n", i + 1, good ? "passed" : "FAILED", r->seconds, good ? "" : "  ", good ? "" : line);
    }
    printf("%u of %u passed; what each said: %s/runs/…-N.log\n", begun - failed, args.count, places.build);
    return failed || begun < args.count;
}

static int run_all(void)
{
    unsigned begun = 0, ended = 0, failed = 0;
    struct sigaction act = { .sa_handler = interrupt };
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    args.runs = calloc(args.count, sizeof *args.runs);
    while (ended < begun || (begun < args.count && !interrupted)) {
        while (begun < args.count && begun - ended < args.jobs && !interrupted) {
            start(&args.runs[begun], begun + 1);
            begun++;
        }
        struct run *r = wait_for_one(begun);
        if (r) {
            ended++;
            failed += r->status != 0;
            progress(ended, failed);
        }
    }
    int status = report(begun, failed);
    return interrupted ? 128 + interrupted : status;
}

static int prepare(const char *runtime, void *data)
{
    struct engine_options *o = data;
    o->runtime = runtime;
    return engine_prepare_clones(args.checkpoint, o);
}

int command_clone(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "CHECKPOINT -- SCENARIO",
        "Runs a scenario on clones of a checkpoint: each starts where the checkpoint was taken, shares its memory copy on write, and gets it by board.from(); "
        "the Lua global `clone` is its number.", NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    struct engine_options o = { .source = places.source, .build = places.build, .cache = places.cache, .quiet = true };
    if (access(args.scenario, R_OK) < 0) {
        fprintf(stderr, "ingot: %s: %s: name a scenario's file\n", args.scenario, strerror(errno));
        return 2;
    }
    if (!args.jobs) {
        long cpus = sysconf(_SC_NPROCESSORS_ONLN);
        args.jobs = cpus > 0 ? cpus : 1;
    }
    int status = supervise(prepare, &o);
    return status ? status : run_all();
}
