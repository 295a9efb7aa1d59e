/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot run SCENARIO
 */
#include <argp.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "platform/board/system_internal.h"
#include "scenarios/engine/engine.h"

static struct engine_options options;
static const char *scenario;
static unsigned override_count;

static const struct argp_option table[] = {
    { "device", 'd', "NAME=IMPL", 0, "implementation of a device: model, rtl or systemc; stronger than the scenario's choice", 0 },
    { "connect", 'c', "URI", 0, "libvirt URI (default: its embedded driver, no daemon)", 0 },
    { "quiet", 'q', NULL, 0, "do not show the consoles (they are in build/runs/…/*.log)", 0 },
    { 0 }
};

const char *suggest(const char *word, const char *words) { return system_nearest(word, words); }

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'd':
        if (!strchr(arg, '=') || arg[0] == '=' || override_count == ENGINE_OVERRIDES_MAX - 1) {
            argp_error(state, "--device %s: write NAME=IMPL, for example dmaq0=rtl", arg);
        }
        options.overrides[override_count++] = arg;
        return 0;
    case 'c':
        options.uri = arg;
        return 0;
    case 'q':
        options.quiet = true;
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
        size_t n = strlen(e->d_name);
        if (n > 4 && !strcmp(e->d_name + n - 4, ".lua") && strlen(words) + n + 12 < len) {
            sprintf(words + strlen(words), "%sscenarios/%s", words[0] ? " " : "", e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
}

int command_run(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "SCENARIO", "Runs a scenario (scenarios/README.md has the API).", NULL, NULL, NULL };
    char words[4096];
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (access(scenario, R_OK) < 0) {
        list_scenarios(words, sizeof words);
        const char *near = suggest(scenario, words);
        fprintf(stderr, "ingot: no scenario '%s'%s%s%s: there are: %s\n", scenario, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", words);
        return 2;
    }
    options.source = places.source;
    options.build = places.build;
    options.cache = places.cache;
    return engine_run(scenario, &options);
}
