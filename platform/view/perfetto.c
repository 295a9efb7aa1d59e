/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace for Perfetto: Chrome's JSON trace events, which its UI opens
 *
 * A track for each core (its accesses and probes), device (accesses, DMA, notes; its console's lines apart) and interrupt (a slice while
 * the line is high), one for the scenario. An arrow leads from an interrupt's raise, by way of the list register's write where
 * a probe has it, to its handler.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seen.h"
#include "text.h"
#include "vdevices/regs.h"

enum process { CORES = 1, DEVICES, INTERRUPTS, SCENARIO };

/* A device's console has a track of its own: its lines would cross the accesses that make them, and a track's slices only nest. */
#define CONSOLES 1000       /* first of these tracks; Perfetto's have 32 bits, so they are numbered by place, not by id */
_Static_assert(CONSOLES > SEEN_MAX, "tracks of devices end before those of consoles");

struct line {
    bool high, open;            /* open: its arrow has begun, and its handler has not run */
    bool delivered;             /* a list register has it */
    uint64_t arrow;             /* id */
};

struct console {
    char text[200];
    size_t len;
    uint64_t from_ps;
};

struct perfetto {
    struct view *v;
    FILE *out;
    const struct view_handler *handlers;
    size_t handler_count;
    struct seen seen;
    struct line lines[SEEN_MAX];
    struct console consoles[SEEN_MAX];
    bool lr_seen;               /* the trace has a probe of list registers */
    uint64_t arrows, last_ps;
    bool comma;
};

static void event(struct perfetto *p, char phase, enum process process, uint64_t track, uint64_t ps)
{
    fprintf(p->out, "%s{\"ph\":\"%c\",\"pid\":%d,\"tid\":%" PRIu64 ",\"ts\":%" PRIu64 ".%06" PRIu64, p->comma ? ",\n" : "", phase,
            process, track, ps / 1000000, ps % 1000000);
    p->comma = true;
}

static void name(struct perfetto *p, const char *text)
{
    fputs(",\"name\":", p->out);
    text_json(p->out, text, strlen(text));
}

static void end(struct perfetto *p) { fputc('}', p->out); }

static void named_track(struct perfetto *p, const char *what, enum process process, uint64_t track, const char *text)
{
    event(p, 'M', process, track, 0);
    fprintf(p->out, ",\"name\":\"%s\",\"args\":{\"name\":", what);
    text_json(p->out, text, strlen(text));
    fputs("}}", p->out);
}

static void declare(struct perfetto *p)
{
    static const char *const processes[] = { [CORES] = "cores", [DEVICES] = "devices", [INTERRUPTS] = "interrupts", [SCENARIO] = "scenario" };
    char text[320];
    for (enum process i = CORES; i <= SCENARIO; i++)
        named_track(p, "process_name", i, 0, processes[i]);
    for (unsigned i = 0; i < p->seen.core_count; i++) {
        snprintf(text, sizeof text, "core %u", p->seen.cores[i]);
        named_track(p, "thread_name", CORES, p->seen.cores[i] + 1u, text);
    }
    for (unsigned i = 0; i < p->seen.device_count; i++) {
        const char *device = view_device(p->v, p->seen.devices[i]);
        named_track(p, "thread_name", DEVICES, i + 1, device);
        snprintf(text, sizeof text, "%s console", device);
        if (p->seen.speaks[i])
            named_track(p, "thread_name", DEVICES, CONSOLES + i, text);
    }
    for (unsigned i = 0; i < p->seen.line_count; i++) {
        snprintf(text, sizeof text, "%s, INTID %" PRIu64, view_device(p->v, p->seen.lines[i].device), p->seen.lines[i].intid);
        named_track(p, "thread_name", INTERRUPTS, i + 1, text);
    }
}

/* A slice of 1 ns: the time of an instruction on this platform. */
static void slice(struct perfetto *p, enum process process, uint64_t track, uint64_t ps, const char *text)
{
    event(p, 'X', process, track, ps);
    fputs(",\"dur\":0.001", p->out);
    name(p, text);
}

