/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's rules: which vCPU runs where and when, and who may interrupt whom
 */
#include "system_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VCPUS_MAX 16            /* HYP_VCPUS_MAX of hypervisor/include/tables.h */
#define SLOT_MIN_NS 20000u      /* 5 us of it are the switch */
#define SIGNAL_MIN 32u          /* HYP_VIRTUAL_WORD */
#define SIGNAL_MAX 63u

static void check_placement(struct system *s, size_t i)
{
    const struct system_vm *vm = &s->vms[i];
    for (unsigned n = 0; n < vm->core_count; n++) {
        unsigned core = vm->cores[n];
        if (core >= s->cores && s->cores) {
            system_error(s, vm->line, "vm '%s': core %u does not exist: the board has cores 0 to %u", vm->name, core, s->cores - 1);
            return;
        }
        for (unsigned k = 0; k < n; k++) {
            if (vm->cores[k] == core) {
                system_error(s, vm->line, "vm '%s': core %u has two of its vCPUs: give each a core of its own", vm->name, core);
            }
        }
        if (s->schedules[core].line && vm->core_count > 1) {
            system_error(s, vm->line, "vm '%s': core %u has a schedule (line %d), and a VM of several vCPUs needs its cores alone: choose another core", vm->name, core,
                         s->schedules[core].line);
        }
    }
    for (size_t k = 0; k < i; k++) {
        for (unsigned n = 0; n < vm->core_count; n++) {
            for (unsigned m = 0; m < s->vms[k].core_count; m++) {
                unsigned core = vm->cores[n];
                if (s->vms[k].cores[m] == core && !s->schedules[core].line) {
                    system_error(s, vm->line, "vm '%s': core %u is used twice: vm '%s' runs on it (line %d); choose another core, or share it by a <schedule core=\"%u\" …>",
                                 vm->name, core, s->vms[k].name, s->vms[k].line, core);
                }
            }
        }
    }
}

static bool has_member(const struct system_slot *slot, int vm)
{
    for (unsigned i = 0; i < slot->vm_count; i++) {
        if (slot->vms[i] == vm) {
            return true;
        }
    }
    return false;
}

static void check_member(struct system *s, unsigned core, struct system_slot *slot, const char *name)
{
    int vm = system_find_vm(s, name);
    if (vm < 0) {
        system_error(s, slot->line, "unknown vm '%s': declare it with <vm name=\"%s\" …>, or leave vm away for a slot of nobody's", name, name);
        return;
    }
    if (!s->vms[vm].core_count) {
        system_error(s, slot->line, "domain '%s' has no thread: give it core=\"%u\", or remove the slot: it runs on its callers' time", name, core);
    } else if (!system_may_be_on(&s->vms[vm], core)) {
        system_error(s, slot->line, "vm '%s' is on core %u (line %d), not on core %u: move it, or the slot", name, s->vms[vm].cores[0], s->vms[vm].line, core);
    }
    if (has_member(slot, vm)) {
        system_error(s, slot->line, "vm '%s' is in this slot twice: a VM has one place in the order, remove one", name);
    }
    slot->vms[slot->vm_count++] = vm;
}

/* What a slot of several has not been tried with. */
static void check_sharer(struct system *s, const struct system_slot *slot, const struct system_vm *vm)
{
    const char *what = vm->domain ? "is a domain" : vm->restart.line ? "has a <restart>" : vm->supervisor.line ? "has a <supervisor>" :
                       vm->set_count || vm->placement_count ? "has sets or placements" : NULL;
    for (size_t i = 0; i < vm->capability_count && !what; i++) {
        what = vm->capabilities[i].portal_name ? "calls domains" : NULL;
    }
    if (what) {
        system_error(s, slot->line, "vm '%s' %s, and cannot share a slot: give it one of its own", vm->name, what);
    }
}

static void check_slot(struct system *s, unsigned core, struct system_slot *slot)
{
    if (slot->ns < SLOT_MIN_NS && !s->errors) {
        system_error(s, slot->line, "a slot of %" PRIu64 " ns: make it at least %u us", slot->ns, SLOT_MIN_NS / 1000);
    }
    if (!slot->vm_names) {
        return;
    }
    slot->vm_count = 0;
    char *names = strdup(slot->vm_names), *rest = names, *name;
    while (names && (name = strtok_r(rest, " \t\n", &rest))) {
        if (slot->vm_count == SYSTEM_SLOT_VMS_MAX) {
            system_error(s, slot->line, "a slot of more than %d VMs: give '%s' another one", SYSTEM_SLOT_VMS_MAX, name);
            break;
        }
        check_member(s, core, slot, name);
    }
    for (size_t i = 0; slot->vm_count > 1 && i < slot->vm_count; i++) {
        check_sharer(s, slot, &s->vms[slot->vms[i]]);
    }
    if (names && !slot->vm_count && !s->errors) {
        system_error(s, slot->line, "a slot with an empty vm: name one, or leave vm away for a slot of nobody's");
    }
    free(names);
}

