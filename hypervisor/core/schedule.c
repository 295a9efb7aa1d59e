/* SPDX-License-Identifier: GPL-2.0-or-later
 * Who runs: a core is one vCPU's, or its time is cut into slots by forge's table
 *
 * Slots are at multiples of the major frame since reset, on all cores alike, and none is longer because of what happened in the one before: the
 * alarm of its end comes from the table. A slot whose vCPU sleeps stays its own. What the last slot's vCPU had the hypervisor do at its very end must not be seen in
 * the next slot: that begins SWITCH_TICKS after the alarm, to the instruction, however long the switch has taken.
 */
#include "hyp.h"

#define SWITCH_TICKS 312u               /* 5 us of 62.5 MHz: longer than any path of the hypervisor and a switch together */

static const struct hyp_core *table(const struct core *c) { return &hyp_core_tables[c->id]; }

static struct vcpu *vcpu_of(uint32_t n) { return n < HYP_VCPUS_MAX ? &hyp_vcpu_states[n] : 0; }

static struct vcpu *owner(const struct core *c)
{
    const struct hyp_core *t = table(c);
    return vcpu_of(t->slot_count ? t->slots[c->slot].vcpu : t->vcpu);
}

/* The slot that now is in. */
void schedule_start(struct core *c)
{
    const struct hyp_core *t = table(c);
    if (!t->slot_count) {
        return;
    }
    uint64_t now = arch_now(), end = now - now % t->frame_ticks;
    for (c->slot = 0; (end += t->slots[c->slot].ticks) <= now; c->slot++) {
    }
    c->slot_end = end;
    arch_alarm(end);
}

/* A report takes 8 us, and is not to be seen in the next slot: so at this one's end a fault is not taken, and comes again in the vCPU's next slot. */
#define REPORT_TICKS 625u

bool schedule_has_time(const struct vcpu *v) { return !v->shared || v->core->slot_end > arch_now() + REPORT_TICKS; }

static void next_slot(struct core *c)
{
    const struct hyp_core *t = table(c);
    if (!t->slot_count) {
        arch_alarm(~0ul);                   /* of a monitor whose VM is stopped */
        return;
    }
    c->slot = c->slot + 1 == t->slot_count ? 0 : c->slot + 1;
    arch_alarm(c->slot_end + SWITCH_TICKS);
    c->slot_end += t->slots[c->slot].ticks;
    c->switching = true;
}

/* The vCPU is loaded; its slot begins when the core wakes. */
static void begin_slot(struct core *c)
{
    while (c->switching) {
        uint64_t hcr = READ_SYSREG(ICH_HCR_EL2);
        WRITE_SYSREG(ICH_HCR_EL2, 0);       /* a virtual interrupt that is pending must not end the sleep, as it may on some CPUs (D1.16.2) */
        ISB();
        WFI();
        uint32_t intid = READ_SYSREG(ICC_IAR1_EL1);
        WRITE_SYSREG(ICH_HCR_EL2, hcr);
        schedule_interrupt(c, intid);
    }
}

static bool may_run(struct vcpu *v)
{
    if (!v || (v->vm->stopped && !control_step(v))) {
        return false;
    }
    if (!v->online && __atomic_load_n(&v->starting, __ATOMIC_ACQUIRE)) {
        v->online = true;
        v->starting = false;
        arch_reset_vcpu(v, v->start_entry, v->start_x0);
        if (v->core->loaded == v) {
            v->core->loaded = 0;            /* what the core has of it is old */
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

static void load(struct core *c, struct vcpu *v)
{
    struct vcpu *old = c->loaded;
    if (old == v) {
        return;
    }
    if (old) {
        arch_save(old);
        gic_keep(old);
    }
    c->loaded = v;
    arch_load(v);
    gic_give_back(v);
    if (v->waiting_words) {
        lists_refill(v);                    /* what came while it was away */
    }
}

/* Nobody: the last one's interrupts rest, and the core sleeps. */
static void rest(struct core *c)
{
    struct vcpu *old = c->loaded;
    if (old) {
        arch_save(old);
        gic_keep(old);
        c->loaded = 0;
    }
    WFI();
    schedule_interrupt(c, READ_SYSREG(ICC_IAR1_EL1));
}

struct vcpu *schedule(struct core *c)
{
    struct vcpu *v;
    __atomic_store_n(&c->current, 0, __ATOMIC_SEQ_CST);
    while (!may_run(v = owner(c))) {
        rest(c);
    }
    __atomic_store_n(&c->current, v, __ATOMIC_SEQ_CST);     /* from here on others tell us; what came before is in incoming */
    load(c, v);
    vcpu_take_incoming(v);
    begin_slot(c);
    return v;
}

/* One of the VMs', for a vCPU of this core that is not loaded, or does not run. */
static void keep_for_owner(struct core *c, uint32_t intid)
{
    uint32_t vm = intid < 32 || intid >= HYP_INTIDS ? HYP_NO_VM : hyp_irq_vm[intid];
    for (uint32_t i = 0; vm != HYP_NO_VM && i < hyp_vms[vm].vcpu_count; i++) {
        struct vcpu *v = &hyp_vcpu_states[hyp_vms[vm].first_vcpu + i];
        if (v->core == c) {
            lists_own(v, intid);
            return;
        }
    }
    if (intid < 32) {
        WRITE_SYSREG(ICC_DIR_EL1, intid);   /* masked, and its vCPU's when that is loaded; an SPI of a stopped VM's monitor stays active: it does not come again */
    }
}

void schedule_interrupt(struct core *c, uint32_t intid)
{
    if (intid >= HYP_INTIDS) {
        return;                             /* 1023: none is pending any more (GICv3 2.2.1) */
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    if (intid == PPI_ALARM && c->switching) {
        c->switching = false;
        arch_alarm(c->slot_end);
    } else if (intid == PPI_ALARM) {
        next_slot(c);
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
