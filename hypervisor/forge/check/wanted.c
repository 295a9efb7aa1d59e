/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's XML, read for the checker alone. That it is good has been checked by who made the image.
 */
#include "check.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a device has if the XML says nothing: vdevices' own descriptions. */
static const struct {
    const char *name;
    unsigned lines;
    uint64_t window;
    bool dma;
    const char *impls;
} types[] = {
    { "uart16550", 1, 0x1000, false, "" },
    { "dmaq", 1, 0x1000, true, "" },
    { "pulse", 1, 0x1000, false, "" },
    { "smmuv3", 2, 0x20000, false, "" },
#include "device_types.inc"
};

#define CORES (sizeof ((struct wanted *)0)->schedules / sizeof ((struct wanted *)0)->schedules[0])

static const char *file;

static char *attribute(xmlNodePtr n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);
    char *copy = v ? strdup((char *)v) : NULL;
    xmlFree(v);
    return copy;
}

static void word(xmlNodePtr n, const char *name, char to[64])
{
    char *v = attribute(n, name);
    snprintf(to, 64, "%s", v ? v : "");
    free(v);
}

/* "400us", "1ms", "2s", in ns. */
static uint64_t duration(xmlNodePtr n, const char *name)
{
    char *v = attribute(n, name), *unit = "";
    uint64_t x = v ? strtoull(v, &unit, 0) : 0;
    x *= !strcmp(unit, "us") ? 1000 : !strcmp(unit, "ms") ? 1000000 : !strcmp(unit, "s") ? 1000000000 : 0;
    free(v);
    return x;
}

/* 4096, 0x1000, 4KiB, 2MiB, 1GiB; 0 if it is not there. */
static uint64_t number(xmlNodePtr n, const char *name)
{
    char *v = attribute(n, name), *unit = "";
    uint64_t x = v ? strtoull(v, &unit, 0) : 0;
    x <<= !strcmp(unit, "KiB") ? 10 : !strcmp(unit, "MiB") ? 20 : !strcmp(unit, "GiB") ? 30 : 0;
    free(v);
    return x;
}

static bool is(xmlNodePtr n, const char *name) { return n->type == XML_ELEMENT_NODE && !strcmp((char *)n->name, name); }

static int find_device(const struct wanted *w, xmlNodePtr n, const char *name)
{
    char *v = attribute(n, name);
    int found = -1;
    for (size_t i = 0; v && i < w->device_count; i++) {
        found = strcmp(w->devices[i].name, v) ? found : (int)i;
    }
    free(v);
    return found;
}

static void read_device(struct wanted *w, xmlNodePtr n)
{
    if (w->device_count == sizeof w->devices / sizeof w->devices[0]) {
        give_up(file, "more devices than forge-check can hold: raise its limit");
    }
    struct wanted_device *d = &w->devices[w->device_count++];
    *d = (struct wanted_device){ .base = number(n, "base"), .size = number(n, "size"), .spi = number(n, "spi"), .lines = 1, .stream = number(n, "stream"),
                                 .owner = OWNER_NOBODY, .line = xmlGetLineNo(n) };
    word(n, "name", d->name);
    word(n, "type", d->type);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!strcmp(types[i].name, d->type)) {
            d->lines = types[i].lines;
            d->size = d->size ? d->size : types[i].window;
        }
    }
}

static void read_cores(struct wanted_vm *vm, xmlNodePtr n)
{
    char *v = attribute(n, "cores"), *end = v;
    if (!v) {
        vm->cores[vm->core_count++] = number(n, "core") % CORES;
    }
    while (end && *end && vm->core_count < sizeof vm->cores / sizeof vm->cores[0]) {
        char *from = end;
        unsigned core = strtoul(from, &end, 0) % CORES;
        if (end == from) {
            break;
        }
        vm->cores[vm->core_count++] = core;
    }
    free(v);
}

