/* SPDX-License-Identifier: GPL-2.0-or-later
 * A trace in numbers: by kind, device, register and probe
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/ring.h"
#include "vdevices/regs.h"
#include "view.h"

/* What is counted apart: accesses of a device by offset and direction, and everything else by kind and id. */
struct row {
    uint16_t kind;
    uint32_t id;
    uint64_t addr;
    uint64_t count, bytes, errors;
};

/* By VM. The table is small; one that is full counts no more names. */
#define VMS_MAX 64
struct vm {
    const char *name;
    uint64_t count;
};

struct count {
    struct view *v;
    struct vm vms[VMS_MAX];
    unsigned vm_count;
    struct row *rows;       /* a hash table, open addressing; size a power of two, count 0: free */
    size_t used, size;
    uint64_t records, kinds[TRACE_KINDS + 1], first_ps, last_ps;
    bool no_memory;
};

static struct row *place(struct row *rows, size_t size, uint16_t kind, uint32_t id, uint64_t addr)
{
    uint64_t h = (addr * 31 + id) * 31 + kind;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = h >> 32;; i++) {
        struct row *r = &rows[i & (size - 1)];
        if (!r->count || (r->kind == kind && r->id == id && r->addr == addr))
            return r;
    }
}

static bool grow(struct count *c)
{
    size_t size = c->size ? 2 * c->size : 256;
    struct row *rows = calloc(size, sizeof *rows);
    if (!rows)
        return false;
    for (size_t i = 0; i < c->size; i++)
        if (c->rows[i].count)
            *place(rows, size, c->rows[i].kind, c->rows[i].id, c->rows[i].addr) = c->rows[i];
    free(c->rows);
    c->rows = rows;
    c->size = size;
    return true;
}

static void count_vm(struct count *c, const struct trace_record *r)
{
    const char *name = view_whose(c->v, r).vm;
    unsigned i = 0;
    while (name && i < c->vm_count && strcmp(c->vms[i].name, name))
        i++;
    if (!name || i == VMS_MAX)
        return;
    if (i == c->vm_count)
        c->vms[c->vm_count++] = (struct vm){ name, 0 };
    c->vms[i].count++;
}

static int count_one(void *opaque, const struct trace_item *item)
{
    struct count *c = opaque;
    const struct trace_record *r = &item->r;
    c->first_ps = c->records++ && c->first_ps < r->time_ps ? c->first_ps : r->time_ps;
    c->last_ps = r->time_ps > c->last_ps ? r->time_ps : c->last_ps;
    count_vm(c, r);
    c->kinds[r->kind < TRACE_KINDS ? r->kind : TRACE_KINDS]++;
    if (2 * c->used >= c->size && !grow(c)) {
        c->no_memory = true;
        return 1;
    }
    bool mmio = r->kind == TRACE_READ || r->kind == TRACE_WRITE, dma = r->kind == TRACE_DMA_READ || r->kind == TRACE_DMA_WRITE;
    uint64_t addr = mmio || r->kind == TRACE_IRQ || r->kind == TRACE_NOTE ? r->addr : 0;
    struct row *row = place(c->rows, c->size, r->kind, r->id, addr);
    c->used += !row->count;
    *row = (struct row){ r->kind, r->id, addr, row->count + 1, row->bytes + (dma && !r->result ? r->aux : 0),
                         row->errors + view_failed(r) };
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    bool dx = x->kind != TRACE_PROBE && x->kind < TRACE_STEP, dy = y->kind != TRACE_PROBE && y->kind < TRACE_STEP;
    if (dx != dy)
        return dx ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    bool mx = x->kind <= TRACE_WRITE, my = y->kind <= TRACE_WRITE;
    if (mx && my && x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void print_row(struct view *v, const struct row *r, FILE *out)
{
    char what[160];
    struct trace_record access = { .kind = r->kind, .id = r->id, .addr = r->addr };
    const struct regs_register *reg = view_register(v, &access);
    const char *name = view_has_device(&access) ? view_device(v, r->id) : r->kind == TRACE_PROBE ? view_probe(v, r->id) : "";
    switch (r->kind) {
    case TRACE_READ:
    case TRACE_WRITE: snprintf(what, sizeof what, "+0x%" PRIx64 " %s", r->addr, reg ? reg->name : ""); break;
    case TRACE_IRQ: snprintf(what, sizeof what, "%" PRIu64, r->addr); break;
    case TRACE_NOTE: snprintf(what, sizeof what, "code %" PRIu64, r->addr); break;
    case TRACE_DMA_READ:
    case TRACE_DMA_WRITE: snprintf(what, sizeof what, "%" PRIu64 " bytes", r->bytes); break;
    default: *what = 0; break;
    }
    fprintf(out, "%12" PRIu64 "  %-9s  %-16s  %s", r->count, view_kind(r->kind), name, what);
    if (r->errors)
        fprintf(out, "  (%" PRIu64 " failed)", r->errors);
    fputc('\n', out);
}

static void print_file(const struct trace *t, FILE *out)
{
    struct stat st;
    uint64_t raw = 0;
    for (size_t i = 0; i < t->chunk_count; i++)
        raw += t->chunks[i].header.raw;
    double size = fstat(t->fd, &st) == 0 ? (double)st.st_size : 0;
    fprintf(out, "%s: %zu records in %zu chunks, %.0f bytes", t->path, t->count, t->chunk_count, size);
    if (t->ring)
        fprintf(out, " (a ring of the last %g s)", (double)t->ring->last_ps / 1e12);
    else if (size > 0 && raw)
        fprintf(out, " (%.1f times smaller than its records)", (double)raw / size);
    fprintf(out, "\n%s\n", t->closed ? "closed: it was written to its end" : t->torn ? "not closed: the run was killed while it wrote"
                                                                    : "not closed: the run was killed, or goes on");
    uint64_t cut = trace_cut(t, NULL);
    if (cut)
        fprintf(out, "it begins in the middle: the first %" PRIu64 " records of the run were not kept\n", cut);
}

int view_stat(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len)
{
    struct count c = { .v = v };
    print_file(view_trace(v), out);
    int r = view_each(v, f, count_one, &c, err, err_len);
    if (c.no_memory) {
        snprintf(err, err_len, "%s: no memory to count", view_trace(v)->path);
        free(c.rows);
        return -1;
    }
    size_t n = 0;
    for (size_t i = 0; i < c.size; i++)
        if (c.rows[i].count)
            c.rows[n++] = c.rows[i];
    if (n)
        qsort(c.rows, n, sizeof *c.rows, by_id);
    if (c.records)
        fprintf(out, "%" PRIu64 " records counted, from %.6f ms to %.6f ms\n\n", c.records, (double)c.first_ps / 1e9, (double)c.last_ps / 1e9);
    else
        fputs("no records counted\n", out);
    for (size_t i = 0; i < n; i++)
        print_row(v, &c.rows[i], out);
    fputc('\n', out);
    for (unsigned k = TRACE_NAME; k <= TRACE_KINDS; k++)
        if (c.kinds[k])
            fprintf(out, "%12" PRIu64 "  %s\n", c.kinds[k], view_kind(k));
    if (c.vm_count)
        fputc('\n', out);
    for (unsigned i = 0; i < c.vm_count; i++)
        fprintf(out, "%12" PRIu64 "  of %s\n", c.vms[i].count, c.vms[i].name);
    free(c.rows);
    return r;
}
