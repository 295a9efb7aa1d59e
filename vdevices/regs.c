/* SPDX-License-Identifier: GPL-2.0-or-later
 * Registers of a device: reader of regs.xml
 *
 * Takes the part of IP-XACT that these files use: one memoryMap with one addressBlock, registers, fields,
 * alternateRegisters. Numbers are decimal or SystemVerilog's 'h form. An element that would change a register's
 * meaning and is not understood is an error, never skipped.
 */
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "regs.h"

#define NAMESPACE "http://www.accellera.org/XMLSchema/IPXACT/1685-2014"

struct reader {
    const char *path;
    FILE *errors;
    unsigned count;
};

static void __attribute__((format(printf, 3, 4))) fail(struct reader *r, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(r->errors, "%s:%d: ", r->path, line);
    vfprintf(r->errors, format, args);
    fputc('\n', r->errors);
    va_end(args);
    r->count++;
}

static void on_xml_error(void *opaque, xmlErrorPtr e)
{
    struct reader *r = opaque;
    size_t n = e->message ? strcspn(e->message, "\n") : 0;

    fail(r, e->line, "%.*s: make it well-formed XML", (int)n, e->message ? e->message : "");
}

static int line_of(const xmlNode *n)
{
    return (int)xmlGetLineNo((xmlNode *)n);
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && n->ns && !strcmp((const char *)n->ns->href, NAMESPACE) &&
           !strcmp((const char *)n->name, name);
}

static xmlNode *child(const xmlNode *parent, const char *name)
{
    for (xmlNode *n = parent->children; n; n = n->next)
        if (is(n, name))
            return n;
    return NULL;
}

static xmlNode *need(struct reader *r, const xmlNode *parent, const char *name)
{
    xmlNode *n = child(parent, name);

    if (!n)
        fail(r, line_of(parent), "<%s> has no <%s>: add one", parent->name, name);
    return n;
}

static void *grow(void *array, size_t count, size_t size)
{
    void *p = realloc(array, (count + 1) * size);

    if (!p) {
        fprintf(stderr, "regs: out of memory: free some\n");
        exit(1);
    }
    memset((char *)p + count * size, 0, size);
    return p;
}

/* The element's text without space around it; freed by the caller. */
static char *text(const xmlNode *n)
{
    char *raw = (char *)xmlNodeGetContent(n);
    const char *s = raw ? raw : "";
    size_t len;
    char *copy;

    s += strspn(s, " \t\r\n");
    len = strlen(s);
    while (len && strchr(" \t\r\n", s[len - 1]))
        len--;
    copy = grow(NULL, len, 1);
    memcpy(copy, s, len);
    xmlFree(raw);
    return copy;
}

static uint64_t number_of(struct reader *r, const xmlNode *n)
{
    char *t = text(n), *end = t;
    bool hex = !strncmp(t, "'h", 2);
    const char *digits = hex ? t + 2 : t;
    uint64_t v;

    errno = 0;
    v = strtoull(digits, &end, hex ? 16 : 10);
    if (!*digits || !strchr("0123456789abcdefABCDEF", *digits) || *end || errno)
        fail(r, line_of(n), "<%s> is '%s', not a number: write decimal or 'h1f, below 2^64", n->name, t);
    free(t);
    return v;
}

static uint64_t number(struct reader *r, const xmlNode *parent, const char *name)
{
    xmlNode *n = need(r, parent, name);

    return n ? number_of(r, n) : 0;
}

/* A name becomes part of a macro: capital letters, digits and '_' (the component's: small letters). */
static char *name_of(struct reader *r, const xmlNode *parent, bool small)
{
    xmlNode *n = need(r, parent, "name");
    char *t;
    bool good;

    if (!n)
        return NULL;
    t = text(n);
    good = *t && !(*t >= '0' && *t <= '9');
    for (const char *p = t; *p; p++)
        good = good && ((*p >= '0' && *p <= '9') || *p == '_' ||
                        (small ? *p >= 'a' && *p <= 'z' : *p >= 'A' && *p <= 'Z'));
    if (!good)
        fail(r, line_of(n), "name '%s' cannot be part of a macro: use %s letters, digits and '_'", t,
             small ? "small" : "capital");
    return t;
}

static enum regs_access access_of(struct reader *r, const xmlNode *parent)
{
    xmlNode *n = need(r, parent, "access");
    enum regs_access a = REGS_READ_WRITE;
    char *t;

