/* SPDX-License-Identifier: GPL-2.0-or-later
 * Page tables as assembly, from 3-pagetables.xml
 */
#include "stages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static xmlNodePtr find_table(xmlNodePtr space, const char *name)
{
    for STAGE_EACH(n, space, "table") {
        char *other = stage_word(n, "name");
        bool same = !strcmp(other, name);
        free(other);
        if (same) {
            return n;
        }
    }
    return NULL;
}

static const struct format_level *level_of(const struct format *f, xmlNodePtr table)
{
    uint64_t number = stage_number(table, "level");
    for (size_t i = 0; i < f->level_count; i++) {
        if (f->levels[i].number == number) {
            return &f->levels[i];
        }
    }
    stage_refuse_at(table, "format '%s' has no level %" PRIu64 ": choose one that it has", f->name, number);
}

static const struct format_kind *kind_of(const struct format *f, const struct format_level *level, xmlNodePtr entry)
{
    char *name = stage_word(entry, "kind");
    const struct format_kind *k = format_kind(f, name);
    if (!k || !(k->levels >> level->number & 1)) {
        stage_refuse_at(entry, "format '%s' has no '%s' at level %u: choose another kind", f->name, name, level->number);
    }
    if (k->table ? !stage_has(entry, "next") : !stage_has(entry, "address") || !stage_has(entry, "flags")) {
        stage_refuse_at(entry, "a '%s' has %s: write it", name, k->table ? "next=\"TABLE\"" : "address=\"…\" and flags=\"…\"");
    }
    free(name);
    return k;
}

static void emit_next(FILE *out, xmlNodePtr space, const struct format *f, const struct format_level *level, const struct format_kind *k, xmlNodePtr entry)
{
    char *next = stage_word(entry, "next");
    xmlNodePtr table = find_table(space, next);
    if (!table || level_of(f, table) != level + 1) {
        stage_refuse_at(entry, "'%s' is no table of this space one level further down: name one", next);
    }
    fprintf(out, "    .quad %s + %" PRIu64 "\n", next, k->value);
    free(next);
}

static void emit_memory(FILE *out, const struct format *f, const struct format_kind *k, xmlNodePtr entry)
{
    uint64_t address = stage_number(entry, "address"), bits;
    char *flags = stage_word(entry, "flags");
    const char *wrong;
    if (address & ~k->address) {
        stage_refuse_at(entry, "address 0x%" PRIx64 " has bits that a '%s' has no room for: align it", address, k->name);
    }
    if (!format_encode(f, flags, &bits, &wrong)) {
        stage_refuse_at(entry, "flags \"%s\": %s", flags, wrong);
    }
    fprintf(out, "    .quad 0x%016" PRIx64 "\n", address | bits | k->value);
    free(flags);
}

static void fill(FILE *out, uint64_t count)
{
    if (count) {
        fprintf(out, "    .fill %" PRIu64 ", 8, 0\n", count);
    }
}

static void emit_table(FILE *out, xmlNodePtr space, const struct format *f, xmlNodePtr table)
{
    const struct format_level *level = level_of(f, table);
    char *name = stage_word(table, "name");
    uint64_t at = 0, count = 1ul << level->bits;
    if (find_table(space, name) != table) {
        stage_refuse_at(table, "table '%s' is there twice: rename one", name);
    }
    fprintf(out, "%s:\n", name);
    for STAGE_EACH(n, table, "entry") {
        uint64_t index = stage_number(n, "index");
        const struct format_kind *k = kind_of(f, level, n);
        if (index < at || index >= count) {
            stage_refuse_at(n, "index %" PRIu64 " is there already, is out of order, or beyond the last, %" PRIu64 ": order the entries", index, count - 1);
        }
        fill(out, index - at);
        at = index + 1;
        if (k->table) {
            emit_next(out, space, f, level, k, n);
        } else {
            emit_memory(out, f, k, n);
        }
    }
    fill(out, count - at);
    free(name);
}

void pages_emit(FILE *out, xmlNodePtr root, const char *system)
{
    fprintf(out, "/* made by forge from %s */\n    .file \"pagetables.S\"\n    .section .rodata.pages, \"a\"\n", system);
    for STAGE_EACH(space, root, "space") {
        char *format = stage_word(space, "format"), *symbol = stage_word(space, "root");
        const struct format *f = format_get(format);
        bool first = true;
        for STAGE_EACH(table, space, "table") {
            fprintf(out, "    .balign %" PRIu64 "\n", 8ul << f->levels[level_of(f, table) - f->levels].bits);
            if (first && level_of(f, table) != f->levels) {
                stage_refuse_at(table, "the first table of a space is its root, of level %u: put that first", f->levels[0].number);
            }
            if (first) {
                fprintf(out, "    .global %s\n%s:\n", symbol, symbol);
            }
            first = false;
            emit_table(out, space, f, table);
        }
        free(format);
        free(symbol);
    }
}
