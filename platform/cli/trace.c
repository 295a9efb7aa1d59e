/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot trace show|stat|convert|compare: what a trace holds
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "platform/view/view.h"
#include "trace_filter.h"
#include "trace_symbols.h"
#include "traces/compare.h"

#define HANDLERS_MAX 32
#define SYMBOLS_MAX 32

static struct {
    const char *path, *names, *to, *out, *handlers[HANDLERS_MAX], *symbols[SYMBOLS_MAX];
    unsigned handler_count, symbol_count, data;
    struct trace_filter filter;
} args;

enum { OPTION_TO = 512, OPTION_TO_TIME, OPTION_DATA, OPTION_NAMES, OPTION_HANDLER, OPTION_SYMBOLS };

#define SYMBOLS_OPTION { "symbols", OPTION_SYMBOLS, "[VM=]FILE[@BASE]", 0, "names of the addresses in this VM's program, or in the hypervisor=: an ELF " \
    "file (of a kernel's module with the address of its .text), a Linux Image, System.map or /proc/kallsyms; may be given for each. Those of the " \
    "build's own programs are found", 0 }

static const struct argp_option show_options[] = {
    { "to", OPTION_TO_TIME, "TIME", 0, "as --until", 0 },
    { "data", OPTION_DATA, "BYTES", 0, "bytes of each DMA burst that are shown (32)", 0 },
    SYMBOLS_OPTION,
    { "names", OPTION_NAMES, "FILE", 0, "trace with the names that this one has not: the run that was restored", 0 },
    { 0 } };
static const struct argp_option stat_options[] = {
    { "to", OPTION_TO_TIME, "TIME", 0, "as --until", 0 },
    SYMBOLS_OPTION,
    { "names", OPTION_NAMES, "FILE", 0, "trace with the names that this one has not: the run that was restored", 0 },
    { 0 } };