static void arrow(struct perfetto *p, char phase, enum process process, uint64_t track, uint64_t ps, uint64_t id)
{
    event(p, phase, process, track, ps);
    fprintf(p->out, ",\"id\":%" PRIu64 ",\"cat\":\"irq\",\"name\":\"interrupt\"%s", id, phase == 's' ? "" : ",\"bp\":\"e\"");
    end(p);
}

static uint64_t device_track(const struct perfetto *p, uint32_t device) { return (uint64_t)seen_device(&p->seen, device) + 1; }

static void irq(struct perfetto *p, const struct trace_record *r)
{
    int i = seen_line(&p->seen, r->id, r->addr);
    struct line *l = &p->lines[i];
    bool level = r->value != 0;
    if (level == l->high)
        return;
    l->high = level;
    event(p, level ? 'B' : 'E', INTERRUPTS, (unsigned)i + 1, r->time_ps);
    if (level)
        name(p, "high");
    end(p);
    if (!level || l->open)
        return;
    *l = (struct line){ .high = true, .open = true, .arrow = ++p->arrows };
    arrow(p, 's', INTERRUPTS, (unsigned)i + 1, r->time_ps, l->arrow);
}

static const char *handler_of(const struct perfetto *p, uint32_t device)
{
    for (size_t i = 0; i < p->handler_count; i++)
        if (p->handlers[i].device == device)
            return p->handlers[i].probe;
    return NULL;
}

/* After its slice has been written. r: an access of a core, or a probe's hit. */
static void handled(struct perfetto *p, const struct trace_record *r)
{
    for (unsigned i = 0; i < p->seen.line_count; i++) {
        struct line *l = &p->lines[i];
        const char *probe = handler_of(p, p->seen.lines[i].device);
        bool here = probe ? r->kind == TRACE_PROBE && !strcmp(view_probe(p->v, r->id), probe)
                          : r->kind != TRACE_PROBE && r->id == p->seen.lines[i].device && (l->delivered || !p->lr_seen);
        if (l->open && here) {
            arrow(p, 'f', CORES, r->core + 1u, r->time_ps, l->arrow);
            l->open = false;
        }
    }
}

/* ICH_LR<n>_EL2 (GICv3 12.4): State 63:62, HW 61, pINTID 44:32, vINTID 31:0. */
static void delivered(struct perfetto *p, const struct trace_record *r)
{
    uint64_t intid = r->value >> 61 & 1 ? r->value >> 32 & 0x1fff : (uint32_t)r->value;
    for (unsigned i = 0; i < p->seen.line_count; i++) {
        struct line *l = &p->lines[i];
        if (l->open && !l->delivered && r->value >> 62 & 1 && p->seen.lines[i].intid == intid) {
            arrow(p, 't', CORES, r->core + 1u, r->time_ps, l->arrow);
            l->delivered = true;
        }
    }
}

static void access(struct perfetto *p, const struct trace_record *r)
{
    char text[400], fields[512] = "";
    const struct regs_register *reg = view_register(p->v, r);
    if (reg) {
        snprintf(text, sizeof text, "%s %s", view_kind(r->kind), reg->name);
        view_fields(fields, sizeof fields, reg, r->value);
    } else {
        snprintf(text, sizeof text, "%s +0x%" PRIx64, view_kind(r->kind), r->addr);
    }
    for (int on_core = r->core != TRACE_NO_CORE; on_core >= 0; on_core--) {
        char whole[700];
        snprintf(whole, sizeof whole, "%s%s%s", on_core ? view_device(p->v, r->id) : "", on_core ? " " : "", text);
        slice(p, on_core ? CORES : DEVICES, on_core ? r->core + UINT64_C(1) : device_track(p, r->id), r->time_ps, whole);
        fprintf(p->out, ",\"args\":{\"value\":\"0x%" PRIx64 "\",\"fields\":\"%s\",\"insn\":%" PRIu64 ",\"result\":%" PRIu32 "}", r->value,
                fields, r->insn, r->result);
        end(p);
    }
    if (r->core != TRACE_NO_CORE)
        handled(p, r);
}

