/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pipeline's stages: what each hands to the next, and its XML
 *
 * A stage's result is always written and read again before the next one uses it, so a file that was changed by hand goes
 * the same way as one that was just made. All functions end the program with FILE:LINE: what: what to do where they fail.
 */
#ifndef INGOT_FORGE_STAGES_H
#define INGOT_FORGE_STAGES_H

#include <libxml/tree.h>

#include "forge.h"

/* stage.c: XML in and out */
_Noreturn void stage_refuse(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void stage_refuse_at(xmlNodePtr n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
xmlDocPtr stage_read(const char *path, const char *schema);     /* schema: of formats/, without .rng; or NULL */
xmlDocPtr stage_new(const char *root, const char *title);
void stage_write(FILE *out, xmlDocPtr doc);
xmlNodePtr stage_add(xmlNodePtr parent, const char *name);
void stage_set(xmlNodePtr n, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void stage_set_hex(xmlNodePtr n, const char *name, uint64_t v);
bool stage_has(xmlNodePtr n, const char *name);
char *stage_word(xmlNodePtr n, const char *name);               /* malloc'd; "" if it is not there */
uint64_t stage_number(xmlNodePtr n, const char *name);          /* 0 if it is not there */
xmlNodePtr stage_next(xmlNodePtr n, const char *name);          /* n itself or the next beside it that is <name>, or NULL */
#define STAGE_EACH(child, parent, name) \
    (xmlNodePtr child = stage_next((parent)->children, name); child; child = stage_next(child->next, name))
const char *stage_has_word(const char *words, const char *word);    /* where it begins, or NULL */

/* expand.c: the system's XML with its defaults written out */
xmlDocPtr expand_make(const struct system *s);

/* layout.c, reasons.c: a system's memory. A region is mapped in a space (an address space, by a set of tables); a piece only
 * lies somewhere. */
struct region {
    char *name, *who, *why;
    uint64_t virt, phys, size;          /* bytes, whole pages */
    char *demands, *prevents;           /* flags of the space's format, separated by blanks */
    int line;                           /* of the system's XML, or 0 */
    int at;                             /* line in the layout's file, for messages */
};
struct space {
    char *name, *root, *format, *who;   /* root: the symbol of its first table */
    struct region *regions;
    size_t count;
};
struct layout {
    char *system, *file;                /* file: that messages about it name */
    struct space *spaces;
    size_t space_count;
    struct region *pieces;              /* virt: where its VM sees it; no flags */
    size_t piece_count;
};
struct layout *layout_make(const struct system *s);
struct space *layout_space(struct layout *l, const char *name, const char *root, const char *format, const char *who);
struct space *layout_vm(struct layout *l, const struct system *s, size_t v, const char *name, const char *root);   /* a VM's memory and devices */
void layout_sets(struct layout *l, const struct system *s);         /* sets.c: pools, each set that has some, and what clears them */
/* The texts are taken over and freed with the layout. */
void layout_map(struct space *space, struct region r);
void layout_place(struct layout *l, struct region r);
void layout_free(struct layout *l);
char *layout_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));     /* malloc'd */

/* layout_xml.c: 2-layout.xml */
xmlDocPtr layout_write(const struct layout *l);
struct layout *layout_read(xmlNodePtr root, const char *file);      /* file: the system's, or NULL: the layout's own is what the user wrote */
void layout_apply(const struct layout *l, struct system *s);        /* the places of VMs and payloads; refuses what cannot be */
void layout_apply_pools(const struct layout *l, struct system *s);  /* sets.c */
void layout_explain(FILE *out, const struct layout *l);             /* in words, with the reasons */

/* format.c: a page table format as its XML describes it */
#define FORMAT_LEVELS 4
#define FORMAT_KINDS 8
#define FORMAT_FLAGS 32
struct format_level {
    unsigned number, shift, bits;
};
struct format_kind {
    char *name;
    unsigned levels;                    /* a bit a level's number */
    uint64_t value, address;            /* fixed bits; the bits that hold an address */
    bool table;                         /* it leads to a table, not to memory */
};
struct format_flag {
    char *name;
    uint64_t mask, on, off;
    bool optional;                      /* it can be off */
    int choice;                         /* one of those with this number is on; 0: it stands alone */
};
struct format {
    char *name;
    uint64_t page;
    struct format_level levels[FORMAT_LEVELS];
    struct format_kind kinds[FORMAT_KINDS];
    struct format_flag flags[FORMAT_FLAGS];
    struct { char *flags, *why; } never[FORMAT_KINDS];
    size_t level_count, kind_count, flag_count, never_count;
};
void format_folder(const char *dir);                            /* another than formats/ */
const struct format *format_get(const char *name);              /* of formats/; kept */
const struct format_kind *format_kind(const struct format *f, const char *name);
/* The bits of flags by name. False: *wrong is a sentence about them (static storage). */
bool format_encode(const struct format *f, const char *flags, uint64_t *bits, const char **wrong);
bool format_knows(const struct format *f, const char *flag);

/* pages.c: 3-pagetables.xml from a layout; pages_emit.c: assembly from it */
xmlDocPtr pages_make(const struct layout *l);
void pages_emit(FILE *out, xmlNodePtr root, const char *system);

/* measure.c: 4-measured.xml from the linked image */
xmlDocPtr measure_make(const struct system *s, xmlNodePtr pagetables, const char *elf);

#endif
