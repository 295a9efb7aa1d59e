/* SPDX-License-Identifier: GPL-2.0-or-later
 * Budgets: visits of EL2, found in a trace of every instruction there
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "budget.h"
#include "traces/trace.h"

#define WARM_UP 4u              /* first runs of a path that do not count */
#define VISIT_MAX 65536u        /* instructions */
#define LINE_SHIFT 6
#define PAGE_SHIFT 12

/* Arm ARM D1.3.1.3: offset of a vector, from a lower EL in AArch64 */
enum { VECTORS = 0x800, VECTOR_SYNC = 0x400, VECTOR_IRQ = 0x480, VECTOR_SERROR = 0x580 };

/* A path that is being taken, and what of it has been seen. */
struct run {
    struct budget_row *row;
    uint32_t start, end;        /* probes' IDs */
    uint8_t core;
    bool open;
    uint32_t irq, sync, syncs, visits, lines, pages;
    uint32_t *samples;
    uint32_t count, room;
};

static struct {
    uint64_t vectors;
    uint64_t pc[VISIT_MAX];
    uint32_t length;            /* 0: at no visit's instruction yet */
    uint64_t last_insn, last_pc;
    const char *error;
} visit;

static int by_address(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Different values of pc >> shift; sorted[] is. */
static uint32_t distinct(const uint64_t *sorted, uint32_t n, unsigned shift)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count += !i || sorted[i] >> shift != sorted[i - 1] >> shift;
    }
    return count;
}

static uint32_t greater(uint32_t a, uint32_t b) { return a > b ? a : b; }

/* The visit that has been collected is whole: it belongs to the runs that are open. */
static void visit_ends(struct run *runs, unsigned count)
{
    static uint64_t sorted[VISIT_MAX];
    uint64_t entry = visit.pc[0] - visit.vectors;
    if (!visit.length) {
        return;
    }
    bool sort = false;
    for (unsigned i = 0; i < count; i++) {
        sort |= runs[i].open && entry == VECTOR_IRQ;
    }
    if (sort) {
        memcpy(sorted, visit.pc, visit.length * sizeof *sorted);
        qsort(sorted, visit.length, sizeof *sorted, by_address);
    }
    for (struct run *r = runs; r < runs + count; r++) {
        if (!r->open) {
            continue;
        }
        r->visits++;
        if (entry == VECTOR_IRQ) {
            r->irq = greater(r->irq, visit.length);
            r->lines = greater(r->lines, distinct(sorted, visit.length, LINE_SHIFT));
            r->pages = greater(r->pages, distinct(sorted, visit.length, PAGE_SHIFT));
        } else {
            r->sync = visit.length;
            r->syncs++;
        }
    }
    visit.length = 0;
}

static bool is_entry(uint64_t pc)
{
    uint64_t offset = pc - visit.vectors;
    return offset == VECTOR_SYNC || offset == VECTOR_IRQ || offset == VECTOR_SERROR;
}

/* An instruction at EL2. One that is begun twice (a device's access is retried by QEMU) is one. */
static void instruction(const struct trace_record *t, struct run *runs, unsigned count)
{
    bool same = t->insn == visit.last_insn && t->addr == visit.last_pc, follows = t->insn == visit.last_insn + 1;
    bool runs_on = follows && t->addr == visit.last_pc + 4;     /* code of one vector may reach into the next */
    visit.last_insn = t->insn;
    visit.last_pc = t->addr;
    if (same) {
        return;
    }
    if (is_entry(t->addr) && !runs_on) {
        visit_ends(runs, count);
    } else if (!visit.length) {
        return;                 /* the visit had begun before the trace of it did */
    } else if (!follows || visit.length == VISIT_MAX) {
        visit.error = follows ? "a visit of EL2 has more than 65536 instructions" : "instructions of a visit of EL2 are not in the trace";
        visit.length = 0;
        return;
    }
    visit.pc[visit.length++] = t->addr;
}