static void check_schedule(struct system *s, unsigned core)
{
    struct system_schedule *t = &s->schedules[core];
    uint64_t sum = 0;
    if (core >= s->cores && s->cores) {
        system_error(s, t->line, "core %u does not exist: the board has cores 0 to %u", core, s->cores - 1);
    }
    for (size_t i = 0; i < t->slot_count; i++) {
        check_slot(s, core, &t->slots[i]);
        sum += t->slots[i].ns;
    }
    if (sum != t->frame_ns) {
        system_error(s, t->line, "the slots of core %u are %" PRIu64 " us together, and its frame is %" PRIu64 " us: make them equal (a slot without vm is nobody's)",
                     core, sum / 1000, t->frame_ns / 1000);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        bool has = !s->vms[v].core_count || !system_may_be_on(&s->vms[v], core);
        for (size_t i = 0; i < t->slot_count; i++) {
            has |= has_member(&t->slots[i], v);
        }
        if (!has) {
            system_error(s, s->vms[v].line, "vm '%s' has no slot in the schedule of core %u (line %d): give it one", s->vms[v].name, core, t->line);
        }
    }
}

static void check_signal(struct system *s, struct system_signal *g)
{
    g->to = system_find_vm(s, g->to_name);
    if (g->to < 0) {
        system_error(s, g->line, "unknown vm '%s': name one of the system's", g->to_name);
    } else if (s->vms[g->to].domain) {
        system_error(s, g->line, "domain '%s' takes no interrupts: use a <semaphore>", g->to_name);
    }
    if (g->intid < SIGNAL_MIN || g->intid > SIGNAL_MAX) {
        system_error(s, g->line, "intid=\"%u\": a signal is one of the interrupts %u to %u, which no device has: choose one", g->intid, SIGNAL_MIN, SIGNAL_MAX);
    }
}

/* What a VM has itself of its cores must be nobody else's; a signal to one that has its interrupts itself is a physical interrupt, which there is once. */
static void check_owner(struct system *s, size_t i)
{
    const struct system_vm *vm = &s->vms[i];
    const char *what = vm->direct ? "interrupts=\"direct\"" : "pmu=\"yes\"";
    for (unsigned n = 0; (vm->direct || vm->pmu) && n < vm->core_count; n++) {
        unsigned core = vm->cores[n];
        if (core < SYSTEM_CORES_MAX && s->schedules[core].line) {
            system_error(s, vm->line, "vm '%s': core %u has a schedule (line %d), and a VM with %s needs its cores alone: choose another core, or remove %s", vm->name, core,
                         s->schedules[core].line, what, what);
        }
    }
    if (vm->direct && vm->monitor.line) {
        system_error(s, vm->line, "vm '%s': its monitor (line %d) raises virtual interrupts, and with interrupts=\"direct\" it has none: remove one of them", vm->name,
                     vm->monitor.line);
    }
}

/* What none of them has been tried with. */
static void check_moves(struct system *s, const struct system_vm *vm)
{
    bool moves = vm->set_count || vm->placement_count;
    const char *other = vm->direct ? "interrupts=\"direct\"" : vm->pmu ? "pmu=\"yes\"" : vm->restart.line ? "<restart>" : vm->supervisor.line ? "<supervisor>" : NULL;
    if (moves && other) {
        system_error(s, vm->line, "vm '%s' has sets or placements and %s, which do not go together: remove one of them", vm->name, other);
    }
}

static void check_direct_signal(struct system *s, const struct system_signal *g)
{
    for (size_t v = 0; g->to >= 0 && s->vms[g->to].direct && v < s->vm_count; v++) {
        for (size_t k = 0; k < s->vms[v].signal_count; k++) {
            const struct system_signal *o = &s->vms[v].signals[k];
            if (o == g) {
                return;
            }
            if (o->to >= 0 && o->to != g->to && o->intid == g->intid && s->vms[o->to].direct) {
                system_error(s, g->line, "interrupt %u of vm '%s' is a physical one, as it has interrupts=\"direct\", and vm '%s' has it already (line %d): choose another intid",
                             g->intid, g->to_name, o->to_name, o->line);
                return;
            }
        }
    }
}

#define RESTARTS_MAX 1000000u

/* What it does to devices, it does in the VM's place. */
static void check_step(struct system *s, size_t vm, struct system_step *t)
{
    t->device = system_find_device(s, t->device_name);
    const struct system_device *d = t->device < 0 ? NULL : &s->devices[t->device];
    if (!d || d->owner != (int)vm) {
        system_error(s, t->line, "device '%s' is not one that vm '%s' uses: name one of its own", t->device_name, s->vms[vm].name);
    } else if (t->size != 1 && t->size != 4) {
        system_error(s, t->line, "size=\"%u\": a register has 1 or 4 bytes: write one of them", t->size);
    } else if (t->offset % t->size || t->offset > d->size - t->size) {
        system_error(s, t->line, "offset 0x%" PRIx64 " is not a register's of %u bytes in the 0x%" PRIx64 " of device '%s': correct it", t->offset, t->size, d->size, d->name);
    } else if (t->size == 1 && t->value > 0xff) {
        system_error(s, t->line, "value 0x%x does not fit into a register of 1 byte: correct it", t->value);
    }
}

