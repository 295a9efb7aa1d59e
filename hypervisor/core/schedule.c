/* SPDX-License-Identifier: GPL-2.0-or-later
 * Who runs: a core is one vCPU's, or its time is cut into slots (slots.c)
 */
#include "hyp.h"

static struct vcpu *owner(struct core *c)
{
    uint32_t n = hyp_core_tables[c->id].vcpu;
    return place_owner(c, c->slot || c->several ? slots_owner(c) : n < HYP_VCPUS_MAX ? &hyp_vcpu_states[n] : 0);
}

/* A report takes 8 us, and is not to be seen in the next slot: so at this one's end a fault is not taken, and comes again in the vCPU's next slot. */
#define REPORT_TICKS 625u

bool schedule_has_time(const struct vcpu *v) { return !v->shared || v->core->slot_end > arch_now() + REPORT_TICKS; }

/* The core is another vCPU's now, or nobody's. */
void schedule_give(struct core *c, struct vcpu *v)
{
    if (c->loaded && c->loaded->active) {
        domain_leave_core(c->loaded);
    }
    if (c->loaded && !c->open) {
        arch_open(c, c->loaded);            /* what is enabled is saved with it */
    }
    arch_switch(c, v);
    c->open = false;
    if (v && v->active) {
        domain_enter_core(v);
    }
}

static inline __attribute__((always_inline)) bool may_run(struct vcpu *v)
{
    if (!v || (v->vm->stopped && !control_step(v))) {
        return false;
    }
    if (!v->online && __atomic_load_n(&v->starting, __ATOMIC_ACQUIRE)) {
        v->online = true;
        v->starting = false;
        if (v->core->loaded == v) {
            schedule_give(v->core, 0);               /* what the core has of it is old */
        }
        arch_reset_vcpu(v, v->start_entry, v->start_x0);
        v->active = 0;
        v->away = v->config->flags & VM_MOVES;
        if (v->domain) {
            domain_start(v);
        }
        if (v->core->fpu == v) {
            v->core->fpu = 0;
        }
        if (v->index == 0) {
            console_print("ingot: vm %s: starts on core %u\n", v->config->name, v->core->id);
        } else {
            console_print("ingot: vm %s: vCPU %u starts on core %u\n", v->config->name, v->index, v->core->id);
        }
    }
    return v->online;
}


/* Nobody: the last one's interrupts rest, and the core sleeps. */
static void rest(struct core *c)
{
    schedule_give(c, 0);
    WFI();
    schedule_interrupt(c, READ_SYSREG(ICC_IAR1_EL1));
}

/* Its interrupts, physical and virtual, come with the slot: ICH_HCR_EL2 is 0 until then, so that a virtual one that is pending does not end the sleep, as it may on
 * some CPUs (D1.16.2). */
static __attribute__((noreturn)) void wait_for_slot(struct core *c, struct vcpu *v)
{
    v->state.hcr = READ_SYSREG(ICH_HCR_EL2);
    WRITE_SYSREG(ICH_HCR_EL2, 0);
    c->switching = false;
    c->open = true;
    slots_begin(v, c, c->several ? priority_alarm(c) : c->slot_end, v->active ? v->active : v);
}

struct vcpu *schedule(struct core *c)
{
    struct vcpu *v;
    __atomic_store_n(&c->current, 0, __ATOMIC_SEQ_CST);
    while (!may_run(v = owner(c))) {
        rest(c);
    }
    __atomic_store_n(&c->current, v, __ATOMIC_SEQ_CST);     /* from here on others tell us; what came before is in incoming */
    sets_follow(v);
    if (c->loaded != v || (c->switching && c->open)) {
        schedule_give(c, v);
    }
    lists_refill(v);                        /* what came while it was away */
    vcpu_take_incoming(v);
    if (c->switching) {
        wait_for_slot(c, v);
    }
    if (!c->open) {
        arch_open(c, v);
        c->open = true;
    }
    return v->active ? v->active : v;
}

/* One of the VMs', for a vCPU of this core that is not loaded, or does not run. */
static void keep_for_owner(struct core *c, uint32_t intid)
{
    uint32_t vm = intid < 32 || intid >= HYP_INTIDS ? HYP_NO_VM : hyp_irq_vm[intid];
    for (uint32_t i = 0; vm != HYP_NO_VM && i < hyp_vms[vm].vcpu_count; i++) {
        struct vcpu *v = &hyp_vcpu_states[hyp_vms[vm].first_vcpu + i];
        if (v->core == c) {
            if (v->domain) {
                semaphore_interrupt(intid);
            } else {
                lists_own(v, intid);
            }
            return;
        }
    }
    if (intid < 32 || place_stray(intid)) {
        WRITE_SYSREG(ICC_DIR_EL1, intid);   /* masked, and its vCPU's when that is loaded; an SPI of a stopped VM's monitor stays active: it does not come again */
    }
}

void schedule_interrupt(struct core *c, uint32_t intid)
{
    if (intid >= HYP_INTIDS) {
        return;                             /* 1023: none is pending any more (GICv3 2.2.1) */
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    if (intid == PPI_ALARM && !c->slot && !c->several) {
        arch_alarm(~0ul);                   /* of a monitor whose VM is stopped */
    } else if (intid == PPI_ALARM) {
        slots_interrupt(c);
    } else if (intid == PPI_MAINTENANCE || intid == SGI_KICK) {
        if (c->loaded) {
            lists_refill(c->loaded);
        }
    } else if (smmu_has(intid)) {
        smmu_interrupt(intid);
    } else {
        keep_for_owner(c, intid);
        return;
    }
    WRITE_SYSREG(ICC_DIR_EL1, intid);
}

bool schedule_may_run(struct vcpu *v) { return may_run(v); }
