/* SPDX-License-Identifier: GPL-2.0-or-later
 * PSCI 1.0 for a VM of one CPU (Arm DEN 0022), by HVC or SMC, and the SMCCC calls that come before it
 */
#include "hyp.h"

#define PSCI_SUCCESS 0l
#define PSCI_NOT_SUPPORTED -1l
#define PSCI_INVALID_PARAMETERS -2l
#define PSCI_ALREADY_ON -4l

enum {
    PSCI_VERSION = 0x84000000, PSCI_CPU_SUSPEND = 0x84000001, PSCI_CPU_OFF = 0x84000002, PSCI_CPU_ON = 0x84000003,
    PSCI_AFFINITY_INFO = 0x84000004, PSCI_MIGRATE_INFO_TYPE = 0x84000006, PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009, PSCI_FEATURES = 0x8400000a, SMCCC_VERSION = 0x80000000, SMCCC_ARCH_FEATURES = 0x80000001,
};
#define SMC64 0x40000000u
#define SUSPEND_POWERDOWN (1u << 16)     /* PSCI 5.4.2: StateType of power_state */

/* DEN 0022 5.1: only functions that take an address or an MPIDR have a 64-bit number too. */
static bool is_number(uint32_t function)
{
    uint32_t f = function & ~SMC64;
    return f == function || f == PSCI_CPU_SUSPEND || f == PSCI_CPU_ON || f == PSCI_AFFINITY_INFO;
}

static bool known(uint32_t function)
{
    if (!is_number(function)) {
        return false;
    }
    switch (function & ~SMC64) {
    case PSCI_VERSION: case PSCI_CPU_SUSPEND: case PSCI_CPU_OFF: case PSCI_CPU_ON: case PSCI_AFFINITY_INFO:
    case PSCI_MIGRATE_INFO_TYPE: case PSCI_SYSTEM_OFF: case PSCI_SYSTEM_RESET: case PSCI_FEATURES: case SMCCC_VERSION:
        return true;
    default:
        return false;
    }
}

void psci_call(struct core *c, struct trap_frame *f)
{
    uint32_t function = f->x[0];
    int64_t result = PSCI_NOT_SUPPORTED;

    switch (is_number(function) ? function & ~SMC64 : ~0u) {
    case PSCI_VERSION:
        result = 0x10000;
        break;
    case SMCCC_VERSION:
        result = 0x10001;
        break;
    case SMCCC_ARCH_FEATURES:
        result = (uint32_t)f->x[1] == SMCCC_VERSION || (uint32_t)f->x[1] == SMCCC_ARCH_FEATURES ? 0 : PSCI_NOT_SUPPORTED;
        break;
    case PSCI_FEATURES:
        result = known(f->x[1]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
        break;
    case PSCI_CPU_SUSPEND:
        if (f->x[1] & SUSPEND_POWERDOWN) {
            result = PSCI_INVALID_PARAMETERS;       /* there is no such state to enter */
            break;
        }
        /* Stand-by: the core sleeps at EL2 until its next interrupt, which the guest takes when it goes on (5.1). One that
         * the guest has already would not wake it. */
        if (lists_empty()) {
            WFI();
        }
        result = PSCI_SUCCESS;
        break;
    case PSCI_CPU_ON:
        result = f->x[1] == 0 ? PSCI_ALREADY_ON : PSCI_INVALID_PARAMETERS;
        break;
    case PSCI_AFFINITY_INFO:
        result = f->x[1] == 0 ? 0 : PSCI_INVALID_PARAMETERS;
        break;
    case PSCI_MIGRATE_INFO_TYPE:
        result = 2;         /* no Trusted OS */
        break;
    case PSCI_CPU_OFF:
        vm_stop(c, "its only CPU was turned off (PSCI CPU_OFF)");
    case PSCI_SYSTEM_OFF:
        vm_stop(c, "it turned itself off (PSCI SYSTEM_OFF)");
    case PSCI_SYSTEM_RESET:
        vm_stop(c, "it asked for a reset (PSCI SYSTEM_RESET), which stops a VM in this version");
    }
    f->x[0] = result;
}
