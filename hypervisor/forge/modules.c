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

static bool has_abort(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].outside_aborts) {
            return true;
        }
    }
    return false;
}

static bool has_several(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].core_count > 1) {
            return true;
        }
    }
    return false;
}

/* A module with its hooks: functions that the rest of the runtime calls, and that may answer 0, false or NULL if there is none of it. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *hooks[8];
} modules[] = {
    { "smmu", has_iommu, { "smmu_init", "smmu_interrupt" } },
    { "monitor", has_monitor, { "monitor_init", "monitor_access", "monitor_call", "monitor_crash", "monitor_interrupt", "monitor_owns" } },
    { "decode", has_monitor, { "decode_access", "decode_reply" } },
    { "abort", has_abort, { "arch_abort" } },
    { "several", has_several, { "vgic_ask", "vgic_answer" } },
};

void forge_modules(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use */\n    .file \"modules.S\"\n", s->name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        for (size_t k = 0; !modules[i].used(s) && modules[i].hooks[k]; k++) {
            fprintf(out, "    .section .text.no_%s, \"ax\"\n    .global %s\n%s:\n    mov x0, #0\n    ret\n", modules[i].name, modules[i].hooks[k], modules[i].hooks[k]);
        }
    }
}
