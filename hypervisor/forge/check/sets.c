/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pools and sets: each pool is memory of nobody else's, each set reaches its VM's own and its pools, and no two VMs begin with one pool
 */
#include "check.h"

#include <string.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/tables.h"

#define ROOT 0x0000fffffffffffful
#define VMID_CLEAR 255

int sets_pool(const struct wanted *w, const char *name)
{
    int found = -1;
    for (size_t n = 0; n < w->pool_count; n++) {
        found = strcmp(w->pools[n].name, name) ? found : (int)n;
    }
    return found;
}

bool sets_granted(const struct wanted *w, const struct wanted_grant *g, uint32_t type, uint32_t number)
{
    for (size_t v = 0, n = 0; v < w->vm_count; v++) {
        for (size_t k = 0; k < w->vms[v].set_count; k++, n++) {
            if (!strcmp(w->vms[v].name, g->vm) && !strcmp(w->vms[v].sets[k].name, g->what)) {
                return type == CAP_SET && number == n;
            }
        }
    }
    return false;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) { return a < b + b_size && b < a + a_size; }

static void check_pools(const struct image *i, const struct wanted *w, const uint64_t *vm_pa, uint64_t *pa)
{
    uint32_t count;
    if (image_constant(i, "hyp_pool_count", 0, &count, sizeof count) && count != w->pool_count) {
        differs(0, "%u pools in the image and not %zu", count, w->pool_count);
    }
    for (size_t n = 0; n < w->pool_count; n++) {
        const struct wanted_pool *p = &w->pools[n];
        struct hyp_pool is;
        if (!image_constant(i, "hyp_pools", n * sizeof is, &is, sizeof is)) {
            return;
        }
        pa[n] = is.pa;
        if (is.size != p->size || is.shared != p->shared) {
            differs(p->line, "pool '%s' has 0x%lx bytes in the image, %u for shared; not 0x%lx, %d", p->name, is.size, is.shared, p->size, p->shared);
        }
        if (is.pa % PAGE || is.pa < HYP_BASE + w->hyp_size || is.pa > RAM_BASE + w->ram_size || p->size > RAM_BASE + w->ram_size - is.pa) {
            differs(p->line, "pool '%s' at 0x%lx is the hypervisor's memory, or outside of the board's", p->name, is.pa);
        }
        for (size_t v = 0; v < w->vm_count; v++) {
            if (overlap(is.pa, p->size, vm_pa[v], w->vms[v].size)) {
                differs(p->line, "pool '%s' at 0x%lx is memory of vm '%s'", p->name, is.pa, w->vms[v].name);
            }
        }
        for (size_t k = 0; k < n; k++) {
            if (overlap(is.pa, p->size, pa[k], w->pools[k].size)) {
                differs(p->line, "pools '%s' and '%s' lie on each other at 0x%lx", w->pools[k].name, p->name, is.pa);
            }
        }
    }
}

static void check_set(const struct image *i, const struct wanted *w, size_t v, size_t k, size_t n, uint64_t vm_pa, uint64_t vm_root, const uint64_t *pa)
{
    const struct wanted_set *set = &w->vms[v].sets[k];
    struct hyp_set is;
    uint32_t pools = 0;
    if (!image_constant(i, "hyp_sets", n * sizeof is, &is, sizeof is)) {
        return;
    }
    for (size_t m = 0; m < set->map_count; m++) {
        int pool = sets_pool(w, set->maps[m].pool);
        pools |= pool < 0 ? 0 : 1u << pool;
    }
    if (is.vm != v || is.pools != pools || is.vttbr >> 48 != v + 1) {
        differs(set->line, "set '%s' of vm '%s': the image has VM %u, pools 0x%x, VMID %lu; not VM %zu, pools 0x%x, VMID %zu", set->name, w->vms[v].name, is.vm, is.pools,
                is.vttbr >> 48, v, pools, v + 1);
    }
    if (!set->map_count && (is.vttbr & ROOT) != vm_root) {
        differs(set->line, "set '%s' of vm '%s' has no pools, and tables at 0x%lx and not the VM's at 0x%lx", set->name, w->vms[v].name, is.vttbr & ROOT, vm_root);
    }
    spaces_set(i, w, v, k, is.vttbr & ROOT, vm_pa, pa);
}

/* hyp_vm_sets: the first of each is in force at the beginning. */
static void check_beginning(const struct image *i, const struct wanted *w)
{
    uint32_t taken = 0;
    for (size_t v = 0, n = 0; v < w->vm_count; n += w->vms[v++].set_count) {
        struct hyp_vm_sets is;
        struct hyp_set first;
        if (!image_constant(i, "hyp_vm_sets", v * sizeof is, &is, sizeof is)) {
            return;
        }
        if (is.first != n || is.count != w->vms[v].set_count) {
            differs(w->vms[v].line, "vm '%s' has %u sets from number %u in the image, and not %zu from %zu", w->vms[v].name, is.count, is.first, w->vms[v].set_count, n);
        } else if (is.count && image_constant(i, "hyp_sets", n * sizeof first, &first, sizeof first)) {
            if (taken & first.pools) {
                differs(w->vms[v].line, "vm '%s' begins with pools 0x%x, which another VM begins with, too", w->vms[v].name, taken & first.pools);
            }
            taken |= first.pools;
        }
    }
}

void sets_check(const struct image *i, const struct wanted *w, const uint64_t *vm_pa, const uint64_t *root)
{
    uint64_t pa[32] = { 0 }, clear;
    size_t count = 0, n = 0;
    for (size_t v = 0; v < w->vm_count; v++) {
        count += w->vms[v].set_count;
    }
    if (!count) {
        return;
    }
    check_pools(i, w, vm_pa, pa);
    for (size_t v = 0; v < w->vm_count; v++) {
        for (size_t k = 0; k < w->vms[v].set_count; k++) {
            check_set(i, w, v, k, n++, vm_pa[v], root[v], pa);
        }
    }
    check_beginning(i, w);
    if (image_constant(i, "hyp_clear_vttbr", 0, &clear, sizeof clear)) {
        if (clear >> 48 != VMID_CLEAR) {
            differs(0, "what clears pools has VMID %lu and not %d", clear >> 48, VMID_CLEAR);
        }
        spaces_clear(i, w, clear & ROOT, pa);
    }
}