static void read_schedule(struct wanted *w, xmlNodePtr n)
{
    struct wanted_schedule *t = &w->schedules[number(n, "core") % CORES];
    t->line = xmlGetLineNo(n);
    t->frame_ns = duration(n, "frame");
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "slot") && t->slot_count < sizeof t->slots / sizeof t->slots[0]) {
            char *vms = attribute(c, "vm");
            snprintf(t->slots[t->slot_count].vms, sizeof t->slots[0].vms, "%s", vms ? vms : "");
            free(vms);
            t->slots[t->slot_count++].ns = duration(c, "length");
        }
    }
}

static void read_monitor(struct wanted *w, struct wanted_monitor *m, xmlNodePtr n)
{
    static const char *const kinds[] = { "", "pl011", "pl031", "virtio-console", "virtio-block" };
    m->line = xmlGetLineNo(n);
    m->console = find_device(w, n, "console");
    if (m->console >= 0) {
        w->devices[m->console].owner = OWNER_HYPERVISOR;
    }
    for (xmlNodePtr c = n->children; c; c = c->next) {
        for (unsigned k = 1; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (is(c, kinds[k]) && m->model_count < sizeof m->models / sizeof m->models[0]) {
                m->models[m->model_count].kind = k;
                m->models[m->model_count].base = number(c, "base");
                m->models[m->model_count++].spi = number(c, "spi");
                m->disk |= k == 4;
            }
        }
    }
}

static void read_vm(struct wanted *w, xmlNodePtr n)
{
    if (w->vm_count == sizeof w->vms / sizeof w->vms[0]) {
        give_up(file, "more VMs than forge-check can hold: raise its limit");
    }
    int index = w->vm_count++;
    struct wanted_vm *vm = &w->vms[index];
    read_cores(vm, n);
    vm->line = xmlGetLineNo(n);
    word(n, "name", vm->name);
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "memory")) {
            vm->ipa = number(c, "ipa");
            vm->size = number(c, "size");
            vm->pa_given = xmlHasProp(c, (const xmlChar *)"pa");
            vm->pa = number(c, "pa");
        } else if (is(c, "linux")) {
            vm->is_linux = true;
            vm->kernel = attribute(c, "kernel");
            vm->initramfs = attribute(c, "initramfs");
        } else if (is(c, "raw")) {
            vm->kernel = attribute(c, "image");
        } else if (is(c, "signal") && vm->signal_count < sizeof vm->signals / sizeof vm->signals[0]) {
            word(c, "to", vm->signals[vm->signal_count].to);
            vm->signals[vm->signal_count++].intid = number(c, "intid");
        } else if (is(c, "monitor")) {
            read_monitor(w, &vm->monitor, c);
        } else if (is(c, "use")) {
            int d = find_device(w, c, "device");
            if (d >= 0) {
                w->devices[d].owner = index;
            }
        }
    }
}

static void read_hypervisor(struct wanted *w, xmlNodePtr n)
{
    w->hyp_size = number(n, "memory");
    w->hyp_line = xmlGetLineNo(n);
    w->console = find_device(w, n, "console");
    w->iommu = find_device(w, n, "iommu");
    if (w->console >= 0) {
        w->devices[w->console].owner = OWNER_HYPERVISOR;
    }
    if (w->iommu >= 0) {
        w->devices[w->iommu].owner = OWNER_HYPERVISOR;
    }
}

void wanted_read(struct wanted *w, const char *path)
{
    file = path;
    w->console = w->iommu = -1;
    xmlDocPtr doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root || !is(root, "system")) {
        give_up(path, "no system's XML: give the one that the image was made from");
    }
    word(root, "name", w->name);
    w->line = xmlGetLineNo(root);
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (is(n, "device")) {
            read_device(w, n);
        }
    }
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (is(n, "board")) {
            w->cores = number(n, "cores");
            w->ram_size = number(n, "memory");
        } else if (is(n, "hypervisor")) {
            read_hypervisor(w, n);
        } else if (is(n, "schedule")) {
            read_schedule(w, n);
        } else if (is(n, "payload")) {
            w->bare = true;
        } else if (is(n, "vm")) {
            read_vm(w, n);
        }
    }
    xmlFreeDoc(doc);
}
