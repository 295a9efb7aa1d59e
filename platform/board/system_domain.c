/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's rules: domains, their portals, semaphores; who may use which; and an execution context for each who may call
 */
#include "system_internal.h"

#include <string.h>

#define WORDS_MAX 7u            /* of a message: x1 to x7 */
#define COUNT_MAX 0xffff0000u

int system_semaphore_of(const struct system *s, size_t device, unsigned irq)
{
    for (size_t i = 0; i < s->semaphore_count; i++) {
        if (s->semaphores[i].device == (int)device && s->semaphores[i].irq == irq) {
            return i;
        }
    }
    return -1;
}

static void check_semaphore(struct system *s, size_t i)
{
    struct system_semaphore *m = &s->semaphores[i];
    for (size_t k = 0; k < i; k++) {
        if (!strcmp(s->semaphores[k].name, m->name)) {
            system_error(s, m->line, "semaphore '%s' is there twice (first in line %d): choose another name", m->name, s->semaphores[k].line);
        }
    }
    if (m->count > COUNT_MAX) {
        system_error(s, m->line, "count=\"%u\": a semaphore counts to %u: choose less", m->count, COUNT_MAX);
    }
    if (!m->device_name) {
        return;
    }
    int device = system_find_device(s, m->device_name);
    const struct system_device *d = device < 0 ? NULL : &s->devices[device];
    const struct system_vm *owner = d && d->owner >= 0 ? &s->vms[d->owner] : NULL;
    if (!d) {
        system_error(s, m->line, "unknown device '%s': name one of the system's", m->device_name);
    } else if (!owner || !owner->domain) {
        system_error(s, m->line, "device '%s' is no domain's, and a VM gets its interrupts itself: let a domain <use> it, or leave device away", d->name);
    } else if (!owner->core_count) {
        system_error(s, m->line, "device '%s' belongs to domain '%s', which has no time of its own for interrupts: give that a core", d->name, owner->name);
    } else if (m->irq >= d->lines) {
        system_error(s, m->line, "irq=\"%u\": device '%s' has %u interrupts: choose from 0", m->irq, d->name, d->lines);
    } else if (system_semaphore_of(s, device, m->irq) >= 0) {
        system_error(s, m->line, "the interrupt of device '%s' has a semaphore already (line %d): remove one", d->name,
                     s->semaphores[system_semaphore_of(s, device, m->irq)].line);
    } else {
        m->device = device;
    }
}

static void check_portal(struct system *s, const struct system_vm *vm, size_t i)
{
    const struct system_portal *p = &vm->portals[i];
    if (!p->id) {
        system_error(s, p->line, "id=\"0\" is how a thread begins: give portal '%s' another", p->name);
    }
    if (p->in > WORDS_MAX || p->out > WORDS_MAX) {
        system_error(s, p->line, "portal '%s': a message has %u words at most: make in and out 0 to %u", p->name, WORDS_MAX, WORDS_MAX);
    }
    for (size_t k = 0; k < i; k++) {
        if (!strcmp(vm->portals[k].name, p->name) || vm->portals[k].id == p->id) {
            system_error(s, p->line, "portal '%s' has the name or the id of that in line %d: choose others", p->name, vm->portals[k].line);
        }
    }
}

static void check_domain(struct system *s, const struct system_vm *vm)
{
    if (!vm->portal_count && !vm->core_count) {
        system_error(s, vm->line, "domain '%s' can neither be called nor has it time of its own: give it a <portal>, or a core for its thread", vm->name);
    }
    for (size_t i = 0; i < vm->portal_count; i++) {
        check_portal(s, vm, i);
    }
}

static void find_portal(struct system *s, const struct system_vm *vm, struct system_capability *c)
{
    const char *dot = strchr(c->portal_name, '.');
    for (size_t v = 0; dot && v < s->vm_count; v++) {
        const struct system_vm *d = &s->vms[v];
        if (strlen(d->name) == (size_t)(dot - c->portal_name) && !strncmp(d->name, c->portal_name, dot - c->portal_name)) {
            c->domain = v;
            for (size_t p = 0; p < d->portal_count; p++) {
                c->portal = strcmp(d->portals[p].name, dot + 1) ? c->portal : (int)p;
            }
        }
    }
    if (c->portal < 0) {
        system_error(s, c->line, "portal=\"%s\" is not there: write DOMAIN.PORTAL, of a <domain> with that <portal>", c->portal_name);
    } else if (&s->vms[c->domain] == vm) {
        system_error(s, c->line, "domain '%s' cannot call itself: remove it", vm->name);
        c->portal = -1;
    }
    if (c->badge > 0xffff) {
        system_error(s, c->line, "badge=\"%u\" is no number of 16 bits: choose one up to 65535", c->badge);
    }
}

