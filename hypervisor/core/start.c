/* SPDX-License-Identifier: GPL-2.0-or-later
 * A core comes up: core 0 starts the others, each one starts its VM or is parked
 */
#include <stddef.h>

#include "hyp.h"

#define PSCI_CPU_ON 0xc4000003ul    /* PSCI 5.4 */

struct core hyp_cores[HYP_CORES_MAX];

_Static_assert(offsetof(struct core, route) == 0 && offsetof(struct core, id) == CORE_ID, "layout.h");
_Static_assert(HYP_INTIDS <= CORE_ROUTES && sizeof(struct trap_frame) == TRAP_FRAME && HYP_CORES_MAX == 8, "layout.h");

static void start_others(void)
{
    for (uint32_t i = 1; i < hyp_core_count; i++) {
        int64_t r = smc(PSCI_CPU_ON, i, (uint64_t)hyp_secondary_entry, i);
        if (r) {
            console_print("ingot: core %u does not start: PSCI CPU_ON says -%u: give the board that many cores\n", i, (uint32_t)-r);
        }
    }
}

void hyp_main(uint64_t core_id)
{
    struct core *c = &hyp_cores[core_id];
    c->id = core_id;
    c->gicr = GICR_BASE + core_id * GICR_STRIDE;
    arch_set_core(c);
    arch_init_core();
    if (core_id == 0) {
        console_print("ingot: system %s, %u cores, %u VMs\n", hyp_system_name, hyp_core_count, hyp_vm_count);
        gic_init_distributor();
        smmu_init();
        start_others();
    }
    if (hyp_core_vm[core_id] == HYP_NO_VM) {
        arch_park();
    }
    c->vm = &hyp_vms[hyp_core_vm[core_id]];
    arch_init_guest(c->vm->vttbr);
    gic_init_core(c);
    console_print("ingot: vm %s: starts on core %u\n", c->vm->name, c->id);
    arch_enter_guest(c->vm->entry_ipa, c->vm->boot_x0);
}
