/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that has failed: it begins anew, or is halted until its supervisor decides
 *
 * Nothing of a VM's memory is mapped here. What puts it back is a program of forge's choice in a space of its own (vmm/restart.S), which the VM's first vCPU runs on
 * its own core, in its own time, like any other; it ends by PSCI SYSTEM_RESET. Before that each core has put the VM's vCPU away, so nobody else writes.
 */
#include "control_state.h"

struct control controls[HYP_VCPUS_MAX];

/* A core that others share looks when the VM's slot begins: they are not disturbed. */
static void kick_cores(const struct vcpu *first)
{
    for (uint32_t i = 0; i < first->config->vcpu_count; i++) {
        const struct vcpu *v = &first[i];
        if (!v->shared || __atomic_load_n(&v->core->current, __ATOMIC_SEQ_CST) == v) {
            gic_kick(v->core);
        }
    }
}

static bool may_restart(const struct control *k, const struct hyp_control *t) { return t->vttbr && k->restarts < t->limit; }

static void restart(struct vcpu *v, struct control *k, const struct hyp_control *t, const char *reason)
{
    k->phase = PHASE_ENDING;
    k->restarts++;
    gic_disable_vm(v->config);
    console_print("ingot: vm %s: restarts (%u of %u): %s\n", v->config->name, k->restarts, t->limit, reason);
}

static bool decide(struct vcpu *v, struct control *k, enum vm_end why, const char *reason)
{
    const struct hyp_control *t = &hyp_controls[v->config - hyp_vms];
    bool wanted = t->vttbr && (why == VM_RESET || (why == VM_FAULT && t->on_fault));
    if (why == VM_FAULT && t->supervisor < HYP_VCPUS_MAX) {
        k->phase = PHASE_HALTING;
        console_print("ingot: vm %s: halted: %s: vm %s decides\n", v->config->name, reason, hyp_vcpu_states[t->supervisor].config->name);
    } else if (wanted && may_restart(k, t)) {
        restart(v, k, t, reason);
    } else {
        if (wanted) {
            console_print("ingot: vm %s: it has restarted %u times, which is its limit\n", v->config->name, k->restarts);
        }
        k->phase = PHASE_STOPPED;
        return false;
    }
    return true;
}

/* PPIs that the guest itself has set pending: levels come again. They are the core's, so only while no other vCPU has it. */
static void forget_ppis(const struct vcpu *v) { mmio_write32(v->core->gicr + GICR_SGI + GIC_ICPENDR, vgic_owned(v, 0)); }

/* Its memory is as before the first boot: so is the rest now. */
static void begin_anew(struct vcpu *v, struct control *k)
{
    arch_forget(v);
    forget_ppis(v);
    if (v->config->monitor) {
        monitor_reset(v);
    }
    k->phase = PHASE_RUNS;
    k->off = k->online = 0;
    v->vm->stopped = false;
    vcpu_start(v, v->config->entry_ipa, v->config->boot_x0);
}

/* The VM is marked as stopped already; the caller turns this vCPU off and kicks the cores of the others. */
bool control_stop(struct vcpu *v, enum vm_end why, const char *reason)
{
    struct control *k = control_of(v);
    bool handled = true;
    lock_take(&k->lock);
    if (why == VM_FAULT) {
        k->fault = (struct fault){ v->index | (arch_vcpu() == v ? 0 : REGISTER_FAULT_MONITOR), READ_SYSREG(esr_el2), READ_SYSREG(far_el2), arch_fault_ipa() };
    }
    if (k->phase == PHASE_LOADING && why == VM_RESET) {
        begin_anew(v, k);
    } else if (k->phase == PHASE_RUNS || k->phase == PHASE_HALTING || k->phase == PHASE_LOADING) {
        k->online |= 1u << v->index;
        handled = decide(v, k, why, reason);
    }
    lock_give(&k->lock);
    return handled;
}

/* From here on its registers are in its struct, and its interrupts are off. */
static void put_away(struct vcpu *v, struct control *k)
{
    struct core *c = v->core;
    if (c->loaded == v) {
        schedule_give(c, 0);
    }
    if (k->phase == PHASE_ENDING && !v->shared) {
        forget_ppis(v);
        arch_forget_debug();
    }
    k->online |= (uint32_t)v->online << v->index;
    v->online = false;                      /* slots.S does not ask for more */
    k->off |= 1u << v->index;
}

/* All vCPUs are put away. True: v runs the program that puts the VM's memory back. */
static bool all_off(struct vcpu *v, struct control *k)
{
    const struct hyp_control *t = &hyp_controls[v->config - hyp_vms];
    if (k->phase == PHASE_HALTING) {
        k->phase = PHASE_HALTED;
        vcpu_raise(&hyp_vcpu_states[t->supervisor], t->intid);
        return false;
    }
    if (v->index) {
        gic_kick(hyp_vcpu_states[v->config->first_vcpu].core);
        return false;
    }
    forget_vm(v);
    arch_reset_vcpu(v, RESTART_TEXT, 0);
    v->active = 0;
    v->away = v->config->flags & VM_MOVES;
    v->state.vttbr = t->vttbr;
    v->online = true;
    k->phase = PHASE_LOADING;
    return true;
}

/* On the first vCPU's core, which the others wait for. */
static void resume(struct vcpu *v, struct control *k)
{
    for (uint32_t bits = k->online; bits; bits &= bits - 1) {
        hyp_vcpu_states[v->config->first_vcpu + __builtin_ctz(bits)].online = true;
    }
    if (v->config->monitor) {
        monitor_resume(v);
    }
    k->phase = PHASE_RUNS;
    k->off = k->online = 0;
    v->vm->stopped = false;
    for (uint32_t i = 1; i < v->config->vcpu_count; i++) {
        gic_kick(v[i].core);
    }
}

bool control_halting(const struct vcpu *v) { return control_of(v)->phase == PHASE_HALTING; }

bool control_step(struct vcpu *v)
{
    struct control *k = control_of(v);
    lock_take(&k->lock);
    bool runs = k->phase == PHASE_LOADING && v->index == 0;
    if (k->phase == PHASE_RESUMING && v->index == 0) {
        resume(v, k);
        runs = true;
    } else if (k->phase == PHASE_HALTING || k->phase == PHASE_ENDING) {
        put_away(v, k);                     /* never while its monitor runs (monitor_interrupted) */
        runs = k->off == (1u << v->config->vcpu_count) - 1 && all_off(v, k);
    }
    lock_give(&k->lock);
    return runs;
}

/* By a supervisor, on its core. */
bool control_command(struct vcpu *v, uint64_t command)
{
    const struct hyp_control *t = &hyp_controls[v->config - hyp_vms];
    struct control *k = control_of(v);
    bool done = true;
    lock_take(&k->lock);
    if (command == CONTROL_RESUME && k->phase == PHASE_HALTED) {
        k->phase = PHASE_RESUMING;
        console_print("ingot: vm %s: resumes\n", v->config->name);
    } else if (command == CONTROL_HALT && k->phase == PHASE_RUNS) {
        v->vm->stopped = true;
        k->phase = PHASE_HALTING;
    } else if (command == CONTROL_RESTART && k->phase != PHASE_ENDING && k->phase != PHASE_LOADING && k->phase != PHASE_RESUMING && may_restart(k, t)) {
        v->vm->stopped = true;
        restart(v, k, t, "its supervisor says so");
    } else {
        done = false;
    }
    lock_give(&k->lock);
    if (done) {
        kick_cores(v);
    }
    return done;
}
