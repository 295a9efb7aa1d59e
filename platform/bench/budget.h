/* SPDX-License-Identifier: GPL-2.0-or-later
 * The hypervisor's budgets: figures that are counted, so that each is a test too
 */
#ifndef INGOT_BENCH_BUDGET_H
#define INGOT_BENCH_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is counted in each run of a path. A visit: from an exception's entry to EL2 to its ERET, both included. */
enum budget_count {
    BUDGET_IRQ,         /* instructions of the longest visit by an interrupt */
    BUDGET_SYNC,        /* instructions of the only visit by a synchronous exception */
    BUDGET_VISITS,      /* visits */
    BUDGET_LINES,       /* 64-byte lines of code that the visits by an interrupt execute */
    BUDGET_PAGES,       /* 4-KiB pages of code, the same */
    BUDGET_SOURCE,      /* lines of source of an instance */
    BUDGET_BYTES,       /* bytes of an instance */
};

/* One figure. From a trace: `start` and `end` are names of its probes; a run of the path is from a hit of the first up to
 * the next hit of the second on the same core. Goals that are 0 are none. */
struct budget_row {
    const char *name, *meaning;
    enum budget_count count;
    const char *start, *end;
    uint32_t goal, stretch, bao;
    const char *script;         /* that plays it, NAME.lua; NULL: hypervisor.lua */
    uint32_t value, maximum;    /* median and greatest; for an instance the same */
    uint32_t runs;              /* of the path; 0: not measured */
    bool wanted, skipped;       /* skipped: this hypervisor has not got it */
    char why[512];              /* not measured: why */
};
extern struct budget_row budget_rows[];     /* ends with name NULL */

/* No goal is exceeded. A row that was not measured has not met its. */
bool budget_met(const struct budget_row *r);
void budget_failed(struct budget_row *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define INSTANCE "first-light"      /* the system whose image is weighed */

/* budget_paths.c: the wanted rows of a script's trace */
void budget_paths(const char *trace, const char *script);
/* budget_size.c: the wanted rows of an instance */
void budget_size(void);
/* Lines that are neither blank nor comment of a C or assembly file, or -1: it cannot be read. */
int budget_lines(const char *path);

/* `ingot bench hypervisor`. argv[0] is its name. Exit status: 0, 1: a goal is exceeded or a figure could not be taken,
 * 77: nothing was measured, as this hypervisor has none of the paths. */
int budget_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
