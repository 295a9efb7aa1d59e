/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as signals over time: interrupt lines, access strobes, probes
 *
 * A scope for each VM that owns devices, in it one for each of them: irq<INTID>, a wire; read, write, dma_read, dma_write, note, console,
 * input: events, one at each; addr and value, of the last of them. A scope for each core: an event for each probe that it hit.
 */
#include "waves.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seen.h"

enum signal { READ, WRITE, DMA_READ, DMA_WRITE, NOTE, CONSOLE, INPUT, ADDR, VALUE, SIGNALS };
static const char *const names[SIGNALS] = { "read", "write", "dma_read", "dma_write", "note", "console", "input", "addr", "value" };

struct waves {
    struct view *v;
    const struct wave_writer *w;
    void *to;
    struct seen seen;
    uint64_t now_ps;
};

static unsigned of_device(int place, enum signal s) { return (unsigned)place * SIGNALS + s; }
static unsigned of_line(const struct waves *d, int place) { return d->seen.device_count * SIGNALS + (unsigned)place; }
static unsigned of_probe(const struct waves *d, unsigned core, int place)
{
    return d->seen.device_count * SIGNALS + d->seen.line_count + core * d->seen.probe_count + (unsigned)place;
}

const char *waves_reference(const char *name)
{
    static char text[TRACE_NAME_MAX + 1];
    size_t n = 0;
    for (; name[n] && n < sizeof text - 1; n++)
        text[n] = isgraph((unsigned char)name[n]) ? name[n] : '_';
    text[n] = 0;
    return text;
}

static const char *owner(const struct waves *d, unsigned place)
{
    const char *vm = view_name(d->v, TRACE_NAME_OWNER, d->seen.devices[place]);
    return vm ? vm : "";
}

static void declare_device(struct waves *d, unsigned place)
{
    char irq[32];
    d->w->scope(d->to, view_device(d->v, d->seen.devices[place]));
    for (enum signal s = READ; s < SIGNALS; s++)
        d->w->signal(d->to, of_device((int)place, s), s < ADDR ? WAVE_EVENT : WAVE_VECTOR, names[s]);
    for (unsigned k = 0; k < d->seen.line_count; k++)
        if (d->seen.lines[k].device == d->seen.devices[place]) {
            snprintf(irq, sizeof irq, "irq%" PRIu64, d->seen.lines[k].intid);
            d->w->signal(d->to, of_line(d, (int)k), WAVE_WIRE, irq);
        }
    d->w->upscope(d->to);
}

/* Those of one owner together, at the place of the first. */
static void declare_devices(struct waves *d)
{
    for (unsigned i = 0; i < d->seen.device_count; i++) {
        const char *vm = owner(d, i);
        bool told = false;
        for (unsigned k = 0; k < i && *vm; k++)
            told |= !strcmp(owner(d, k), vm);
        if (told)
            continue;
        if (*vm)
            d->w->scope(d->to, vm);
        for (unsigned k = i; k < d->seen.device_count; k++)
            if (k == i || (*vm && !strcmp(owner(d, k), vm)))
                declare_device(d, k);
        if (*vm)
            d->w->upscope(d->to);
    }
}

static void declare(struct waves *d)
{
    char core[32];
    d->w->scope(d->to, "board");
    declare_devices(d);
    for (unsigned c = 0; c < d->seen.core_count && d->seen.probe_count; c++) {
        snprintf(core, sizeof core, "core%u", d->seen.cores[c]);
        d->w->scope(d->to, core);
        for (unsigned p = 0; p < d->seen.probe_count; p++)
            d->w->signal(d->to, of_probe(d, c, (int)p), WAVE_EVENT, view_probe(d->v, d->seen.probes[p]));
        d->w->upscope(d->to);
    }
    d->w->upscope(d->to);
    d->w->begin(d->to, of_probe(d, d->seen.core_count, 0));
}

/* At power-on all lines are low; later, and in the trace of a restored run, it shows at the first edge. */
static void initial(struct waves *d, bool from_start)
{
    for (unsigned i = 0; i < d->seen.line_count; i++)
        d->w->initial(d->to, of_line(d, (int)i), WAVE_WIRE, from_start ? '0' : 'x');
    for (unsigned i = 0; i < d->seen.device_count; i++)
        for (enum signal s = ADDR; s < SIGNALS; s++)
            d->w->initial(d->to, of_device((int)i, s), WAVE_VECTOR, 'x');
}

static enum signal signal_of(unsigned kind)
{
    switch (kind) {
    case TRACE_READ: return READ;
    case TRACE_WRITE: return WRITE;
    case TRACE_DMA_READ: return DMA_READ;
    case TRACE_DMA_WRITE: return DMA_WRITE;
    case TRACE_NOTE: return NOTE;
    case TRACE_CONSOLE: return CONSOLE;
    case TRACE_INPUT: return INPUT;
    default: return SIGNALS;
    }
}

static int wave_one(void *opaque, const struct trace_item *item)
{
    struct waves *d = opaque;
    const struct trace_record *r = &item->r;
    enum signal s = signal_of(r->kind);
    if (s == SIGNALS && r->kind != TRACE_IRQ && r->kind != TRACE_PROBE)
        return 0;
    if (r->time_ps < d->now_ps)
        return 2;
    if (r->time_ps > d->now_ps)
        d->w->time(d->to, r->time_ps);
    d->now_ps = r->time_ps;
    if (r->kind == TRACE_IRQ)
        d->w->level(d->to, of_line(d, seen_line(&d->seen, r->id, r->addr)), r->value != 0);
    if (r->kind == TRACE_PROBE)
        for (unsigned c = 0; c < d->seen.core_count; c++)
            if (d->seen.cores[c] == r->core)
                d->w->event(d->to, of_probe(d, c, seen_probe(&d->seen, r->id)));
    if (s != SIGNALS) {
        int place = seen_device(&d->seen, r->id);
        d->w->vector(d->to, of_device(place, ADDR), r->addr);
        d->w->vector(d->to, of_device(place, VALUE), r->value);
        d->w->event(d->to, of_device(place, s));
    }
    return d->w->failed(d->to) ? 1 : 0;
}

int waves_write(struct view *v, const struct view_filter *f, const struct wave_writer *w, void *to, char *err, size_t err_len)
{
    struct waves d = { .v = v, .w = w, .to = to, .now_ps = f->from_ps };
    if (seen_read(v, f, &d.seen, err, err_len) < 0)
        return -1;
    declare(&d);
    w->time(to, f->from_ps);
    /* a run from power-on names its devices, a restored one does not */
    initial(&d, f->from_ps == 0 && trace_find_name(view_trace(v), TRACE_NAME_DEVICE, 0));
    int r = view_each(v, f, wave_one, &d, err, err_len);
    if (r == 2)
        snprintf(err, err_len, "%s: time goes back: the trace is damaged; record it again", view_trace(v)->path);
    return r == 2 ? -1 : r;
}
