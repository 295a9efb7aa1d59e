/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which devices, lines, cores and probes a trace has
 */
#include "seen.h"

static int find(const uint32_t *ids, unsigned count, uint32_t id)
{
    for (unsigned i = 0; i < count; i++)
        if (ids[i] == id)
            return (int)i;
    return -1;
}

int seen_device(const struct seen *s, uint32_t id) { return find(s->devices, s->device_count, id); }
int seen_probe(const struct seen *s, uint32_t id) { return find(s->probes, s->probe_count, id); }

int seen_line(const struct seen *s, uint32_t device, uint64_t intid)
{
    for (unsigned i = 0; i < s->line_count; i++)
        if (s->lines[i].device == device && s->lines[i].intid == intid)
            return (int)i;
    return -1;
}

static int look(void *opaque, const struct trace_item *item)
{
    struct seen *s = opaque;
    const struct trace_record *r = &item->r;
    s->steps |= r->kind == TRACE_STEP;
    if (s->device_count == SEEN_MAX || s->probe_count == SEEN_MAX || s->line_count == SEEN_MAX)
        return 1;
    if (view_has_device(r) && seen_device(s, r->id) < 0)
        s->devices[s->device_count++] = r->id;
    if (r->kind == TRACE_CONSOLE)
        s->speaks[seen_device(s, r->id)] = true;
    if (r->kind == TRACE_PROBE && seen_probe(s, r->id) < 0)
        s->probes[s->probe_count++] = r->id;
    if (r->kind == TRACE_IRQ && seen_line(s, r->id, r->addr) < 0) {
        s->lines[s->line_count].device = r->id;
        s->lines[s->line_count++].intid = r->addr;
    }
    bool known = r->core == TRACE_NO_CORE;
    for (unsigned i = 0; i < s->core_count && !known; i++)
        known = s->cores[i] == r->core;
    if (!known)
        s->cores[s->core_count++] = r->core;        /* at most 255 */
    return 0;
}

int seen_read(struct view *v, const struct view_filter *f, struct seen *seen, char *err, size_t err_len)
{
    char damage[512];
    *seen = (struct seen){ 0 };
    if (view_each(v, f, look, seen, damage, sizeof damage) <= 0)
        return 0;
    snprintf(err, err_len, "%s: more than %d devices, interrupts or probes: choose some with --device or --kind",
             view_trace(v)->path, SEEN_MAX - 1);
    return -1;
}
