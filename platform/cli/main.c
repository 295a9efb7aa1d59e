/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ingot command: run a scenario, make an image, read a trace
 */
#include <argp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "scenarios/engine/engine.h"

struct places places;

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "run", command_run, "run a scenario: ./ingot run scenarios/first-light.lua" },
    { "record", command_record, "run a scenario and keep all that is needed to do it again: ./ingot record scenarios/first-light.lua" },
    { "replay", command_replay, "do a recording again, the same to the instruction: ./ingot replay first-light --waves dmaq0=1.2s..1.3s" },
    { "forge", command_forge, "make a system's image, or explain it: ./ingot forge scenarios/systems/first-light.xml --explain" },
    { "clone", command_clone, "run a scenario on many clones of a checkpoint: ./ingot clone booted -n 8 -- scenario.lua" },
    { "checkpoint", command_checkpoint, "save, restore, list and remove whole boards: ./ingot checkpoint save booted --system first-light --until linux:ready" },
    { "device", command_device, "device types; a Verilog core becomes one: ./ingot device add NAME --rtl top.v --bus wishbone" },
    { "bench", command_bench, "measure the platform, each figure against a comparator: ./ingot bench [--json]" },
    { "latency", command_latency, "interrupt path of a device, stage by stage: ./ingot latency TRACE --device pulse0 …" },
    { "trace", command_trace, "what a trace holds: ./ingot trace show|stat|convert|compare FILE" },
    { "replay-device", command_replay_device, "one device alone from a recording: ./ingot replay-device TRACE --device dmaq0" },
    { "diff", command_diff, "where two recordings part, or a recording and an implementation: ./ingot diff TRACE --device dmaq0=rtl" },
    { "shrink", command_shrink, "the fewest requests on which an implementation fails: ./ingot shrink TRACE --device dmaq0=rtl --test DmaqRing.Wraps" },
    { "golden", command_golden, "small recordings that must hold: ./ingot golden check; ./ingot golden accept" },
    { "gdb", command_gdb, "a board under gdb: ./ingot gdb first-light" },
};

static void usage(FILE *out)
{
    fprintf(out, "Usage: ingot COMMAND [ARGUMENT...]\n\nCommands (each has --help):\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].help);
    }
    fprintf(out, "  %-13s %s\n", "test", "everything under CTest (the launcher ./ingot does it); arguments go to ctest");
}

static void find_places(void)
{
    static char exe[PATH_MAX], cache[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 3; up++) {        /* BUILD/platform/cli/ingot */
        char *slash = strrchr(exe, '/');
        if (slash) {
            *slash = 0;
        }
    }
    places.build = exe;
    places.source = INGOT_SOURCE;
    const char *set = getenv("INGOT_CACHE"), *home = getenv("HOME");
    snprintf(cache, sizeof cache, set ? "%s" : "%s/.cache/ingot", set ? set : home ? home : "/tmp");
    places.cache = cache;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = 2;
    find_places();
    engine_recorded = &recorded_hooks;
    if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    char names[256] = "";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!strcmp(argv[1], commands[i].name)) {
            static char name[64];
            snprintf(name, sizeof name, "ingot %s", argv[1]);
            argv[1] = name;
            return commands[i].run(argc - 1, argv + 1);
        }
        strcat(strcat(names, commands[i].name), " ");
    }
    const char *near = suggest(argv[1], strcat(names, "test help"));
    fprintf(stderr, "ingot: unknown command '%s'%s%s%s: see ingot --help\n", argv[1], near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return 2;
}
