/* SPDX-License-Identifier: GPL-2.0-or-later
 * The interrupt path, stage by stage: one pass over the trace, one state machine for the line
 */
#include "latency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ICH_LR<n>_EL2 (GICv3 12.4): State 63:62, HW 61, pINTID 44:32, vINTID 31:0. */
#define LR_PENDING (UINT64_C(1) << 62)
#define LR_HW (UINT64_C(1) << 61)
#define LR_PINTID(lr) ((uint32_t)((lr) >> 32 & 0x1fff))
#define LR_VINTID(lr) ((uint32_t)(lr))

struct moment {
    size_t index;
    uint64_t ps, insn;
    bool set;
};

/* A path on its way. `next` is the milestone that it waits for. */
struct walker {
    bool open, fell;                    /* fell: the line is low again */
    enum latency_stage next;
    struct moment at;                   /* its last milestone */
    struct moment before[LATENCY_CORES];    /* each core's last record before the raise */
    struct latency_path path;
};

struct analysis {
    const struct trace *t;
    struct latency_report *report;
    uint32_t device;
    uint64_t ack_offset;
    int probe[LATENCY_STAGES];          /* id by milestone, or -1 */
    bool level;
    uint64_t now;                       /* ps, of the last record */
    struct walker current, ending;      /* ending: acknowledged, waits for its EOI; a new one may be current already */
    struct moment last[LATENCY_CORES], vector[LATENCY_CORES];
    size_t cap;
};

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static enum latency_stage measured_from(const struct analysis *a, enum latency_stage s)
{
    while (s < LATENCY_STAGES && !a->report->measured[s])
        s++;
    return s;
}

/* The milestone that shows that the interrupt was delivered, and the one that shows that it was served. */
static enum latency_stage delivery(const struct analysis *a)
{
    return a->report->measured[LATENCY_LR] ? LATENCY_LR : LATENCY_HANDLER;
}

static enum latency_stage service(const struct analysis *a)
{
    return a->report->measured[LATENCY_ACK] ? LATENCY_ACK : LATENCY_HANDLER;
}

static void reach(const struct analysis *a, struct walker *w, enum latency_stage s, struct moment m)
{
    w->path.ps[s] = m.ps - w->at.ps;
    w->path.insn[s] = m.insn - w->at.insn;
    w->at = m;
    w->next = measured_from(a, s + 1);
}

/* Begins with the first milestone that was executed, m. The raise has no instruction count of that core: it lies
 * between the core's record before it and m, at most one instruction a ns from either. Before EL2's vector the least
 * of its own instructions are assumed (an interrupt that is not masked is taken at once; the rest is waiting for the
 * turn), before any other milestone the most. Both are exact where the core ran or slept all the time. */
static void begin(struct analysis *a, struct walker *w, struct moment m)
{
    struct moment before = w->before[w->path.core], vector = a->vector[w->path.core];
    bool by_vector = a->report->measured[LATENCY_EL2_VECTOR] && vector.set && vector.index > w->path.raise;
    struct moment first = by_vector ? vector : m;

    uint64_t window = (first.ps - w->path.raise_ps) / LATENCY_PS_PER_INSN;
    uint64_t most = least(window, first.insn - before.insn);
    uint64_t until_raise = (w->path.raise_ps - before.ps) / LATENCY_PS_PER_INSN;
    uint64_t fewest = first.insn - least(first.insn, before.insn + until_raise);
    uint64_t own = by_vector ? least(fewest, most) : most;
    w->at.insn = first.insn - own;
    if (by_vector) {
        reach(a, w, LATENCY_TURN, (struct moment){ .ps = first.ps - own * LATENCY_PS_PER_INSN, .insn = w->at.insn });
        reach(a, w, LATENCY_EL2_VECTOR, first);
    }
    w->path.chained = a->report->measured[LATENCY_EL2_VECTOR] && !by_vector;
}

