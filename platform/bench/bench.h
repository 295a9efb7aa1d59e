/* SPDX-License-Identifier: GPL-2.0-or-later
 * Benchmarks: ratios, each with its comparator in the same call
 */
#ifndef INGOT_BENCHMARKS_H
#define INGOT_BENCHMARKS_H

#include <stdbool.h>
#include <stdio.h>

enum bench_goal { BENCH_NONE, BENCH_AT_MOST, BENCH_AT_LEAST };

/* Where things are, and how long to measure. */
struct bench_places {
    const char *source, *build;
    bool quick;             /* fewer rounds: to see that it runs */
};
extern struct bench_places bench;

/* One figure. `value` and `why` are filled in by the group's function; why: what could not be measured, or "". */
struct bench_row {
    const char *name, *comparator, *unit, *meaning;
    enum bench_goal kind;
    double goal, value;
    bool wanted, measured;
    char why[512];
};

/* Rows that are measured together; ends with name NULL. run fills in the wanted ones. */
struct bench_group {
    struct bench_row *rows;
    void (*run)(void);
};
extern const struct bench_group bench_board, bench_bus, bench_rtl, bench_life;

/* The command `ingot bench`; argv[0] is its name. Exit status. */
int bench_main(int argc, char **argv);

/* run.c */
bool bench_wanted(const struct bench_row *r);           /* and says on stderr that it is measured now */
void bench_set(struct bench_row *r, double value);
void bench_failed(struct bench_row *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
double bench_now(void);                                 /* s, monotonic */
/* User and system time in s of a program, run to its end with the given limit in s; a negative number and `why`, if it fails. */
double bench_cpu(char *const argv[], unsigned limit, char *why, size_t why_len);
/* The least of `rounds` alternating runs of each of `n` programs. */
bool bench_least(unsigned n, char *const *const argv[], double least[], char *why, size_t why_len);

/* qemu.c: command lines of the stock QEMU; NULL-terminated, free with bench_free */
/* trace: its path, and further properties of ingot-board after a comma; NULL: none */
char **bench_qemu(const char *const more[], bool with_module, const char *trace);
void bench_free(char **argv);
const char *bench_guest(const char *name);              /* path of a guest of this room; static storage, four at a time */

#endif
