/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as VCD (IEEE 1364-2005, 18): interrupt lines, access strobes, probes
 *
 * A scope for each device: irq<INTID>, a wire; read, write, dma_read, dma_write, note, console: events, one at each; addr and
 * value, of the last of them. A scope for each core: an event for each probe that it hit.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "seen.h"
#include "text.h"

enum signal { READ, WRITE, DMA_READ, DMA_WRITE, NOTE, CONSOLE, INPUT, ADDR, VALUE, SIGNALS };
static const char *const names[SIGNALS] = { "read", "write", "dma_read", "dma_write", "note", "console", "input", "addr", "value" };

struct vcd {
    struct view *v;
    FILE *out;
    struct seen seen;
    uint64_t now_ps;
    bool begun;
};

/* Identifier codes are numbers to base 94, of printable characters. */
static const char *code(char buf[8], unsigned n)
{
    char *p = buf;
    do
        *p++ = (char)('!' + n % 94);
    while ((n /= 94) && p < buf + 7);
    *p = 0;
    return buf;
}

static unsigned of_device(int place, enum signal s) { return (unsigned)place * SIGNALS + s; }
static unsigned of_line(const struct vcd *d, int place) { return d->seen.device_count * SIGNALS + (unsigned)place; }
static unsigned of_probe(const struct vcd *d, unsigned core, int place)
{
    return d->seen.device_count * SIGNALS + d->seen.line_count + core * d->seen.probe_count + (unsigned)place;
}

/* A name as a VCD reference: no blanks. */
static void reference(FILE *out, const char *name)
{
    for (; *name; name++)
        fputc(isgraph((unsigned char)*name) ? *name : '_', out);
}

static void declare(struct vcd *d)
{
    char id[8];
    fputs("$comment ingot trace $end\n$timescale 1 ps $end\n$scope module board $end\n", d->out);
    for (unsigned i = 0; i < d->seen.device_count; i++) {
        fputs("$scope module ", d->out);
        reference(d->out, view_device(d->v, d->seen.devices[i]));
        fputs(" $end\n", d->out);
        for (enum signal s = READ; s < SIGNALS; s++)
            fprintf(d->out, "$var %s %s %s $end\n", s < ADDR ? "event 1" : "reg 64", code(id, of_device((int)i, s)), names[s]);
        for (unsigned k = 0; k < d->seen.line_count; k++)
            if (d->seen.lines[k].device == d->seen.devices[i])
                fprintf(d->out, "$var wire 1 %s irq%" PRIu64 " $end\n", code(id, of_line(d, (int)k)), d->seen.lines[k].intid);
        fputs("$upscope $end\n", d->out);
    }
    for (unsigned c = 0; c < d->seen.core_count && d->seen.probe_count; c++) {
        fprintf(d->out, "$scope module core%u $end\n", d->seen.cores[c]);
        for (unsigned p = 0; p < d->seen.probe_count; p++) {
            fprintf(d->out, "$var event 1 %s ", code(id, of_probe(d, c, (int)p)));
            reference(d->out, view_probe(d->v, d->seen.probes[p]));
            fputs(" $end\n", d->out);
        }
        fputs("$upscope $end\n", d->out);
    }
    fputs("$upscope $end\n$enddefinitions $end\n", d->out);
}

/* At power-on all lines are low; later, and in the trace of a restored run, it shows at the first edge. */
static void initial(struct vcd *d, bool from_start)
{
    char id[8];
    fputs("$dumpvars\n", d->out);
    for (unsigned i = 0; i < d->seen.line_count; i++)
        fprintf(d->out, "%c%s\n", from_start ? '0' : 'x', code(id, of_line(d, (int)i)));
    for (unsigned i = 0; i < d->seen.device_count; i++)
        for (enum signal s = ADDR; s < SIGNALS; s++)
            fprintf(d->out, "bx %s\n", code(id, of_device((int)i, s)));
    fputs("$end\n", d->out);
}

static void vector(struct vcd *d, unsigned n, uint64_t v)
{
    char id[8];
    int bit = 63;
    fputc('b', d->out);
    while (bit && !(v >> bit & 1))
        bit--;
    for (; bit >= 0; bit--)
        fputc('0' + (int)(v >> bit & 1), d->out);
    fprintf(d->out, " %s\n", code(id, n));
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

static int vcd_one(void *opaque, const struct trace_item *item)
{
    struct vcd *d = opaque;
    const struct trace_record *r = &item->r;
    enum signal s = signal_of(r->kind);
    char id[8];
    if (s == SIGNALS && r->kind != TRACE_IRQ && r->kind != TRACE_PROBE)
        return 0;
    if (!d->begun || r->time_ps != d->now_ps)
        fprintf(d->out, "#%" PRIu64 "\n", r->time_ps);
    d->begun = true;
    d->now_ps = r->time_ps;
    if (r->kind == TRACE_IRQ)
        fprintf(d->out, "%d%s\n", r->value != 0, code(id, of_line(d, seen_line(&d->seen, r->id, r->addr))));
    if (r->kind == TRACE_PROBE)
        for (unsigned c = 0; c < d->seen.core_count; c++)
            if (d->seen.cores[c] == r->core)
                fprintf(d->out, "1%s\n", code(id, of_probe(d, c, seen_probe(&d->seen, r->id))));
    if (s != SIGNALS) {
        int place = seen_device(&d->seen, r->id);
        vector(d, of_device(place, ADDR), r->addr);
        vector(d, of_device(place, VALUE), r->value);
        fprintf(d->out, "1%s\n", code(id, of_device(place, s)));
    }
    return ferror(d->out) ? 1 : 0;
}

int view_vcd(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len)
{
    struct vcd d = { .v = v, .out = out };
    if (seen_read(v, f, &d.seen, err, err_len) < 0)
        return -1;
    declare(&d);
    fprintf(out, "#%" PRIu64 "\n", f->from_ps);
    d.begun = true;
    d.now_ps = f->from_ps;
    /* a run from power-on names its devices, a restored one does not */
    initial(&d, f->from_ps == 0 && trace_find_name(view_trace(v), TRACE_NAME_DEVICE, 0));
    return text_end(view_each(v, f, vcd_one, &d, err, err_len), out, err, err_len);
}
