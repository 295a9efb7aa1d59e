/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot run SCENARIO, ingot record SCENARIO
 */
#include <argp.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "platform/board/system_internal.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/words.h"
#include "supervise.h"
#include "traces/trace.h"

static struct engine_options options;
static const char *scenario;
static unsigned override_count, waves_count;
static bool recording;

enum { OPTION_CLONE = 256, OPTION_TRACE, OPTION_LAST, OPTION_NO_TRACE };

static const struct argp_option table[] = {
    { "device", 'd', "NAME=IMPL", 0, "Implementation of a device: model, rtl or systemc; stronger than the scenario's choice. recorded:TRACE: the device is not there, a recording of it answers, and the run fails where the driver departs from it; recorded-loose:TRACE: its reads and addresses are free", 0 },
    { "system", 's', "FILE", 0, "System of all boards, instead of the scenario's: a name in scenarios/systems, or a path", 0 },
    { "connect", 'c', "URI", 0, "libvirt URI (default: its embedded driver, no daemon)", 0 },
    { "waves", 'w', "DEVICE[=FROM..TO]", 0, "Waveform (FST) of an RTL device, from one instant of the board's time to another, into its folder", 0 },
    { "from", 'f', "CHECKPOINT", 0, "What board.from() gives: a restored checkpoint", 0 },
    { "last", OPTION_LAST, "TIME[,SIZE]", 0, "How much of its time each board can show when something fails, in how many bytes on the disk (default: 10s,256M)", 0 },
    { "trace", OPTION_TRACE, NULL, 0, "Keep the whole trace of each board, in build/runs/SCENARIO/BOARD/trace, whatever way the run ends", 0 },
    { "no-trace", OPTION_NO_TRACE, NULL, 0, "Keep none", 0 },
    { "clone", OPTION_CLONE, "N", OPTION_HIDDEN, "This is clone N of it (ingot clone)", 0 },
    { "quiet", 'q', NULL, 0, "Do not show the consoles; build/runs/SCENARIO/BOARD has them", 0 },
    { 0 }
};

const char *suggest(const char *word, const char *words) { return system_nearest(word, words); }

/* "30s", "30s,1G" */
static void parse_last(char *arg, struct argp_state *state)
{
    char *comma = strchr(arg, ','), *end = "";
    uint64_t size = 0;
    unsigned shift = 0;
    if (comma) {
        *comma = 0;
        size = strtoull(comma + 1, &end, 10);
        shift = *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
        if (!shift || end[1] || end == comma + 1 || size > UINT64_C(1) << 20 || size << shift < TRACE_RING_ROOM_MIN) {
            argp_error(state, "--last %s,%s: the size is a number and M or G, 32M at least", arg, comma + 1);
        }
    }
    if (!word_duration(arg, &options.last_ps) || !options.last_ps) {
        argp_error(state, "--last %s: write for example 30s, or 30s,1G", arg);
    }
    options.room = size << shift;
}

