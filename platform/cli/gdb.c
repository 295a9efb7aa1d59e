/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot gdb [SYSTEM]: a board under gdb, from its first instruction or from a checkpoint, or a recording, also backwards
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "scenarios/engine/engine.h"
#include "supervise.h"

static struct engine_options options;
static const char *what;
static unsigned override_count;
static struct engine_replay replay;

enum { OPTION_AT = 256 };

static const struct argp_option table[] = {
    { "device", 'd', "NAME=IMPL", 0, "Implementation of a device: model, rtl or systemc", 0 },
    { "from", 'f', "CHECKPOINT", 0, "Continue a checkpoint instead of starting a system", 0 },
    { "replay", 'r', "RECORDING", 0, "A recorded run instead: gdb's reverse- commands go back in it", 0 },
    { "board", 'b', "BOARD", 0, "With --replay: which of the recording's boards (default: the first)", 0 },
    { "at", OPTION_AT, "TIME", 0, "With --replay: begin at that instant of the board's time, or at the recording's end: --at end", 0 },
    { "connect", 'c', "URI", 0, "libvirt URI (default: its embedded driver, no daemon)", 0 },
    { "quiet", 'q', NULL, 0, "Do not show the consoles", 0 },
    { 0 }
};

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
    case 'r':
        replay.recording = arg;
        return 0;
    case 'b':
        replay.board = arg;
        return 0;
    case OPTION_AT:
        replay.at = arg;
        return 0;
    case 'c':
        options.uri = arg;
        return 0;
    case 'q':
        options.quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (what) {
            argp_error(state, "one system or scenario at a time: '%s' is too many (arguments for gdb stand after --)", arg);
        }
        what = arg;
        return 0;
    case ARGP_KEY_END:
        if (replay.recording ? what || options.from || override_count : replay.board || replay.at) {
            argp_error(state, replay.recording ? "--replay has its system, devices and beginning from the recording"
                                               : "--board and --at belong to --replay RECORDING");
        }
        if (!what && !options.from && !replay.recording) {
            argp_error(state, "which system? for example first-light; or --from CHECKPOINT; or a scenario that calls b:gdb()");
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
    if (replay.recording) {
        return engine_gdb_replay(&replay, &options);
    }
    const char *dot = what ? strrchr(what, '.') : NULL;
    return dot && !strcmp(dot, ".lua") ? engine_run(what, &options) : engine_gdb(what, &options);
}

int command_gdb(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "[SYSTEM|SCENARIO] [-- GDB-ARGUMENT...]",
        "Debugs a board with gdb-multiarch: CPU, SystemC and RTL stop at one instant. The board ends with gdb. "
        "In gdb: 'devices' lists them, 'peek $dmaq0+4' reads a register without a side effect.", NULL, NULL, NULL };
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--")) {
            options.gdb_args = argv + i + 1;
            argc = i;
            argv[i] = NULL;
            break;
        }
    }
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    options.source = places.source;
    options.build = places.build;
    options.cache = places.cache;
    options.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    return supervise(play, NULL);
}