static void check_restart(struct system *s, struct system_vm *vm)
{
    struct system_restart *r = &vm->restart;
    for (size_t i = 0; i < r->step_count; i++) {
        check_step(s, vm - s->vms, &r->steps[i]);
    }
    if (!r->limit || r->limit > RESTARTS_MAX) {
        system_error(s, r->line, "limit=\"%u\": a VM restarts 1 to %u times: choose a number of them, or remove <restart>", r->limit, RESTARTS_MAX);
    }
    if (r->on_fault && vm->supervisor.line) {
        system_error(s, r->line, "vm '%s': what becomes of it after a fault is its supervisor's to say (line %d): write on=\"reset\", or remove the supervisor", vm->name,
                     vm->supervisor.line);
    }
}

static void check_supervisor(struct system *s, size_t i)
{
    struct system_supervisor *p = &s->vms[i].supervisor;
    p->vm = system_find_vm(s, p->name);
    if (p->vm < 0) {
        system_error(s, p->line, "unknown vm '%s': name one of the system's", p->name);
    } else if (p->vm == (int)i) {
        system_error(s, p->line, "vm '%s' cannot be its own supervisor, it is halted when it is needed: name another VM", p->name);
    }
    if (p->intid < SIGNAL_MIN || p->intid > SIGNAL_MAX) {
        system_error(s, p->line, "intid=\"%u\": a supervisor is told by one of the interrupts %u to %u, which no device has: choose one", p->intid, SIGNAL_MIN, SIGNAL_MAX);
    }
}

/* Models lie in pages of their own where neither memory nor the GIC nor a device of the board is. */
static void check_models(struct system *s, const struct system_vm *vm)
{
    const struct system_monitor *m = &vm->monitor;
    for (size_t i = 0; i < m->model_count; i++) {
        const struct system_model *d = &m->models[i];
        bool free = d->base >= 0x09000000 && d->base < 0x0b000000 && d->base % 4096 == 0;
        if (!free) {
            system_error(s, d->line, "base 0x%" PRIx64 ": an emulated device has a page of its own between 0x09000000 and 0x0affffff: choose one", d->base);
        }
        if (d->spi > 31) {
            system_error(s, d->line, "spi=\"%u\": an emulated device has one of the SPIs 0 to 31: choose one", d->spi);
        }
        for (size_t k = 0; k < i; k++) {
            if (m->models[k].base == d->base || m->models[k].spi == d->spi) {
                system_error(s, d->line, "its base or SPI is that of the device in line %d: choose others", m->models[k].line);
            }
        }
    }
}

static void check_monitor(struct system *s, const struct system_vm *vm)
{
    const struct system_monitor *m = &vm->monitor;
    if (m->console >= 0 && strcmp(s->devices[m->console].type, "uart16550")) {
        system_error(s, m->line, "'%s' is a %s and cannot be a monitor's console: name a uart16550", s->devices[m->console].name, s->devices[m->console].type);
    }
    if (vm->core_count > 1 || s->schedules[vm->cores[0]].line) {
        system_error(s, m->line, "vm '%s': a VM with a monitor has one vCPU and a core of its own: remove its monitor, or %s", vm->name,
                     vm->core_count > 1 ? "all cores but one" : "the schedule of its core");
    }
    check_models(s, vm);
}

void system_check_schedules(struct system *s)
{
    unsigned vcpus = 0;
    for (size_t i = 0; i < s->vm_count; i++) {
        check_placement(s, i);
        if (s->vms[i].monitor.line) {
            check_monitor(s, &s->vms[i]);
        }
        check_owner(s, i);
        check_moves(s, &s->vms[i]);
        if (s->vms[i].restart.line) {
            check_restart(s, &s->vms[i]);
        }
        if (s->vms[i].supervisor.line) {
            check_supervisor(s, i);
        }
        vcpus += s->vms[i].core_count;
        for (size_t k = 0; k < s->vms[i].signal_count; k++) {
            check_signal(s, &s->vms[i].signals[k]);
            check_direct_signal(s, &s->vms[i].signals[k]);
        }
    }
    if (vcpus > VCPUS_MAX) {
        system_error(s, s->line, "%u vCPUs: a system has %d at most, remove some", vcpus, VCPUS_MAX);
    }
    for (unsigned core = 0; core < SYSTEM_CORES_MAX; core++) {
        if (s->schedules[core].line) {
            check_schedule(s, core);
        }
    }
}
