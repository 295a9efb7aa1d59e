/* SPDX-License-Identifier: GPL-2.0-or-later
 * PSCI 1.0 of a VM (Arm DEN 0022), by HVC or SMC, and the SMCCC calls that come before it
 */
#include "hyp.h"

enum { SUCCESS = 0, NOT_SUPPORTED = -1, INVALID_PARAMETERS = -2, ALREADY_ON = -4, ON_PENDING = -5, INVALID_ADDRESS = -9 };

enum {
    PSCI_VERSION = 0x84000000, PSCI_CPU_SUSPEND = 0x84000001, PSCI_CPU_OFF = 0x84000002, PSCI_CPU_ON = 0x84000003,
    PSCI_AFFINITY_INFO = 0x84000004, PSCI_MIGRATE_INFO_TYPE = 0x84000006, PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009, PSCI_FEATURES = 0x8400000a, SMCCC_VERSION = 0x80000000, SMCCC_ARCH_FEATURES = 0x80000001,
};
#define SMC64 0x40000000u
#define SUSPEND_POWERDOWN (1u << 16)     /* PSCI 5.4.2: StateType of power_state */

/* Functions that have a number for 64-bit arguments too (5.2) have it in the same place; others are none with it. */
static uint32_t function_of(uint32_t id)
{
    switch (id & ~SMC64) {
    case PSCI_CPU_SUSPEND: case PSCI_CPU_ON: case PSCI_AFFINITY_INFO:
        return id & ~SMC64;
    default:
        return id;
    }
}

static bool known(uint32_t id)
{
    switch (function_of(id)) {
    case PSCI_VERSION: case PSCI_CPU_SUSPEND: case PSCI_CPU_OFF: case PSCI_CPU_ON: case PSCI_AFFINITY_INFO:
    case PSCI_MIGRATE_INFO_TYPE: case PSCI_SYSTEM_OFF: case PSCI_SYSTEM_RESET: case PSCI_FEATURES: case SMCCC_VERSION:
        return true;
    default:
        return false;
    }
}

/* MPIDR of a vCPU: 0.0.0.n. NULL: there is none. */
static struct vcpu *target_of(const struct vcpu *v, uint64_t mpidr)
{
    return mpidr < v->config->vcpu_count ? &hyp_vcpu_states[v->config->first_vcpu + mpidr] : 0;
}

/* One that turns another on at a time: the flag is taken before the rest is written. */
static struct lock on_lock;

static int64_t cpu_on(struct vcpu *v, uint64_t mpidr, uint64_t entry, uint64_t context)
{
    struct vcpu *target = target_of(v, mpidr);
    int64_t result = SUCCESS;
    if (!target) {
        return INVALID_PARAMETERS;
    }
    if (entry - v->config->ram_ipa >= v->config->ram_size || entry & 3) {
        return INVALID_ADDRESS;
    }
    lock_take(&on_lock);
    if (target->starting) {
        result = ON_PENDING;
    } else if (target->online) {
        result = ALREADY_ON;
    } else {
        vcpu_start(target, entry, context);
    }
    lock_give(&on_lock);
    return result;
}

static int64_t affinity_info(struct vcpu *v, uint64_t mpidr, uint64_t level)
{
    const struct vcpu *target = target_of(v, mpidr);
    return level || !target ? INVALID_PARAMETERS : target->starting ? 2 : target->online ? 0 : 1;
}

static int64_t suspend(const struct vcpu *v, uint32_t state)
{
    if (state & SUSPEND_POWERDOWN) {
        return INVALID_PARAMETERS;              /* there is no such state to enter */
    }
    /* Stand-by: the core sleeps at EL2 until its next interrupt, which the guest takes when it goes on (5.1). One that
     * the guest has already would not wake it. In a slot of several, others have its time meanwhile. */
    if (lists_empty() && !v->core->several) {
        WFI();
    }
    return SUCCESS;
}

bool psci_call(struct vcpu *v)
{
    uint32_t id = v->frame.x[0], function = function_of(id);
    uint64_t mask = id & SMC64 ? ~0ul : 0xffffffff;             /* SMCCC 2.6: a 32-bit call has 32-bit arguments */
    uint64_t x1 = v->frame.x[1] & mask, x2 = v->frame.x[2] & mask, x3 = v->frame.x[3] & mask;
    int64_t result = NOT_SUPPORTED;

    switch (function) {
    case PSCI_VERSION:
        result = 0x10000;
        break;
    case SMCCC_VERSION:
        result = 0x10001;
        break;
    case SMCCC_ARCH_FEATURES:
        result = (uint32_t)x1 == SMCCC_VERSION || (uint32_t)x1 == SMCCC_ARCH_FEATURES ? SUCCESS : NOT_SUPPORTED;
        break;
    case PSCI_FEATURES:
        result = known(x1) ? SUCCESS : NOT_SUPPORTED;
        break;
    case PSCI_CPU_SUSPEND:
        result = suspend(v, x1);
        break;
    case PSCI_CPU_ON:
        result = cpu_on(v, x1, x2, x3);
        break;
    case PSCI_AFFINITY_INFO:
        result = affinity_info(v, x1, x2);
        break;
    case PSCI_MIGRATE_INFO_TYPE:
        result = 2;         /* no Trusted OS */
        break;
    case PSCI_CPU_OFF:
        if (v->config->vcpu_count == 1) {
            vm_stop(v, VM_OFF, "its only CPU was turned off (PSCI CPU_OFF)");
        } else {
            vcpu_stop(v);
        }
        return false;
    case PSCI_SYSTEM_OFF:
        vm_stop(v, VM_OFF, "it turned itself off (PSCI SYSTEM_OFF)");
        return false;
    case PSCI_SYSTEM_RESET:
        vm_stop(v, VM_RESET, "it asked for a reset (PSCI SYSTEM_RESET)");
        return false;
    }
    v->frame.x[0] = result;
    return function == PSCI_CPU_SUSPEND && result == SUCCESS && v->core->several;
}
