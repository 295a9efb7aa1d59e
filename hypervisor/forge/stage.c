/* SPDX-License-Identifier: GPL-2.0-or-later
 * A stage's XML: read and held against its schema, made, written
 */
#include "stages.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void refuse(const char *file, int line, const char *fmt, va_list ap)
{
    fprintf(stderr, "%s:%d: ", file, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    output_fail();
}

_Noreturn void stage_refuse(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse(file, line, fmt, ap);
}

_Noreturn void stage_refuse_at(xmlNodePtr n, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse(n->doc->URL ? (const char *)n->doc->URL : "forge", xmlGetLineNo(n), fmt, ap);
}

/* libxml2's own words, without the end of line that it adds. */
struct complaint {
    const char *file, *schema;
    int count;
};

static void complain(void *data, xmlErrorPtr e)
{
    struct complaint *c = data;
    const char *text = e->message ? e->message : "no XML";
    if (!c->count++) {
        fprintf(stderr, "%s:%d: %.*s: correct it%s%s%s\n", e->file ? e->file : c->file, e->line, (int)strcspn(text, "\n"), text,
                c->schema ? " (" : "", c->schema ? c->schema : "", c->schema ? ".rng says what may stand there)" : "");
    }
}

static void validate(xmlDocPtr doc, const char *path, const char *schema)
{
    char *file = layout_text("%s/%s.rng", FORGE_FORMATS, schema);
    struct complaint told = { path, schema, 0 };
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(file);
    xmlRelaxNGSetParserStructuredErrors(parser, complain, &(struct complaint){ file, NULL, 0 });
    xmlRelaxNGPtr rules = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr valid = rules ? xmlRelaxNGNewValidCtxt(rules) : NULL;
    if (!valid) {
        stage_refuse(file, 1, "the schema cannot be read: get Ingot's sources again");
    }
    xmlRelaxNGSetValidStructuredErrors(valid, complain, &told);
    if (xmlRelaxNGValidateDoc(valid, doc)) {
        output_fail();
    }
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(rules);
    xmlRelaxNGFreeParserCtxt(parser);
    free(file);
}

xmlDocPtr stage_read(const char *path, const char *schema)
{
    struct complaint told = { path, NULL, 0 };
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "%s: %s: give the path of a stage's file\n", path, strerror(errno));
        output_fail();
    }
    fclose(f);
    xmlSetStructuredErrorFunc(&told, complain);
    xmlDocPtr doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlSetStructuredErrorFunc(NULL, NULL);
    if (!doc) {
        output_fail();
    }
    if (schema) {
        validate(doc, path, schema);
    }
    return doc;
}

xmlDocPtr stage_new(const char *root, const char *title)
{
    xmlDocPtr doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr n = xmlNewDocNode(doc, NULL, BAD_CAST root, NULL);
    xmlAddChild((xmlNodePtr)doc, xmlNewDocComment(doc, BAD_CAST title));
    xmlDocSetRootElement(doc, n);
    return doc;
}

void stage_write(FILE *out, xmlDocPtr doc)
{
    xmlDocFormatDump(out, doc, 1);
}

xmlNodePtr stage_add(xmlNodePtr parent, const char *name) { return xmlNewChild(parent, NULL, BAD_CAST name, NULL); }

void stage_set(xmlNodePtr n, const char *name, const char *fmt, ...)
{
    char *text;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0) {
        stage_refuse_at(n, "out of memory: free some");
    }
    va_end(ap);
    xmlSetProp(n, BAD_CAST name, BAD_CAST text);
    free(text);
}

void stage_set_hex(xmlNodePtr n, const char *name, uint64_t v) { stage_set(n, name, "0x%" PRIx64, v); }

bool stage_has(xmlNodePtr n, const char *name) { return xmlHasProp(n, BAD_CAST name) != NULL; }

char *stage_word(xmlNodePtr n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, BAD_CAST name);
    char *word = layout_text("%s", v ? (char *)v : "");
    xmlFree(v);
    return word;
}

uint64_t stage_number(xmlNodePtr n, const char *name)
{
    char *text = stage_word(n, name), *end;
    errno = 0;
    uint64_t v = strtoull(text, &end, 0);
    if (*end || errno || strchr(text, '-')) {
        stage_refuse_at(n, "%s=\"%s\" is no number of 64 bits: write 4096 or 0x1000", name, text);
    }
    free(text);
    return v;
}

xmlNodePtr stage_next(xmlNodePtr n, const char *name)
{
    while (n && (n->type != XML_ELEMENT_NODE || strcmp((char *)n->name, name))) {
        n = n->next;
    }
    return n;
}

const char *stage_has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; len && (p = strstr(p, word)); p += len) {
        if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' ')) {
            return p;
        }
    }
    return NULL;
}