static void choose_trace(enum engine_trace trace, struct argp_state *state)
{
    if (options.trace != ENGINE_TRACE_LAST && options.trace != trace) {
        argp_error(state, "--trace or --no-trace?");
    }
    options.trace = trace;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'd':
        if (!strchr(arg, '=') || arg[0] == '=' || !strchr(arg, '=')[1]) {
            argp_error(state, "--device %s: write NAME=IMPL, for example dmaq0=rtl", arg);
        }
        if (override_count == ENGINE_OVERRIDES_MAX - 1) {
            argp_error(state, "more than %d times --device", ENGINE_OVERRIDES_MAX - 1);
        }
        options.overrides[override_count++] = arg;
        return 0;
    case 'f':
        options.from = arg;
        return 0;
    case OPTION_CLONE:
        options.clone = strtoul(arg, NULL, 10);
        return 0;
    case 'w':
        if (waves_count == ENGINE_OVERRIDES_MAX - 1) {
            argp_error(state, "more than %d times --waves", ENGINE_OVERRIDES_MAX - 1);
        }
        options.waves[waves_count++] = arg;
        return 0;
    case OPTION_LAST:
        parse_last(arg, state);
        return 0;
    case OPTION_TRACE:
        choose_trace(ENGINE_TRACE_WHOLE, state);
        return 0;
    case OPTION_NO_TRACE:
        choose_trace(ENGINE_TRACE_NONE, state);
        return 0;
    case 's':
        options.system = arg;
        return 0;
    case 'c':
        options.uri = arg;
        return 0;
    case 'q':
        options.quiet = true;
        return 0;
    case 'n':
        options.record = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (scenario) {
            argp_error(state, "one scenario at a time: '%s' is too many", arg);
        }
        scenario = arg;
        return 0;
    case ARGP_KEY_END:
        if (!scenario) {
            argp_error(state, "which scenario? for example scenarios/first-light.lua");
        }
        if (options.last_ps && options.trace != ENGINE_TRACE_LAST) {
            argp_error(state, "--last with --%s: one of them", options.trace == ENGINE_TRACE_WHOLE ? "trace" : "no-trace");
        }
        if (recording && (options.last_ps || options.trace == ENGINE_TRACE_NONE)) {
            argp_error(state, "a recording is compared by its whole trace: leave --%s out", options.last_ps ? "last" : "no-trace");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* All scenarios there are, as words. */
static void list_scenarios(char *words, size_t len)
{
    char dir[4096];
    struct dirent *e;
    snprintf(dir, sizeof dir, "%s/scenarios", places.source);
    DIR *d = opendir(dir);
    words[0] = 0;
    while (d && (e = readdir(d))) {
        size_t n = strlen(e->d_name), used = strlen(words);
        if (n > 4 && !strcmp(e->d_name + n - 4, ".lua")) {
            snprintf(words + used, len - used, "%sscenarios/%s", used ? " " : "", e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0;
}

static int play(const char *runtime, void *data)
{
    (void)data;
    options.runtime = runtime;
    return engine_run(scenario, &options);
}

/* The recording's name: --name, or the scenario's. False: it is none. */
static bool name_recording(void)
{
    static char name[64];
    const char *slash = strrchr(scenario, '/'), *base = slash ? slash + 1 : scenario, *dot = strrchr(base, '.');
    if (!options.record) {
        snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - base) : (int)strlen(base), base);
        options.record = name;
    }
    if (!engine_name_fits(options.record)) {
        fprintf(stderr, "ingot: recording name '%s': use up to 63 letters, digits, '.', '_', '-': --name NAME\n", options.record);
        return false;
    }
    return true;
}

static int run(const struct argp *argp, int argc, char **argv)
{
    static char in_source[4096];
    char words[4096];
    argp_parse(argp, argc, argv, 0, NULL, NULL);
    snprintf(in_source, sizeof in_source, "%s/%s", places.source, scenario);
    if (!is_file(scenario) && is_file(in_source)) {
        scenario = in_source;       /* the command was called from another folder */
    }
    if (!is_file(scenario)) {
        list_scenarios(words, sizeof words);
        const char *near = suggest(scenario, words);
        fprintf(stderr, "ingot: no scenario '%s'", scenario);
        fprintf(stderr, near ? " (did you mean '%s'?)" : "", near);
        fprintf(stderr, ": there are: %s\n", words);
        return 2;
    }
    if (recording && !name_recording()) {
        return 2;
    }
    options.source = places.source;
    options.build = places.build;
    options.cache = places.cache;
    options.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    return supervise(play, NULL);
}

int command_run(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "SCENARIO", "Runs a scenario. scenarios/README.md describes what one can say.", NULL, NULL, NULL };
    return run(&argp, argc, argv);
}

int command_record(int argc, char **argv)
{
    static const struct argp_option name[] = {
        { "name", 'n', "NAME", 0, "The recording's name (default: the scenario's)", 0 },
        { 0 } };
    static const struct argp as_run = { table, parse, NULL, NULL, NULL, NULL, NULL };
    static const struct argp_child children[] = { { &as_run, 0, NULL, 0 }, { 0 } };
    static const struct argp argp = { name, parse, "SCENARIO", "Runs a scenario and records it, whatever way it ends, so that ingot replay and "
                                      "ingot gdb --replay do the same again, instruction by instruction. docs/replay.md", children, NULL, NULL };
    recording = true;
    return run(&argp, argc, argv);
}
