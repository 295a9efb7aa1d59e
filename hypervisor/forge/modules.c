/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's modules: which of them a system uses
 *
 * The linker takes from libhyp.a what is called. What a module that is not used is called by ends here, in a function that only
 * returns 0, so that the module stays away; with it goes what only it calls (--gc-sections).
 */
#include "forge.h"

#include <string.h>

static bool has_iommu(const struct system *s) { return s->hyp_iommu >= 0; }
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
static bool has_monitor(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line) {
            return true;
        }
    }
    return false;
}

/* A module with its hooks: functions that the rest of the runtime calls, and that may answer 0, false or NULL if there is none of it; or label:other,
 * where assembly jumps to, and where it goes then. */
static const struct {
    const char *name;
    bool (*used)(const struct system *s);
    const char *hooks[8];
} modules[] = {
    { "smmu", has_iommu, { "smmu_init", "smmu_interrupt" } },
    { "slots", has_slots, { "slots_start", "slots_owner", "slots_interrupt", "slots_begin", "slots_alarm:irq_any" } },
    { "priority", has_priority, { "priority_begin", "priority_end", "priority_owner", "priority_alarm", "priority_sleep" } },
    { "monitor", has_monitor, { "monitor_init", "monitor_access", "monitor_call", "monitor_crash", "monitor_interrupt", "monitor_owns" } },
};

void forge_modules(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: hooks of the modules that it does not use */\n    .file \"modules.S\"\n", s->name);
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        for (size_t k = 0; !modules[i].used(s) && modules[i].hooks[k]; k++) {
            const char *hook = modules[i].hooks[k], *other = strchr(hook, ':');
            int len = other ? (int)(other - hook) : (int)strlen(hook);
            fprintf(out, "    .section .text.no_%s, \"ax\"\n    .global %.*s\n%.*s:\n", modules[i].name, len, hook, len, hook);
            fprintf(out, other ? "    b %s\n" : "    mov x0, #0\n    ret\n", other ? other + 1 : "");
        }
    }
}