static int keep(struct analysis *a, struct walker *w)
{
    struct latency_report *r = a->report;
    if (r->count == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 256;
        struct latency_path *grown = realloc(r->paths, cap * sizeof *grown);
        if (!grown)
            return -1;
        r->paths = grown;
        a->cap = cap;
    }
    for (int s = 0; s < LATENCY_STAGES; s++) {
        w->path.total_ps += w->path.ps[s];
        w->path.total_insn += w->path.insn[s];
    }
    r->chained += w->path.chained;
    r->paths[r->count++] = w->path;
    w->open = false;
    return 0;
}

static void raised(struct analysis *a, size_t index, const struct trace_record *r)
{
    struct walker *w = &a->current;
    a->report->raises++;
    if (w->open && w->fell && w->next <= delivery(a))
        a->report->withdrawn++;
    else if (w->open || a->level) {
        a->report->merged++;
        w->fell = false;
        return;
    }
    *w = (struct walker){ .open = true, .next = measured_from(a, LATENCY_LR) };
    w->at = (struct moment){ .index = index, .ps = r->time_ps };
    w->path.raise = index;
    w->path.raise_ps = r->time_ps;
    w->path.core = TRACE_NO_CORE;
    memcpy(w->before, a->last, sizeof w->before);
}

static bool is_pending_lr(const struct analysis *a, uint64_t lr)
{
    return lr & LR_PENDING && (lr & LR_HW ? LR_PINTID(lr) : LR_VINTID(lr)) == a->report->intid;
}

/* Is r the milestone s, on whatever core? */
static bool is_milestone(const struct analysis *a, const struct trace_record *r, enum latency_stage s)
{
    if (s == LATENCY_ACK)
        return r->kind == TRACE_WRITE && r->id == a->device && r->addr == a->ack_offset;
    return r->kind == TRACE_PROBE && a->probe[s] >= 0 && r->id == (uint32_t)a->probe[s] &&
           (s != LATENCY_LR || is_pending_lr(a, r->value));
}

static int executed(struct analysis *a, struct moment m, const struct trace_record *r)
{
    struct walker *w = &a->current;
    if (is_milestone(a, r, LATENCY_EL2_VECTOR))
        a->vector[r->core] = m;
    if (!w->open && is_milestone(a, r, LATENCY_LR))
        a->report->unraised++;
    if (a->ending.open && a->ending.path.core == r->core && is_milestone(a, r, LATENCY_EOI)) {
        reach(a, &a->ending, LATENCY_EOI, m);
        return keep(a, &a->ending);
    }
    if (!w->open || (w->path.core != TRACE_NO_CORE && w->path.core != r->core) || !is_milestone(a, r, w->next))
        return 0;
    enum latency_stage s = w->next;
    if (w->path.core == TRACE_NO_CORE) {
        w->path.core = r->core;
        begin(a, w, m);
    }
    reach(a, w, s, m);
    if (s != service(a))
        return 0;
    if (!a->report->measured[LATENCY_EOI])
        return keep(a, w);
    a->report->lost += a->ending.open;
    a->ending = *w;
    w->open = false;
    return 0;
}

/* One record. 0, or -1 and a line in err. */
static int step(struct analysis *a, const struct trace_item *item, char *err, size_t err_len)
{
    const struct trace_record *r = &item->r;
    if (r->time_ps < a->now) {
        snprintf(err, err_len, "record %zu: time goes back, from %" PRIu64 " ps to %" PRIu64
                 " ps: the trace is damaged; record it again", item->index, a->now, r->time_ps);
        return -1;
    }
    a->now = r->time_ps;
    if (r->kind == TRACE_IRQ && r->id == a->device && r->addr == a->report->intid) {
        if (r->value)
            raised(a, item->index, r);
        else
            a->current.fell = true;
        a->level = r->value;
    }
    if (r->core == TRACE_NO_CORE)
        return 0;
    if (r->core >= LATENCY_CORES) {
        snprintf(err, err_len, "record %zu: core %u: a board has at most %d cores: the trace is damaged; record it again",
                 item->index, r->core, LATENCY_CORES);
        return -1;
    }
    struct moment m = { .index = item->index, .ps = r->time_ps, .insn = r->insn, .set = true };
    if (executed(a, m, r) < 0) {
        snprintf(err, err_len, "no memory for %zu interrupts", a->report->count);
        return -1;
    }
    a->last[r->core] = m;
    return 0;
}

