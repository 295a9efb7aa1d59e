/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

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
ANY_VM(has_capability, vm->signal_count || vm->capability_count || vm->monitor.line)      /* a monitor has those for its VM's interrupts */
ANY_VM(has_domain, vm->domain)
ANY_VM(has_monitor, vm->monitor.line)
ANY_VM(has_abort, vm->outside_aborts)
ANY_VM(has_several, vm->core_count > 1)
static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
static bool has_semaphore(const struct system *s) { return s->semaphore_count; }

#define NONE "mov x0, #0"
#define BAD_CALL "mov x0, #-1"
#define BAD_FRAME "mov x1, #-1\n    str x1, [x0]"          /* x0 of the vCPU is CALL_BAD, and it goes on */

/* A module with its hooks: functions that the rest of the runtime calls, and what they do if there is none of it. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *instead;
    const char *hooks[8];
} modules[] = {
    { "smmu", has_iommu, NONE, { "smmu_init", "smmu_interrupt" } },
    { "hypercall", has_capability, BAD_CALL, { "hypercall" } },
    { "hypercall", has_capability, BAD_FRAME, { "hypercall_switching" } },
    { "domain", has_domain, NONE, { "domain_init", "domain_start", "domain_call", "domain_trap", "domain_leave_core", "domain_enter_core" } },
    { "semaphore", has_semaphore, NONE, { "semaphore_init", "semaphore_up", "semaphore_down", "semaphore_interrupt" } },
    { "monitor", has_monitor, NONE, { "monitor_init", "monitor_access", "monitor_call", "monitor_crash", "monitor_interrupt", "monitor_owns" } },
    { "abort", has_abort, NONE, { "arch_abort" } },
    { "several", has_several, NONE, { "vgic_ask", "vgic_answer" } },
};

void forge_modules(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use */\n    .file \"modules.S\"\n", s->name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        for (size_t k = 0; !modules[i].used(s) && modules[i].hooks[k]; k++) {
            fprintf(out, "    .section .text.no_%s, \"ax\"\n    .global %s\n%s:\n    %s\n    ret\n", modules[i].name, modules[i].hooks[k], modules[i].hooks[k],
                    modules[i].instead);
        }
    }
}
