/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as JSON lines: one object a record
 *
 * Numbers that a double holds are numbers; addresses and values are strings of hexadecimal digits, for they have 64 bits.
 */
#include <inttypes.h>
#include <string.h>

#include "text.h"
#include "vdevices/regs.h"
#include "view.h"

struct json {
    struct view *v;
    FILE *out;
};

static void string(FILE *out, const char *key, const char *text)
{
    fprintf(out, ",\"%s\":", key);
    text_json(out, text, strlen(text));
}

static void hex(FILE *out, const char *key, uint64_t v) { fprintf(out, ",\"%s\":\"0x%" PRIx64 "\"", key, v); }

static void mmio(struct json *j, const struct trace_record *r)
{
    fprintf(j->out, ",\"size\":%u,\"offset\":%" PRIu64, r->size, r->addr);
    hex(j->out, "value", r->value);
    if (r->aux)
        fprintf(j->out, ",\"pc_31_0\":\"0x%08" PRIx32 "\"", r->aux);
    const struct regs_register *reg = view_register(j->v, r);
    if (!reg)
        return;
    string(j->out, "register", reg->name);
    fputs(",\"fields\":{", j->out);
    for (size_t i = 0; i < reg->field_count; i++) {
        const struct regs_field *f = &reg->fields[i];
        fprintf(j->out, "%s\"%s\":\"0x%" PRIx64 "\"", i ? "," : "", f->name, (r->value & regs_mask(f)) >> f->shift);
    }
    fputc('}', j->out);
}

static void particulars(struct json *j, const struct trace_item *item)
{
    const struct trace_record *r = &item->r;
    char name[TRACE_NAME_PIECE];
    switch (r->kind) {
    case TRACE_NAME:
        memcpy(name, (const char *)r + offsetof(struct trace_record, addr), sizeof name);
        fprintf(j->out, ",\"what\":%u,\"id\":%" PRIu32 ",\"at\":%" PRIu64 ",\"text\":", r->size, r->id, r->insn);
        text_json(j->out, name, strnlen(name, sizeof name));
        break;
    case TRACE_READ:
    case TRACE_WRITE: mmio(j, r); break;
    case TRACE_IRQ: fprintf(j->out, ",\"intid\":%" PRIu64 ",\"level\":%d", r->addr, r->value != 0); break;
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE:
        hex(j->out, "addr", r->addr);
        fprintf(j->out, ",\"length\":%" PRIu32 ",\"crc\":\"%08" PRIx64 "\"", r->aux, r->value);
        break;
    case TRACE_CONSOLE:
    case TRACE_INPUT: fprintf(j->out, ",\"byte\":%" PRIu64, r->value & 0xff); break;
    case TRACE_PROBE:
        string(j->out, "probe", view_probe(j->v, r->id));
        if (r->size)
            fprintf(j->out, ",\"el\":%u", r->size);
        hex(j->out, "pc", r->addr);
        hex(j->out, "value", r->value);
        fprintf(j->out, ",\"aux\":%" PRIu32, r->aux);
        break;
    case TRACE_NOTE:
        fprintf(j->out, ",\"code\":%" PRIu64, r->addr);
        hex(j->out, "value", r->value);
        break;
    case TRACE_STEP:
        if (item->data) {
            fputs(",\"command\":", j->out);
            text_json(j->out, (const char *)item->data, r->aux);
        }
        break;
    case TRACE_CUT: fprintf(j->out, ",\"records\":%" PRIu64, r->value); break;
    }
}

static int json_one(void *opaque, const struct trace_item *item)
{
    struct json *j = opaque;
    const struct trace_record *r = &item->r;
    fprintf(j->out, "{\"n\":%zu,\"time_ps\":%" PRIu64, item->index, r->time_ps);
    if (r->core != TRACE_NO_CORE)
        fprintf(j->out, ",\"core\":%u,\"insn\":%" PRIu64, r->core, r->insn);
    string(j->out, "kind", view_kind(r->kind));
    if (view_has_device(r))
        string(j->out, "device", view_device(j->v, r->id));
    struct view_whose whose = view_whose(j->v, r);
    if (whose.vm)
        string(j->out, "vm", whose.vm);
    if (whose.vcpu >= 0)
        fprintf(j->out, ",\"vcpu\":%d", whose.vcpu);
    particulars(j, item);
    char symbol[600];
    view_symbol(j->v, r, symbol, sizeof symbol);
    if (*symbol)
        string(j->out, "symbol", symbol);
    if (view_failed(r))
        fprintf(j->out, ",\"result\":%" PRIu32, trace_result(r));
    if (item->data && r->kind != TRACE_STEP) {
        fputs(",\"data\":\"", j->out);
        text_hex(j->out, item->data, r->aux);
        fputc('"', j->out);
    }
    fputs("}\n", j->out);
    return ferror(j->out) ? 1 : 0;
}

int view_json(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len)
{
    struct json j = { v, out };
    return text_end(view_each(v, f, json_one, &j, err, err_len), out, err, err_len);
}
