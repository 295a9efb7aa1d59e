/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system: from valid XML into the struct, and who owns which device
 */
#include "system_internal.h"

#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PS_PER_SECOND 1000000000000ull

static bool is(xmlNodePtr n, const char *element) { return !xmlStrcmp(n->name, BAD_CAST element); }

static char *attribute(xmlNodePtr n, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(n, BAD_CAST name);
    char *copy = v ? strdup((char *)v) : NULL;
    xmlFree(v);
    return copy;
}

/* Bytes or an address; 0 if the attribute is not there. */
static uint64_t size_of(struct system *s, xmlNodePtr n, const char *name)
{
    char *text = attribute(n, name);
    uint64_t v = 0;
    if (text && !system_parse_size(text, &v)) {
        system_error(s, xmlGetLineNo(n), "%s=\"%s\" is no size or address: write a number, 0x…, or one with KiB, MiB or GiB", name, text);
        v = 0;
    }
    free(text);
    return v;
}

char *system_attribute(xmlNodePtr n, const char *name) { return attribute(n, name); }
uint64_t system_size(struct system *s, xmlNodePtr n, const char *name) { return size_of(s, n, name); }

static unsigned number_of(struct system *s, xmlNodePtr n, const char *name)
{
    char *text = attribute(n, name);
    uint64_t v = 0;
    if (text && (!system_parse_number(text, &v) || v > UINT32_MAX)) {
        system_error(s, xmlGetLineNo(n), "%s=\"%s\" is no number of 32 bits: write a decimal one or 0x…", name, text);
        v = 0;
    }
    free(text);
    return v;
}

static void read_clock(struct system *s, xmlNodePtr n, struct system_device *d)
{
    char *text = attribute(n, "clock");
    uint64_t hz;
    if (text && system_parse_hz(text, &hz)) {
        d->clock_ps = (PS_PER_SECOND + hz / 2) / hz;
        d->clock_hz = PS_PER_SECOND % hz ? hz : 0;
    } else if (text) {
        system_error(s, xmlGetLineNo(n), "clock=\"%s\" is no frequency: write 100MHz, 33333kHz or a number of Hz, from 1Hz to 4GHz", text);
    }
    free(text);
}

/* On the system's bus a device has an address and an interrupt; behind PCIe the guest gives it both. */
static void read_bus(struct system *s, xmlNodePtr n, struct system_device *d)
{
    char *bus = attribute(n, "bus");
    static const char *const needed[] = { "base", "spi" };
    d->pcie = bus && !strcmp(bus, "pcie");
    if (bus && !d->pcie) {
        system_error(s, d->line, "bus=\"%s\" is not known: write bus=\"pcie\", or leave it away", bus);
    }
    for (unsigned i = 0; i < 2; i++) {
        bool has = xmlHasProp(n, BAD_CAST needed[i]);
        if (!has && !d->pcie) {
            system_error(s, d->line, "<device> has no %s: add %s=\"…\" (scenarios/systems/README.md)", needed[i], needed[i]);
        } else if (has && d->pcie) {
            system_error(s, d->line, "device '%s' is behind PCIe, where the guest chooses its address and interrupt: remove %s", d->name, needed[i]);
        }
    }
    free(bus);
}

static void read_device(struct system *s, xmlNodePtr n)
{
    if (s->device_count == SYSTEM_DEVICES_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d devices: split the system", SYSTEM_DEVICES_MAX);
        return;
    }
    struct system_device *d = &s->devices[s->device_count++];
    d->line = xmlGetLineNo(n);
    d->name = attribute(n, "name");
    d->type = attribute(n, "type");
    d->impl = attribute(n, "impl");
    d->base = size_of(s, n, "base");
    d->size = size_of(s, n, "size");
    d->spi = number_of(s, n, "spi");
    read_bus(s, n, d);
    d->stream = number_of(s, n, "stream");
    read_clock(s, n, d);
    d->owner = SYSTEM_OWNER_NONE;
}

static void read_module(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (vm->module_count == SYSTEM_MODULES_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d modules: put several files into one", SYSTEM_MODULES_MAX);
        return;
    }
    struct system_module *m = &vm->modules[vm->module_count++];
    m->image = attribute(n, "image");
    m->compatible = attribute(n, "compatible");
    m->cmdline = attribute(n, "cmdline");
    m->address = size_of(s, n, "address");
    m->line = xmlGetLineNo(n);
}

