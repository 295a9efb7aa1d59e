/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's placements: on which other cores a VM's vCPUs may be, and who may move them
 *
 * A vCPU has a core alone, which others may have after it, or a slot in the schedule of each core with one that it may be on.
 */
#include "system_internal.h"

#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

static bool is(xmlNodePtr n, const char *element) { return !xmlStrcmp(n->name, BAD_CAST element); }

bool system_places_read(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    int line = xmlGetLineNo(n);
    bool placement = is(n, "placement");
    if (!placement && !is(n, "move")) {
        return false;
    }
    if (placement ? vm->placement_count == SYSTEM_PLACEMENTS_MAX : vm->move_count == SYSTEM_GRANTS_MAX) {
        system_error(s, line, "more than %d of <%s>: remove some", placement ? SYSTEM_PLACEMENTS_MAX : SYSTEM_GRANTS_MAX, n->name);
    } else if (placement) {
        struct system_placement *p = &vm->placements[vm->placement_count++];
        char *cores = system_attribute(n, "cores");
        *p = (struct system_placement){ .name = system_attribute(n, "name"), .line = line };
        p->core_count = system_cores(s, line, cores, p->cores);
        free(cores);
    } else {
        vm->moves[vm->move_count++] = (struct system_grant){ .vm_name = system_attribute(n, "vm"), .what = system_attribute(n, "to"), .vm = -1, .line = line };
    }
    return true;
}

bool system_may_be_on(const struct system_vm *vm, unsigned core)
{
    bool may = vm->cores[0] == core;
    for (size_t i = 0; i < vm->placement_count; i++) {
        may |= vm->placements[i].cores[0] == core;
    }
    return may;
}

static void check_placement(struct system *s, const struct system_vm *vm, size_t n)
{
    const struct system_placement *p = &vm->placements[n];
    system_check_name(s, p->line, "placement", p->name);
    for (size_t k = 0; k < n; k++) {
        if (!strcmp(vm->placements[k].name, p->name)) {
            system_error(s, p->line, "placement name '%s' is used twice in vm '%s' (first in line %d): choose another", p->name, vm->name, vm->placements[k].line);
        }
    }
    if (p->core_count != vm->core_count) {
        system_error(s, p->line, "placement '%s' has %u cores, and vm '%s' %u vCPUs: name one for each", p->name, p->core_count, vm->name, vm->core_count);
        return;
    }
    for (unsigned i = 0; i < p->core_count; i++) {
        unsigned core = p->cores[i];
        if (core >= s->cores && s->cores) {
            system_error(s, p->line, "placement '%s': core %u does not exist: the board has cores 0 to %u", p->name, core, s->cores - 1);
            return;
        }
        for (unsigned k = 0; k < i; k++) {
            if (p->cores[k] == core) {
                system_error(s, p->line, "placement '%s': core %u has two of its vCPUs: give each a core of its own", p->name, core);
            }
        }
        if (s->schedules[core].line && (vm->core_count > 1 || vm->monitor.line)) {
            system_error(s, p->line, "placement '%s': core %u has a schedule (line %d), and a VM with several vCPUs or a monitor needs its cores alone: choose another core",
                         p->name, core, s->schedules[core].line);
        }
    }
}

static void check_move(struct system *s, struct system_grant *g)
{
    g->vm = system_find_vm(s, g->vm_name);
    g->number = g->what ? -1 : 0;
    for (size_t k = 0; g->vm >= 0 && g->what && k < s->vms[g->vm].placement_count; k++) {
        g->number = strcmp(s->vms[g->vm].placements[k].name, g->what) ? g->number : (int)k + 1;
    }
    if (g->vm < 0) {
        system_error(s, g->line, "unknown vm '%s': name one of the system's", g->vm_name);
    } else if (g->number < 0) {
        system_error(s, g->line, "vm '%s' has no placement '%s': name one of its <placement>s, or leave to away for the cores where it begins", g->vm_name, g->what);
    } else if (!s->vms[g->vm].placement_count) {
        system_error(s, g->line, "vm '%s' has no placement, and never leaves its cores: give it a <placement>, or remove this", g->vm_name);
    }
}

void system_check_places(struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].placement_count; n++) {
            check_placement(s, &s->vms[v], n);
        }
        for (size_t n = 0; n < s->vms[v].move_count; n++) {
            check_move(s, &s->vms[v].moves[n]);
        }
    }
}

void system_free_places(struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        struct system_vm *vm = &s->vms[v];
        for (size_t i = 0; i < vm->placement_count; i++) {
            free(vm->placements[i].name);
        }
        for (size_t i = 0; i < vm->move_count; i++) {
            free(vm->moves[i].vm_name);
            free(vm->moves[i].what);
        }
    }
}
