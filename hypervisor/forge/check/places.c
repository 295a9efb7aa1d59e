/* SPDX-License-Identifier: GPL-2.0-or-later
 * Placements: of each VM that has some, where it begins, then those of the XML
 */
#include "check.h"

#include <string.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/tables.h"

bool places_brings(const struct wanted_vm *vm, unsigned vcpu, unsigned core)
{
    for (size_t k = 0; k < vm->placements.count; k++) {
        if (vm->placements.list[k].cores[vcpu] == core) {
            return true;
        }
    }
    return false;
}

/* Without a name: where it begins. */
bool places_granted(const struct wanted *w, const struct wanted_grant *g, uint32_t type, uint32_t number)
{
    for (size_t v = 0, n = 0; v < w->vm_count; v++) {
        const struct wanted_places *p = &w->vms[v].placements;
        for (size_t k = 0; p->count && k <= p->count; k++, n++) {
            if (!strcmp(w->vms[v].name, g->vm) && !strcmp(k ? p->list[k - 1].name : "", g->what)) {
                return type == CAP_PLACEMENT && number == n;
            }
        }
    }
    return false;
}

void places_check(const struct image *i, const struct wanted *w)
{
    for (size_t v = 0, n = 0; v < w->vm_count; v++) {
        const struct wanted_vm *vm = &w->vms[v];
        for (size_t k = 0; vm->placements.count && k <= vm->placements.count; k++, n++) {
            struct hyp_placement is;
            const unsigned *cores = k ? vm->placements.list[k - 1].cores : vm->cores;
            const char *name = k ? vm->placements.list[k - 1].name : "where it begins";
            if (!image_constant(i, "hyp_placements", n * sizeof is, &is, sizeof is)) {
                return;
            }
            if (is.vm != v) {
                differs(vm->line, "placement '%s' of vm '%s' is VM %u's in the image, and not %zu's", name, vm->name, is.vm, v);
            }
            for (unsigned c = 0; c < HYP_CORES_MAX; c++) {
                unsigned wanted = c < vm->core_count ? cores[c] : 0;
                if (is.cores[c] != wanted) {
                    differs(vm->line, "placement '%s' of vm '%s' has vCPU %u on core %u in the image, and not on %u", name, vm->name, c, is.cores[c], wanted);
                }
            }
        }
    }
}
