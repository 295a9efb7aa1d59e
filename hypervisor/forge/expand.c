/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stage 1: the system's XML with every default written out. It is a system's XML itself.
 */
#include "stages.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

static void set_default(xmlNodePtr n, const char *name, uint64_t v)
{
    if (!stage_has(n, name)) {
        stage_set_hex(n, name, v);
    }
}

static void expand_restart(xmlNodePtr restart, unsigned limit)
{
    if (!stage_has(restart, "limit")) {
        stage_set(restart, "limit", "%u", limit);
    }
    for STAGE_EACH(n, restart, "write") {
        if (!stage_has(n, "size")) {
            stage_set(n, "size", "4");
        }
    }
}

xmlDocPtr expand_make(const struct system *s)
{
    xmlDocPtr doc = xmlReadFile(s->file, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    if (!doc) {
        stage_refuse(s->file, 1, "it has changed while it was read: start again");
    }
    xmlNodePtr root = xmlDocGetRootElement(doc);
    for STAGE_EACH(n, root, "device") {
        char *name = stage_word(n, "name");
        const struct system_device *d = &s->devices[system_find_device(s, name)];
        if (!d->pcie) {
            set_default(n, "size", d->size);
        }
        const char *impl = system_default_impl(d->type);
        if (impl && !stage_has(n, "impl")) {
            stage_set(n, "impl", "%.*s", (int)strcspn(impl, " "), impl);
        }
        free(name);
    }
    for STAGE_EACH(n, root, "pool") {
        if (!stage_has(n, "shared")) {
            stage_set(n, "shared", "no");
        }
    }
    size_t vm = 0;
    for STAGE_EACH(n, root, "vm") {
        if (!stage_has(n, "outside")) {
            stage_set(n, "outside", "stop");
        }
        while (s->vms[vm].domain) {
            vm++;                       /* a domain's element stands elsewhere */
        }
        for STAGE_EACH(restart, n, "restart") {
            expand_restart(restart, s->vms[vm].restart.limit);
        }
        vm++;
    }
    return doc;
}