static void probe(struct perfetto *p, const struct trace_record *r)
{
    const char *text = view_probe(p->v, r->id);
    char symbol[600];
    view_symbol(p->v, r, symbol, sizeof symbol);
    size_t len = strlen(text);
    slice(p, CORES, r->core + UINT64_C(1), r->time_ps, text);
    fprintf(p->out, ",\"args\":{\"pc\":\"0x%" PRIx64 "\",\"symbol\":", r->addr);
    text_json(p->out, symbol, strlen(symbol));
    fprintf(p->out, ",\"value\":\"0x%" PRIx64 "\",\"insn\":%" PRIu64 "}", r->value, r->insn);
    end(p);
    if (len >= 2 && !strcmp(text + len - 2, "lr")) {
        p->lr_seen = true;
        delivered(p, r);
    }
    handled(p, r);
}

/* A line of console text is a slice from its first byte to its last. */
static void console(struct perfetto *p, uint32_t device, uint64_t ps, uint64_t byte)
{
    struct console *c = &p->consoles[seen_device(&p->seen, device)];
    if (!c->len)
        c->from_ps = ps;
    if (byte != '\n' && byte != '\r')
        c->text[c->len++] = (char)byte;
    if (!c->len || (byte != '\n' && c->len < sizeof c->text - 1))
        return;
    c->text[c->len] = 0;
    c->len = 0;
    event(p, 'X', DEVICES, CONSOLES + device_track(p, device) - 1, c->from_ps);
    fprintf(p->out, ",\"dur\":%" PRIu64 ".%06" PRIu64, (ps - c->from_ps) / 1000000, (ps - c->from_ps) % 1000000);
    name(p, c->text);
    end(p);
}

static int perfetto_one(void *opaque, const struct trace_item *item)
{
    struct perfetto *p = opaque;
    const struct trace_record *r = &item->r;
    char text[96];
    if (r->time_ps < p->last_ps)
        return 2;
    p->last_ps = r->time_ps;
    switch (r->kind) {
    case TRACE_READ:
    case TRACE_WRITE: access(p, r); break;
    case TRACE_IRQ: irq(p, r); break;
    case TRACE_PROBE: probe(p, r); break;
    case TRACE_CONSOLE: console(p, r->id, r->time_ps, r->value & 0xff); break;
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE:
        snprintf(text, sizeof text, "%s %" PRIu32 " bytes", view_kind(r->kind), r->aux);
        slice(p, DEVICES, device_track(p, r->id), r->time_ps, text);
        fprintf(p->out, ",\"args\":{\"addr\":\"0x%" PRIx64 "\",\"result\":%" PRIu32 "}", r->addr, r->result);
        end(p);
        break;
    case TRACE_NOTE:
    case TRACE_INPUT:
        snprintf(text, sizeof text, "%s %" PRIu64 " 0x%" PRIx64, view_kind(r->kind), r->addr, r->value);
        slice(p, DEVICES, device_track(p, r->id), r->time_ps, text);
        end(p);
        break;
    case TRACE_RESET:
        event(p, 'X', SCENARIO, 1, r->time_ps);
        fputs(",\"dur\":0.001,\"name\":\"reset\"", p->out);
        end(p);
        break;
    case TRACE_STEP:
        event(p, 'X', SCENARIO, 1, r->time_ps);
        fputs(",\"dur\":0.001,\"name\":", p->out);
        text_json(p->out, item->data ? (const char *)item->data : "step", item->data ? r->aux : 4);
        end(p);
        break;
    }
    return ferror(p->out) ? 1 : 0;
}

int view_perfetto(struct view *v, const struct view_filter *f, const struct view_handler *handlers, size_t handler_count, FILE *out,
                  char *err, size_t err_len)
{
    struct perfetto *p = calloc(1, sizeof *p);
    if (!p) {
        snprintf(err, err_len, "%s: no memory to convert it", view_trace(v)->path);
        return -1;
    }
    *p = (struct perfetto){ .v = v, .out = out, .handlers = handlers, .handler_count = handler_count };
    int r = seen_read(v, f, &p->seen, err, err_len);
    if (r == 0) {
        fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
        declare(p);
        r = view_each(v, f, perfetto_one, p, err, err_len);
        if (r == 2)
            snprintf(err, err_len, "%s: time goes back: the trace is damaged; record it again", view_trace(v)->path);
        fputs("\n]}\n", out);
        r = text_end(r ? -1 : 0, out, err, err_len);
    }
    free(p);
    return r;
}
