/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot bench: which rows, and how they are shown
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "budget.h"
#include "results.h"

static const struct bench_group *const groups[] = { &bench_board, &bench_bus, &bench_rtl, &bench_life, NULL };
struct bench_places bench;

static struct {
    bool json, list, some;
    const char *write;
} args;

static const struct argp_option table[] = {
    { "json", 'j', NULL, 0, "A list of objects with name, value, comparator, goal, met, instead of the table", 0 },
    { "list", 'l', NULL, 0, "The rows there are", 0 },
    { "quick", 'q', NULL, 0, "One round of each: shows that it runs, its figures are worth little", 0 },
    { "write", 'w', "FILE", 0, "Also put the table into this file (docs/results.md), between its two marks", 0 },
    { 0 }
};

static bool choose(const char *name)
{
    bool found = false;
    for (const struct bench_group *const *g = groups; *g; g++) {
        for (struct bench_row *r = (*g)->rows; r->name; r++) {
            if (!name || !strcmp(r->name, name)) {
                found = r->wanted = true;
            }
        }
    }
    return found;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case 'j': args.json = true; return 0;
    case 'l': args.list = true; return 0;
    case 'q': bench.quick = true; return 0;
    case 'w': args.write = arg; return 0;
    case ARGP_KEY_ARG:
        if (!choose(arg)) {
            argp_error(state, "no row '%s': see bench --list", arg);
        }
        args.some = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int bench_main(int argc, char **argv)
{
    static const struct argp argp = { table, parse, "[ROW...]\nhypervisor [ROW...]", "Measures the platform: each figure is a ratio against a comparator that runs in the same call. "
                                      "All rows take about two minutes; let nothing else run. With hypervisor: the instructions of its paths.", NULL, NULL, NULL };
    if (argc > 1 && !strcmp(argv[1], "hypervisor")) {
        argv[1] = "ingot bench hypervisor";
        return budget_main(argc - 1, argv + 1);
    }
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
    if (!args.some) {
        choose(NULL);
    }
    if (args.list) {
        results_list(groups);
        return 0;
    }
    for (const struct bench_group *const *g = groups; *g; g++) {
        (*g)->run();
    }
    if (args.json) {
        results_json(stdout, groups);
    } else {
        results_table(stdout, groups);
    }
    int status = results_all_measured(groups) ? 0 : 1;
    return args.write && results_write(args.write, groups) < 0 ? 1 : status;
}
