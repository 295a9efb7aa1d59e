/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows as text: a table, JSON, and the table in docs/results.md
 */
#ifndef INGOT_BENCH_RESULTS_H
#define INGOT_BENCH_RESULTS_H

#include "bench.h"

void results_list(const struct bench_group *const *groups);
void results_table(FILE *out, const struct bench_group *const *groups);
void results_json(FILE *out, const struct bench_group *const *groups);
bool results_all_measured(const struct bench_group *const *groups);
/* Replaces what stands between the file's two marks; the rest stays. 0, or -1 after a message. */
int results_write(const char *path, const struct bench_group *const *groups);

/* Replaces what stands between a file's marks <!-- ./ingot bench WHICH--write: begin --> and end, by what `body` writes;
 * WHICH is "" or ends with a space. 0, or -1 after a message. */
int results_put(const char *path, const char *which, void (*body)(FILE *out));
void results_quoted(FILE *out, const char *text);       /* a JSON string */

#endif
