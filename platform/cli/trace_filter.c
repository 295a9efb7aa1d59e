/* SPDX-License-Identifier: GPL-2.0-or-later
 * The options of ingot trace that choose records
 */
#include "trace_filter.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { OPTION_UNTIL = 768 };

static const struct argp_option options[] = {
    { "device", 'd', "NAME[,NAME]", 0, "of these devices", 0 },
    { "vm", 'm', "NAME", 0, "of this VM: its devices, their interrupts, DMA and consoles, its cores' probes; or of the hypervisor", 0 },
    { "kind", 'k', "KIND[,KIND]", 0, "of these kinds: " VIEW_KINDS_WORDS " (all but name)", 0 },
    { "addr", 'a', "A[-B]|REGISTER|SYMBOL", 0, "of this register, or in this symbol; or from A to B: offset of an access, bytes of a DMA, PC of a probe, INTID", 0 },
    { "core", 'c', "N", 0, "executed by this core", 0 },
    { "from", 'f', "TIME", 0, "at TIME or later: 1.5ms, 20us, 300ns, 5ps, 2s", 0 },
    { "until", OPTION_UNTIL, "TIME", 0, "at TIME or earlier", 0 },
    { 0 } };

uint64_t trace_filter_time(struct argp_state *state, const char *arg)
{
    static const struct { const char *unit; uint64_t ps; } units[] = {
        { "ps", 1 }, { "ns", 1000 }, { "us", 1000000 }, { "ms", 1000000000 }, { "s", UINT64_C(1000000000000) } };
    char *end;
    uint64_t whole = strtoull(arg, &end, 10), part = 0, scale = 1;
    bool good = isdigit((unsigned char)*arg);
    if (good && *end == '.') {
        for (end++; isdigit((unsigned char)*end) && scale < UINT64_C(1000000000000); end++) {
            part = 10 * part + (uint64_t)(*end - '0');
            scale *= 10;
        }
    }
    for (size_t i = 0; good && i < sizeof units / sizeof *units; i++) {
        if (!strcmp(end, units[i].unit) && whole < UINT64_MAX / units[i].ps && (units[i].ps >= scale || part == 0)) {
            return whole * units[i].ps + (part ? part * (units[i].ps / scale) : 0);
        }
    }
    argp_error(state, "%s: that is not a time: give a number and ps, ns, us, ms or s, as in 1.5ms", arg);
    return 0;
}

static void parse_kinds(struct trace_filter *f, char *arg, struct argp_state *state)
{
    char *save = NULL;
    for (char *word = strtok_r(arg, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
        int kind = view_kind_find(word);
        if (kind < 0) {
            const char *near = suggest(word, VIEW_KINDS_WORDS);
            argp_error(state, "--kind %s: no such kind%s%s%s; there are: " VIEW_KINDS_WORDS, word, near ? " (did you mean '" : "",
                       near ? near : "", near ? "'?)" : "");
            return;
        }
        f->view.kinds |= 1u << kind;
    }
}

/* A number, or from-to, or a register's name. */
static void parse_addr(struct trace_filter *f, const char *arg, struct argp_state *state)
{
    char *end;
    if (!isdigit((unsigned char)*arg)) {
        f->view.reg = arg;
        return;
    }
    f->view.by_addr = true;
    f->view.addr_from = f->view.addr_to = strtoull(arg, &end, 0);
    if (*end == '-' && isdigit((unsigned char)end[1])) {
        f->view.addr_to = strtoull(end + 1, &end, 0);
    }
    if (*end || f->view.addr_to < f->view.addr_from) {
        argp_error(state, "--addr %s: an address, two with - between (the lower first), or a register's or symbol's name is needed", arg);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct trace_filter *f = state->input;
    char *end;
    unsigned long core;
    switch (key) {
    case 'd': f->devices = arg; return 0;
    case 'm': f->vm = arg; return 0;
    case 'k': parse_kinds(f, arg, state); return 0;
    case 'a': parse_addr(f, arg, state); return 0;
    case 'c':
        core = strtoul(arg, &end, 10);
        if (!isdigit((unsigned char)*arg) || *end || core >= TRACE_NO_CORE) {
            argp_error(state, "--core %s: the number of a core is needed", arg);
        }
        f->view.by_core = true;
        f->view.core = (uint8_t)core;
        return 0;
    case 'f': f->view.from_ps = trace_filter_time(state, arg); return 0;
    case OPTION_UNTIL: trace_filter_until(f, trace_filter_time(state, arg)); return 0;
    case ARGP_KEY_END:
        if (f->view.to_ps && f->view.to_ps < f->view.from_ps) {
            argp_error(state, "the time to which is before --from: no record can be between");
        }
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp trace_filter_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };

void trace_filter_until(struct trace_filter *f, uint64_t ps) { f->view.to_ps = ps ? ps : 1; }     /* 0 is: no end */

/* All names of devices in the trace, for a message. */
static void known(struct view *v, char *buf, size_t len)
{
    size_t at = 0;
    *buf = 0;
    for (uint32_t id = 0; id < 256 && at < len; id++) {
        const char *name = view_device(v, id);
        if (view_find_device(v, name) == (int)id) {
            at += (size_t)snprintf(buf + at, len - at, "%s%s", at ? " " : "", name);
        }
    }
}

static int check_vm(const char *vm, struct view *v, char *err, size_t err_len)
{
    char all[4096], words[sizeof all + 2], wanted[300];
    view_owners(v, all, sizeof all);
    snprintf(words, sizeof words, " %s ", all);
    snprintf(wanted, sizeof wanted, " %s ", vm);
    if (*vm && !strchr(vm, ' ') && strstr(words, wanted)) {
        return 0;
    }
    const char *near = *all ? suggest(vm, all) : NULL;
    snprintf(err, err_len, "%s: no VM '%s' in it%s%s%s: %s%s", view_trace(v)->path, vm, near ? " (did you mean '" : "", near ? near : "",
             near ? "'?)" : "", *all ? "it has " : "it names none: record it again; a restored run's names are in the other's trace, --names FILE", all);
    return -1;
}

int trace_filter_resolve(struct trace_filter *f, struct view *v, struct view_filter *out, char *err, size_t err_len)
{
    size_t count = 1;
    for (const char *c = f->devices ? f->devices : ""; *c; c++) {
        count += *c == ',';
    }
    *out = f->view;
    out->vm = f->vm;
    if (f->vm && check_vm(f->vm, v, err, err_len) < 0) {
        return -1;
    }
    if (!f->devices) {
        return 0;
    }
    char *names = strdup(f->devices), *save = NULL;
    f->ids = calloc(count, sizeof *f->ids);
    out->devices = f->ids;
    for (char *name = names && f->ids ? strtok_r(names, ",", &save) : NULL; name; name = strtok_r(NULL, ",", &save)) {
        int id = view_find_device(v, name);
        if (id < 0) {
            char all[1024];
            known(v, all, sizeof all);
            const char *near = *all ? suggest(name, all) : NULL;
            snprintf(err, err_len, "%s: no device '%s' in it%s%s%s: %s%s", view_trace(v)->path, name, near ? " (did you mean '" : "",
                     near ? near : "", near ? "'?)" : "", *all ? "it has " : "it has no names: give the restored run's with --names", all);
            free(names);
            return -1;
        }
        f->ids[out->device_count++] = (uint32_t)id;
    }
    free(names);
    if (out->device_count) {
        return 0;
    }
    snprintf(err, err_len, "--device: a name is needed");
    return -1;
}

void trace_filter_free(struct trace_filter *f)
{
    free(f->ids);
    f->ids = NULL;
}
