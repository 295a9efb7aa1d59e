/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
/* Somebody has a capability. A monitor has those for its VM's interrupts. */
static bool has_capability(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].signal_count || s->vms[v].capability_count || s->vms[v].monitor.line) {
            return true;
        }
    }
    return false;
}
static bool has_semaphore(const struct system *s) { return s->semaphore_count; }
static bool has_domain(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].domain) {
            return true;
        }
    }
    return false;
}
static bool has_monitor(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line) {
            return true;
        }
    }
    return false;
}

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