    if (!n)
        return a;
    t = text(n);
    if (!strcmp(t, "read-only"))
        a = REGS_READ_ONLY;
    else if (!strcmp(t, "write-only"))
        a = REGS_WRITE_ONLY;
    else if (strcmp(t, "read-write"))
        fail(r, line_of(n), "access '%s' is not known: use read-only, read-write or write-only", t);
    free(t);
    return a;
}

static void read_field(struct reader *r, const xmlNode *node, const struct regs_register *reg, struct regs_field *f)
{
    xmlNode *n, *reset;

    f->line = line_of(node);
    f->name = name_of(r, node, false);
    uint64_t shift = number(r, node, "bitOffset"), width = number(r, node, "bitWidth");
    f->access = access_of(r, node);
    if (!width || width > reg->size || shift > reg->size - width) {
        fail(r, f->line, "field %s is not within the %u bits of %s: correct bitOffset or bitWidth", f->name, reg->size,
             reg->name);
        shift = 0, width = 1;
    }
    f->shift = (unsigned)shift;
    f->width = (unsigned)width;
    uint64_t largest = regs_mask(f) >> f->shift;
    f->maximum = largest;
    if ((n = child(node, "resets")) && (reset = need(r, n, "reset"))) {
        f->reset_known = true;
        f->reset = number(r, reset, "value");
        if (f->reset > largest)
            fail(r, line_of(reset), "reset value of %s has more than %u bits: correct it", f->name, f->width);
    }
    if ((n = child(node, "volatile"))) {
        char *t = text(n);
        f->is_volatile = !strcmp(t, "true");
        if (!f->is_volatile && strcmp(t, "false"))
            fail(r, line_of(n), "volatile is '%s': use true or false", t);
        free(t);
    }
    if ((n = child(node, "modifiedWriteValue"))) {
        char *t = text(n);
        f->one_to_clear = !strcmp(t, "oneToClear");
        if (!f->one_to_clear)
            fail(r, line_of(n), "modifiedWriteValue '%s' is not supported: use oneToClear", t);
        free(t);
    }
    if ((n = child(node, "writeValueConstraint"))) {
        f->minimum = number(r, n, "minimum");
        f->maximum = number(r, n, "maximum");
        if (f->minimum > f->maximum || f->maximum > largest)
            fail(r, line_of(n), "writeValueConstraint of %s is empty or too wide: correct it", f->name);
    }
    for (size_t i = 0; i < reg->field_count; i++)
        if (regs_mask(&reg->fields[i]) & regs_mask(f))
            fail(r, f->line, "field %s overlaps %s: move one of them", f->name, reg->fields[i].name);
        else if (f->name && reg->fields[i].name && !strcmp(reg->fields[i].name, f->name))
            fail(r, f->line, "field %s is there twice in %s: rename one", f->name, reg->name);
}

static void read_fields(struct reader *r, const xmlNode *node, struct regs_register *reg)
{
    for (xmlNode *n = node->children; n; n = n->next)
        if (is(n, "field")) {
            reg->fields = grow(reg->fields, reg->field_count, sizeof(*reg->fields));
            read_field(r, n, reg, &reg->fields[reg->field_count]);
            reg->field_count++;
        }
    if (!reg->field_count)
        fail(r, reg->line, "register %s has no <field>: add one (VALUE, when it is a whole)", reg->name);
}

static struct regs_register *add_register(struct reader *r, struct regs *regs, const xmlNode *node)
{
    struct regs_register *reg;

    regs->registers = grow(regs->registers, regs->register_count, sizeof(*regs->registers));
    reg = &regs->registers[regs->register_count++];
    reg->line = line_of(node);
    reg->name = name_of(r, node, false);
    reg->access = access_of(r, node);
    if (child(node, "dim"))
        fail(r, reg->line, "arrays (<dim>) are not supported: write the registers out");
    return reg;
}

/* Two registers may share an offset when one is read and the other written, or when they are of different groups. */
static bool share(const struct regs_register *a, const struct regs_register *b)
{
    if (a->group || b->group)
        return !a->group || !b->group || strcmp(a->group, b->group);
    return (a->access == REGS_READ_ONLY && b->access == REGS_WRITE_ONLY) ||
           (a->access == REGS_WRITE_ONLY && b->access == REGS_READ_ONLY);
}