/* <linux>, <raw>, <elf>, <dtb>, <module>: of a VM or of a bare payload. */
static void read_payload(struct system *s, struct system_vm *vm, xmlNodePtr c)
{
    bool raw = is(c, "raw"), elf = is(c, "elf");
    if (is(c, "linux")) {
        vm->payload = SYSTEM_PAYLOAD_LINUX;
        vm->kernel = attribute(c, "kernel");
        vm->initramfs = attribute(c, "initramfs");
        vm->cmdline = attribute(c, "cmdline");
        vm->payload_line = xmlGetLineNo(c);
    } else if (raw || elf) {
        vm->payload = raw ? SYSTEM_PAYLOAD_RAW : SYSTEM_PAYLOAD_ELF;
        vm->kernel = attribute(c, "image");
        vm->address = size_of(s, c, "address");
        vm->cmdline = raw ? attribute(c, "cmdline") : NULL;
        vm->payload_line = xmlGetLineNo(c);
    } else if (is(c, "dtb")) {
        vm->dtb = attribute(c, "file");
    } else if (is(c, "module")) {
        read_module(s, vm, c);
    }
}

/* The whole board is its VM. */
static void read_bare(struct system *s, xmlNodePtr n)
{
    struct system_vm *vm = &s->vms[0];
    s->bare = true;
    s->el = number_of(s, n, "el");
    s->vm_count = 1;
    vm->line = vm->memory_line = xmlGetLineNo(n);
    vm->name = attribute(n, "name");
    vm->console = vm->monitor.console = -1;
    vm->pa_given = true;
    for (xmlNodePtr c = n->children; c; c = c->next) {
        read_payload(s, vm, c);
    }
}

static uint64_t time_of(struct system *s, xmlNodePtr n, const char *name)
{
    char *text = attribute(n, name);
    uint64_t ns = 0;
    if (text && !system_parse_time(text, &ns)) {
        system_error(s, xmlGetLineNo(n), "%s=\"%s\" is no time: write whole us, ms or s, as in 250us", name, text);
        ns = 0;
    }
    free(text);
    return ns;
}

static void read_schedule(struct system *s, xmlNodePtr n)
{
    unsigned core = number_of(s, n, "core");
    int line = xmlGetLineNo(n);
    if (core >= SYSTEM_CORES_MAX || s->schedules[core].line) {
        system_error(s, line, core >= SYSTEM_CORES_MAX ? "core %u does not exist: choose one of the board's" : "core %u has a schedule already: remove one", core);
        return;
    }
    struct system_schedule *t = &s->schedules[core];
    t->line = line;
    t->frame_ns = time_of(s, n, "frame");
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (!is(c, "slot")) {
            continue;
        }
        if (t->slot_count == SYSTEM_SLOTS_MAX) {
            system_error(s, xmlGetLineNo(c), "more than %d slots: make them longer", SYSTEM_SLOTS_MAX);
            return;
        }
        t->slots[t->slot_count++] = (struct system_slot){ .vm_names = attribute(c, "vm"), .ns = time_of(s, c, "length"), .line = xmlGetLineNo(c) };
    }
}

unsigned system_cores(struct system *s, int line, char *text, unsigned cores[SYSTEM_CORES_MAX])
{
    unsigned count = 0;
    for (char *rest = text, *word; (word = strtok_r(rest, " ", &rest));) {
        uint64_t core;
        if (!system_parse_number(word, &core) || core >= SYSTEM_CORES_MAX || count == SYSTEM_CORES_MAX) {
            system_error(s, line, "cores: '%s' is no core's number, or one too many: write the physical core of each vCPU, as in cores=\"0 1\"", word);
            break;
        }
        cores[count++] = core;
    }
    return count;
}

