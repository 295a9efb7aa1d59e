/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace for Perfetto, in its own format: tracks and their events (perfetto.dev, "Synthetic track events")
 *
 * A group for each VM, the hypervisor, and the board (what is nobody's). In it a track for each vCPU (its accesses and probes; a core,
 * where no VM is known), interrupt (a slice while the line is high), device (accesses, DMA, notes) and console (lines); one for the
 * scenario. An arrow leads from an interrupt's raise, by way of the list register's write where a probe has it, to its handler.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "perfetto_packet.h"
#include "seen.h"
#include "text.h"
#include "vdevices/regs.h"

/* Tracks are numbered by place. uuid: group * GROUP + number; their order is that of their numbers. */
#define GROUP 10000u
enum { CORES = 1, INTERRUPTS = 1000, DEVICES = 2000, CONSOLES = 3000 };     /* first number of each */
_Static_assert(SEEN_MAX < 1000, "a sort of tracks ends before the next");

#define OWNERS_MAX 64
enum { BOARD = OWNERS_MAX + 1, SCENARIO, GROUPS };      /* groups; owners have 1 to OWNERS_MAX */

struct line {
    bool high, open;            /* open: its arrow has begun, and its handler has not run */
    bool delivered;             /* a list register has it */
    bool staged;                /* a stage's slice is open, inside of "high" */
    uint64_t arrow;             /* id */
};

struct console {
    char text[200];
    size_t len;
    uint64_t from_ps;
};

/* Bytes that came at one instant: slices of their own would stand on each other. */
struct input {
    char text[200];
    size_t len;
    struct trace_record r;      /* of the first */
};

struct perfetto {
    struct view *v;
    FILE *out;
    const struct view_handler *handlers;
    size_t handler_count;
    struct seen seen;
    struct line lines[SEEN_MAX];
    struct console consoles[SEEN_MAX];
    struct input input;
    const char *owners[OWNERS_MAX];     /* VMs first, in the order of their VMIDs */
    unsigned owner_count;
    bool groups[GROUPS], cores[GROUPS][256];    /* declared */
    bool lr_seen;               /* the trace has a probe of list registers */
    uint64_t arrows, last_ps;
    struct packet packet;
};

static unsigned group_of(const struct perfetto *p, const char *owner)
{
    for (unsigned i = 0; owner && i < p->owner_count; i++)
        if (!strcmp(p->owners[i], owner))
            return i + 1;
    return BOARD;
}

static void add_owner(struct perfetto *p, const char *owner)
{
    if (owner && p->owner_count < OWNERS_MAX && group_of(p, owner) == BOARD)
        p->owners[p->owner_count++] = owner;
}

/* A track in a group, which is declared with its first. */
static uint64_t declare(struct perfetto *p, unsigned group, unsigned number, const char *name)
{
    char text[320] = "board";
    if (group <= OWNERS_MAX)
        snprintf(text, sizeof text, "%s%s", strcmp(p->owners[group - 1], "hypervisor") ? "VM " : "", p->owners[group - 1]);
    if (!p->groups[group])
        packet_group(p->out, group * (uint64_t)GROUP, text, group);
    p->groups[group] = true;
    packet_track(p->out, group * (uint64_t)GROUP + number, group * (uint64_t)GROUP, name, number);
    return group * (uint64_t)GROUP + number;
}

static uint64_t device_track(const struct perfetto *p, unsigned first, uint32_t device)
{
    return (uint64_t)GROUP * group_of(p, view_name(p->v, TRACE_NAME_OWNER, device)) + first + (unsigned)seen_device(&p->seen, device);
}

static uint64_t line_track(const struct perfetto *p, unsigned line)
{
    return (uint64_t)GROUP * group_of(p, view_name(p->v, TRACE_NAME_OWNER, p->seen.lines[line].device)) + INTERRUPTS + line;
}

/* The vCPU that executes it; where no VM is known, the core. */
static uint64_t core_track(struct perfetto *p, const struct trace_record *r)
{
    struct view_whose whose = view_whose(p->v, r);
    unsigned group = group_of(p, whose.vm);
    char text[64];
    if (!p->cores[group][r->core]) {
        p->cores[group][r->core] = true;
        if (whose.vcpu >= 0)
            snprintf(text, sizeof text, "vCPU %d (core %u)", whose.vcpu, r->core);
        else
            snprintf(text, sizeof text, "core %u", r->core);
        declare(p, group, CORES + r->core, text);
    }
    return (uint64_t)GROUP * group + CORES + r->core;
}