static void check_register(struct reader *r, const struct regs *regs, size_t i)
{
    const struct regs_register *reg = &regs->registers[i];
    uint64_t bytes = reg->size / 8;

    if (bytes && (reg->offset % bytes || reg->offset > regs->range || bytes > regs->range - reg->offset))
        fail(r, reg->line, "register %s at 0x%llx is misaligned or outside the block: correct its addressOffset", reg->name,
             (unsigned long long)reg->offset);
    for (size_t k = 0; k < i; k++) {
        const struct regs_register *other = &regs->registers[k];

        if (reg->name && other->name && !strcmp(reg->name, other->name))
            fail(r, reg->line, "register %s is there twice, also in line %d: rename one", reg->name, other->line);
        if (reg->offset < other->offset + other->size / 8 && other->offset < reg->offset + bytes && !share(reg, other))
            fail(r, reg->line, "register %s overlaps %s of line %d: move one of them", reg->name, other->name, other->line);
    }
}

static void read_register(struct reader *r, struct regs *regs, const xmlNode *node)
{
    struct regs_register *reg = add_register(r, regs, node);
    uint64_t offset = reg->offset = number(r, node, "addressOffset");
    uint64_t size = number(r, node, "size");
    xmlNode *n = child(node, "alternateRegisters");

    if (size != 8 && size != 16 && size != 32 && size != 64) {
        fail(r, reg->line, "register %s has %llu bits: use 8, 16, 32 or 64", reg->name, (unsigned long long)size);
        size = 32;
    }
    reg->size = (unsigned)size;
    read_fields(r, node, reg);
    check_register(r, regs, regs->register_count - 1);
    for (n = n ? n->children : NULL; n; n = n->next)
        if (is(n, "alternateRegister")) {
            xmlNode *groups = need(r, n, "alternateGroups");
            xmlNode *group = groups ? need(r, groups, "alternateGroup") : NULL;

            reg = add_register(r, regs, n);
            reg->group = group ? text(group) : NULL;
            reg->offset = offset;
            reg->size = (unsigned)size;
            read_fields(r, n, reg);
            check_register(r, regs, regs->register_count - 1);
        }
}

static void read_component(struct reader *r, struct regs *regs, const xmlNode *root)
{
    xmlNode *n = (xmlNode *)root;

    if (!is(root, "component")) {
        fail(r, line_of(root), "root is <%s>: it must be <component> of namespace " NAMESPACE, root->name);
        return;
    }
    regs->name = name_of(r, root, true);
    for (const char *const *p = (const char *const[]){"memoryMaps", "memoryMap", "addressBlock", NULL}; n && *p; p++)
        n = need(r, n, *p);
    if (!n)
        return;
    regs->range = number(r, n, "range");
    for (n = n->children; n; n = n->next)
        if (is(n, "register"))
            read_register(r, regs, n);
        else if (is(n, "registerFile"))
            fail(r, line_of(n), "registerFile is not supported: write the registers out");
    if (!regs->register_count && !r->count)
        fail(r, line_of(root), "there is no <register>: add one");
}

struct regs *regs_load(const char *path, FILE *errors)
{
    struct reader r = { path, errors, 0 };
    struct regs *regs = grow(NULL, 0, sizeof(*regs));
    FILE *probe = fopen(path, "r");
    xmlDoc *doc = NULL;

    if (!probe)
        fail(&r, 0, "cannot be opened: %s", strerror(errno));
    else {
        fclose(probe);
        xmlSetStructuredErrorFunc(&r, on_xml_error);
        doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
        xmlSetStructuredErrorFunc(NULL, NULL);
        if (doc && !r.count)
            read_component(&r, regs, xmlDocGetRootElement(doc));
        xmlFreeDoc(doc);
    }
    if (r.count) {
        regs_free(regs);
        return NULL;
    }
    return regs;
}

void regs_free(struct regs *regs)
{
    if (!regs)
        return;
    for (size_t i = 0; i < regs->register_count; i++) {
        struct regs_register *reg = &regs->registers[i];

        for (size_t k = 0; k < reg->field_count; k++)
            free(reg->fields[k].name);
        free(reg->fields);
        free(reg->group);
        free(reg->name);
    }
    free(regs->registers);
    free(regs->name);
    free(regs);
}
