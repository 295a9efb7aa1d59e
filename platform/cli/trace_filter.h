/* SPDX-License-Identifier: GPL-2.0-or-later
 * The options of ingot trace that choose records
 */
#ifndef INGOT_TRACE_FILTER_H
#define INGOT_TRACE_FILTER_H

#include <argp.h>

#include "platform/view/view.h"

/* As given; names become ids when the trace is there. Zero-initialise. */
struct trace_filter {
    const char *devices;            /* NAME[,NAME...] or NULL */
    const char *vm;                 /* or NULL */
    uint32_t *ids;
    struct view_filter view;
};
extern const struct argp trace_filter_argp;     /* its input: a struct trace_filter */

/* A time in words ("1.5ms") in ps; ends the process with a usage error if it is none. */
uint64_t trace_filter_time(struct argp_state *state, const char *arg);
void trace_filter_until(struct trace_filter *f, uint64_t ps);

/* 0, or -1 and a line in err: a device or VM that the trace does not know. */
int trace_filter_resolve(struct trace_filter *f, struct view *v, struct view_filter *out, char *err, size_t err_len);
void trace_filter_free(struct trace_filter *f);

#endif
