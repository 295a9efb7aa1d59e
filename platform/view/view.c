/* SPDX-License-Identifier: GPL-2.0-or-later
 * Looking at a trace: names, and the records that a filter takes
 */
#include "view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "registers.h"
#include "symbols.h"
#include "vdevices/regs.h"
#include "whose.h"

struct view {
    const struct trace *t, *names;
    struct registers *registers;
    struct whose *whose;
    struct symbols *symbols;
    uint64_t unresolved, unresolved_pc;
    const char *unresolved_of;
    char text[2][32];       /* of what has no name */
    unsigned turn;
};

struct view *view_new(const struct trace *t, const struct trace *names, const char *devices, FILE *errors)
{
    struct view *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->t = t;
    v->names = names;
    if ((v->registers = registers_new(devices, errors)) && (v->whose = whose_new(v)) && (v->symbols = symbols_new()))
        return v;
    view_free(v);
    return NULL;
}

void view_free(struct view *v)
{
    if (!v)
        return;
    registers_free(v->registers);
    whose_free(v->whose);
    symbols_free(v->symbols);
    free(v);
}

const struct trace *view_trace(const struct view *v) { return v->t; }

struct compare_side view_side(const struct view *v)
{
    struct compare_side side = { .label = "" };
    if (v->names)
        compare_add(&side, v->names, 0, 0);
    compare_add(&side, v->t, 0, 0);     /* looked up first */
    return side;
}

const char *view_name(const struct view *v, enum trace_name what, uint32_t id)
{
    const char *name = trace_find_name(v->t, what, id);
    return name || !v->names ? name : trace_find_name(v->names, what, id);
}

static const char *named(struct view *v, enum trace_name what, uint32_t id)
{
    const char *name = view_name(v, what, id);
    if (name && *name)
        return name;
    char *text = v->text[v->turn++ % 2];
    snprintf(text, sizeof v->text[0], "%s#%" PRIu32, what == TRACE_NAME_DEVICE ? "device" : "probe", id);
    return text;
}

const char *view_device(struct view *v, uint32_t id) { return named(v, TRACE_NAME_DEVICE, id); }
const char *view_probe(struct view *v, uint32_t id) { return named(v, TRACE_NAME_PROBE, id); }
const char *view_type(const struct view *v, uint32_t id) { return view_name(v, TRACE_NAME_TYPE, id); }

int view_find_device(const struct view *v, const char *name)
{
    int id = trace_find_id(v->t, TRACE_NAME_DEVICE, name);
    return id >= 0 || !v->names ? id : trace_find_id(v->names, TRACE_NAME_DEVICE, name);
}

const struct regs *view_registers(struct view *v, uint32_t id) { return registers_of(v->registers, view_type(v, id)); }

const struct regs_register *view_register(struct view *v, const struct trace_record *r)
{
    bool mmio = r->kind == TRACE_READ || r->kind == TRACE_WRITE;
    return mmio ? registers_find(view_registers(v, r->id), r->addr, r->kind == TRACE_WRITE) : NULL;
}

struct view_whose view_whose(const struct view *v, const struct trace_record *r) { return whose_find(v->whose, r); }

int view_add_symbols(struct view *v, const char *vm, const char *path, bool has_base, uint64_t base, char *err, size_t err_len)
{
    return symbols_add(v->symbols, vm, path, has_base, base, err, err_len);
}

static bool has_pc(const struct trace_record *r)
{
    return r->kind == TRACE_PROBE || ((r->kind == TRACE_READ || r->kind == TRACE_WRITE) && r->aux);
}

static const char *symbol_of(const struct view *v, const struct trace_record *r, uint64_t *offset)
{
    bool dma = r->kind == TRACE_DMA_READ || r->kind == TRACE_DMA_WRITE, probe = r->kind == TRACE_PROBE;
    if (!dma && !has_pc(r))
        return NULL;
    const char *vm = whose_find(v->whose, r).vm;
    unsigned el = probe ? r->size : vm && !strcmp(vm, "hypervisor") ? 2 : 0;
    return symbols_find(v->symbols, vm, el, probe || dma ? r->addr : r->aux, probe || dma, dma, offset);
}

