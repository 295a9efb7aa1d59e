/* SPDX-License-Identifier: GPL-2.0-or-later
 * Comparing traces: equal to the byte, or the first record where they part
 */
#include "compare.h"

#include <string.h>

int compare_add(struct compare_side *side, const struct trace *t, size_t first, size_t count)
{
    if (side->part_count == COMPARE_PARTS_MAX || first > t->count)
        return -1;
    if (count == SIZE_MAX)
        count = t->count - first;
    if (count > t->count - first)
        return -1;
    side->parts[side->part_count++] = (struct compare_part){ t, first, count };
    return 0;
}

static bool same(const struct trace_item *x, const struct trace_item *y)
{
    return memcmp(&x->r, &y->r, sizeof x->r) == 0 && !x->data == !y->data &&
           (!x->data || memcmp(x->data, y->data, x->r.aux) == 0);
}

size_t compare_before(const struct trace *t, const struct trace *restored)
{
    struct trace_cursor *a = trace_cursor_new(t), *b = trace_cursor_new(restored);
    struct trace_item next, item;
    size_t before = t->count, found = SIZE_MAX;
    if (a && b && trace_next(b, &next) == 1) {
        trace_seek_time(a, next.r.time_ps);
        while (found == SIZE_MAX && trace_next(a, &item) == 1) {
            if (item.r.time_ps >= next.r.time_ps && before == t->count)
                before = item.index;
            if (item.r.time_ps > next.r.time_ps)
                break;
            if (same(&item, &next))
                found = item.index;
        }
    }
    trace_cursor_free(a);
    trace_cursor_free(b);
    return found == SIZE_MAX ? before : found;
}

static void leave_out(struct compare_side *side, size_t count)
{
    for (size_t i = 0; i < side->part_count && count; i++) {
        struct compare_part *p = &side->parts[i];
        size_t n = count < p->count ? count : p->count;
        p->first += n;
        p->count -= n;
        count -= n;
    }
}

size_t compare_align(struct compare_side *a, struct compare_side *b)
{
    size_t starts[2] = { 0, 0 }, behind;
    struct compare_side *sides[2] = { a, b };
    for (int i = 0; i < 2; i++) {
        if (sides[i]->part_count && (starts[i] = (size_t)trace_cut(sides[i]->parts[0].trace, &behind)))
            leave_out(sides[i], behind);
    }
    if (starts[0] < starts[1])
        leave_out(a, starts[1] - starts[0]);
    else
        leave_out(b, starts[0] - starts[1]);
    return starts[0] > starts[1] ? starts[0] : starts[1];
}

/* Where a reader of a side stands: one part is open at a time. */
struct walk {
    const struct compare_side *side;
    size_t part, left;
    struct trace_cursor *cursor;
    const char *error;
};

/* 1, 0 behind the end, -1 with w->error. */
static int walk_next(struct walk *w, struct trace_item *item)
{
    while (!w->left) {
        trace_cursor_free(w->cursor);
        w->cursor = NULL;
        if (w->part == w->side->part_count)
            return 0;
        const struct compare_part *p = &w->side->parts[w->part++];
        w->left = p->count;
        if (w->left && !(w->cursor = trace_cursor_new(p->trace))) {
            w->error = "no memory to read the trace";
            return -1;
        }
        if (w->left)
            trace_seek(w->cursor, p->first);
    }
    w->left--;
    int r = trace_next(w->cursor, item);
    if (r < 0)
        w->error = trace_cursor_error(w->cursor);
    return r;
}

/* Record `index` of a side is the next. */
static struct walk walk_from(const struct compare_side *side, size_t index)
{
    struct walk w = { .side = side };
    while (w.part < side->part_count && index >= side->parts[w.part].count)
        index -= side->parts[w.part++].count;
    if (w.part < side->part_count && (w.cursor = trace_cursor_new(side->parts[w.part].trace))) {
        const struct compare_part *p = &side->parts[w.part++];
        trace_seek(w.cursor, p->first + index);
        w.left = p->count - index;
    }
    return w;
}

struct compare_report compare(const struct compare_side *a, const struct compare_side *b)
{
    struct walk wa = { .side = a }, wb = { .side = b };
    struct trace_item x, y;
    struct compare_report report = { COMPARE_EQUAL, 0, "" };
    for (;;) {
        int ra = walk_next(&wa, &x), rb = walk_next(&wb, &y);
        if (ra < 0 || rb < 0) {
            report.result = COMPARE_UNREADABLE;
            snprintf(report.error, sizeof report.error, "%s", ra < 0 ? wa.error : wb.error);
        } else if (!ra || !rb) {
            report.result = ra ? COMPARE_B_ENDS : rb ? COMPARE_A_ENDS : COMPARE_EQUAL;
        } else if (!same(&x, &y)) {
            report.result = COMPARE_DIFFERS;
        } else {
            report.index++;
            continue;
        }
        break;
    }
    trace_cursor_free(wa.cursor);
    trace_cursor_free(wb.cursor);
    /* a side may end in damage: its records are all equal, but it is not known whether they are all */
    for (int which = 0; which < 2 && report.result == COMPARE_EQUAL; which++) {
        const struct compare_side *s = which ? b : a;
        for (size_t i = 0; i < s->part_count && report.result == COMPARE_EQUAL; i++)
            if (*s->parts[i].trace->damage && s->parts[i].first + s->parts[i].count == s->parts[i].trace->count) {
                report.result = COMPARE_UNREADABLE;
                snprintf(report.error, sizeof report.error, "%s", s->parts[i].trace->damage);
            }
    }
    return report;
}

/* At most `count` records from `index` on; false if there was none. */
static bool print_records(FILE *out, const char *head, size_t width, const struct compare_side *side, size_t index, size_t count)
{
    struct walk w = walk_from(side, index);
    struct trace_item item;
    size_t i = 0;
    for (; i < count && walk_next(&w, &item) == 1; i++) {
        fprintf(out, "  %-*s %9zu  ", (int)width, head, index + i);
        compare_words_item(out, side, &item);
        fputc('\n', out);
    }
    trace_cursor_free(w.cursor);
    return i > 0;
}

static void print_side(FILE *out, size_t width, const struct compare_side *side, size_t index)
{
    if (!print_records(out, side->label, width, side, index, 1))
        fprintf(out, "  %-*s %9zu  (no more records)\n", (int)width, side->label, index);
}

void compare_print(FILE *out, const struct compare_side *a, const struct compare_side *b,
                   const struct compare_report *report, unsigned context)
{
    size_t wa = strlen(a->label), wb = strlen(b->label), width = wa > wb ? wa : wb, at = report->index;
    if (report->result == COMPARE_EQUAL) {
        fprintf(out, "%s and %s: identical, %zu records\n", a->label, b->label, at);
        return;
    }
    if (report->result == COMPARE_UNREADABLE) {
        fprintf(out, "%s and %s: equal for %zu records, then: %s\n", a->label, b->label, at, report->error);
        return;
    }
    fprintf(out, "%s and %s: first difference at record %zu", a->label, b->label, at);
    if (report->result == COMPARE_DIFFERS)
        fputs(":\n", out);
    else
        fprintf(out, ", where %s ends:\n", report->result == COMPARE_A_ENDS ? a->label : b->label);
    size_t before = at < context ? at : context;
    print_records(out, "both", width, a, at - before, before);
    print_side(out, width, a, at);
    print_side(out, width, b, at);
    print_records(out, a->label, width, a, at + 1, context);
    print_records(out, b->label, width, b, at + 1, context);
}
