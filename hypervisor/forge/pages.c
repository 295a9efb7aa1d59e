/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stage 3: page tables of each space, from its regions and its format
 */
#include "stages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* An entry is nothing, memory, or the number of the next table. */
struct entry {
    const struct format_kind *kind;
    uint64_t address;
    size_t next;
    const struct region *region;
};
struct table {
    size_t level;                   /* index into the format's levels */
    struct entry *entries;
};
struct tables {
    const struct layout *layout;
    const struct space *space;
    const struct format *format;
    struct table *table;
    size_t count;
};

static size_t new_table(struct tables *t, size_t level)
{
    t->table = realloc(t->table, (t->count + 1) * sizeof *t->table);
    struct entry *entries = calloc(1ul << t->format->levels[level].bits, sizeof *entries);
    if (!t->table || !entries) {
        fprintf(stderr, "forge: out of memory: free some\n");
        output_fail();
    }
    t->table[t->count] = (struct table){ level, entries };
    return t->count++;
}

static const struct format_kind *kind_at(const struct format *f, size_t level, bool table)
{
    for (size_t i = 0; i < f->kind_count; i++) {
        if (f->kinds[i].table == table && f->kinds[i].levels >> f->levels[level].number & 1) {
            return &f->kinds[i];
        }
    }
    return NULL;
}

_Noreturn static void refuse(const struct tables *t, const struct region *r, const char *what)
{
    stage_refuse(t->layout->file, r->at, "region '%s' of space '%s' (%s): %s", r->name, t->space->name, r->who, what);
}

/* One entry: memory of this level if it is aligned to it and fits, else by way of the next table. Returns the bytes mapped. */
static uint64_t map_one(struct tables *t, const struct region *r, uint64_t done)
{
    const struct format *f = t->format;
    uint64_t virt = r->virt + done, phys = r->phys + done, left = r->size - done;
    for (size_t level = 0, table = 0; level < f->level_count; level++) {
        uint64_t size = 1ul << f->levels[level].shift;
        uint64_t index = virt >> f->levels[level].shift;
        if (index >> f->levels[level].bits && level == 0) {
            refuse(t, r, "it is beyond what the format's first level covers: move it");
        }
        index &= (1ul << f->levels[level].bits) - 1;
        const struct format_kind *memory = kind_at(f, level, false), *next = kind_at(f, level, true);
        struct entry *e = &t->table[table].entries[index];
        if (memory && !(virt % size) && !(phys % size) && left >= size && !(phys & ~memory->address)) {
            if (e->kind) {
                refuse(t, r, "its addresses are mapped already: move it");
            }
            *e = (struct entry){ memory, phys, 0, r };
            return size;
        }
        if (!next || (e->kind && !e->kind->table)) {
            refuse(t, r, "its addresses are mapped already, or the format has no way to map them: move it");
        }
        if (!e->kind) {
            size_t made = new_table(t, level + 1);
            t->table[table].entries[index] = (struct entry){ next, 0, made, NULL };
        }
        table = t->table[table].entries[index].next;
    }
    refuse(t, r, "it does not consist of whole pages: move it");
}

/* What is demanded is on, all else off; nothing is demanded and prevented at once. */
static void check_flags(const struct tables *t, const struct region *r)
{
    char *words = strdup(r->prevents), *rest, text[640];
    const char *wrong;
    uint64_t bits;
    for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
        if (!format_knows(t->format, w)) {
            snprintf(text, sizeof text, "it prevents '%s', which format '%s' does not have: correct the name", w, t->format->name);
            refuse(t, r, text);
        }
        if (stage_has_word(r->demands, w)) {
            snprintf(text, sizeof text, "it demands and prevents '%s': remove it from one of them", w);
            refuse(t, r, text);
        }
    }
    free(words);
    if (!format_encode(t->format, r->demands, &bits, &wrong)) {
        snprintf(text, sizeof text, "it demands \"%s\": %s", r->demands, wrong);
        refuse(t, r, text);
    }
}

static void write_table(xmlNodePtr space, const struct tables *t, size_t number)
{
    const struct table *table = &t->table[number];
    const struct format_level *level = &t->format->levels[table->level];
    xmlNodePtr n = stage_add(space, "table");
    stage_set(n, "name", "pt_%s_%zu", t->space->name, number);
    stage_set(n, "level", "%u", level->number);
    for (uint64_t i = 0; i < 1ul << level->bits; i++) {
        const struct entry *e = &table->entries[i];
        if (!e->kind) {
            continue;
        }
        xmlNodePtr c = stage_add(n, "entry");
        stage_set(c, "index", "%" PRIu64, i);
        stage_set(c, "kind", "%s", e->kind->name);
        if (e->kind->table) {
            stage_set(c, "next", "pt_%s_%zu", t->space->name, e->next);
        } else {
            stage_set_hex(c, "address", e->address);
            stage_set(c, "flags", "%s", e->region->demands);
            stage_set(c, "region", "%s", e->region->name);
        }
    }
}

static void make_space(xmlNodePtr root, const struct layout *l, const struct space *space)
{
    struct tables t = { l, space, format_get(space->format), NULL, 0 };
    new_table(&t, 0);
    for (size_t i = 0; i < space->count; i++) {
        check_flags(&t, &space->regions[i]);
        for (uint64_t done = 0; done < space->regions[i].size;) {
            done += map_one(&t, &space->regions[i], done);
        }
    }
    xmlNodePtr n = stage_add(root, "space");
    stage_set(n, "name", "%s", space->name);
    stage_set(n, "root", "%s", space->root);
    stage_set(n, "format", "%s", space->format);
    for (size_t i = 0; i < t.count; i++) {
        write_table(n, &t, i);
        free(t.table[i].entries);
    }
    free(t.table);
}

xmlDocPtr pages_make(const struct layout *l)
{
    xmlDocPtr doc = stage_new("pagetables", " Made by forge: the layout, and every page table that maps it, entry by entry. Change it, and go on from there "
                              "(hypervisor/forge/README.md). "), from = layout_write(l);
    xmlNodePtr root = xmlDocGetRootElement(doc);
    stage_set(root, "system", "%s", l->system);
    xmlAddChild(root, xmlDocCopyNode(xmlDocGetRootElement(from), doc, 1));
    for (size_t i = 0; i < l->space_count; i++) {
        make_space(root, l, &l->spaces[i]);
    }
    xmlFreeDoc(from);
    return doc;
}
