/* SPDX-License-Identifier: GPL-2.0-or-later
 * Page table formats, read from formats/NAME.xml
 */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 8

static struct format formats[FORMATS_MAX];
static size_t format_count;
static const char *folder = FORGE_FORMATS;

void format_folder(const char *dir) { folder = dir; }

/* "47:12", "10": a mask; *low: its lowest bit. */
static uint64_t bits_of(xmlNodePtr n, const char *name, unsigned *low)
{
    char *text = stage_word(n, name), *rest;
    unsigned long high = strtoul(text, &rest, 10);
    *low = *rest ? strtoul(rest + 1, NULL, 10) : high;
    if (high > 63 || *low > high) {
        stage_refuse_at(n, "%s=\"%s\" are no bits of a descriptor: write HIGH:LOW, from 63 down to 0", name, text);
    }
    free(text);
    return (high == 63 ? 0 : 1ul << (high + 1)) - (1ul << *low);
}

static uint64_t in_field(xmlNodePtr n, const char *name, uint64_t mask, unsigned low)
{
    uint64_t v = stage_number(n, name);
    if (v > mask >> low) {
        stage_refuse_at(n, "%s=\"0x%lx\" does not fit into its bits: give a smaller value or more bits", name, v);
    }
    return v << low;
}

static void room(xmlNodePtr n, size_t count, size_t max)
{
    if (count == max) {
        stage_refuse_at(n, "more than %zu <%s>: a limit of forge (stages.h), raise it", max, n->name);
    }
}

static void read_levels(struct format *f, xmlNodePtr root)
{
    for STAGE_EACH(n, root, "level") {
        room(n, f->level_count, FORMAT_LEVELS);
        struct format_level *l = &f->levels[f->level_count++];
        *l = (struct format_level){ stage_number(n, "number"), stage_number(n, "shift"), stage_number(n, "bits") };
        if (l->number > 7 || l->bits < 1 || l->bits > 16 || l->shift > 56 || (f->level_count > 1 && l->shift + l->bits != l[-1].shift)) {
            stage_refuse_at(n, "level %u does not begin where the level above it ends, or is out of range: correct shift and bits", l->number);
        }
    }
    if (f->page != 1ul << f->levels[f->level_count - 1].shift) {
        stage_refuse_at(root, "page=\"0x%lx\" is not what an entry of the last level covers: correct it", f->page);
    }
}

static void read_kinds(struct format *f, xmlNodePtr root)
{
    for STAGE_EACH(n, root, "kind") {
        room(n, f->kind_count, FORMAT_KINDS);
        struct format_kind *k = &f->kinds[f->kind_count++];
        char *levels = stage_word(n, "levels"), *to = stage_word(n, "leads-to");
        unsigned low;
        *k = (struct format_kind){ stage_word(n, "name"), 0, stage_number(n, "value"), bits_of(n, "address", &low), !strcmp(to, "table") };
        for (size_t i = 0; i < f->level_count; i++) {
            char number[8];
            snprintf(number, sizeof number, "%u", f->levels[i].number);
            k->levels |= stage_has_word(levels, number) ? 1u << f->levels[i].number : 0;
        }
        if (k->value & k->address || !k->levels || !(k->value & 1)) {
            stage_refuse_at(n, "kind '%s' has no level of this format, an invalid descriptor, or its value lies in the address: correct it", k->name);
        }
        free(levels);
        free(to);
    }
}

static void add_flag(struct format *f, xmlNodePtr n, struct format_flag flag)
{
    room(n, f->flag_count, FORMAT_FLAGS);
    flag.name = stage_word(n, "name");
    if (format_knows(f, flag.name)) {
        stage_refuse_at(n, "flag '%s' is there twice: remove one", flag.name);
    }
    f->flags[f->flag_count++] = flag;
}

