/* SPDX-License-Identifier: GPL-2.0-or-later
 * The names in a trace, put together from their records
 */
#ifndef INGOT_TRACE_NAMES_H
#define INGOT_TRACE_NAMES_H

#include "trace.h"

struct trace_names;

/* Of the chunks that have names, up to the first that is damaged. NULL: no memory. A name given twice to one id counts as
 * it was given last. */
struct trace_names *names_read(const struct trace *t);
void names_free(struct trace_names *n);
const char *names_find(const struct trace_names *n, enum trace_name what, uint32_t id);
int names_find_id(const struct trace_names *n, enum trace_name what, const char *name);

#endif
