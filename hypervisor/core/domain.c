/* SPDX-License-Identifier: GPL-2.0-or-later
 * Protection domains at EL0, and portals into them (NOVA's nouns)
 *
 * A domain has an address space and capabilities. Who holds a capability for one of its portals has an execution context of its own there, so a call never
 * waits for another; the context runs on the caller's time, and what it does wrong ends the domain, not the caller. A domain with a core has a thread too, which
 * is scheduled as a vCPU is.
 */
#include "hyp.h"

static struct vcpu contexts[HYP_ECS_MAX];
static const uint32_t no_interrupts[HYP_WORDS];

void domain_init(void)
{
    for (uint32_t i = 0; i < hyp_ec_count; i++) {
        const struct hyp_ec *t = &hyp_ecs[i];
        struct vcpu *c = &contexts[i];
        c->monitor = c->domain = true;
        c->peer = &hyp_vcpu_states[t->vcpu];
        c->config = &hyp_vms[t->domain];
        c->vm = &hyp_vm_states[t->domain];
        c->caps = c->config->caps;
        c->cap_count = c->config->cap_count;
        c->irq_mask = no_interrupts;
        c->index = t->index;
        c->entry = c->config->entry_ipa;
        c->sp = t->sp;
        c->state.vttbr = c->config->vttbr;
    }
}

/* x0: 0, no portal; x1: its device tree. */
void domain_start(struct vcpu *v)
{
    v->active = v->peer = v;
    v->irq_mask = no_interrupts;
    v->frame.x[1] = v->frame.x[0];
    v->frame.x[0] = 0;
    v->state.sp_el0 = v->config->thread_sp;
    v->away = true;
    for (unsigned i = 0; i < SPI_WORDS; i++) {
        uint32_t owned = v->config->irq_mask[SPI_WORD + i];
        v->state.spis_enabled[i] = owned & v->own.spis[i];      /* of a shared core: they come with its slot */
        if (!v->shared) {
            mmio_write32(GICD_BASE + GIC_ISENABLER + (SPI_WORD + i) * 4, owned);
        }
    }
}

struct vcpu *domain_call(struct vcpu *v, const struct hyp_cap *cap)
{
    const struct hyp_portal *p = &hyp_portals[cap->type >> 16];
    struct vcpu *c = &contexts[(cap->number & 0xffff) + v->index];
    if (c->vm->stopped) {
        v->frame.x[0] = CALL_GONE;
        return v;
    }
    __asm__("" : "+r"(c));                  /* GCC would work out where it lies again and again */
    c->caller = v;
    c->portal = p;
    c->core = c->peer->core;
    c->stack = c->peer->stack;
    trap_frame_clear(&c->frame);            /* nothing of one caller's registers is left for the next */
    c->frame.x[0] = p->id | (uint64_t)(cap->number >> 16) << 32;
    for (uint32_t i = 1; i <= p->in; i++) {
        c->frame.x[i] = v->frame.x[i];
    }
    c->peer->active = c;
    c->peer->away = true;
    arch_domain_enter(v, c);
    return c;
}

/* Back to the caller of a context. */
static struct vcpu *back(struct vcpu *c, int64_t result)
{
    struct vcpu *v = c->caller;
    c->caller = 0;
    c->peer->active = v->domain ? v : 0;
    c->peer->away = v->domain || v->config->flags & VM_MOVES;
    v->frame.x[0] = result;
    arch_domain_leave(v);
    return v->config->monitor ? monitor_after_call(v) : v;
}

static struct vcpu *reply(struct vcpu *c)
{
    if (!c->caller) {
        c->frame.x[0] = CALL_BAD;           /* a thread: nobody has called */
        return c;
    }
    for (uint32_t i = 1; i <= c->portal->out; i++) {
        c->caller->frame.x[i] = c->frame.x[i];
    }
    return back(c, 0);
}

static struct vcpu *call(struct vcpu *v)
{
    uint64_t x0 = v->frame.x[0], number = x0 & 0xff;
    if (number == CALL_REPLY) {
        return reply(v);
    }
    if (number >= CALL_SWITCHING) {
        return hypercall_switching(v);
    }
    v->frame.x[0] = number == CALL_NULL ? 0 : hypercall(v, x0);
    return v;
}

static struct vcpu *crash(struct vcpu *v)
{
    fault_report(v, "a domain has failed");
    return v->caller ? back(v, CALL_GONE) : schedule(v->core);
}

#define EC_SVC64 0x15u

struct vcpu *domain_trap(struct vcpu *v, uint64_t esr)
{
    return (esr >> 26 & 0x3f) == EC_SVC64 ? call(v) : crash(v);
}

void domain_leave_core(struct vcpu *v) { arch_domain_pause(v->active, v); }

void domain_enter_core(struct vcpu *v) { arch_domain_resume(v->active, v); }