/* One core, or one for each vCPU: cores="0 1". */
static void read_cores(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    char *text = attribute(n, "cores");
    bool one = xmlHasProp(n, BAD_CAST "core");
    if (!text != one) {
        system_error(s, vm->line, one ? "vm '%s' has both core and cores: remove one" : "<vm> has no core: add core=\"…\" (scenarios/systems/README.md)", vm->name);
    }
    if (!text) {
        vm->cores[0] = number_of(s, n, "core");
        vm->core_count = 1;
        return;
    }
    vm->core_count = system_cores(s, vm->line, text, vm->cores);
    if (!vm->core_count) {
        system_error(s, vm->line, "vm '%s' has no core: write the physical core of each vCPU, as in cores=\"0 1\"", vm->name);
        vm->core_count = 1;
    }
    free(text);
}

/* An attribute that has one word besides not being there, or `no`. */
static bool word_of(struct system *s, xmlNodePtr n, const char *name, const char *word, const char *no)
{
    char *text = attribute(n, name);
    bool is_word = text && !strcmp(text, word);
    if (text && !is_word && strcmp(text, no)) {
        system_error(s, xmlGetLineNo(n), "%s=\"%s\": write %s=\"%s\" or %s=\"%s\", which is the default", name, text, name, word, name, no);
    }
    free(text);
    return is_word;
}

static void read_signal(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (vm->signal_count == SYSTEM_SIGNALS_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d signals: remove some", SYSTEM_SIGNALS_MAX);
        return;
    }
    vm->signals[vm->signal_count++] = (struct system_signal){ .to_name = attribute(n, "to"), .to = -1, .intid = number_of(s, n, "intid"), .line = xmlGetLineNo(n) };
}

static void read_portal(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (vm->portal_count == SYSTEM_PORTALS_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d portals: let one have several meanings", SYSTEM_PORTALS_MAX);
        return;
    }
    vm->portals[vm->portal_count++] = (struct system_portal){ attribute(n, "name"), number_of(s, n, "id"), number_of(s, n, "in"), number_of(s, n, "out"), xmlGetLineNo(n) };
}

static void read_capability(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (vm->capability_count == SYSTEM_CAPABILITIES_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d capabilities: remove some", SYSTEM_CAPABILITIES_MAX);
        return;
    }
    char *rights = attribute(n, "rights"), *rest = rights;
    struct system_capability *c = &vm->capabilities[vm->capability_count++];
    *c = (struct system_capability){ .portal_name = attribute(n, "portal"), .semaphore_name = attribute(n, "semaphore"), .badge = number_of(s, n, "badge"),
                                     .domain = -1, .portal = -1, .semaphore = -1, .line = xmlGetLineNo(n) };
    for (char *word; rest && (word = strtok_r(rest, " ", &rest));) {
        c->up |= !strcmp(word, "up");
        c->down |= !strcmp(word, "down");
        if (strcmp(word, "up") && strcmp(word, "down")) {
            system_error(s, c->line, "rights: '%s' is no right to a semaphore: write up, down, or both", word);
        }
    }
    free(rights);
}

static void read_semaphore(struct system *s, xmlNodePtr n)
{
    if (s->semaphore_count == SYSTEM_SEMAPHORES_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d semaphores: remove some", SYSTEM_SEMAPHORES_MAX);
        return;
    }
    s->semaphores[s->semaphore_count++] = (struct system_semaphore){ .name = attribute(n, "name"), .device_name = attribute(n, "device"), .device = -1,
                                                                     .irq = number_of(s, n, "irq"), .count = number_of(s, n, "count"), .line = xmlGetLineNo(n) };
}

static void read_step(struct system *s, struct system_restart *r, xmlNodePtr n)
{
    if (r->step_count == SYSTEM_STEPS_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d steps: remove some", SYSTEM_STEPS_MAX);
        return;
    }
    bool wait = is(n, "wait");
    r->steps[r->step_count++] = (struct system_step){ .device_name = attribute(n, "device"), .device = -1, .wait = wait, .offset = size_of(s, n, "offset"),
                                                      .value = number_of(s, n, wait ? "zero" : "value"),
                                                      .size = xmlHasProp(n, BAD_CAST "size") ? number_of(s, n, "size") : 4, .line = xmlGetLineNo(n) };
}

#define RESTARTS 3u

