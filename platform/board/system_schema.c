/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's structure: held against the schema, and what the schema allows there, in words
 *
 * libxml2's validation decides, but names neither the attribute nor a remedy. So names and counts are compared first, with the
 * schema itself as their table; its own words remain for what they miss.
 */
#include "system_internal.h"

#include <libxml/relaxng.h>
#include <stdio.h>
#include <string.h>

#define MANUAL "(scenarios/systems/README.md)"

extern const char system_rng[];             /* generated from system.rng */
extern const unsigned system_rng_size;

static bool is(xmlNodePtr n, const char *name) { return n->type == XML_ELEMENT_NODE && !xmlStrcmp(n->name, BAD_CAST name); }

/* The <element name="…"> of the schema at or below n, or NULL. */
static xmlNodePtr find_rule(xmlNodePtr n, const xmlChar *name)
{
    xmlNodePtr found = NULL;
    for (; n && !found; n = n->next) {
        xmlChar *v = is(n, "element") ? xmlGetNoNsProp(n, BAD_CAST "name") : NULL;
        found = v && !xmlStrcmp(v, name) ? n : find_rule(n->children, name);
        xmlFree(v);
    }
    return found;
}

struct names {
    char required[256], all[512];           /* separated by spaces */
};

static void append(char *words, size_t len, const xmlChar *word)
{
    size_t used = strlen(words);
    snprintf(words + used, len - used, "%s%s", used ? " " : "", (const char *)word);
}

/* Names of the attributes, or of the elements, that stand in the parts n to end of a rule. A <ref> has the name of its element. */
static void collect(xmlNodePtr n, xmlNodePtr end, bool attributes, bool optional, struct names *names)
{
    for (; n != end; n = n->next) {
        bool attribute = is(n, "attribute"), element = is(n, "element") || is(n, "ref");
        if (attribute ? attributes : element && !attributes) {
            xmlChar *name = xmlGetNoNsProp(n, BAD_CAST "name");
            append(names->all, sizeof names->all, name);
            if (!optional) {
                append(names->required, sizeof names->required, name);
            }
            xmlFree(name);
        } else if (!attribute && !element) {
            collect(n->children, NULL, attributes, optional || is(n, "optional"), names);
        }
    }
}

static void unknown(struct system *s, xmlNodePtr in, int line, const char *what, const xmlChar *name, const char *all)
{
    const char *near = system_nearest((const char *)name, all);
    system_error(s, line, "<%s> has no %s '%s'%s%s%s: %s%s " MANUAL, in->name, what, name, near ? " (did you mean '" : "", near ? near : "",
                 near ? "'?)" : "", *all ? "it takes " : "remove it", all);
}

/* How often the elements of one part of a rule stand in n: once, or as <optional>, <oneOrMore>, <zeroOrMore> say. */
static void compare_counts(struct system *s, xmlNodePtr part, xmlNodePtr n)
{
    for (; part; part = part->next) {
        struct names names = { "", "" };
        unsigned count = 0;
        bool some = is(part, "zeroOrMore") || is(part, "oneOrMore");
        bool one = is(part, "element") || is(part, "ref") || is(part, "choice");
        if (is(part, "interleave")) {
            compare_counts(s, part->children, n);
        } else if (some || one || is(part, "optional")) {
            collect(one && !is(part, "choice") ? part : part->children, one && !is(part, "choice") ? part->next : NULL, false, false, &names);
        }
        for (xmlNodePtr c = n->children; c && *names.all; c = c->next) {
            if (c->type == XML_ELEMENT_NODE && system_has_word(names.all, (const char *)c->name) && count++ && !some) {
                system_error(s, xmlGetLineNo(c), "<%s> has more than one of: %s: remove one " MANUAL, n->name, names.all);
            }
        }
        if (*names.all && !count && (one || is(part, "oneOrMore"))) {
            system_error(s, xmlGetLineNo(n), "<%s> has none of: %s: add one " MANUAL, n->name, names.all);
        }
    }
}

/* A text's line is libxml2's line of its end: go back to its last word. */
static int text_line(const xmlNode *text)
{
    int line = xmlGetLineNo(text);
    for (size_t i = strlen((char *)text->content); i && strchr(" \t\r\n", text->content[i - 1]); i--) {
        line -= text->content[i - 1] == '\n';
    }
    return line;
}

/* Names and counts of attributes and elements, from n down. */
static void compare(struct system *s, xmlNodePtr rules, xmlNodePtr n)
{
    struct names attributes = { "", "" }, elements = { "", "" };
    char *word, *rest;
    xmlNodePtr rule = find_rule(rules, n->name);
    collect(rule->children, NULL, true, false, &attributes);
    collect(rule->children, NULL, false, false, &elements);
    for (xmlAttrPtr a = n->properties; a; a = a->next) {
        if (!system_has_word(attributes.all, (const char *)a->name)) {
            unknown(s, n, xmlGetLineNo(n), "attribute", a->name, attributes.all);
        }
    }
    for (word = strtok_r(attributes.required, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (!xmlHasProp(n, BAD_CAST word)) {
            system_error(s, xmlGetLineNo(n), "<%s> has no %s: add %s=\"…\" " MANUAL, n->name, word, word);
        }
    }
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (c->type == XML_ELEMENT_NODE && !system_has_word(elements.all, (const char *)c->name)) {
            unknown(s, n, xmlGetLineNo(c), "element", c->name, elements.all);
        } else if (c->type == XML_ELEMENT_NODE) {
            compare(s, rules, c);
        } else if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) && !xmlIsBlankNode(c)) {
            system_error(s, text_line(c), "text stands in <%s>: remove it, or make it a comment " MANUAL, n->name);
        }
    }
    compare_counts(s, rule->children, n);
}

static void told(void *data, xmlErrorPtr e)
{
    struct system *s = data;
    char wrong[256];
    snprintf(wrong, sizeof wrong, "%s", e->message ? e->message : "malformed");
    wrong[strcspn(wrong, "\n")] = 0;
    system_error(s, e->line, "%s: correct the XML " MANUAL, wrong);
}

/* The validator's first message with a line tells the fault; those after it say that what is around it is wrong too. */
static void told_once(void *data, xmlErrorPtr e)
{
    struct system *s = data;
    if (!s->errors && e->line > 0) {
        told(s, e);
    }
}

static void validate(struct system *s, xmlDocPtr doc)
{
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewMemParserCtxt(system_rng, system_rng_size);
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(valid, told_once, s);
    if (xmlRelaxNGValidateDoc(valid, doc) && !s->errors) {
        system_error(s, xmlGetLineNo(xmlDocGetRootElement(doc)), "<system> lacks an element or has one too often: compare it with " MANUAL);
    }
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
}

xmlDocPtr system_parse(struct system *s)
{
    xmlSetStructuredErrorFunc(s, told);
    xmlDocPtr doc = xmlReadFile(s->file, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlNodePtr root = xmlDocGetRootElement(doc);
    if (root && !is(root, "system")) {
        system_error(s, xmlGetLineNo(root), "<%s> is no system: begin with <system name=\"…\"> " MANUAL, root->name);
    } else if (root) {
        xmlDocPtr rng = xmlReadMemory(system_rng, system_rng_size, "system.rng", NULL, XML_PARSE_NONET);
        compare(s, xmlDocGetRootElement(rng), root);
        xmlFreeDoc(rng);
        if (!s->errors) {
            validate(s, doc);
        }
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
    return doc;
}
