/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace as text: one line a record
 */
#include <errno.h>
#include <string.h>

#include "vdevices/regs.h"
#include "view.h"

struct show {
    struct view *v;
    struct compare_side names;
    unsigned data;
    int column;         /* characters of the column of VMs; 0: the trace tells none */
    FILE *out;
};

/* "linux", "linux/0" where its vCPU did it. */
static void show_vm(struct show *s, const struct trace_record *r)
{
    char text[300] = "";
    struct view_whose whose = view_whose(s->v, r);
    if (whose.vm)
        snprintf(text, sizeof text, whose.vcpu < 0 ? "%s" : "%s/%d", whose.vm, whose.vcpu);
    fprintf(s->out, "%-*s  ", s->column, text);
}

static int show_one(void *opaque, const struct trace_item *item)
{
    struct show *s = opaque;
    fprintf(s->out, "%9zu  ", item->index);
    if (s->column)
        show_vm(s, &item->r);
    compare_words_item(s->out, &s->names, item);
    const struct regs_register *reg = view_register(s->v, &item->r);
    if (reg) {
        char fields[512];
        view_fields(fields, sizeof fields, reg, item->r.value);
        fprintf(s->out, "  %s%s%s", reg->name, *fields ? ": " : "", fields);
    }
    char symbol[600];
    view_symbol(s->v, &item->r, symbol, sizeof symbol);
    if (item->r.kind == TRACE_PROBE && item->r.size)
        fprintf(s->out, "  EL%u", item->r.size);
    if (*symbol)
        fprintf(s->out, "  %s", symbol);
    bool dma = item->r.kind == TRACE_DMA_READ || item->r.kind == TRACE_DMA_WRITE;
    uint32_t n = !dma || !item->data ? 0 : item->r.aux < s->data ? item->r.aux : s->data;
    for (uint32_t i = 0; i < n; i++)
        fprintf(s->out, "%s%02x", i % 16 ? " " : "\n             ", item->data[i]);
    if (n && n < item->r.aux)
        fprintf(s->out, " … (%u more)", item->r.aux - n);
    fputc('\n', s->out);
    return ferror(s->out) ? 1 : 0;
}

int view_show(struct view *v, const struct view_filter *f, unsigned data, FILE *out, char *err, size_t err_len)
{
    struct show s = { .v = v, .names = view_side(v), .data = data, .out = out };
    char owners[4096], *save = NULL;
    view_owners(v, owners, sizeof owners);
    for (char *name = strtok_r(owners, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        int width = (int)strlen(name) + (strcmp(name, "hypervisor") ? 2 : 0);
        s.column = width > s.column ? width : s.column;
    }
    int r = view_each(v, f, show_one, &s, err, err_len);
    if (r <= 0)
        return r;
    snprintf(err, err_len, "cannot write: %s", strerror(errno));
    return -1;
}
