/* SPDX-License-Identifier: GPL-2.0-or-later
 * Hypercalls: each names by a selector what it acts on, and has no other power
 */
#include "hyp.h"

const struct hyp_cap *capability(const struct vcpu *v, uint64_t selector, uint32_t type)
{
    const struct hyp_cap *cap = selector < v->cap_count ? &v->caps[selector] : 0;
    return cap && (cap->type & 0xff) == type ? cap : 0;
}

static int64_t raise(struct vcpu *v, uint64_t selector)
{
    const struct hyp_cap *cap = capability(v, selector, CAP_VIRQ);
    if (!cap) {
        return CALL_BAD;
    }
    vcpu_raise(&hyp_vcpu_states[cap->number], cap->type >> 16);
    return 0;
}

static int64_t lower(struct vcpu *v, uint64_t selector)
{
    const struct hyp_cap *cap = capability(v, selector, CAP_VIRQ);
    if (!cap || v->core->loaded != &hyp_vcpu_states[cap->number]) {
        return CALL_BAD;                /* another core's list registers cannot be reached */
    }
    lists_clear_pending(v->core->loaded, (cap->type >> 16) / 32, 1u << (cap->type >> 16) % 32);
    return 0;
}

int64_t hypercall(struct vcpu *v, uint64_t x0)
{
    switch (x0 & 0xff) {
    case CALL_RAISE:
        return raise(v, x0 >> 8);
    case CALL_LOWER:
        return lower(v, x0 >> 8);
    default:
        return CALL_BAD;
    }
}

static int64_t semaphore(struct vcpu *v, uint64_t x0, uint32_t right)
{
    const struct hyp_cap *cap = capability(v, x0 >> 8, CAP_SEMAPHORE);
    if (!cap || !(cap->type & right)) {
        return CALL_BAD;
    }
    return right == RIGHT_UP ? semaphore_up(cap->number) : semaphore_down(v, cap->number, v->frame.x[1]);
}

struct vcpu *hypercall_switching(struct vcpu *v)
{
    uint64_t x0 = v->frame.x[0];
    const struct hyp_cap *portal;
    int64_t result = CALL_BAD;
    if ((x0 & 0xff) == CALL_PORTAL && (portal = capability(v, x0 >> 8, CAP_PORTAL))) {
        return domain_call(v, portal);
    }
    switch (x0 & 0xff) {
    case CALL_UP:
        result = semaphore(v, x0, RIGHT_UP);
        break;
    case CALL_DOWN:
        result = semaphore(v, x0, RIGHT_DOWN);
        break;
    case CALL_SET:
        v->frame.x[0] = CALL_BAD;           /* if nobody says otherwise */
        return sets_call(x0 >> 8, v);
    case CALL_PLACE:
        v->frame.x[0] = CALL_BAD;
        return place_call(x0 >> 8, v);
    default:
        if (control_call(v)) {
            return v;
        }
    }
    v->frame.x[0] = result;
    return v->online || v->domain ? v : schedule(v->core);
}