void view_symbol(struct view *v, const struct trace_record *r, char *buf, size_t len)
{
    uint64_t offset;
    const char *name = symbol_of(v, r, &offset);
    *buf = 0;
    if (name)
        snprintf(buf, len, offset ? "%s+0x%" PRIx64 : "%s", name, offset);
    if (!name && has_pc(r)) {
        v->unresolved++;
        v->unresolved_pc = r->kind == TRACE_PROBE ? r->addr : r->aux;
        v->unresolved_of = r->kind == TRACE_PROBE && r->size == 2 ? "hypervisor" : whose_find(v->whose, r).vm;
    }
}

uint64_t view_unresolved(const struct view *v, uint64_t *pc, const char **whose)
{
    *pc = v->unresolved_pc;
    *whose = v->unresolved_of;
    return v->unresolved;
}

static const char *const kinds[TRACE_KINDS] = {
    [TRACE_NAME] = "name", [TRACE_READ] = "read", [TRACE_WRITE] = "write", [TRACE_IRQ] = "irq", [TRACE_DMA_READ] = "dma-read",
    [TRACE_DMA_WRITE] = "dma-write", [TRACE_CONSOLE] = "console", [TRACE_INPUT] = "input", [TRACE_PROBE] = "probe",
    [TRACE_NOTE] = "note", [TRACE_STEP] = "step", [TRACE_RESET] = "reset", [TRACE_CUT] = "cut" };

const char *view_kind(unsigned kind) { return kind && kind < TRACE_KINDS ? kinds[kind] : "unknown"; }

int view_kind_find(const char *word)
{
    for (int i = TRACE_NAME; i < TRACE_KINDS; i++)
        if (!strcmp(kinds[i], word))
            return i;
    return -1;
}

bool view_has_device(const struct trace_record *r)
{
    return r->kind >= TRACE_READ && r->kind <= TRACE_NOTE && r->kind != TRACE_PROBE;
}

bool view_failed(const struct trace_record *r) { return view_has_device(r) && trace_result(r); }

static bool takes_device(const struct view_filter *f, const struct trace_record *r)
{
    if (!view_has_device(r))
        return false;
    for (size_t i = 0; i < f->device_count; i++)
        if (f->devices[i] == r->id)
            return true;
    return false;
}

static bool takes_addr(const struct view_filter *f, const struct trace_record *r)
{
    switch (r->kind) {
    case TRACE_READ:
    case TRACE_WRITE:
    case TRACE_IRQ:
    case TRACE_PROBE:
        return r->addr >= f->addr_from && r->addr <= f->addr_to;
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE: {
        uint64_t last = r->addr + (r->aux ? r->aux - 1 : 0);
        return r->addr <= f->addr_to && (last < r->addr ? UINT64_MAX : last) >= f->addr_from;
    }
    default:
        return false;
    }
}

bool view_takes(struct view *v, const struct view_filter *f, const struct trace_record *r)
{
    uint32_t wanted = f->kinds ? f->kinds : ~(1u << TRACE_NAME);
    if (!(wanted & 1u << (r->kind & 31)) || r->time_ps < f->from_ps || (f->to_ps && r->time_ps > f->to_ps))
        return false;
    if ((f->device_count && !takes_device(f, r)) || (f->by_core && r->core != f->core) || (f->by_addr && !takes_addr(f, r)))
        return false;
    if (f->vm) {
        const char *vm = view_whose(v, r).vm;
        if (!vm || strcmp(vm, f->vm))
            return false;
    }
    if (!f->reg)
        return true;
    uint64_t offset;
    const struct regs_register *reg = view_register(v, r);
    const char *name = symbol_of(v, r, &offset);
    return (reg && !strcmp(reg->name, f->reg)) || (name && !strcmp(name, f->reg));
}

int view_each(struct view *v, const struct view_filter *f, int (*each)(void *opaque, const struct trace_item *item), void *opaque,
              char *err, size_t err_len)
{
    struct trace_cursor *c = trace_cursor_new(v->t);
    struct trace_item item;
    int more = 0, told = 0;
    if (!c) {
        snprintf(err, err_len, "%s: no memory to read the trace", v->t->path);
        return -1;
    }
    trace_seek_time(c, f->from_ps);
    trace_only(c, f->kinds ? f->kinds : ~(1u << TRACE_NAME));
    while (!told && (more = trace_next(c, &item)) == 1 && !(f->to_ps && item.r.time_ps > f->to_ps))
        if (view_takes(v, f, &item.r))
            told = each(opaque, &item);
    if (more < 0)
        snprintf(err, err_len, "%s", trace_cursor_error(c));
    trace_cursor_free(c);
    return more < 0 ? -1 : told;
}
