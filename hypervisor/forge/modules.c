/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
static bool has_monitor(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line) {
            return true;
        }
    }
    return false;
}

static bool has_supervisor(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].supervisor.line) {
            return true;
        }
    }
    return false;
}
static bool has_control(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].restart.line) {
            return true;
        }
    }
    return has_supervisor(s);
}

/* A module with its hooks: functions that the rest of the runtime calls, and that may answer 0, false or NULL if there is none of it. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *hooks[16];
} modules[] = {
    { "smmu", has_iommu, { "smmu_init", "smmu_interrupt" } },
    { "monitor", has_monitor, { "monitor_init", "monitor_access", "monitor_call", "monitor_crash", "monitor_interrupt", "monitor_owns", "monitor_reset", "monitor_resume", "monitor_interrupted" } },
    { "control", has_control, { "control_stop", "control_step", "control_halting" } },
    { "supervise", has_supervisor, { "control_call" } },
};

void forge_modules(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use, all of them one function */\n    .file \"modules.S\"\n    .section .text.none, \"ax\"\n", s->name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        for (size_t k = 0; !modules[i].used(s) && modules[i].hooks[k]; k++) {
            fprintf(out, "    .global %s\n%s:    /* %s */\n", modules[i].hooks[k], modules[i].hooks[k], modules[i].name);
        }
    }
    fprintf(out, "    mov x0, #0\n    ret\n");
}
