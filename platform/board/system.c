/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system: reads the XML, validates its structure, and fills the struct
 */
#include "system_internal.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char system_rng[];             /* generated from system.rng */
extern const unsigned system_rng_size;

void system_error(struct system *s, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s:%d: ", s->file, line);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    s->errors++;
}

int system_errors(const struct system *s) { return s->errors; }

static void xml_error(void *data, xmlErrorPtr e)
{
    struct system *s = data;
    char text[256];
    snprintf(text, sizeof text, "%s", e->message ? e->message : "malformed");
    text[strcspn(text, "\n")] = 0;
    system_error(s, e->line, "%s: see scenarios/systems/README.md for the elements and attributes", text);
}

static char *attribute(xmlNodePtr n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);
    char *copy = v ? strdup((char *)v) : NULL;
    xmlFree(v);
    return copy;
}

static uint64_t size_of(struct system *s, xmlNodePtr n, const char *name, uint64_t otherwise)
{
    char *text = attribute(n, name);
    uint64_t v = otherwise;
    if (text && !system_parse_size(text, &v)) {
        system_error(s, xmlGetLineNo(n), "%s=\"%s\" is no size or address: write a number, 0x…, or one with KiB, MiB or GiB", name, text);
        v = otherwise;
    }
    free(text);
    return v;
}

static void read_device(struct system *s, xmlNodePtr n)
{
    if (s->device_count == SYSTEM_DEVICES_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d devices: split the system", SYSTEM_DEVICES_MAX);
        return;
    }
    struct system_device *d = &s->devices[s->device_count++];
    char *clock = attribute(n, "clock");
    uint64_t hz;
    d->line = xmlGetLineNo(n);
    d->name = attribute(n, "name");
    d->type = attribute(n, "type");
    d->impl = attribute(n, "impl");
    d->base = size_of(s, n, "base", 0);
    d->size = size_of(s, n, "size", 0);
    d->spi = size_of(s, n, "spi", 0);
    d->stream = size_of(s, n, "stream", 0);
    d->owner = SYSTEM_OWNER_NONE;
    if (clock) {
        if (system_parse_hz(clock, &hz)) {
            d->clock_ps = 1000000000000ull / hz;
        } else {
            system_error(s, d->line, "clock=\"%s\" is no frequency: write 100MHz, 33333kHz or a number of Hz up to 10GHz", clock);
        }
    }
    free(clock);
}

static void read_vm(struct system *s, xmlNodePtr n)
{
    if (s->vm_count == SYSTEM_VMS_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d VMs: there is one vCPU a core", SYSTEM_VMS_MAX);
        return;
    }
    struct system_vm *vm = &s->vms[s->vm_count++];
    vm->line = xmlGetLineNo(n);
    vm->name = attribute(n, "name");
    vm->core = size_of(s, n, "core", 0);
    vm->console = -1;
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (!xmlStrcmp(c->name, BAD_CAST "memory")) {
            char *pa = attribute(c, "pa");
            vm->ipa = size_of(s, c, "ipa", 0);
            vm->size = size_of(s, c, "size", 0);
            vm->pa = size_of(s, c, "pa", 0);
            vm->pa_given = pa != NULL;
            vm->line = xmlGetLineNo(c);
            free(pa);
        } else if (!xmlStrcmp(c->name, BAD_CAST "linux")) {
            vm->payload = SYSTEM_PAYLOAD_LINUX;
            vm->kernel = attribute(c, "kernel");
            vm->initramfs = attribute(c, "initramfs");
            vm->cmdline = attribute(c, "cmdline");
            vm->payload_line = xmlGetLineNo(c);
        } else if (!xmlStrcmp(c->name, BAD_CAST "raw")) {
            vm->payload = SYSTEM_PAYLOAD_RAW;
            vm->kernel = attribute(c, "image");
            vm->payload_line = xmlGetLineNo(c);
        }
    }
}

