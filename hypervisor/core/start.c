/* SPDX-License-Identifier: GPL-2.0-or-later
 * A core comes up: core 0 starts the others, each one runs its vCPUs or is parked
 */
#include "hyp.h"

#define PSCI_CPU_ON 0xc4000003ul    /* PSCI 5.4 */

struct core hyp_cores[HYP_CORES_MAX];

_Static_assert(HYP_CORES_MAX == 8, "start.S");

static void start_others(void)
{
    for (uint32_t i = 1; i < hyp_core_count; i++) {
        int64_t r = smc(PSCI_CPU_ON, i, (uint64_t)hyp_secondary_entry, i);
        if (r) {
            console_print("ingot: core %u does not start: PSCI CPU_ON says -%u: give the board that many cores\n", i, (uint32_t)-r);
        }
    }
}

/* All vCPUs' structs are there before any core runs one: a vCPU may raise interrupts of any other. */
static void start_system(void)
{
    console_print("ingot: system %s, %u cores, %u VMs\n", hyp_system_name, hyp_core_count, hyp_vm_count);
    for (uint32_t i = 0; i < hyp_core_count; i++) {
        hyp_cores[i].id = i;
        hyp_cores[i].gicr = GICR_BASE + i * GICR_STRIDE;
    }
    gic_init_distributor();
    smmu_init();
    for (uint32_t i = 0; i < hyp_vcpu_count; i++) {
        vcpu_init(i);
    }
    semaphore_init();
    domain_init();
    start_others();
}

void hyp_main(uint64_t core_id)
{
    struct core *c = &hyp_cores[core_id];
    const struct hyp_core *t = &hyp_core_tables[core_id];
    arch_init_core(t->slot_count);
    if (core_id == 0) {
        start_system();
    }
    if (t->vcpu >= HYP_VCPUS_MAX && !t->slot_count) {
        arch_park();
    }
    gic_init_core(c);
    slots_start(c);
    arch_resume(schedule(c));
}