static void read_restart(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    char *on = attribute(n, "on");
    bool fault = on && !strcmp(on, "fault");
    vm->restart = (struct system_restart){ .line = xmlGetLineNo(n), .on_fault = fault, .limit = xmlHasProp(n, BAD_CAST "limit") ? number_of(s, n, "limit") : RESTARTS };
    if (on && !fault && strcmp(on, "reset")) {
        system_error(s, vm->restart.line, "on=\"%s\": write on=\"reset\" (PSCI SYSTEM_RESET), or on=\"fault\" (that, and every failure)", on);
    }
    free(on);
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "write") || is(c, "wait")) {
            read_step(s, &vm->restart, c);
        }
    }
}

static void read_monitor(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    static const struct { const char *element; enum system_model_kind kind; } kinds[] = {
        { "pl011", SYSTEM_PL011 }, { "pl031", SYSTEM_PL031 }, { "virtio-console", SYSTEM_VIRTIO_CONSOLE }, { "virtio-block", SYSTEM_VIRTIO_BLOCK } };
    struct system_monitor *m = &vm->monitor;
    m->line = xmlGetLineNo(n);
    m->console = -1;
    m->program = attribute(n, "program");
    for (xmlNodePtr c = n->children; c; c = c->next) {
        for (unsigned k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (is(c, kinds[k].element)) {
                char *read_only = attribute(c, "read-only");
                m->models[m->model_count++] = (struct system_model){ kinds[k].kind, size_of(s, c, "base"), number_of(s, c, "spi"),
                                                                     read_only && !strcmp(read_only, "yes"), xmlGetLineNo(c) };
                if (kinds[k].kind == SYSTEM_VIRTIO_BLOCK) {
                    m->disk = attribute(c, "image");
                }
                if (read_only && strcmp(read_only, "yes") && strcmp(read_only, "no")) {
                    system_error(s, xmlGetLineNo(c), "read-only=\"%s\": write yes or no", read_only);
                }
                free(read_only);
            }
        }
    }
}

static void read_vm(struct system *s, xmlNodePtr n)
{
    if (s->bare) {
        system_error(s, xmlGetLineNo(n), "a board has either VMs or one <payload> to itself (line %d): remove one of them", s->vms[0].line);
        return;
    }
    if (s->vm_count == SYSTEM_VMS_MAX) {
        system_error(s, xmlGetLineNo(n), "more than %d VMs: split the system", SYSTEM_VMS_MAX);
        return;
    }
    struct system_vm *vm = &s->vms[s->vm_count++];
    vm->line = xmlGetLineNo(n);
    vm->name = attribute(n, "name");
    vm->domain = is(n, "domain");
    if (!vm->domain || xmlHasProp(n, BAD_CAST "core")) {
        read_cores(s, vm, n);
    }
    vm->outside_aborts = word_of(s, n, "outside", "abort", "stop");
    vm->direct = word_of(s, n, "interrupts", "direct", "virtual");
    vm->pmu = word_of(s, n, "pmu", "yes", "no");
    vm->console = vm->monitor.console = -1;
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "memory")) {
            vm->ipa = size_of(s, c, "ipa");
            vm->size = size_of(s, c, "size");
            vm->pa = size_of(s, c, "pa");
            vm->pa_given = xmlHasProp(c, BAD_CAST "pa") != NULL;
            vm->memory_line = xmlGetLineNo(c);
        } else if (is(c, "monitor")) {
            read_monitor(s, vm, c);
        } else if (is(c, "signal")) {
            read_signal(s, vm, c);
        } else if (is(c, "portal")) {
            read_portal(s, vm, c);
        } else if (is(c, "capability")) {
            read_capability(s, vm, c);
        } else if (is(c, "restart")) {
            read_restart(s, vm, c);
        } else if (is(c, "supervisor")) {
            vm->supervisor = (struct system_supervisor){ .name = attribute(c, "vm"), .vm = -1, .intid = number_of(s, c, "intid"), .line = xmlGetLineNo(c) };
        } else if (!system_sets_read(s, vm, c) && !system_places_read(s, vm, c)) {
            read_payload(s, vm, c);
        }
    }
}

