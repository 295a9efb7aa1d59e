/* SPDX-License-Identifier: GPL-2.0-or-later
 * The interrupt path's report: spreads over the paths, and the table
 */
#include <inttypes.h>
#include <stdlib.h>

#include "latency.h"

static int ascending(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* Of one uint64_t member of all paths, `offset` bytes into each. values: room for one a path. */
static struct latency_spread spread(const struct latency_report *r, size_t offset, uint64_t *values)
{
    struct latency_spread s = { 0 };
    for (size_t i = 0; i < r->count; i++) {
        values[i] = *(const uint64_t *)((const char *)&r->paths[i] + offset);
        if (values[i] > values[s.worst])
            s.worst = i;
    }
    qsort(values, r->count, sizeof *values, ascending);
    s.min = values[0];
    s.median = values[(r->count + 1) / 2 - 1];
    s.p99 = values[(99 * r->count + 99) / 100 - 1];
    s.max = values[r->count - 1];
    return s;
}

int latency_summarise(struct latency_report *r)
{
    if (!r->count)
        return 0;
    uint64_t *values = malloc(r->count * sizeof *values);
    if (!values)
        return -1;
    for (int s = 0; s < LATENCY_STAGES; s++) {
        r->ps[s] = spread(r, offsetof(struct latency_path, ps) + s * sizeof(uint64_t), values);
        r->insn[s] = spread(r, offsetof(struct latency_path, insn) + s * sizeof(uint64_t), values);
    }
    r->total_ps = spread(r, offsetof(struct latency_path, total_ps), values);
    r->total_insn = spread(r, offsetof(struct latency_path, total_insn), values);
    free(values);
    return 0;
}

void latency_free(struct latency_report *report)
{
    free(report->paths);
    report->paths = NULL;
    report->count = 0;
}

static const char *const stage_names[LATENCY_STAGES] = {
    [LATENCY_TURN] = "core's turn", [LATENCY_EL2_VECTOR] = "EL2 vector", [LATENCY_LR] = "list register written",
    [LATENCY_GUEST_VECTOR] = "guest vector", [LATENCY_HANDLER] = "driver's handler", [LATENCY_ACK] = "acknowledge",
    [LATENCY_EOI] = "EOI" };

const char *latency_stage_name(enum latency_stage s) { return stage_names[s]; }

/* Right-aligned ns, with a fraction only where there is one. */
static void print_ns(FILE *out, int width, uint64_t ps)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%" PRIu64, ps / 1000);
    if (ps % 1000)
        snprintf(text + n, sizeof text - (size_t)n, ".%03" PRIu64, ps % 1000);
    fprintf(out, "%*s", width, text);
}

static void print_row(FILE *out, const char *name, size_t count, const struct latency_spread *insn,
                      const struct latency_spread *ps)
{
    fprintf(out, "%-21s %6zu  %8" PRIu64 "%8" PRIu64 "%8" PRIu64 "%8" PRIu64 "  ", name, count, insn->min,
            insn->median, insn->p99, insn->max);
    print_ns(out, 8, ps->min);
    print_ns(out, 9, ps->median);
    print_ns(out, 9, ps->p99);
    print_ns(out, 9, ps->max);
    fputc('\n', out);
}

static void print_rule(FILE *out)
{
    for (int i = 0; i < 99; i++)
        fputc('-', out);
    fputc('\n', out);
}

/* Raises that are not in the table, and paths in it that are special: each kind in words, none where there are none. */
static void print_remarks(FILE *out, const struct latency_report *r)
{
    const struct {
        size_t count;
        const char *words;
    } remarks[] = {
        { r->merged, "merged: came before the acknowledge of an earlier one, served with it, not in the table" },
        { r->withdrawn, "withdrawn: the line fell before a list register was written, not in the table" },
        { r->lost, "lost: no EOI before the next one was acknowledged, not in the table" },
        { r->incomplete, "incomplete: on the way when the trace ended, not in the table" },
        { r->chained, "chained: raised while EL2 was at work already; first stages 0, in the table" },
        { r->unraised, "delivered again with no new raise, because the line had stayed high, not in the table" },
    };
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++)
        if (remarks[i].count)
            fprintf(out, "%6zu %s\n", remarks[i].count, remarks[i].words);
}

void latency_print(FILE *out, const struct latency_report *r)
{
    fprintf(out, "Interrupt path of %s (INTID %" PRIu32 "): %zu raised, %zu complete\n", r->device, r->intid, r->raises,
            r->count);
    if (r->count) {
        fprintf(out, "%-28s  %32s  %35s\n", "", "instructions of its core", "ns");
        fprintf(out, "%-21s %6s  %8s%8s%8s%8s  %8s%9s%9s%9s\n", "raise, then to", "count", "min", "median", "p99",
                "max", "min", "median", "p99", "max");
        print_rule(out);
        for (int s = 0; s < LATENCY_STAGES; s++)
            if (r->measured[s])
                print_row(out, stage_names[s], r->count, &r->insn[s], &r->ps[s]);
        print_rule(out);
        print_row(out, "total", r->count, &r->total_insn, &r->total_ps);
        const struct latency_path *p = &r->paths[r->total_ps.worst];
        fprintf(out, "worst: number %zu, raised at %" PRIu64 ".%06" PRIu64 " ms (record %zu), on core %u\n",
                r->total_ps.worst + 1, p->raise_ps / 1000000000, p->raise_ps / 1000 % 1000000, p->raise, p->core);
    }
    print_remarks(out, r);
}
