/* SPDX-License-Identifier: GPL-2.0-or-later
 * The names in a trace, put together from their records
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    enum trace_name what;
    uint32_t id;
    char text[TRACE_NAME_MAX + 1];
};

struct trace_names {
    size_t count, cap;
    struct entry *entries;
};

static struct entry *find(const struct trace_names *n, enum trace_name what, uint32_t id)
{
    for (size_t i = n->count; i-- > 0;)
        if (n->entries[i].what == what && n->entries[i].id == id)
            return &n->entries[i];
    return NULL;
}

static struct entry *add(struct trace_names *n, enum trace_name what, uint32_t id)
{
    if (n->count == n->cap) {
        size_t cap = n->cap ? 2 * n->cap : 32;
        struct entry *grown = realloc(n->entries, cap * sizeof *grown);
        if (!grown)
            return NULL;
        n->entries = grown;
        n->cap = cap;
    }
    struct entry *e = &n->entries[n->count++];
    memset(e, 0, sizeof *e);
    e->what = what;
    e->id = id;
    return e;
}

struct trace_names *names_read(const struct trace_record *records, size_t count)
{
    struct trace_names *n = calloc(1, sizeof *n);
    for (size_t i = 0; n && i < count; i++) {
        const struct trace_record *r = &records[i];
        if (r->kind != TRACE_NAME || r->insn >= TRACE_NAME_MAX)
            continue;
        struct entry *e = find(n, r->size, r->id);
        if (!e)
            e = add(n, r->size, r->id);
        if (!e) {
            names_free(n);
            return NULL;
        }
        if (r->insn == 0)
            memset(e->text, 0, sizeof e->text);
        size_t room = TRACE_NAME_MAX - (size_t)r->insn;
        memcpy(e->text + r->insn, (const char *)r + offsetof(struct trace_record, addr),
               room < TRACE_NAME_PIECE ? room : TRACE_NAME_PIECE);
    }
    return n;
}

void names_free(struct trace_names *n)
{
    if (n)
        free(n->entries);
    free(n);
}

const char *names_find(const struct trace_names *n, enum trace_name what, uint32_t id)
{
    const struct entry *e = find(n, what, id);
    return e ? e->text : NULL;
}

int names_find_id(const struct trace_names *n, enum trace_name what, const char *name)
{
    for (size_t i = n->count; i-- > 0;)
        if (n->entries[i].what == what && !strcmp(n->entries[i].text, name))
            return (int)n->entries[i].id;
    return -1;
}
