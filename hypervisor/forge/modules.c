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

/* A module with its hooks: functions that the rest of the runtime calls, and that may answer 0, false or NULL if there is none of it; or, those of `passes`, their second
 * argument. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *hooks[8], *passes[3];      /* the last of each is NULL */
} modules[] = {
    { "smmu", has_iommu, { "smmu_init", "smmu_interrupt" }, { NULL } },
    { "monitor", has_monitor, { "monitor_init", "monitor_access", "monitor_call", "monitor_crash", "monitor_interrupt", "monitor_owns" }, { NULL } },
    { "sets", forge_has_sets, { "sets_follow" }, { "sets_call" } },
    { "place", forge_has_placements, { "place_stray" }, { "place_owner", "place_call" } },
};

static void hooks(FILE *out, const char *const *names)
{
    for (; *names; names++) {
        fprintf(out, "    .global %s\n%s:\n", *names, *names);
    }
}

void forge_modules(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use */\n    .file \"modules.S\"\n    .section .text.no_module, \"ax\"\n", s->name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        if (!modules[i].used(s)) {
            hooks(out, modules[i].hooks);
        }
    }
    fprintf(out, "    mov x0, #0\n    ret\n    .section .text.no_other, \"ax\"\n");
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        if (!modules[i].used(s)) {
            hooks(out, modules[i].passes);
        }
    }
    fprintf(out, "    mov x0, x1\n    ret\n");
}
