/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's pools of memory, the sets of page tables that map them, and who may put which into force
 */
#include "system_internal.h"

#include <inttypes.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

static bool is(xmlNodePtr n, const char *element) { return !xmlStrcmp(n->name, BAD_CAST element); }

static bool full(struct system *s, xmlNodePtr n, size_t count, size_t most)
{
    if (count == most) {
        system_error(s, xmlGetLineNo(n), "more than %zu of <%s>: remove some", most, n->name);
    }
    return count == most;
}

static void read_pool(struct system *s, xmlNodePtr n)
{
    if (full(s, n, s->pool_count, SYSTEM_POOLS_MAX)) {
        return;
    }
    char *shared = system_attribute(n, "shared");
    s->pools[s->pool_count++] = (struct system_pool){ .name = system_attribute(n, "name"), .size = system_size(s, n, "size"),
                                                      .shared = shared && !strcmp(shared, "yes"), .line = xmlGetLineNo(n) };
    if (shared && strcmp(shared, "yes") && strcmp(shared, "no")) {
        system_error(s, xmlGetLineNo(n), "shared=\"%s\": write yes, if what is in the pool goes to the next VM that has it, or no, if it is cleared", shared);
    }
    free(shared);
}

static void read_set(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (full(s, n, vm->set_count, SYSTEM_SETS_MAX)) {
        return;
    }
    struct system_set *set = &vm->sets[vm->set_count++];
    set->name = system_attribute(n, "name");
    set->line = xmlGetLineNo(n);
    for (xmlNodePtr c = n->children; c; c = c->next) {
        if (is(c, "map") && !full(s, c, set->map_count, SYSTEM_POOLS_MAX)) {
            set->maps[set->map_count++] = (struct system_map){ .pool_name = system_attribute(c, "pool"), .pool = -1, .ipa = system_size(s, c, "ipa"), .line = xmlGetLineNo(c) };
        }
    }
}

bool system_sets_read(struct system *s, struct system_vm *vm, xmlNodePtr n)
{
    if (!vm && is(n, "pool")) {
        read_pool(s, n);
    } else if (vm && is(n, "set")) {
        read_set(s, vm, n);
    } else if (vm && is(n, "switch")) {
        if (!full(s, n, vm->switch_count, SYSTEM_GRANTS_MAX)) {
            vm->switches[vm->switch_count++] = (struct system_grant){ .vm_name = system_attribute(n, "vm"), .what = system_attribute(n, "set"), .vm = -1, .line = xmlGetLineNo(n) };
        }
    } else {
        return false;
    }
    return true;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) { return a < b + b_size && b < a + a_size; }

static void check_map(struct system *s, const struct system_vm *vm, struct system_set *set, size_t n)
{
    struct system_map *m = &set->maps[n];
    for (size_t i = 0; i < s->pool_count; i++) {
        m->pool = strcmp(s->pools[i].name, m->pool_name) ? m->pool : (int)i;
    }
    if (m->pool < 0) {
        system_error(s, m->line, "unknown pool '%s': declare it with <pool name=\"%s\" size=\"…\"/>", m->pool_name, m->pool_name);
        return;
    }
    uint64_t size = s->pools[m->pool].size;
    if (m->ipa % (2 * MIB) || m->ipa < s->ram_base || m->ipa >= 1ul << 39 || size > (1ul << 39) - m->ipa) {
        system_error(s, m->line, "set '%s': pool '%s' at ipa 0x%" PRIx64 " is not between 0x%" PRIx64 " and 512 GiB, or not aligned: choose a multiple of 2 MiB there", set->name,
                     m->pool_name, m->ipa, s->ram_base);
    }
    if (overlap(m->ipa, size, vm->ipa, vm->size)) {
        system_error(s, m->line, "set '%s': pool '%s' lies on the VM's own memory (line %d): move its ipa", set->name, m->pool_name, vm->memory_line);
    }
    for (size_t k = 0; k < n; k++) {
        const struct system_map *o = &set->maps[k];
        if (o->pool == m->pool) {
            system_error(s, m->line, "set '%s' maps pool '%s' twice (first in line %d): remove one", set->name, m->pool_name, o->line);
        } else if (o->pool >= 0 && overlap(m->ipa, size, o->ipa, s->pools[o->pool].size)) {
            system_error(s, m->line, "set '%s': pool '%s' lies on pool '%s' (line %d): move its ipa", set->name, m->pool_name, o->pool_name, o->line);
        }
    }
}

