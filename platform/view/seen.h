/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which devices, lines, cores and probes a trace has: formats that declare what they show need it first
 */
#ifndef INGOT_VIEW_SEEN_H
#define INGOT_VIEW_SEEN_H

#include "view.h"

#define SEEN_MAX 256

struct seen {
    unsigned device_count, line_count, probe_count, core_count;
    uint32_t devices[SEEN_MAX], probes[SEEN_MAX];
    struct { uint32_t device; uint64_t intid; } lines[SEEN_MAX];
    uint8_t cores[SEEN_MAX];
    bool speaks[SEEN_MAX];      /* the device at that place has console output */
    bool steps;
};

/* One pass. 0; -1 and a line in err when there are more than SEEN_MAX of a sort. A damaged trace ends the pass without an
 * error: the next pass tells it. */
int seen_read(struct view *v, const struct view_filter *f, struct seen *seen, char *err, size_t err_len);
/* Places in the tables, or -1. */
int seen_device(const struct seen *s, uint32_t id);
int seen_probe(const struct seen *s, uint32_t id);
int seen_line(const struct seen *s, uint32_t device, uint64_t intid);

#endif