void system_read(struct system *s, xmlNodePtr root)
{
    s->name = attribute(root, "name");
    s->line = xmlGetLineNo(root);
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (is(n, "payload")) {
            read_bare(s, n);
        }
    }
    for (xmlNodePtr n = root->children; n; n = n->next) {
        if (is(n, "board")) {
            s->cores = number_of(s, n, "cores");
            s->ram_size = size_of(s, n, "memory");
            s->board_line = xmlGetLineNo(n);
        } else if (is(n, "hypervisor")) {
            s->hyp_size = size_of(s, n, "memory");
            s->hyp_line = xmlGetLineNo(n);
            if (s->bare) {
                system_error(s, s->hyp_line, "a <payload> has the board to itself (line %d), without a hypervisor: remove one of them", s->vms[0].line);
            }
        } else if (is(n, "device")) {
            read_device(s, n);
        } else if (is(n, "schedule")) {
            read_schedule(s, n);
        } else if (is(n, "semaphore")) {
            read_semaphore(s, n);
        } else if (is(n, "vm") || is(n, "domain")) {
            read_vm(s, n);
        } else {
            system_sets_read(s, NULL, n);
        }
    }
    if (s->bare) {
        s->vms[0].ipa = s->vms[0].pa = s->ram_base;
        s->vms[0].size = s->ram_size;
    } else if (!s->vm_count && !s->errors) {
        system_error(s, s->line, "<system> has none of: vm payload: add one (scenarios/systems/README.md)");
    }
}

static const char *owner_name(const struct system *s, int owner)
{
    return owner == SYSTEM_OWNER_HYPERVISOR ? "the hypervisor" : s->vms[owner].name;
}

static void unknown_device(struct system *s, int line, const char *name)
{
    char names[4096] = "";
    size_t used = 0;
    for (size_t k = 0; k < s->device_count && used < sizeof names; k++) {
        used += snprintf(names + used, sizeof names - used, "%s%s", k ? " " : "", s->devices[k].name);
    }
    const char *near = system_nearest(name, names);
    system_error(s, line, "unknown device '%s'%s%s%s: declare it with <device name=\"%s\" …/>, or use one of: %s", name,
                 near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", name, names);
}

/* vm: the device is its monitor's, which is the hypervisor's to give. */
static void own(struct system *s, xmlNodePtr n, const char *attr, int owner, struct system_vm *vm)
{
    char *name = attribute(n, attr);
    int line = xmlGetLineNo(n), i = name ? system_find_device(s, name) : -1;
    struct system_device *d = i < 0 ? NULL : &s->devices[i];
    if (name && !d) {
        unknown_device(s, line, name);
    } else if (d && d->owner == owner) {
        system_error(s, line, "device '%s' is used twice by %s: remove one", name, owner_name(s, owner));
    } else if (d && d->owner != SYSTEM_OWNER_NONE) {
        system_error(s, line, "device '%s' has more than one owner: it belongs to %s already; give each its own device, or remove one of the two",
                     name, owner_name(s, d->owner));
    } else if (d) {
        d->owner = owner;
        if (vm) {
            vm->monitor.console = i;
            vm->console = vm->console < 0 ? i : vm->console;
        } else if (owner == SYSTEM_OWNER_HYPERVISOR) {
            *(strcmp(attr, "iommu") ? &s->hyp_console : &s->hyp_iommu) = i;
        } else if (s->vms[owner].console < 0 && !strcmp(d->type, "uart16550")) {
            s->vms[owner].console = i;
        }
    }
    free(name);
}

void system_own(struct system *s, xmlNodePtr root)
{
    size_t vm = 0;
    for (size_t i = 0; s->bare && i < s->device_count; i++) {
        s->devices[i].owner = 0;
        if (s->vms[0].console < 0 && !strcmp(s->devices[i].type, "uart16550")) {
            s->vms[0].console = i;
        }
    }
    for (xmlNodePtr n = root->children; n && !s->bare; n = n->next) {
        if (is(n, "hypervisor")) {
            own(s, n, "console", SYSTEM_OWNER_HYPERVISOR, NULL);
            own(s, n, "iommu", SYSTEM_OWNER_HYPERVISOR, NULL);
        }
        if ((is(n, "vm") || is(n, "domain")) && vm < s->vm_count) {
            for (xmlNodePtr c = n->children; c; c = c->next) {
                if (is(c, "monitor")) {
                    own(s, c, "console", SYSTEM_OWNER_HYPERVISOR, &s->vms[vm]);
                } else if (is(c, "use")) {
                    own(s, c, "device", vm, NULL);
                }
            }
            vm++;
        }
    }
}