static void read_flags(struct format *f, xmlNodePtr root)
{
    int choice = 0;
    unsigned low;
    for STAGE_EACH(n, root, "flag") {
        uint64_t mask = bits_of(n, "bits", &low);
        add_flag(f, n, (struct format_flag){ .mask = mask, .on = in_field(n, "on", mask, low), .off = in_field(n, "off", mask, low),
                                             .optional = stage_has(n, "off") });
    }
    for STAGE_EACH(c, root, "choice") {
        uint64_t mask = bits_of(c, "bits", &low);
        choice++;
        for STAGE_EACH(n, c, "flag") {
            add_flag(f, n, (struct format_flag){ .mask = mask, .on = in_field(n, "is", mask, low), .optional = true, .choice = choice });
        }
    }
    for (size_t i = 0; i < f->flag_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (f->flags[i].mask & f->flags[k].mask && !(f->flags[i].choice && f->flags[i].choice == f->flags[k].choice)) {
                stage_refuse_at(root, "flags '%s' and '%s' share bits: give each its own, or put both into one <choice>", f->flags[k].name, f->flags[i].name);
            }
        }
    }
}

const struct format *format_get(const char *name)
{
    for (size_t i = 0; i < format_count; i++) {
        if (!strcmp(formats[i].name, name)) {
            return &formats[i];
        }
    }
    char *path = layout_text("%s/%s.xml", folder, name);
    xmlDocPtr doc = stage_read(path, "format");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    room(root, format_count, FORMATS_MAX);
    struct format *f = &formats[format_count++];
    f->name = stage_word(root, "name");
    f->page = stage_number(root, "page");
    if (strcmp(f->name, name)) {
        stage_refuse_at(root, "this is format '%s': the file's name and the format's must be the same", f->name);
    }
    read_levels(f, root);
    read_kinds(f, root);
    read_flags(f, root);
    for STAGE_EACH(n, root, "never") {
        room(n, f->never_count, FORMAT_KINDS);
        f->never[f->never_count].flags = stage_word(n, "flags");
        f->never[f->never_count++].why = stage_word(n, "why");
    }
    xmlFreeDoc(doc);
    free(path);
    return f;
}

const struct format_kind *format_kind(const struct format *f, const char *name)
{
    for (size_t i = 0; i < f->kind_count; i++) {
        if (!strcmp(f->kinds[i].name, name)) {
            return &f->kinds[i];
        }
    }
    return NULL;
}

bool format_knows(const struct format *f, const char *flag)
{
    for (size_t i = 0; i < f->flag_count; i++) {
        if (!strcmp(f->flags[i].name, flag)) {
            return true;
        }
    }
    return false;
}

static char wrong_text[512];

/* All words of `some` are among `flags`. */
static bool all_in(const char *some, const char *flags)
{
    char *words = strdup(some), *rest;
    bool all = true;
    for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
        all &= stage_has_word(flags, w) != NULL;
    }
    free(words);
    return all;
}

static bool well_known(const struct format *f, const char *flags)
{
    char *words = strdup(flags), *rest;
    bool good = true;
    for (char *w = strtok_r(words, " ", &rest); w && good; w = strtok_r(NULL, " ", &rest)) {
        good = format_knows(f, w);
        if (!good) {
            snprintf(wrong_text, sizeof wrong_text, "format '%s' has no flag '%s': choose one of its file (formats/%s.xml)", f->name, w, f->name);
        }
    }
    free(words);
    return good;
}

bool format_encode(const struct format *f, const char *flags, uint64_t *bits, const char **wrong)
{
    *bits = 0;
    *wrong = wrong_text;
    if (!well_known(f, flags)) {
        return false;
    }
    for (size_t i = 0; i < f->flag_count; i++) {
        const struct format_flag *g = &f->flags[i];
        bool on = stage_has_word(flags, g->name);
        unsigned chosen = 0;
        for (size_t k = 0; g->choice && k < f->flag_count; k++) {
            chosen += f->flags[k].choice == g->choice && stage_has_word(flags, f->flags[k].name);
        }
        if (g->choice && chosen != 1) {
            snprintf(wrong_text, sizeof wrong_text, "%s of '%s' and its alternatives: demand exactly one of them", chosen ? "more than one" : "none", g->name);
            return false;
        }
        if (!on && !g->optional) {
            snprintf(wrong_text, sizeof wrong_text, "'%s' cannot be off in format '%s': demand it", g->name, f->name);
            return false;
        }
        *bits |= on ? g->on : g->off;
    }
    for (size_t i = 0; i < f->never_count; i++) {
        if (all_in(f->never[i].flags, flags)) {
            snprintf(wrong_text, sizeof wrong_text, "'%s' cannot be had together (%s): prevent one of them", f->never[i].flags, f->never[i].why);
            return false;
        }
    }
    return true;
}
