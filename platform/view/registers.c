/* SPDX-License-Identifier: GPL-2.0-or-later
 * The registers of each type of device, read when they are asked for
 */
#include "registers.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vdevices/regs.h"
#include "view.h"

struct type {
    struct type *next;
    struct regs *regs;      /* NULL: none */
    char name[];
};

struct registers {
    const char *folder;
    FILE *errors;
    struct type *types;
};

struct registers *registers_new(const char *folder, FILE *errors)
{
    struct registers *all = calloc(1, sizeof *all);
    if (all) {
        all->folder = folder;
        all->errors = errors;
    }
    return all;
}

void registers_free(struct registers *all)
{
    while (all && all->types) {
        struct type *t = all->types;
        all->types = t->next;
        regs_free(t->regs);
        free(t);
    }
    free(all);
}

/* A type comes from the trace: it must be a plain name, not a path. */
static bool plain(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return n && !name[n];
}

const struct regs *registers_of(struct registers *all, const char *type)
{
    char path[PATH_MAX];
    if (!all->folder || !type || !plain(type))
        return NULL;
    for (const struct type *t = all->types; t; t = t->next)
        if (!strcmp(t->name, type))
            return t->regs;
    struct type *t = calloc(1, sizeof *t + strlen(type) + 1);
    if (!t)
        return NULL;
    strcpy(t->name, type);
    snprintf(path, sizeof path, "%s/%s/regs.xml", all->folder, type);
    t->regs = access(path, R_OK) == 0 ? regs_load(path, all->errors) : NULL;
    t->next = all->types;
    all->types = t;
    return t->regs;
}

const struct regs_register *registers_find(const struct regs *regs, uint64_t offset, bool write)
{
    const struct regs_register *found = NULL;
    for (size_t i = 0; regs && i < regs->register_count; i++) {
        const struct regs_register *r = &regs->registers[i];
        if (r->offset == offset && r->access != (write ? REGS_READ_ONLY : REGS_WRITE_ONLY) && (!found || (found->group && !r->group)))
            found = r;
    }
    return found;
}

void view_fields(char *buf, size_t len, const struct regs_register *reg, uint64_t value)
{
    size_t at = 0;
    *buf = 0;
    for (size_t i = 0; i < reg->field_count && at < len && (reg->field_count > 1 || reg->fields[0].width < reg->size); i++) {
        const struct regs_field *f = &reg->fields[i];
        uint64_t v = (value & regs_mask(f)) >> f->shift;
        int n = snprintf(buf + at, len - at, v < 10 ? "%s%s=%" PRIu64 : "%s%s=0x%" PRIx64, at ? " " : "", f->name, v);
        at += n > 0 ? (size_t)n : 0;
    }
}