static void declare_all(struct perfetto *p)
{
    const char *owner;
    char text[320];
    for (uint32_t vmid = 1; (owner = view_name(p->v, TRACE_NAME_VM, vmid)) && vmid < OWNERS_MAX; vmid++)
        add_owner(p, owner);
    for (unsigned i = 0; i < p->seen.device_count; i++)
        add_owner(p, view_name(p->v, TRACE_NAME_OWNER, p->seen.devices[i]));
    if (p->seen.steps)
        packet_track(p->out, SCENARIO * (uint64_t)GROUP, 0, "scenario", 0);
    for (unsigned i = 0; i < p->seen.line_count; i++) {
        snprintf(text, sizeof text, "%s irq %" PRIu64, view_device(p->v, p->seen.lines[i].device), p->seen.lines[i].intid);
        declare(p, (unsigned)(line_track(p, i) / GROUP), INTERRUPTS + i, text);
    }
    for (unsigned i = 0; i < p->seen.device_count; i++) {
        const char *device = view_device(p->v, p->seen.devices[i]);
        unsigned group = (unsigned)(device_track(p, DEVICES, p->seen.devices[i]) / GROUP);
        declare(p, group, DEVICES + i, device);
        snprintf(text, sizeof text, "%s console", device);
        if (p->seen.speaks[i])      /* a track of its own: its lines would cross the accesses that make them, and a track's slices only nest */
            declare(p, group, CONSOLES + i, text);
    }
}

/* A slice of 1 ns, the time of an instruction on this platform, with what has been added to the packet. */
static void instruction(struct perfetto *p, uint64_t track, const struct trace_record *r, const char *name)
{
    packet_begin(p->out, &p->packet, track, r->time_ps, view_kind(r->kind), name, strlen(name));
    packet_end(p->out, track, r->time_ps + 1000);
}

/* How far it is, as slices inside of "high": raised, in list register, handler. NULL ends the last. The arrow begins at "raised": the UI
 * draws it from the end of a slice. */
static void stage(struct perfetto *p, unsigned line, uint64_t ps, const char *name, bool arrow)
{
    struct line *l = &p->lines[line];
    struct packet packet;
    packet.event.len = 0;
    if (l->staged)
        packet_end(p->out, line_track(p, line), ps);
    l->staged = name && l->high;
    if (arrow)
        packet_flow(&packet, l->arrow, false);
    if (l->staged)
        packet_begin(p->out, &packet, line_track(p, line), ps, "irq", name, strlen(name));
}

static void irq(struct perfetto *p, const struct trace_record *r)
{
    unsigned i = (unsigned)seen_line(&p->seen, r->id, r->addr);
    struct line *l = &p->lines[i];
    bool level = r->value != 0;
    if (level == l->high)
        return;
    l->high = level;
    if (!level) {
        stage(p, i, r->time_ps, NULL, false);
        packet_end(p->out, line_track(p, i), r->time_ps);
        return;
    }
    packet_begin(p->out, &p->packet, line_track(p, i), r->time_ps, "irq", "high", 4);
    if (l->open)
        return;
    *l = (struct line){ .high = true, .open = true, .arrow = ++p->arrows };
    stage(p, i, r->time_ps, "raised", true);
}

static const char *handler_of(const struct perfetto *p, uint32_t device)
{
    for (size_t i = 0; i < p->handler_count; i++)
        if (p->handlers[i].device == device)
            return p->handlers[i].probe;
    return NULL;
}

/* The arrows that end here. r: an access of a core, or a probe's hit, whose slice is written next. */
static void handled(struct perfetto *p, const struct trace_record *r)
{
    for (unsigned i = 0; i < p->seen.line_count; i++) {
        struct line *l = &p->lines[i];
        const char *probe = handler_of(p, p->seen.lines[i].device);
        bool here = probe ? r->kind == TRACE_PROBE && !strcmp(view_probe(p->v, r->id), probe)
                          : r->kind != TRACE_PROBE && r->id == p->seen.lines[i].device && (l->delivered || !p->lr_seen);
        if (l->open && here) {
            packet_flow(&p->packet, l->arrow, true);
            l->open = false;
            stage(p, i, r->time_ps, "handler", false);
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
            packet_flow(&p->packet, l->arrow, false);
            l->delivered = true;
            stage(p, i, r->time_ps, "in list register", false);
        }
    }
}

