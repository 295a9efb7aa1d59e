/* SPDX-License-Identifier: GPL-2.0-or-later
 * What control.c and supervise.c know of a VM
 */
#ifndef HYP_CONTROL_STATE_H
#define HYP_CONTROL_STATE_H

#include "hyp.h"

#define REGISTER_FAULT_MONITOR (1u << 8)

struct fault {
    uint64_t vcpu, esr, far, ipa;
};

struct control {
    struct lock lock;
    uint32_t phase;             /* PHASE_* */
    uint32_t off;               /* a bit a vCPU: its core has put it away … */
    uint32_t online;            /* … and it was on */
    uint32_t restarts;
    struct fault fault;         /* the last one */
};
extern struct control controls[HYP_VCPUS_MAX];      /* by VM */

static inline struct control *control_of(const struct vcpu *v) { return &controls[v->config - hyp_vms]; }

/* A CONTROL_*, by the supervisor of the VM of v, its first vCPU. False: not in this phase. */
bool control_command(struct vcpu *v, uint64_t command);

#endif
