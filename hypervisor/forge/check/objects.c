/* SPDX-License-Identifier: GPL-2.0-or-later
 * Portals, execution contexts, semaphores, and the capabilities for them
 *
 * How contexts are numbered is forge's to choose. What must hold: each holder of a capability for a domain has contexts there that nobody else has, one for each of
 * its own, on the time of the same vCPU, with a stack of its own.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/tables.h"

#define STACK 0x4000u

/* By context: its table entry, and who has it (VM or domain + 1) as which of its own. */
struct contexts {
    struct hyp_ec is[HYP_ECS_MAX];
    struct { size_t holder; unsigned index; } claimed[HYP_ECS_MAX];
    uint32_t count;
};

static int find(const struct wanted *w, const char *name, size_t len)
{
    for (size_t v = 0; v < w->vm_count; v++) {
        if (strlen(w->vms[v].name) == len && !strncmp(w->vms[v].name, name, len)) {
            return v;
        }
    }
    return -1;
}

/* Whose time the n-th context of a VM or domain runs on: a vCPU, or HYP_VCPUS_MAX: there is no such context. */
static uint32_t time_of(const struct wanted *w, const struct contexts *c, size_t v, unsigned n)
{
    if (n < w->vms[v].core_count) {
        return vcpus_first(w, v) + n;
    }
    for (uint32_t k = 0; w->vms[v].domain && k < c->count; k++) {
        if (c->is[k].domain == v && c->is[k].index == n) {
            return c->is[k].vcpu;
        }
    }
    return HYP_VCPUS_MAX;
}

static void claim(const struct wanted *w, struct contexts *c, size_t v, size_t domain, uint32_t first)
{
    const char *name = w->vms[v].name;
    for (unsigned n = 0; time_of(w, c, v, n) != HYP_VCPUS_MAX; n++) {
        uint32_t k = first + n;
        if (k >= c->count || c->is[k].domain != domain || c->is[k].vcpu != time_of(w, c, v, n)) {
            differs(w->vms[v].line, "context %u of '%s' calls domain '%s' in context %u, which is not there, another domain's, or on the time of another vCPU", n, name,
                    w->vms[domain].name, k);
            return;
        }
        if (c->claimed[k].holder && (c->claimed[k].holder != v + 1 || c->claimed[k].index != n)) {
            differs(w->vms[v].line, "context %u of '%s' and context %u of '%s' call domain '%s' in the same context", n, name, c->claimed[k].index,
                    w->vms[c->claimed[k].holder - 1].name, w->vms[domain].name);
        }
        c->claimed[k].holder = v + 1;
        c->claimed[k].index = n;
    }
}

static void check_portal(const struct image *i, const struct wanted *w, struct contexts *c, size_t v, const struct wanted_capability *want, const struct hyp_cap *cap)
{
    const char *dot = strchr(want->name, '.');
    int domain = dot ? find(w, want->name, dot - want->name) : -1;
    struct hyp_portal is;
    if (domain < 0 || (cap->type & 0xffff) != CAP_PORTAL || cap->number >> 16 != want->badge ||
        !image_constant(i, "hyp_portals", (cap->type >> 16) * sizeof is, &is, sizeof is)) {
        differs(want->line, "a capability of '%s' is not: portal %s with badge %u", w->vms[v].name, want->name, want->badge);
        return;
    }
    const struct wanted_vm *d = &w->vms[domain];
    bool same = false;
    for (size_t p = 0; p < d->portal_count; p++) {
        same |= !strcmp(d->portals[p].name, dot + 1) && d->portals[p].id == is.id && d->portals[p].in == is.in && d->portals[p].out == is.out;
    }
    if (!same || is.domain != (uint32_t)domain) {
        differs(want->line, "portal %s of '%s' leads to domain %u with id %u, %u words in, %u out", want->name, w->vms[v].name, is.domain, is.id, is.in, is.out);
    }
    claim(w, c, v, domain, cap->number & 0xffff);
}

static void check_semaphore(const struct wanted *w, size_t v, const struct wanted_capability *want, const struct hyp_cap *cap)
{
    uint32_t type = CAP_SEMAPHORE | (want->up ? RIGHT_UP : 0) | (want->down ? RIGHT_DOWN : 0);
    if (cap->type != type || cap->number >= w->semaphore_count || strcmp(w->semaphores[cap->number].name, want->name)) {
        differs(want->line, "a capability of '%s' is not: semaphore %s%s%s", w->vms[v].name, want->name, want->up ? ", up" : "", want->down ? ", down" : "");
    }
}