static void access(struct perfetto *p, const struct trace_record *r)
{
    char text[400], fields[512] = "", whole[700], symbol[600];
    const struct regs_register *reg = view_register(p->v, r);
    if (reg) {
        snprintf(text, sizeof text, "%s %s", view_kind(r->kind), reg->name);
        view_fields(fields, sizeof fields, reg, r->value);
    } else {
        snprintf(text, sizeof text, "%s +0x%" PRIx64, view_kind(r->kind), r->addr);
    }
    view_symbol(p->v, r, symbol, sizeof symbol);
    for (int on_core = r->core != TRACE_NO_CORE; on_core >= 0; on_core--) {
        uint64_t track = on_core ? core_track(p, r) : device_track(p, DEVICES, r->id);
        snprintf(whole, sizeof whole, "%s%s%s", on_core ? view_device(p->v, r->id) : "", on_core ? " " : "", text);
        packet_hex(&p->packet, "value", r->value);
        if (*symbol)
            packet_text(&p->packet, "symbol", symbol);
        if (*fields)
            packet_text(&p->packet, "fields", fields);
        if (r->core != TRACE_NO_CORE)
            packet_number(&p->packet, "insn", r->insn);
        if (trace_result(r))
            packet_number(&p->packet, "bus result", trace_result(r));
        if (on_core)
            handled(p, r);
        instruction(p, track, r, whole);
    }
}

static void probe(struct perfetto *p, const struct trace_record *r)
{
    const char *text = view_probe(p->v, r->id);
    uint64_t track = core_track(p, r);
    char symbol[600];
    size_t len = strlen(text);
    view_symbol(p->v, r, symbol, sizeof symbol);
    packet_hex(&p->packet, "pc", r->addr);
    if (*symbol)
        packet_text(&p->packet, "symbol", symbol);
    if (r->size)
        packet_number(&p->packet, "el", r->size);
    packet_hex(&p->packet, "value", r->value);
    packet_number(&p->packet, "insn", r->insn);
    if (len >= 2 && !strcmp(text + len - 2, "lr")) {
        p->lr_seen = true;
        delivered(p, r);
    }
    handled(p, r);
    instruction(p, track, r, text);
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
    packet_begin(p->out, &p->packet, device_track(p, CONSOLES, device), c->from_ps, "console", c->text, c->len);
    packet_end(p->out, device_track(p, CONSOLES, device), ps);
    c->len = 0;
}

static void input_ends(struct perfetto *p)
{
    struct input *in = &p->input;
    while (in->len > 6 && strchr("\r\n", in->text[in->len - 1]))
        in->len--;
    if (!in->len)
        return;
    in->text[in->len] = 0;
    instruction(p, device_track(p, DEVICES, in->r.id), &in->r, in->text);
    in->len = 0;
}

static void input(struct perfetto *p, const struct trace_record *r)
{
    struct input *in = &p->input;
    if (in->len && (in->r.id != r->id || in->r.time_ps != r->time_ps))
        input_ends(p);
    if (!in->len) {
        in->r = *r;
        in->len = (size_t)snprintf(in->text, sizeof in->text, "input ");
    }
    if (in->len < sizeof in->text - 1)
        in->text[in->len++] = (char)r->value;
}

static int perfetto_one(void *opaque, const struct trace_item *item)
{
    struct perfetto *p = opaque;
    const struct trace_record *r = &item->r;
    char text[96];
    if (r->time_ps < p->last_ps)
        return 2;
    if (r->time_ps > p->last_ps)
        input_ends(p);
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
        packet_hex(&p->packet, "addr", r->addr);
        if (trace_result(r))
            packet_number(&p->packet, "bus result", trace_result(r));
        instruction(p, device_track(p, DEVICES, r->id), r, text);
        break;
    case TRACE_INPUT: input(p, r); break;
    case TRACE_NOTE:
        snprintf(text, sizeof text, "%s %" PRIu64 " 0x%" PRIx64, view_kind(r->kind), r->addr, r->value);
        instruction(p, device_track(p, DEVICES, r->id), r, text);
        break;
    case TRACE_RESET:
    case TRACE_STEP:
        packet_begin(p->out, &p->packet, SCENARIO * (uint64_t)GROUP, r->time_ps, view_kind(r->kind),
                     item->data ? (const char *)item->data : view_kind(r->kind), item->data ? r->aux : strlen(view_kind(r->kind)));
        packet_end(p->out, SCENARIO * (uint64_t)GROUP, r->time_ps + 1000);
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
        declare_all(p);
        r = view_each(v, f, perfetto_one, p, err, err_len);
        input_ends(p);
        if (r == 2)
            snprintf(err, err_len, "%s: time goes back: the trace is damaged; record it again", view_trace(v)->path);
        r = text_end(r ? -1 : 0, out, err, err_len);
    }
    free(p);
    return r;
}
