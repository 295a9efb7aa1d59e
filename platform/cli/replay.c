/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot replay NAME: a recording, done again
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "scenarios/engine/engine.h"
#include "supervise.h"

static struct engine_options options;
static struct engine_replay wish;
static unsigned waves_count;
static bool list, removes;

static const struct argp_option table[] = {
    { "board", 'b', "BOARD", 0, "This board of the recording only", 0 },
    { "waves", 'w', "DEVICE=FROM..TO", 0, "Waveform (FST) of an RTL device between two instants; nothing after TO is replayed, and nothing before the last anchor", 0 },
    { "until", 'u', "TIME", 0, "Up to that instant of the board's time only", 0 },
    { "anchors", 'a', "TIME", 0, "Leave a checkpoint every so long, for example 500ms: windows and ingot gdb --replay then begin there", 0 },
    { "list", 'l', NULL, 0, "What recordings there are", 0 },
    { "remove", 'r', NULL, 0, "Remove the recording", 0 },
    { "connect", 'c', "URI", 0, "libvirt URI (default: its embedded driver, no daemon)", 0 },
    { "quiet", 'q', NULL, 0, "Do not show the consoles", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'b':
        wish.board = arg;
        return 0;
    case 'w':
        if (waves_count == ENGINE_OVERRIDES_MAX - 1) {
            argp_error(state, "more than %d times --waves", ENGINE_OVERRIDES_MAX - 1);
        }
        options.waves[waves_count++] = arg;
        return 0;
    case 'u':
        wish.until = arg;
        return 0;
    case 'a':
        wish.anchors = arg;
        return 0;
    case 'l':
        list = true;
        return 0;
    case 'r':
        removes = true;
        return 0;
    case 'c':
        options.uri = arg;
        return 0;
    case 'q':
        options.quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (wish.recording) {
            argp_error(state, "one recording at a time: '%s' is too many", arg);
        }
        wish.recording = arg;
        return 0;
    case ARGP_KEY_END:
        if (!wish.recording && !list) {
            argp_error(state, "which recording? ./ingot replay --list tells which there are");
        }
        if (waves_count && wish.until) {
            argp_error(state, "--waves and --until: a waveform's window has its own end");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int play(const char *runtime, void *data)
{
    (void)data;
    options.runtime = runtime;
    return engine_replay(&wish, &options);
}

int command_replay(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "RECORDING", "Does again what ingot record has recorded, without the scenario or the person: the "
        "same instructions, the same trace, which is compared record by record. Exit status 0: all is the same. docs/replay.md", NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (list) {
        return engine_list_recordings(places.build);
    }
    if (removes) {
        return engine_remove_recording(places.build, wish.recording);
    }
    options.source = places.source;
    options.build = places.build;
    options.cache = places.cache;
    options.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    return supervise(play, NULL);
}