static void sample(struct run *r)
{
    const uint32_t values[] = { [BUDGET_IRQ] = r->irq, [BUDGET_SYNC] = r->sync, [BUDGET_VISITS] = r->visits, [BUDGET_LINES] = r->lines, [BUDGET_PAGES] = r->pages };
    if (r->row->count == BUDGET_SYNC && r->syncs != 1) {
        budget_failed(r->row, "run %u of it has %u synchronous exceptions, not 1", r->count, r->syncs);
    }
    if (r->row->count == BUDGET_IRQ && !r->irq) {
        budget_failed(r->row, "run %u of it has no interrupt", r->count);
    }
    if (r->count == r->room) {
        r->room = r->room ? 2 * r->room : 256;
        r->samples = realloc(r->samples, r->room * sizeof *r->samples);
    }
    r->samples[r->count++] = values[r->row->count];
}

static void marker(const struct trace_record *t, struct run *runs, unsigned count)
{
    for (struct run *r = runs; r < runs + count; r++) {
        if (r->open && t->id == r->end && t->core == r->core) {
            r->open = false;
            sample(r);
        }
        if (t->id == r->start) {
            r->open = true;
            r->core = t->core;
            r->irq = r->sync = r->syncs = r->visits = r->lines = r->pages = 0;
        }
    }
}

static void finish(struct run *r)
{
    struct budget_row *row = r->row;
    if (visit.error) {
        budget_failed(row, "%s", visit.error);
    }
    if (!row->why[0] && r->count <= WARM_UP) {
        budget_failed(row, "the guest takes this path %u times only", r->count);
    }
    if (!row->why[0]) {
        uint32_t *warm = r->samples + WARM_UP, n = r->count - WARM_UP;
        qsort(warm, n, sizeof *warm, by_value);
        row->runs = n;
        row->value = warm[n / 2];
        row->maximum = warm[n - 1];
    }
    free(r->samples);
}

/* Wanted rows as runs; those whose probes the trace has not are failed. */
static unsigned begin(const struct trace *t, const char *script, struct run *runs)
{
    unsigned count = 0;
    for (struct budget_row *r = budget_rows; r->name; r++) {
        if (!r->wanted || !r->start || r->skipped || r->script != script) {
            continue;
        }
        int start = trace_find_id(t, TRACE_NAME_PROBE, r->start), end = trace_find_id(t, TRACE_NAME_PROBE, r->end);
        if (start < 0 || end < 0) {
            budget_failed(r, "the trace has no probe %s", start < 0 ? r->start : r->end);
            continue;
        }
        runs[count++] = (struct run){ .row = r, .start = start, .end = end };
    }
    return count;
}

void budget_paths(const char *path, const char *script)
{
    char err[512];
    struct trace *t = trace_load(path, err, sizeof err);
    unsigned rows = 0;
    for (struct budget_row *r = budget_rows; r->name; r++, rows++) {
        if (!t && r->wanted && r->start && r->script == script) {
            budget_failed(r, "%s", err);
        }
    }
    if (!t) {
        return;
    }
    struct run *runs = calloc(rows, sizeof *runs);
    unsigned count = begin(t, script, runs);
    int el2 = trace_find_id(t, TRACE_NAME_PROBE, "el2"), irq = trace_find_id(t, TRACE_NAME_PROBE, "hyp_vector_irq");
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    trace_only(c, 1u << TRACE_PROBE);
    memset(&visit, 0, sizeof visit);
    while (!visit.vectors && trace_next(c, &item) > 0) {
        if (item.r.kind == TRACE_PROBE && (int)item.r.id == irq) {
            visit.vectors = item.r.addr & ~(VECTORS - 1ull);
        }
    }
    trace_seek(c, 0);
    while (trace_next(c, &item) > 0) {
        const struct trace_record *rec = &item.r;
        if (rec->kind != TRACE_PROBE) {
            continue;
        }
        if ((int)rec->id == el2) {
            instruction(rec, runs, count);
        } else if ((int)rec->id != irq) {
            visit_ends(runs, count);
            marker(rec, runs, count);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        finish(&runs[i]);
    }
    free(runs);
    trace_cursor_free(c);
    trace_unload(t);
}
