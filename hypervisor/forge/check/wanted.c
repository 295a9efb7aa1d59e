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

static unsigned read_cores(unsigned cores[16], xmlNodePtr n)
{
    char *v = attribute(n, "cores"), *end = v;
    unsigned count = 0;
    if (!v) {
        cores[count++] = number(n, "core") % CORES;
    }
    while (end && *end && count < 16) {
        char *from = end;
        unsigned core = strtoul(from, &end, 0) % CORES;
        if (end == from) {
            break;
        }
        cores[count++] = core;
    }
    free(v);
    return count;
}

static void read_set(struct wanted_vm *vm, xmlNodePtr n)
{
    struct wanted_set *set = &vm->sets[vm->set_count++];
    word(n, "name", set->name);
    set->line = xmlGetLineNo(n);
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "map") && set->map_count < sizeof set->maps / sizeof set->maps[0]) {
            word(c, "pool", set->maps[set->map_count].pool);
            set->maps[set->map_count++].ipa = number(c, "ipa");
        }
    }
}

static void read_grant(struct wanted_grant *grants, size_t *count, xmlNodePtr n, const char *what)
{
    if (*count < 64) {
        word(n, "vm", grants[*count].vm);
        word(n, what, grants[(*count)++].what);
    }
}

static void read_pool(struct wanted *w, xmlNodePtr n)
{
    if (w->pool_count == sizeof w->pools / sizeof w->pools[0]) {
        give_up(file, "more pools than forge-check can hold: raise its limit");
    }
    struct wanted_pool *p = &w->pools[w->pool_count++];
    char *shared = attribute(n, "shared");
    word(n, "name", p->name);
    p->size = number(n, "size");
    p->shared = shared && !strcmp(shared, "yes");
    p->line = xmlGetLineNo(n);
    free(shared);
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
    m->program = attribute(n, "program");
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

static void read_portal(struct wanted_vm *vm, xmlNodePtr n)
{
    if (vm->portal_count < sizeof vm->portals / sizeof vm->portals[0]) {
        word(n, "name", vm->portals[vm->portal_count].name);
        vm->portals[vm->portal_count].id = number(n, "id");
        vm->portals[vm->portal_count].in = number(n, "in");
        vm->portals[vm->portal_count++].out = number(n, "out");
    }
}

static void read_capability(struct wanted_vm *vm, xmlNodePtr n)
{
    if (vm->capability_count < sizeof vm->capabilities / sizeof vm->capabilities[0]) {
        struct wanted_capability *c = &vm->capabilities[vm->capability_count++];
        char rights[64];
        word(n, "rights", rights);
        c->portal = xmlHasProp(n, (const xmlChar *)"portal");
        word(n, c->portal ? "portal" : "semaphore", c->name);
        c->up = strstr(rights, "up");
        c->down = strstr(rights, "down");
        c->badge = number(n, "badge");
        c->line = xmlGetLineNo(n);
    }
}

static void read_semaphore(struct wanted *w, xmlNodePtr n)
{
    if (w->semaphore_count < sizeof w->semaphores / sizeof w->semaphores[0]) {
        struct wanted_semaphore *s = &w->semaphores[w->semaphore_count++];
        *s = (struct wanted_semaphore){ .device = find_device(w, n, "device"), .line = xmlGetLineNo(n), .irq = number(n, "irq"), .count = number(n, "count") };
        word(n, "name", s->name);
    }
}

static void read_control(const struct wanted *w, struct wanted_control *k, xmlNodePtr n)
{
    if (is(n, "restart")) {
        char on[64];
        word(n, "on", on);
        k->restart_line = xmlGetLineNo(n);
        k->on_fault = !strcmp(on, "fault");
        k->limit = xmlHasProp(n, (const xmlChar *)"limit") ? number(n, "limit") : 3;
        for (xmlNodePtr c = n->children; c; c = c->next) {
            bool wait = is(c, "wait");
            if ((wait || is(c, "write")) && k->step_count < sizeof k->steps / sizeof k->steps[0]) {
                k->steps[k->step_count].device = find_device(w, c, "device");
                k->steps[k->step_count].wait = wait;
                k->steps[k->step_count].offset = number(c, "offset");
                k->steps[k->step_count].value = number(c, wait ? "zero" : "value");
                k->steps[k->step_count++].size = xmlHasProp(c, (const xmlChar *)"size") ? number(c, "size") : 4;
            }
        }
    } else if (is(n, "supervisor")) {
        k->supervisor_line = xmlGetLineNo(n);
        word(n, "vm", k->supervisor);
        k->intid = number(n, "intid");
    }
}

static void read_vm(struct wanted *w, xmlNodePtr n)
{
    if (w->vm_count == sizeof w->vms / sizeof w->vms[0]) {
        give_up(file, "more VMs than forge-check can hold: raise its limit");
    }
    int index = w->vm_count++;
    struct wanted_vm *vm = &w->vms[index];
    vm->domain = is(n, "domain");
    if (!vm->domain || xmlHasProp(n, (const xmlChar *)"core")) {
        vm->core_count = read_cores(vm->cores, n);
    }
    char how[64];
    vm->line = xmlGetLineNo(n);
    word(n, "name", vm->name);
    word(n, "outside", how);
    vm->outside_aborts = !strcmp(how, "abort");
    word(n, "interrupts", how);
    vm->direct = !strcmp(how, "direct");
    word(n, "pmu", how);
    vm->pmu = !strcmp(how, "yes");
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
        } else if (is(c, "portal")) {
            read_portal(vm, c);
        } else if (is(c, "capability")) {
            read_capability(vm, c);
        } else if (is(c, "set") && vm->set_count < sizeof vm->sets / sizeof vm->sets[0]) {
            read_set(vm, c);
        } else if (is(c, "placement") && vm->placements.count < 16) {
            word(c, "name", vm->placements.list[vm->placements.count].name);
            read_cores(vm->placements.list[vm->placements.count++].cores, c);
        } else if (is(c, "switch")) {
            read_grant(vm->switches, &vm->switch_count, c, "set");
        } else if (is(c, "move")) {
            read_grant(vm->moves, &vm->move_count, c, "to");
        } else if (is(c, "monitor")) {
            read_monitor(w, &vm->monitor, c);
        } else if (is(c, "restart") || is(c, "supervisor")) {
            read_control(w, &vm->control, c);
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
        } else if (is(n, "pool")) {
            read_pool(w, n);
        } else if (is(n, "schedule")) {
            read_schedule(w, n);
        } else if (is(n, "payload")) {
            w->bare = true;
        } else if (is(n, "semaphore")) {
            read_semaphore(w, n);
        } else if (is(n, "vm") || is(n, "domain")) {
            read_vm(w, n);
        }
    }
    xmlFreeDoc(doc);
}
