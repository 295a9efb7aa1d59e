/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
static bool has_direct(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].direct) {
            return true;
        }
    }
    return false;
}
static bool has_pmu(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].pmu) {
            return true;
        }
    }
    return false;
}
static bool has_owner(const struct system *s) { return has_direct(s) || has_pmu(s); }
static bool has_monitor(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line) {
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
    { "direct", has_direct, { "direct_sysreg", "direct_reset" } },
    { "pmu", has_pmu, { "pmu_sysreg", "pmu_reset" } },
};

/* Functions that modules stand before (INSTEAD_OF in hypervisor/include/hyp.h): each of one module at most. */
static const struct {
    bool (*used)(const struct system *s);
    const char *functions[24];
} instead[] = {
    { has_owner, { "sysreg_trap", "arch_reset_vcpu" } },
    { has_direct, { "gic_init_core", "gic_claim", "gic_kick", "gic_disable_vm", "arch_park", "schedule", "trap_interrupt", "trap_sync", "trap_device", "trap_vgic",
      "hypercall", "vcpu_raise", "lists_clear_pending", "lists_refill", "vgic_bits", "vgic_priorities" } },
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
