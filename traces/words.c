/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace record in words
 */
#include <inttypes.h>
#include <string.h>

#include "compare.h"

/* enum seam_result, as bus people say it; index 0 needs no word. */
static const char *const result_words[] = { "", "slave error", "decode error", "denied", "the board ended in it" };

static void print_name(FILE *out, const struct compare_side *names, enum trace_name what, uint32_t id)
{
    for (size_t i = names ? names->part_count : 0; i-- > 0;) {
        const char *name = trace_find_name(names->parts[i].trace, what, id);
        if (name) {
            fputs(name, out);
            return;
        }
    }
    fprintf(out, "%s#%" PRIu32, what == TRACE_NAME_DEVICE ? "device" : "probe", id);
}

static void print_byte(FILE *out, uint64_t byte)
{
    if (byte >= ' ' && byte <= '~' && byte != '\'')
        fprintf(out, "'%c'", (char)byte);
    else
        fprintf(out, "0x%02" PRIx64, byte);
}

static void print_result(FILE *out, const struct trace_record *r)
{
    if (trace_result(r) >= sizeof result_words / sizeof *result_words)
        fprintf(out, ", result %" PRIu32, trace_result(r));
    else if (trace_result(r))
        fprintf(out, ", %s", result_words[trace_result(r)]);
}

/* Milliseconds to the ns, or to the ps where there are any. */
static void print_time(FILE *out, uint64_t ps)
{
    const uint64_t ms = UINT64_C(1000000000);
    if (ps % 1000)
        fprintf(out, "%" PRIu64 ".%09" PRIu64 " ms", ps / ms, ps % ms);
    else
        fprintf(out, "%" PRIu64 ".%06" PRIu64 " ms", ps / ms, ps % ms / 1000);
}

static void print_name_record(FILE *out, const struct trace_record *r)
{
    char text[TRACE_NAME_PIECE + 1] = "";
    memcpy(text, (const char *)r + offsetof(struct trace_record, addr), TRACE_NAME_PIECE);
    static const struct { const char *what, *of; } words[] = {
        { "name", "unknown" }, { "name", "device" }, { "name", "probe" }, { "type", "device" }, { "implementation", "device" },
        { "clock", "device" }, { "owner", "device" }, { "name", "vm" }, { "number", "vcpu" }, { "name", "system" } };
    size_t i = r->size < sizeof words / sizeof *words ? r->size : 0;
    fprintf(out, "%s of %s#%" PRIu32 "%s: %s", words[i].what, words[i].of, r->id, r->insn ? ", continued" : "", text);
}

static void print_crossing(FILE *out, const struct trace_record *r)
{
    switch (r->kind) {
    case TRACE_READ:
    case TRACE_WRITE:
        fprintf(out, " %s +0x%" PRIx64 " (%u) = 0x%" PRIx64, r->kind == TRACE_READ ? "read" : "write", r->addr,
                r->size, r->value);
        print_result(out, r);
        if (r->aux)
            fprintf(out, ", pc ..%08" PRIx32, r->aux);
        break;
    case TRACE_IRQ:
        fprintf(out, " irq %" PRIu64 " %s", r->addr, r->value ? "rises" : "falls");
        break;
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE:
        fprintf(out, " dma-%s 0x%" PRIx64 ", %" PRIu32 " bytes, crc 0x%08" PRIx64,
                r->kind == TRACE_DMA_READ ? "read" : "write", r->addr, r->aux, r->value);
        print_result(out, r);
        break;
    case TRACE_CONSOLE:
    case TRACE_INPUT:
        fputs(r->kind == TRACE_CONSOLE ? " console " : " input ", out);
        print_byte(out, r->value);
        break;
    case TRACE_NOTE:
        fprintf(out, " note %" PRIu64 " = 0x%" PRIx64, r->addr, r->value);
        break;
    }
}

/* A command of the control protocol is printable: its other bytes are escaped there. */
static void print_step(FILE *out, const struct trace_item *item)
{
    if (!item->data) {
        fprintf(out, "scenario step, command's crc 0x%08" PRIx64, item->r.value);
        return;
    }
    fputs("scenario step: ", out);
    for (uint32_t i = 0; i < item->r.aux; i++)
        fputc(item->data[i] >= ' ' && item->data[i] <= '~' ? item->data[i] : '?', out);
}

void compare_words(FILE *out, const struct compare_side *names, const struct trace_record *r)
{
    const struct trace_item item = { .r = *r };
    compare_words_item(out, names, &item);
}

void compare_words_item(FILE *out, const struct compare_side *names, const struct trace_item *item)
{
    const struct trace_record *r = &item->r;
    print_time(out, r->time_ps);
    if (r->core != TRACE_NO_CORE)
        fprintf(out, "  core %u insn %" PRIu64, r->core, r->insn);
    fputs("  ", out);
    switch (r->kind) {
    case TRACE_NAME:
        print_name_record(out, r);
        break;
    case TRACE_READ:
    case TRACE_WRITE:
    case TRACE_IRQ:
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE:
    case TRACE_CONSOLE:
    case TRACE_INPUT:
    case TRACE_NOTE:
        print_name(out, names, TRACE_NAME_DEVICE, r->id);
        print_crossing(out, r);
        break;
    case TRACE_PROBE:
        fputs("probe ", out);
        print_name(out, names, TRACE_NAME_PROBE, r->id);
        fprintf(out, " at 0x%" PRIx64 ", value 0x%" PRIx64 ", aux %" PRIu32, r->addr, r->value, r->aux);
        break;
    case TRACE_STEP:
        print_step(out, item);
        break;
    case TRACE_RESET:
        fputs("reset of all devices", out);
        break;
    case TRACE_CUT:
        fprintf(out, "the trace begins here: %" PRIu64 " records of the run before it were not kept", r->value);
        break;
    default:
        fprintf(out, "record of unknown kind %u", r->kind);
    }
}