static void check_capabilities(const struct image *i, const struct wanted *w, struct contexts *c, size_t v)
{
    const struct wanted_vm *vm = &w->vms[v];
    struct hyp_vm is;
    if (!image_constant(i, "hyp_vms", v * sizeof is, &is, sizeof is)) {
        return;
    }
    for (size_t n = 0; n < vm->capability_count && vm->signal_count + n < is.cap_count; n++) {
        const struct wanted_capability *want = &vm->capabilities[n];
        struct hyp_cap cap = { 0, 0 };
        image_memory(i, (uint64_t)is.caps + (vm->signal_count + n) * sizeof cap, &cap, sizeof cap);
        if (want->portal) {
            check_portal(i, w, c, v, want, &cap);
        } else {
            check_semaphore(w, v, want, &cap);
        }
    }
    bool inside = is.thread_sp > vm->ipa && is.thread_sp - vm->ipa <= vm->size;
    if (!vm->domain != !is.thread_sp || (vm->domain && !inside)) {
        differs(vm->line, "'%s': the stack of its thread is at 0x%lx: %s", vm->name, is.thread_sp, vm->domain ? "not in its memory" : "it is no domain");
    }
}

static unsigned contexts_of(const struct wanted *w, const struct contexts *c, uint32_t domain)
{
    unsigned count = w->vms[domain].core_count;
    for (uint32_t k = 0; k < c->count; k++) {
        count += c->is[k].domain == domain;
    }
    return count;
}

/* Contexts of a domain are numbered from its thread on; their stacks are in its memory, none in another. */
static void check_stacks(const struct wanted *w, const struct contexts *c)
{
    for (uint32_t k = 0; k < c->count; k++) {
        const struct wanted_vm *d = c->is[k].domain < w->vm_count ? &w->vms[c->is[k].domain] : NULL;
        if (!d || !c->claimed[k].holder || c->is[k].sp - STACK < d->ipa || c->is[k].sp - d->ipa > d->size) {
            differs(w->line, "context %u is nobody's, or its stack at 0x%lx not in its domain's memory", k, c->is[k].sp);
        } else if (c->is[k].index < d->core_count || c->is[k].index >= contexts_of(w, c, c->is[k].domain)) {
            differs(w->line, "context %u has number %u in domain '%s', which has %u", k, c->is[k].index, d->name, contexts_of(w, c, c->is[k].domain));
        }
        for (uint32_t o = 0; o < k; o++) {
            if (c->is[o].domain == c->is[k].domain && (c->is[o].index == c->is[k].index || c->is[o].sp - c->is[k].sp + STACK - 1 < 2 * STACK - 1)) {
                differs(w->line, "contexts %u and %u have the same stack or number", o, k);
            }
        }
    }
}

void objects_check(const struct image *i, const struct wanted *w)
{
    struct contexts c = { .count = 0 };
    uint32_t semaphores = 0;
    if (!image_constant(i, "hyp_ec_count", 0, &c.count, sizeof c.count) || !image_constant(i, "hyp_semaphore_count", 0, &semaphores, sizeof semaphores)) {
        return;
    }
    if (c.count > HYP_ECS_MAX || semaphores != w->semaphore_count) {
        differs(w->line, "%u contexts (%u at most) and %u semaphores in the image, not %zu", c.count, HYP_ECS_MAX, semaphores, w->semaphore_count);
        return;
    }
    if (c.count && !image_constant(i, "hyp_ecs", 0, c.is, c.count * sizeof c.is[0])) {
        return;
    }
    for (size_t v = 0; v < w->vm_count; v++) {
        check_capabilities(i, w, &c, v);
    }
    check_stacks(w, &c);
    for (uint32_t n = 0; n < semaphores; n++) {
        const struct wanted_semaphore *s = &w->semaphores[n];
        struct hyp_semaphore is;
        uint32_t intid = s->device < 0 ? 0 : w->devices[s->device].spi + s->irq + 32;
        if (image_constant(i, "hyp_semaphores", n * sizeof is, &is, sizeof is) && (is.count != s->count || is.intid != intid)) {
            differs(s->line, "semaphore '%s' begins with %u and is counted by interrupt %u in the image, not %u and %u", s->name, is.count, is.intid, s->count, intid);
        }
    }
}
