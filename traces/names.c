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

static bool take(struct trace_names *n, const struct trace_record *r)
{
    if (r->kind != TRACE_NAME || r->insn >= TRACE_NAME_MAX)
        return true;
    struct entry *e = find(n, r->size, r->id);
    if (!e)
        e = add(n, r->size, r->id);
    if (!e)
        return false;
    if (r->insn == 0)
        memset(e->text, 0, sizeof e->text);
    size_t room = TRACE_NAME_MAX - (size_t)r->insn;
    memcpy(e->text + r->insn, (const char *)r + offsetof(struct trace_record, addr),
           room < TRACE_NAME_PIECE ? room : TRACE_NAME_PIECE);
    return true;
}

struct trace_names *names_read(const struct trace *t)
{
    struct trace_names *n = calloc(1, sizeof *n);
    struct trace_cursor *c = n ? trace_cursor_new(t) : NULL;
    bool room = c != NULL;
    struct trace_item item;
    if (c)
        trace_only(c, 1u << TRACE_NAME);
    while (room && trace_next(c, &item) == 1)
        room = take(n, &item.r);
    trace_cursor_free(c);
    if (room)
        return n;
    names_free(n);
    return NULL;
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
