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

static bool same(const struct trace_record *x, const struct trace_record *y)
{
    return memcmp(x, y, sizeof *x) == 0;
}

size_t compare_before(const struct trace *t, const struct trace *restored)
{
    if (!restored->count)
        return t->count;
    const struct trace_record *next = restored->records;
    size_t at = 0;
    while (at < t->count && t->records[at].time_ps < next->time_ps)
        at++;
    for (size_t i = at; i < t->count && t->records[i].time_ps == next->time_ps; i++)
        if (same(&t->records[i], next))
            return i;
    return at;
}

static size_t length(const struct compare_side *side)
{
    size_t n = 0;
    for (size_t i = 0; i < side->part_count; i++)
        n += side->parts[i].count;
    return n;
}

/* NULL behind the end. */
static const struct trace_record *record_at(const struct compare_side *side, size_t index)
{
    for (size_t i = 0; i < side->part_count; i++) {
        const struct compare_part *p = &side->parts[i];
        if (index < p->count)
            return &p->trace->records[p->first + index];
        index -= p->count;
    }
    return NULL;
}

struct compare_report compare(const struct compare_side *a, const struct compare_side *b)
{
    size_t na = length(a), nb = length(b), n = na < nb ? na : nb;
    for (size_t i = 0; i < n; i++)
        if (!same(record_at(a, i), record_at(b, i)))
            return (struct compare_report){ COMPARE_DIFFERS, i };
    return (struct compare_report){ na < nb ? COMPARE_A_ENDS : nb < na ? COMPARE_B_ENDS : COMPARE_EQUAL, n };
}

static void print_record(FILE *out, const char *head, size_t width, const struct compare_side *side, size_t index)
{
    const struct trace_record *r = record_at(side, index);
    fprintf(out, "  %-*s %9zu  ", (int)width, head, index);
    if (r)
        compare_words(out, side, r);
    else
        fputs("(no more records)", out);
    fputc('\n', out);
}

void compare_print(FILE *out, const struct compare_side *a, const struct compare_side *b,
                   const struct compare_report *report, unsigned context)
{
    size_t wa = strlen(a->label), wb = strlen(b->label), width = wa > wb ? wa : wb, at = report->index;
    if (report->result == COMPARE_EQUAL) {
        fprintf(out, "%s and %s: identical, %zu records\n", a->label, b->label, at);
        return;
    }
    fprintf(out, "%s and %s: first difference at record %zu", a->label, b->label, at);
    if (report->result == COMPARE_DIFFERS)
        fputs(":\n", out);
    else
        fprintf(out, ", where %s ends:\n", report->result == COMPARE_A_ENDS ? a->label : b->label);
    for (size_t i = at > context ? at - context : 0; i < at; i++)
        print_record(out, "both", width, a, i);
    print_record(out, a->label, width, a, at);
    print_record(out, b->label, width, b, at);
    for (int which = 0; which < 2; which++) {
        const struct compare_side *side = which ? b : a;
        for (size_t i = at + 1; i <= at + context && record_at(side, i); i++)
            print_record(out, side->label, width, side, i);
    }
}
