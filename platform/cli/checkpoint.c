/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot checkpoint list | save | restore | rm
 */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "scenarios/engine/engine.h"
#include "supervise.h"

static struct {
    const char *verb, *name, *system, *after, *console, *text;
    struct engine_options options;
    unsigned overrides;
} args;

static const struct argp_option table[] = {
    { "system", 's', "SYSTEM", 0, "save: the board to start: a name in scenarios/systems, or a path", 0 },
    { "after", 'a', "TIME", 0, "save: how long it runs first, for example 2s; restore: how long it runs then", 0 },
    { "until", 'u', "CONSOLE:TEXT", 0, "save, restore: it runs until this console has said that, for example linux:ready", 0 },
    { "device", 'd', "NAME=IMPL", 0, "save: implementation of a device", 0 },
    { "quiet", 'q', NULL, 0, "Do not show the consoles", 0 },
    { 0 }
};

static bool is_verb(const char *word)
{
    return !strcmp(word, "list") || !strcmp(word, "save") || !strcmp(word, "restore") || !strcmp(word, "rm");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    char *colon;
    switch (key) {
    case 's':
        args.system = arg;
        return 0;
    case 'a':
        args.after = arg;
        return 0;
    case 'u':
        colon = strchr(arg, ':');
        if (!colon || colon == arg || !colon[1]) {
            argp_error(state, "--until %s: write CONSOLE:TEXT, for example linux:ready", arg);
        }
        *colon = 0;
        args.console = arg;
        args.text = colon + 1;
        return 0;
    case 'd':
        if (!strchr(arg, '=') || args.overrides == ENGINE_OVERRIDES_MAX - 1) {
            argp_error(state, "--device %s: write NAME=IMPL, for example dmaq0=rtl", arg);
        }
        args.options.overrides[args.overrides++] = arg;
        return 0;
    case 'q':
        args.options.quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args.name) {
            argp_error(state, "one checkpoint at a time: '%s' is too many", arg);
        }
        *(args.verb ? &args.name : &args.verb) = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args.verb || !is_verb(args.verb)) {
            argp_error(state, args.verb ? "'%s' is not known: write checkpoint list, save, restore or rm" : "what about checkpoints? list, save, restore or rm", args.verb);
        }
        if (strcmp(args.verb, "list") && !args.name) {
            argp_error(state, "which checkpoint? write checkpoint %s NAME", args.verb);
        }
        if (!strcmp(args.verb, "save") && (!args.system || (!args.after && !args.console))) {
            argp_error(state, "write for example: checkpoint save booted --system first-light --until linux:ready (or --after 2s)");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int save(const char *runtime, void *data)
{
    (void)data;
    args.options.runtime = runtime;
    return engine_save_checkpoint(args.name, args.system, args.after, args.console, args.text, &args.options);
}

static int restore(const char *runtime, void *data)
{
    (void)data;
    args.options.runtime = runtime;
    return engine_restore_checkpoint(args.name, args.after, args.console, args.text, &args.options);
}

int command_checkpoint(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "list\nsave NAME\nrestore NAME\nrm NAME",
        "Checkpoints: whole boards, saved in the build folder. list: what there is. save: starts a system, runs it, and saves it. restore: continues "
        "one in a new process, until --until, --after or Ctrl-C. rm: removes one. Scenarios save and restore too: scenarios/README.md.", NULL, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    args.options.source = places.source;
    args.options.build = places.build;
    args.options.cache = places.cache;
    args.options.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    if (!strcmp(args.verb, "list")) {
        return engine_list_checkpoints(places.build);
    }
    if (!strcmp(args.verb, "rm")) {
        return engine_remove_checkpoint(places.build, args.name);
    }
    return supervise(!strcmp(args.verb, "save") ? save : restore, NULL);
}
