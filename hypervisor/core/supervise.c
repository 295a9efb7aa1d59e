/* SPDX-License-Identifier: GPL-2.0-or-later
 * A supervisor's hypercalls: it reads and writes the registers of a halted VM, and says how it goes on
 */
#include "control_state.h"

/* The first vCPU of the VM of a capability, or NULL. */
static struct vcpu *controlled(const struct vcpu *v, uint64_t selector)
{
    const struct hyp_cap *cap = selector < v->cap_count ? &v->caps[selector] : 0;
    return cap && (cap->type & 0xff) == CAP_CONTROL ? &hyp_vcpu_states[hyp_vms[cap->number].first_vcpu] : 0;
}

static int64_t of_vm(const struct control *k, uint32_t number, uint64_t *value)
{
    switch (number) {
    case REGISTER_FAULT_VCPU: *value = k->fault.vcpu; return 0;
    case REGISTER_FAULT_ESR: *value = k->fault.esr; return 0;
    case REGISTER_FAULT_FAR: *value = k->fault.far; return 0;
    case REGISTER_FAULT_IPA: *value = k->fault.ipa; return 0;
    case REGISTER_RESTARTS: *value = k->restarts; return 0;
    case REGISTER_PHASE: *value = k->phase; return 0;
    default: return CALL_BAD;
    }
}

static int64_t reg(struct vcpu *first, uint64_t x1, bool write, uint64_t *value)
{
    struct control *k = control_of(first);
    uint64_t vcpu = x1 >> 8;
    if (!write && !vcpu && (x1 & 0xff) >= REGISTER_FAULT_VCPU) {
        return of_vm(k, x1, value);
    }
    if (vcpu >= first->config->vcpu_count) {
        return CALL_BAD;
    }
    lock_take(&k->lock);
    bool halted = k->phase == PHASE_HALTED;         /* only a supervisor's call ends that */
    uint64_t *place = halted ? arch_register(first + vcpu, x1 & 0xff, write ? value : 0) : 0;
    if (place) {
        *(write ? place : value) = *(write ? value : place);
    }
    lock_give(&k->lock);
    return place ? 0 : halted ? CALL_BAD : CALL_NOT_NOW;
}

bool control_call(struct vcpu *v)
{
    uint64_t *x = v->frame.x, call = x[0] & 0xff;
    struct vcpu *first = controlled(v, x[0] >> 8);
    if (!first || call < CALL_REGISTER || call > CALL_CONTROL) {
        return false;
    }
    x[0] = call != CALL_CONTROL ? reg(first, x[1], call == CALL_SET_REGISTER, &x[2]) : x[1] > CONTROL_RESTART ? CALL_BAD : control_command(first, x[1]) ? 0 : CALL_NOT_NOW;
    return true;
}