static void check_capability(struct system *s, const struct system_vm *vm, struct system_capability *c)
{
    if (!c->portal_name == !c->semaphore_name) {
        system_error(s, c->line, "a capability is for one thing: write portal=\"DOMAIN.PORTAL\" or semaphore=\"NAME\"");
    } else if (c->portal_name && vm->direct) {
        system_error(s, c->line, "vm '%s' has its interrupts itself, and they would come while another domain runs on its time: remove interrupts=\"direct\", or the capability",
                     vm->name);
    } else if (c->portal_name) {
        find_portal(s, vm, c);
        return;
    } else if (!c->up && !c->down) {
        system_error(s, c->line, "a capability for semaphore '%s' without rights: write rights=\"up\", \"down\" or \"up down\"", c->semaphore_name);
    }
    for (size_t i = 0; c->semaphore_name && i < s->semaphore_count; i++) {
        c->semaphore = strcmp(s->semaphores[i].name, c->semaphore_name) ? c->semaphore : (int)i;
    }
    if (c->semaphore_name && c->semaphore < 0) {
        system_error(s, c->line, "unknown semaphore '%s': declare it with <semaphore name=\"%s\"/>", c->semaphore_name, c->semaphore_name);
    }
}

static bool calls(const struct system_vm *vm, size_t domain)
{
    for (size_t i = 0; i < vm->capability_count; i++) {
        if (vm->capabilities[i].portal >= 0 && vm->capabilities[i].domain == (int)domain) {
            return true;
        }
    }
    return false;
}

/* One of the contexts of a VM or domain: whose time it is. */
static struct system_context bottom(const struct system *s, size_t v, unsigned index)
{
    for (size_t i = 0; s->vms[v].domain && i < s->context_count; i++) {
        if (s->contexts[i].domain == (int)v && s->contexts[i].index == index) {
            return s->contexts[i];
        }
    }
    return (struct system_context){ .vm = v, .vcpu = index };
}

/* A context of domain `d` for each of those of `from`. */
static bool add_contexts(struct system *s, size_t from, size_t d)
{
    struct system_vm *caller = &s->vms[from], *domain = &s->vms[d];
    unsigned first = s->context_count, count = caller->domain ? caller->context_count : caller->core_count;
    for (unsigned i = 0; i < count; i++) {
        if (s->context_count == SYSTEM_CONTEXTS_MAX) {
            system_error(s, domain->line, "more than %d contexts of domains, one for each vCPU that may call one: remove capabilities", SYSTEM_CONTEXTS_MAX);
            return false;
        }
        struct system_context base = bottom(s, from, i);
        s->contexts[s->context_count++] = (struct system_context){ d, domain->context_count++, base.vm, base.vcpu };
    }
    for (size_t i = 0; i < caller->capability_count; i++) {
        if (caller->capabilities[i].portal >= 0 && caller->capabilities[i].domain == (int)d) {
            caller->capabilities[i].context = first;
        }
    }
    return true;
}

/* A domain is numbered when all who call it are; what is left then calls in a circle. */
static void number_contexts(struct system *s)
{
    bool done[SYSTEM_VMS_MAX] = { false }, more = true;
    for (size_t v = 0; v < s->vm_count; v++) {
        done[v] = !s->vms[v].domain;
        s->vms[v].context_count = s->vms[v].domain ? s->vms[v].core_count : 0;
    }
    while (more) {
        more = false;
        for (size_t d = 0; d < s->vm_count; d++) {
            bool ready = !done[d];
            for (size_t v = 0; v < s->vm_count; v++) {
                ready &= done[v] || !calls(&s->vms[v], d);
            }
            for (size_t v = 0; ready && v < s->vm_count; v++) {
                if (calls(&s->vms[v], d) && !add_contexts(s, v, d)) {
                    return;
                }
            }
            done[d] |= ready;
            more |= ready;
        }
    }
    for (size_t d = 0; d < s->vm_count; d++) {
        if (!done[d]) {
            system_error(s, s->vms[d].line, "domain '%s' is called in a circle, and would wait for itself: remove a capability", s->vms[d].name);
            return;
        }
    }
}

void system_check_domains(struct system *s)
{
    for (size_t i = 0; i < s->semaphore_count; i++) {
        check_semaphore(s, i);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        struct system_vm *vm = &s->vms[v];
        if (vm->domain) {
            check_domain(s, vm);
        }
        for (size_t i = 0; i < vm->capability_count; i++) {
            check_capability(s, vm, &vm->capabilities[i]);
        }
    }
    number_contexts(s);
}
