/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot gdb [SYSTEM]: a board under gdb, from its first instruction or from a checkpoint
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

static const struct argp_option table[] = {
    { "device", 'd', "NAME=IMPL", 0, "Implementation of a device: model, rtl or systemc", 0 },
    { "from", 'f', "CHECKPOINT", 0, "Continue a checkpoint instead of starting a system", 0 },
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
        if (!what && !options.from) {
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
