/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where ingot trace finds the names of addresses
 */
#ifndef INGOT_TRACE_SYMBOLS_H
#define INGOT_TRACE_SYMBOLS_H

#include "platform/view/view.h"

/* [VM=]FILE[@BASE], as it was given: 0, or -1 and a line in err. */
int trace_symbols_given(struct view *v, const char *spec, char *err, size_t err_len);
/* What this build has for the system that the trace names: the hypervisor's image, and the VMs' programs. What is not there is left away. */
void trace_symbols_found(struct view *v);
/* Says on stderr how many of the addresses that were shown have no symbol, and what to do. */
void trace_symbols_missing(const struct view *v);

#endif