static void check_set(struct system *s, struct system_vm *vm, size_t n)
{
    struct system_set *set = &vm->sets[n];
    system_check_name(s, set->line, "set", set->name);
    for (size_t k = 0; k < n; k++) {
        if (!strcmp(vm->sets[k].name, set->name)) {
            system_error(s, set->line, "set name '%s' is used twice in vm '%s' (first in line %d): choose another", set->name, vm->name, vm->sets[k].line);
        }
    }
    for (size_t k = 0; k < set->map_count; k++) {
        check_map(s, vm, set, k);
    }
}

/* The sets in force at the beginning are the first of each VM: no pool is in two of them. */
static void check_beginning(struct system *s, size_t v)
{
    const struct system_set *set = &s->vms[v].sets[0];
    for (size_t i = 0; s->vms[v].set_count && i < set->map_count; i++) {
        for (size_t k = 0; k < v; k++) {
            const struct system_set *other = &s->vms[k].sets[0];
            for (size_t j = 0; s->vms[k].set_count && j < other->map_count; j++) {
                if (set->maps[i].pool >= 0 && set->maps[i].pool == other->maps[j].pool) {
                    system_error(s, set->maps[i].line, "pool '%s' would be vm '%s''s and vm '%s''s (line %d) at the beginning: put a <set> without it first in one of them",
                                 set->maps[i].pool_name, s->vms[v].name, s->vms[k].name, other->maps[j].line);
                }
            }
        }
    }
}

static void check_switch(struct system *s, struct system_grant *g)
{
    g->vm = system_find_vm(s, g->vm_name);
    g->number = -1;
    for (size_t k = 0; g->vm >= 0 && k < s->vms[g->vm].set_count; k++) {
        g->number = strcmp(s->vms[g->vm].sets[k].name, g->what) ? g->number : (int)k;
    }
    if (g->number < 0) {
        system_error(s, g->line, g->vm < 0 ? "unknown vm '%s' (set '%s'): name one of the system's" : "vm '%s' has no set '%s': name one of its <set>s", g->vm_name, g->what);
    }
}

void system_check_sets(struct system *s)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        struct system_pool *p = &s->pools[i];
        system_check_name(s, p->line, "pool", p->name);
        if (!p->size || p->size % (2 * MIB) || p->size > s->ram_size) {
            system_error(s, p->line, "pool '%s' is empty, not aligned, or more than the board's memory: make its size a multiple of 2 MiB", p->name);
        }
        for (size_t k = 0; k < i; k++) {
            if (!strcmp(s->pools[k].name, p->name)) {
                system_error(s, p->line, "pool name '%s' is used twice (first in line %d): choose another", p->name, s->pools[k].line);
            }
        }
        if (system_find_vm(s, p->name) >= 0) {
            system_error(s, p->line, "pool name '%s' is a vm's: choose another", p->name);
        }
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].set_count; n++) {
            check_set(s, &s->vms[v], n);
        }
        check_beginning(s, v);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].switch_count; n++) {
            check_switch(s, &s->vms[v].switches[n]);
        }
    }
}

/* The lowest free place for each pool, in the XML's order, when all VMs have theirs. */
void system_place_pools(struct system *s)
{
    for (size_t i = 0; i < s->pool_count && !s->errors; i++) {
        struct system_pool *p = &s->pools[i];
        uint64_t at = s->hyp_base + s->hyp_size, end = s->ram_base + s->ram_size;
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t k = 0; k < s->vm_count + i; k++) {
                uint64_t pa = k < s->vm_count ? s->vms[k].pa : s->pools[k - s->vm_count].pa, size = k < s->vm_count ? s->vms[k].size : s->pools[k - s->vm_count].size;
                if (overlap(at, p->size, pa, size)) {
                    at = pa + size;
                    moved = true;
                }
            }
        }
        if (at > end || p->size > end - at) {
            system_error(s, p->line, "pool '%s': no room for its %" PRIu64 " MiB in the board's memory: give the board at least %" PRIu64 "MiB", p->name, p->size / MIB,
                         (at + p->size - s->ram_base) / MIB);
        }
        p->pa = at;
    }
}

void system_free_sets(struct system *s)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        free(s->pools[i].name);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        struct system_vm *vm = &s->vms[v];
        for (size_t i = 0; i < vm->set_count; i++) {
            free(vm->sets[i].name);
            for (size_t k = 0; k < vm->sets[i].map_count; k++) {
                free(vm->sets[i].maps[k].pool_name);
            }
        }
        for (size_t i = 0; i < vm->switch_count; i++) {
            free(vm->switches[i].vm_name);
            free(vm->switches[i].what);
        }
    }
}
