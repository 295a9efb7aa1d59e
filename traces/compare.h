/* SPDX-License-Identifier: GPL-2.0-or-later
 * Comparing traces: equal to the byte, or the first record where they part
 *
 * Each side is one trace, or several parts one after the other: a run up to its checkpoint, and the restored run.
 */
#ifndef INGOT_TRACE_COMPARE_H
#define INGOT_TRACE_COMPARE_H

#include <stdio.h>

#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COMPARE_PARTS_MAX 256

/* Records first .. first+count-1 of a trace, which must stay loaded. */
struct compare_part {
    const struct trace *trace;
    size_t first, count;
};

/* One side. `label` heads its lines in the printout ("uninterrupted", "dmaq=rtl"). A restored run's file repeats no
 * names; they are looked up in all parts, latest first. Zero-initialise, then compare_add. */
struct compare_side {
    const char *label;
    size_t part_count;
    struct compare_part parts[COMPARE_PARTS_MAX];
};

enum compare_result {
    COMPARE_EQUAL = 0,
    COMPARE_DIFFERS,        /* records `index` of both sides differ */
    COMPARE_A_ENDS,         /* a is over before record `index`, which b has */
    COMPARE_B_ENDS,
    COMPARE_UNREADABLE,     /* a file is damaged: `error` says where; the records before are equal */
};

struct compare_report {
    enum compare_result result;
    size_t index;           /* of the first difference; when equal, how many records there are */
    char error[512];
};

/* Appends records first .. first+count-1 of t (SIZE_MAX: all that follow). At most COMPARE_PARTS_MAX a side; -1 if
 * there is no room or the range is not in the trace. */
int compare_add(struct compare_side *side, const struct trace *t, size_t first, size_t count);
/* How many leading records of t lie before the checkpoint that the run `restored` went on from, given that t is the
 * whole run: for compare_add(&side, t, 0, compare_before(t, restored)). */
size_t compare_before(const struct trace *t, const struct trace *restored);

/* Where a side's first trace begins in the middle of the run (TRACE_CUT), what the other has before that is left out on both sides:
 * of how many records of the run. */
size_t compare_align(struct compare_side *a, struct compare_side *b);

struct compare_report compare(const struct compare_side *a, const struct compare_side *b);

/* The verdict in words, with `context` records before and after the first difference. */
void compare_print(FILE *out, const struct compare_side *a, const struct compare_side *b,
                   const struct compare_report *report, unsigned context);

/* One record in words, without an end of line:
 * "1.000084 ms  core 1  insn 2310  dmaq0 write +0x1c (4) = 0x3". `names` may be NULL. */
void compare_words(FILE *out, const struct compare_side *names, const struct trace_record *r);
/* As above, and what is known of the data: the command of a scenario step. */
void compare_words_item(FILE *out, const struct compare_side *names, const struct trace_item *item);

#ifdef __cplusplus
}
#endif
#endif
