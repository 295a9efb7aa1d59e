/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }

/* A module with its hooks: functions that the rest of the runtime calls, and that may answer 0, false or NULL if there is none of it. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *hooks[8];
} modules[] = {
    { "smmu", has_iommu, { "smmu_init", "smmu_interrupt" } },
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