static int walk(struct analysis *a, char *err, size_t err_len)
{
    struct trace_cursor *c = trace_cursor_new(a->t);
    struct trace_item item;
    int more = 0, bad = 0;
    if (!c) {
        snprintf(err, err_len, "no memory to read the trace");
        return -1;
    }
    while (!bad && (more = trace_next(c, &item)) == 1)
        bad = step(a, &item, err, err_len);
    if (more < 0)       /* the caller names the file */
        snprintf(err, err_len, "%s", trace_cursor_error(c) + strlen(a->t->path) + 2);
    trace_cursor_free(c);
    if (bad || more < 0)
        return -1;
    if (a->current.open && a->current.fell && a->current.next <= delivery(a))
        a->report->withdrawn++;
    else
        a->report->incomplete += a->current.open;
    a->report->incomplete += a->ending.open;
    return 0;
}

/* The INTID of the device's first edge, or 0. */
static uint32_t first_intid(const struct trace *t, uint32_t device)
{
    struct trace_cursor *c = trace_cursor_new(t);
    struct trace_item item;
    uint32_t intid = 0;
    if (c)
        trace_only(c, 1u << TRACE_IRQ);
    while (c && !intid && trace_next(c, &item) == 1)
        if (item.r.kind == TRACE_IRQ && item.r.id == device)
            intid = (uint32_t)item.r.addr;
    trace_cursor_free(c);
    return intid;
}

static int find_probes(struct analysis *a, const struct latency_query *q, char *err, size_t err_len)
{
    const struct trace *names = q->names ? q->names : a->t;
    const char *const probes[LATENCY_STAGES] = {
        [LATENCY_EL2_VECTOR] = q->el2_vector, [LATENCY_LR] = q->lr, [LATENCY_GUEST_VECTOR] = q->guest_vector,
        [LATENCY_HANDLER] = q->handler, [LATENCY_EOI] = q->eoi };
    for (int s = 0; s < LATENCY_STAGES; s++) {
        a->probe[s] = probes[s] ? trace_find_id(names, TRACE_NAME_PROBE, probes[s]) : -1;
        if (probes[s] && a->probe[s] < 0) {
            snprintf(err, err_len, "%s: no probe of that name in the trace: set it in the run that is traced", probes[s]);
            return -1;
        }
        a->report->measured[s] = a->probe[s] >= 0;
    }
    a->report->measured[LATENCY_TURN] = a->report->measured[LATENCY_EL2_VECTOR];
    a->report->measured[LATENCY_ACK] = q->ack_offset != LATENCY_NO_ACK;
    if (q->handler)
        return 0;
    snprintf(err, err_len, "%s: the name of its handler's probe is missing: give it", q->device);
    return -1;
}

static int find_device(struct analysis *a, const struct latency_query *q, char *err, size_t err_len)
{
    int id = trace_find_id(q->names ? q->names : a->t, TRACE_NAME_DEVICE, q->device);
    if (id < 0) {
        snprintf(err, err_len, "%s: no device of that name in the trace: see the system's XML for its devices", q->device);
        return -1;
    }
    a->device = (uint32_t)id;
    a->report->intid = q->intid;
    if (!a->report->intid)
        a->report->intid = first_intid(a->t, a->device);
    if (a->report->intid)
        return 0;
    snprintf(err, err_len, "%s: it never raised its interrupt in this trace: give one in which it does", q->device);
    return -1;
}

int latency_analyse(const struct trace *t, const struct latency_query *q, struct latency_report *report,
                    char *err, size_t err_len)
{
    memset(report, 0, sizeof *report);
    snprintf(report->device, sizeof report->device, "%s", q->device);
    struct analysis a = { .t = t, .report = report, .ack_offset = q->ack_offset };
    if (find_probes(&a, q, err, err_len) < 0 || find_device(&a, q, err, err_len) < 0 || walk(&a, err, err_len) < 0)
        return -1;
    if (latency_summarise(report) < 0) {
        snprintf(err, err_len, "no memory for %zu interrupts", report->count);
        return -1;
    }
    return 0;
}