static void own(struct system *s, xmlNodePtr n, int owner, const char *name)
{
    int line = xmlGetLineNo(n), i = system_find_device(s, name);
    if (i < 0) {
        char names[2048] = "";
        for (size_t k = 0; k < s->device_count; k++) {
            strncat(names, s->devices[k].name, sizeof names - strlen(names) - 2);
            strcat(names, " ");
        }
        const char *near = system_nearest(name, names);
        system_error(s, line, "unknown device '%s'%s%s%s: declare it with <device name=\"%s\" …/>, or use one of: %s", name,
                     near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", name, names);
        return;
    }
    struct system_device *d = &s->devices[i];
    if (d->owner != SYSTEM_OWNER_NONE) {
        system_error(s, line, "device '%s' has more than one owner: it belongs to %s already; give each its own device, or remove one <use>",
                     name, d->owner == SYSTEM_OWNER_HYPERVISOR ? "the hypervisor" : s->vms[d->owner].name);
        return;
    }
    d->owner = owner;
    if (owner >= 0 && s->vms[owner].console < 0 && !strcmp(d->type, "uart16550")) {
        s->vms[owner].console = i;
    }
    if (owner == SYSTEM_OWNER_HYPERVISOR) {
        s->hyp_console = i;
    }
}

static void read_tree(struct system *s, xmlNodePtr root)
{
    int vm = 0;
    s->name = attribute(root, "name");
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (!xmlStrcmp(n->name, BAD_CAST "board")) {
            s->cores = size_of(s, n, "cores", 1);
            s->ram_size = size_of(s, n, "memory", 0);
            s->board_line = xmlGetLineNo(n);
        } else if (!xmlStrcmp(n->name, BAD_CAST "hypervisor")) {
            s->hyp_size = size_of(s, n, "memory", s->hyp_size);
            s->hyp_line = xmlGetLineNo(n);
        } else if (!xmlStrcmp(n->name, BAD_CAST "device")) {
            read_device(s, n);
        } else if (!xmlStrcmp(n->name, BAD_CAST "vm")) {
            read_vm(s, n);
        }
    }
    for (xmlNodePtr n = root->children; n; n = n->next) {
        char *console = !xmlStrcmp(n->name, BAD_CAST "hypervisor") ? attribute(n, "console") : NULL;
        if (console) {
            own(s, n, SYSTEM_OWNER_HYPERVISOR, console);
            free(console);
        }
        if (xmlStrcmp(n->name, BAD_CAST "vm")) {
            continue;
        }
        for (xmlNodePtr c = n->children; c; c = c->next) {
            char *device = !xmlStrcmp(c->name, BAD_CAST "use") ? attribute(c, "device") : NULL;
            if (device) {
                own(s, c, vm, device);
                free(device);
            }
        }
        vm++;
    }
}

/* Structure by the schema: errors carry the line of the element. */
static void validate(struct system *s, xmlDocPtr doc)
{
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewMemParserCtxt(system_rng, system_rng_size);
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidStructuredErrors(valid, xml_error, s);
    if (xmlRelaxNGValidateDoc(valid, doc) && !s->errors) {
        system_error(s, 1, "this is not a system: see scenarios/systems/README.md");
    }
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
}

struct system *system_load(const char *xml_path, const char *files_dir)
{
    struct system *s = calloc(1, sizeof *s);
    FILE *f = fopen(xml_path, "r");
    s->file = strdup(xml_path);
    s->ram_base = 0x40000000;
    s->hyp_base = 0x40200000;               /* QEMU's own device tree lies below it */
    s->hyp_size = 8 * MIB;
    s->hyp_console = -1;
    if (!f) {
        fprintf(stderr, "%s: %s: give the path of a system's XML\n", xml_path, strerror(errno));
        system_free(s);
        return NULL;
    }
    fclose(f);
    xmlSetStructuredErrorFunc(s, xml_error);
    xmlDocPtr doc = xmlReadFile(xml_path, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    if (doc) {
        validate(s, doc);
        if (!s->errors) {
            read_tree(s, xmlDocGetRootElement(doc));
        }
        if (!s->errors) {
            system_check(s);
        }
        if (!s->errors) {
            system_layout(s, files_dir);
        }
    }
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlFreeDoc(doc);
    if (!doc || s->errors) {
        system_free(s);
        return NULL;
    }
    return s;
}

void system_free(struct system *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->device_count; i++) {
        free(s->devices[i].name);
        free(s->devices[i].type);
        free(s->devices[i].impl);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        free(s->vms[i].name);
        free(s->vms[i].kernel);
        free(s->vms[i].initramfs);
        free(s->vms[i].cmdline);
    }
    free(s->name);
    free(s->file);
    free(s);
}

int system_find_vm(const struct system *s, const char *name)
{
    for (size_t i = 0; i < s->vm_count; i++) {
        if (!strcmp(s->vms[i].name, name)) {
            return i;
        }
    }
    return -1;
}

int system_find_device(const struct system *s, const char *name)
{
    for (size_t i = 0; i < s->device_count; i++) {
        if (!strcmp(s->devices[i].name, name)) {
            return i;
        }
    }
    return -1;
}
