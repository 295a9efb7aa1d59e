/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whose a record is: VM and vCPU
 */
#ifndef INGOT_VIEW_WHOSE_H
#define INGOT_VIEW_WHOSE_H

#include "view.h"

struct whose;
struct whose *whose_new(const struct view *v);      /* NULL: no memory. v must outlive it */
void whose_free(struct whose *w);
struct view_whose whose_find(const struct whose *w, const struct trace_record *r);

#endif
