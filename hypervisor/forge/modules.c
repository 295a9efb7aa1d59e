/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

#include <string.h>

#define ANY_VM(name, condition) \
    static bool name(const struct system *s) \
    { \
        for (const struct system_vm *vm = s->vms; vm < s->vms + s->vm_count; vm++) { \
            if (condition) { \
                return true; \
            } \
        } \
        return false; \
    }
ANY_VM(has_capability, vm->signal_count || vm->capability_count || vm->monitor.line || vm->supervisor.line || vm->switch_count || vm->move_count)      /* a monitor has those for its VM's interrupts */
ANY_VM(has_domain, vm->domain)
ANY_VM(has_monitor, vm->monitor.line)
ANY_VM(has_supervisor, vm->supervisor.line)
ANY_VM(has_control, vm->restart.line || vm->supervisor.line)
ANY_VM(has_abort, vm->outside_aborts)
ANY_VM(has_direct, vm->direct)
ANY_VM(has_pmu, vm->pmu)
ANY_VM(has_several, vm->core_count > 1)
static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
static bool has_semaphore(const struct system *s) { return s->semaphore_count; }

static bool has_owner(const struct system *s) { return has_direct(s) || has_pmu(s); }
static bool has_slots(const struct system *s)
{
    for (unsigned core = 0; core < SYSTEM_CORES_MAX; core++) {
        if (s->schedules[core].slot_count) {
            return true;
        }
    }
    return false;
}
static bool has_priority(const struct system *s)
{
    for (unsigned core = 0; core < SYSTEM_CORES_MAX; core++) {
        for (size_t i = 0; i < s->schedules[core].slot_count; i++) {
            if (s->schedules[core].slots[i].vm_count > 1) {
                return true;
            }
        }
    }
    return false;
}

#define NONE "mov x0, #0\n    ret"
#define BAD_CALL "mov x0, #-1\n    ret"
#define BAD_FRAME "mov x1, #-1\n    str x1, [x0]\n    ret"     /* x0 of the vCPU is CALL_BAD, and it goes on */
#define ANY_IRQ "b irq_any"
#define SECOND "mov x0, x1\n    ret"                        /* its second argument */

/* A module with its hooks: functions that the rest of the runtime calls, or labels that it jumps to, and what happens there if there is none of it. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *answer, *hooks[16];
} modules[] = {
    { "smmu", has_iommu, NONE, { "smmu_init", "smmu_interrupt" } },
    { "slots", has_slots, NONE, { "slots_start", "slots_owner", "slots_interrupt", "slots_begin" } },
    { "priority", has_priority, NONE, { "priority_begin", "priority_end", "priority_owner", "priority_alarm", "priority_sleep" } },
    { "slots", has_slots, ANY_IRQ, { "slots_alarm" } },
    { "hypercall", has_capability, BAD_CALL, { "hypercall" } },
    { "hypercall", has_capability, BAD_FRAME, { "hypercall_switching" } },
    { "domain", has_domain, NONE, { "domain_init", "domain_start", "domain_call", "domain_trap", "domain_leave_core", "domain_enter_core" } },
    { "semaphore", has_semaphore, NONE, { "semaphore_init", "semaphore_up", "semaphore_down", "semaphore_interrupt" } },
    { "monitor", has_monitor, NONE, { "monitor_init", "monitor_access", "monitor_call", "monitor_after_call", "monitor_crash", "monitor_interrupt", "monitor_owns", "monitor_reset",
      "monitor_resume", "monitor_interrupted" } },
    { "decode", has_monitor, NONE, { "decode_access", "decode_reply" } },
    { "control", has_control, NONE, { "control_stop", "control_step", "control_halting" } },
    { "supervise", has_supervisor, NONE, { "control_call" } },
    { "sets", forge_has_sets, NONE, { "sets_follow" } },
    { "sets", forge_has_sets, SECOND, { "sets_call" } },
    { "place", forge_has_placements, NONE, { "place_stray" } },
    { "place", forge_has_placements, SECOND, { "place_owner", "place_call" } },
    { "abort", has_abort, NONE, { "arch_abort" } },
    { "several", has_several, NONE, { "vgic_ask", "vgic_answer" } },
    { "direct", has_direct, NONE, { "direct_sysreg", "direct_reset" } },
    { "pmu", has_pmu, NONE, { "pmu_sysreg", "pmu_reset" } },
};

/* Functions that modules stand before (INSTEAD_OF in hypervisor/include/hyp.h): each of one module at most. */
static const struct {
    bool (*used)(const struct system *s);
    const char *functions[24];
} instead[] = {
    { has_owner, { "sysreg_trap", "arch_reset_vcpu" } },
    { has_direct, { "gic_init_core", "gic_claim", "gic_kick", "gic_disable_vm", "arch_park", "schedule", "trap_interrupt", "trap_sync", "trap_device", "trap_vgic",
      "hypercall", "hypercall_switching", "vcpu_raise", "lists_clear_pending", "lists_refill", "vgic_bits", "vgic_priorities" } },
};

void forge_modules(FILE *out, const struct system *s)
{
    static const char *const answers[] = { NONE, BAD_CALL, BAD_FRAME, ANY_IRQ, SECOND };
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use */\n    .file \"modules.S\"\n", s->name);
    for (size_t a = 0; a < sizeof answers / sizeof answers[0]; a++) {
        fprintf(out, "    .section .text.none%zu, \"ax\"\n", a);
        for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
            for (size_t k = 0; !strcmp(modules[i].answer, answers[a]) && !modules[i].used(s) && modules[i].hooks[k]; k++) {
                fprintf(out, "    .global %s\n%s:    /* %s */\n", modules[i].hooks[k], modules[i].hooks[k], modules[i].name);
            }
        }
        fprintf(out, "    %s\n", answers[a]);
    }
}

char *forge_wraps(const struct system *s)
{
    char *options = NULL;
    size_t size;
    FILE *out = open_memstream(&options, &size);
    fprintf(out, "-Wl,--gc-sections");
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++) {
        for (size_t k = 0; instead[i].used(s) && instead[i].functions[k]; k++) {
            fprintf(out, ",--wrap=%s", instead[i].functions[k]);
        }
    }
    fclose(out);
    return options;
}