static const struct argp_option convert_options[] = {
    { "to", OPTION_TO, "FORMAT", 0, "json (one object a line), vcd, fst (GTKWave), sqlite (docs/trace-sqlite.md), perfetto (ui.perfetto.dev opens it)", 0 },
    { "output", 'o', "OUT", 0, "file to write; an existing one is replaced", 0 },
    { "handler", OPTION_HANDLER, "DEVICE=PROBE", 0, "perfetto: arrows from the device's interrupts end at this probe; may be given for each device", 0 },
    SYMBOLS_OPTION,
    { "names", OPTION_NAMES, "FILE", 0, "trace with the names that this one has not: the run that was restored", 0 },
    { 0 } };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    char *end;
    switch (key) {
    case OPTION_DATA:
        args.data = (unsigned)strtoul(arg, &end, 0);
        if (*end || end == arg) {
            argp_error(state, "--data %s: a number of bytes is needed", arg);
        }
        return 0;
    case OPTION_NAMES: args.names = arg; return 0;
    case OPTION_SYMBOLS:
        if (args.symbol_count == SYMBOLS_MAX) {
            argp_error(state, "--symbols: at most %d times", SYMBOLS_MAX);
        }
        args.symbols[args.symbol_count++] = arg;
        return 0;
    case OPTION_TO: args.to = arg; return 0;
    case OPTION_TO_TIME: trace_filter_until(&args.filter, trace_filter_time(state, arg)); return 0;
    case 'o': args.out = arg; return 0;
    case OPTION_HANDLER:
        if (!strchr(arg, '=') || args.handler_count == HANDLERS_MAX) {
            argp_error(state, "--handler %s: DEVICE=PROBE is needed, at most %d times", arg, HANDLERS_MAX);
        }
        args.handlers[args.handler_count++] = arg;
        return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &args.filter; return 0;
    case ARGP_KEY_ARG:
        if (args.path) {
            argp_error(state, "%s: one trace at a time", arg);
        }
        args.path = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args.path) {
            argp_error(state, "a trace is needed: ingot run --trace, or a run that fails, leaves it in build/runs/SCENARIO/BOARD/");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int fail(const char *err)
{
    fflush(stdout);
    fprintf(stderr, "ingot: %s\n", err);
    return 1;
}

/* Given ones are asked first. */
static int add_symbols(struct view *v, char *err, size_t err_len)
{
    for (unsigned i = 0; i < args.symbol_count; i++) {
        if (trace_symbols_given(v, args.symbols[i], err, err_len) < 0) {
            return -1;
        }
    }
    trace_symbols_found(v);
    return 0;
}

/* Loads, looks, unloads: 0 or 1. */
static int with_view(int (*look)(struct view *v, const struct view_filter *f, char *err, size_t err_len))
{
    char err[1024], devices[4096];
    snprintf(devices, sizeof devices, "%s/vdevices", places.source);
    struct trace *t = trace_load(args.path, err, sizeof err);
    struct trace *names = t && args.names ? trace_load(args.names, err, sizeof err) : NULL;
    struct view *v = t && (names || !args.names) ? view_new(t, names, devices, stderr) : NULL;
    struct view_filter f;
    int r = -1;
    if (t && (names || !args.names) && !v) {
        snprintf(err, sizeof err, "%s: no memory", args.path);
    }
    if (v && trace_filter_resolve(&args.filter, v, &f, err, sizeof err) == 0 && add_symbols(v, err, sizeof err) == 0) {
        r = look(v, &f, err, sizeof err);
        trace_symbols_missing(v);
    }
    if (r) {
        fail(err);
    }
    view_free(v);
    trace_unload(names);
    trace_unload(t);
    trace_filter_free(&args.filter);
    return r != 0;
}

static int show(struct view *v, const struct view_filter *f, char *err, size_t err_len)
{
    return view_show(v, f, args.data, stdout, err, err_len);
}

static int stat(struct view *v, const struct view_filter *f, char *err, size_t err_len)
{
    return view_stat(v, f, stdout, err, err_len);
}

static int perfetto(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len)
{
    struct view_handler handlers[HANDLERS_MAX];
    for (unsigned i = 0; i < args.handler_count; i++) {
        const char *is = strchr(args.handlers[i], '=');
        char device[256];
        snprintf(device, sizeof device, "%.*s", (int)(is - args.handlers[i]), args.handlers[i]);
        int id = view_find_device(v, device);
        if (id < 0) {
            snprintf(err, err_len, "%s: --handler %s: no device '%s' in it%s", args.path, args.handlers[i], device,
                     args.names ? "" : ": a restored run's names are in the other's trace, --names FILE");
            return -1;
        }
        handlers[i] = (struct view_handler){ (uint32_t)id, is + 1 };
    }
    return view_perfetto(v, f, handlers, args.handler_count, out, err, err_len);
}

static int convert(struct view *v, const struct view_filter *f, char *err, size_t err_len)
{
    if (!strcmp(args.to, "sqlite")) {
        return view_sqlite(v, f, args.out, err, err_len);
    }
    if (!strcmp(args.to, "fst")) {
        return view_fst(v, f, args.out, err, err_len);
    }
    FILE *out = fopen(args.out, "w");
    if (!out) {
        snprintf(err, err_len, "%s: cannot be written: %s", args.out, strerror(errno));
        return -1;
    }
    int r = !strcmp(args.to, "json") ? view_json(v, f, out, err, err_len)
          : !strcmp(args.to, "vcd") ? view_vcd(v, f, out, err, err_len) : perfetto(v, f, out, err, err_len);
    if (fclose(out) && !r) {
        snprintf(err, err_len, "%s: cannot be written: %s", args.out, strerror(errno));
        r = -1;
    }
    return r;
}

static bool check_convert(void)
{
    static const char *const formats[] = { "json", "vcd", "fst", "sqlite", "perfetto" };
    bool known = false;
    for (size_t i = 0; args.to && i < sizeof formats / sizeof *formats; i++) {
        known = known || !strcmp(args.to, formats[i]);
    }
    if (!known) {
        const char *near = args.to ? suggest(args.to, "json vcd fst sqlite perfetto") : NULL;
        fprintf(stderr, "ingot: --to %s: json, vcd, fst, sqlite or perfetto is needed%s%s%s\n", args.to ? args.to : "FORMAT",
                near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    } else if (!args.out) {
        fputs("ingot: -o OUT is needed: the file to write\n", stderr);
    }
    return known && args.out;
}

/* A against the parts of B, one after the other. */
static int compare_files(int argc, char **argv)
{
    struct compare_side a = { .label = "first" }, b = { .label = "second" };
    bool prefix = argc > 1 && !strcmp(argv[1], "--prefix");
    char err[1024];
    int status = 2;
    argc -= prefix;
    argv += prefix;
    if (argc < 3 || argv[1][0] == '-') {
        bool help = argc > 1 && !strcmp(argv[1], "--help");
        fprintf(help ? stdout : stderr, "Usage: ingot trace compare [--prefix] A B [B...]\n\nCompares A, record by record, with B: one trace, or a run up to its "
                "checkpoint and the restored runs after it. Of traces that begin in the middle of the run (its last seconds), what both have.\nExit 0: equal; 1: they differ, and the first difference is shown.\n\n"
                "  --prefix  equal, too, if one side ends before the other\n");
        return help ? 0 : 2;
    }
    struct trace **loaded = calloc((size_t)argc, sizeof *loaded);
    for (int i = 1; loaded && i < argc; i++) {
        loaded[i] = trace_load(argv[i], err, sizeof err);
        if (!loaded[i] || compare_add(i == 1 ? &a : &b, loaded[i], 0, SIZE_MAX) < 0) {
            fail(loaded[i] ? "too many traces on one side" : err);
            goto out;
        }
    }
    size_t before = compare_align(&a, &b);
    struct compare_report report = compare(&a, &b);
    bool equal = report.result == COMPARE_EQUAL || (prefix && (report.result == COMPARE_A_ENDS || report.result == COMPARE_B_ENDS));
    if (before) {
        printf("the run's first %zu records are not in both: compared is what follows\n", before);
    }
    if (equal) {
        printf("identical: %zu records\n", report.index);
    } else {
        compare_print(stdout, &a, &b, &report, 3);
    }
    status = !equal;
out:
    for (int i = 1; loaded && i < argc; i++) {
        trace_unload(loaded[i]);
    }
    free(loaded);
    return status;
}

static void parse_all(int argc, char **argv, const struct argp_option *options, const char *doc)
{
    static const struct argp_child children[] = { { &trace_filter_argp, 0, "Which records:", 1 }, { 0 } };
    const struct argp argp = { options, parse, "FILE", doc, children, NULL, NULL };
    argp_parse(&argp, argc, argv, 0, NULL, NULL);
}

int command_trace(int argc, char **argv)
{
    static char name[64];
    const char *word = argc > 1 ? argv[1] : "";
    if (argc > 1) {
        snprintf(name, sizeof name, "ingot trace %s", word);
        argv[1] = name;
    }
    args.data = 32;
    if (!strcmp(word, "show")) {
        parse_all(argc - 1, argv + 1, show_options, "Prints the records of a trace, one a line, with the registers' names.");
        return with_view(show);
    }
    if (!strcmp(word, "stat")) {
        parse_all(argc - 1, argv + 1, stat_options, "Counts the records of a trace by device, register and probe.");
        return with_view(stat);
    }
    if (!strcmp(word, "convert")) {
        parse_all(argc - 1, argv + 1, convert_options, "Writes a trace in another format.");
        return check_convert() ? with_view(convert) : 2;
    }
    if (!strcmp(word, "compare")) {
        return compare_files(argc - 1, argv + 1);
    }
    bool help = !strcmp(word, "--help") || !strcmp(word, "help");
    const char *near = *word && !help ? suggest(word, "show stat convert compare") : NULL;
    if (*word && !help) {
        fprintf(stderr, "ingot: trace: unknown command '%s'%s%s%s\n", word, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    }
    fputs("Usage: ingot trace show|stat FILE [FILTER...]\n       ingot trace convert FILE --to json|vcd|fst|sqlite|perfetto -o OUT [FILTER...]\n"
          "       ingot trace compare [--prefix] A B [B...]\n\nEach has --help.\n", help ? stdout : stderr);
    return help ? 0 : 2;
}
