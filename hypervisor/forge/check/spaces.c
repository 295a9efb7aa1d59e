/* SPDX-License-Identifier: GPL-2.0-or-later
 * What each translation must reach: the regions that follow from the XML, attributes field by field, and nothing else
 */
#include "check.h"

#include <stdio.h>

#include "hypervisor/include/control.h"
#include "hypervisor/include/monitor.h"

/* Fields of a descriptor by bits (Arm ARM D5.3.3), and what they must be. */
struct field {
    const char *name;
    unsigned high, low;
    uint64_t wanted;
};

#define NORMAL_EL2 { "memory type (AttrIndx: 0 device, 1 normal)", 4, 2, 1 }, { "non-secure, ignored", 5, 5, 0 }
#define DEVICE_EL2 { "memory type (AttrIndx: 0 device, 1 normal)", 4, 2, 0 }, { "non-secure, ignored", 5, 5, 0 }
#define ACCESS_EL2(ap) { "access (AP: 1 read and write, 3 read only)", 7, 6, ap }
#define ACCESS_S2(ap) { "access (S2AP: 1 read, 2 write, 3 both)", 7, 6, ap }
#define SHARED { "shareability (3 inner)", 9, 8, 3 }, { "access flag", 10, 10, 1 }
#define NEVER(xn) { "execute never (XN)", 54, 53, xn }
#define END { 0 }

static const struct field el2_text[] = { NORMAL_EL2, ACCESS_EL2(3), SHARED, NEVER(0), END };
static const struct field el2_rodata[] = { NORMAL_EL2, ACCESS_EL2(3), SHARED, NEVER(2), END };
static const struct field el2_data[] = { NORMAL_EL2, ACCESS_EL2(1), SHARED, NEVER(2), END };
static const struct field el2_device[] = { DEVICE_EL2, ACCESS_EL2(1), SHARED, NEVER(2), END };
static const struct field s2_ram[] = { { "memory type (MemAttr: 0 device, 15 normal)", 5, 2, 15 }, ACCESS_S2(3), SHARED, NEVER(0), END };
static const struct field s2_device[] = { { "memory type (MemAttr: 0 device, 15 normal)", 5, 2, 0 }, ACCESS_S2(3), SHARED, NEVER(2), END };

static const struct field s2_text[] = { { "memory type (MemAttr: 0 device, 15 normal)", 5, 2, 15 }, ACCESS_S2(1), SHARED, NEVER(0), END };
static const struct field s2_constants[] = { { "memory type (MemAttr: 0 device, 15 normal)", 5, 2, 15 }, ACCESS_S2(1), SHARED, NEVER(2), END };
static const struct field s2_data[] = { { "memory type (MemAttr: 0 device, 15 normal)", 5, 2, 15 }, ACCESS_S2(3), SHARED, NEVER(2), END };

static uint64_t mask(const struct field *f) { return ((2ul << (f->high - f->low)) - 1) << f->low; }

/* The first field of a page that is not as wanted; NULL: all are. *rest: bits outside of all fields. */
static const struct field *wrong_field(const struct field *fields, uint64_t bits, uint64_t *rest)
{
    const struct field *wrong = NULL;
    *rest = bits;
    for (const struct field *f = fields; f->name; f++) {
        *rest &= ~mask(f);
        if (!wrong && (bits & mask(f)) >> f->low != f->wanted) {
            wrong = f;
        }
    }
    return wrong;
}

/* The first leaf that ends behind an address. */
static struct leaf *find(struct reach *r, uint64_t virt)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->leaves[middle].virt + r->leaves[middle].size <= virt) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r->count ? &r->leaves[low] : NULL;
}

/* One kind of difference within a region: how many bytes, and the first of them. */
struct difference {
    uint64_t bytes, at, is;
    const struct field *field;
};

static void note(struct difference *d, uint64_t bytes, uint64_t at, uint64_t is, const struct field *field)
{
    if (!d->bytes) {
        *d = (struct difference){ 0, at, is, field };
    }
    d->bytes += bytes;
}

/* Each kind of difference is told once a region, with the number of its pages. */
static void expect(struct reach *r, const char *what, int line, uint64_t virt, uint64_t phys, uint64_t size, const struct field *fields)
{
    struct difference missing = { 0 }, moved = { 0 }, flagged = { 0 }, more = { 0 };
    for (uint64_t at = virt, end = virt + size, next; at < end; at = next) {
        struct leaf *l = find(r, at);
        uint64_t rest;
        if (!l || l->virt > at) {
            next = l && l->virt < end ? l->virt : end;
            note(&missing, next - at, at, 0, NULL);
            continue;
        }
        next = l->virt + l->size < end ? l->virt + l->size : end;
        l->expected += next - at;
        if (l->phys + (at - l->virt) != phys + (at - virt)) {
            note(&moved, next - at, at, l->phys + (at - l->virt), NULL);
        }
        const struct field *wrong = wrong_field(fields, l->bits, &rest);
        if (wrong) {
            note(&flagged, next - at, at, (l->bits & mask(wrong)) >> wrong->low, wrong);
        }
        if (rest) {
            note(&more, next - at, at, rest, NULL);
        }
    }
    if (missing.bytes) {
        differs(line, "%s does not reach %s: 0x%lx is not mapped, %lu pages in all", r->who, what, missing.at, missing.bytes / PAGE);
    }
    if (moved.bytes) {
        differs(line, "%s: %s: 0x%lx leads to 0x%lx and not to 0x%lx; %lu pages lead elsewhere in all", r->who, what, moved.at, moved.is, phys + (moved.at - virt),
                moved.bytes / PAGE);
    }
    if (flagged.bytes) {
        differs(line, "%s: %s: at 0x%lx the %s is %lu and not %lu; %lu pages have wrong flags in all", r->who, what, flagged.at, flagged.field->name, flagged.is,
                flagged.field->wanted, flagged.bytes / PAGE);
    }
    if (more.bytes) {
        differs(line, "%s: %s: at 0x%lx the descriptor has bits that nothing asks for: 0x%016lx; %lu pages in all", r->who, what, more.at, more.is, more.bytes / PAGE);
    }
}

/* What has not been expected, in runs that hang together. */
static void nothing_else(const struct reach *r)
{
    for (size_t i = 0, end; i < r->count; i = end) {
        const struct leaf *l = &r->leaves[i], *last = l;
        end = i + 1;
        if (l->expected == l->size) {
            continue;
        }
        while (!l->expected && end < r->count && !last[1].expected && last[1].virt == last->virt + last->size && last[1].phys == last->phys + last->size) {
            last++, end++;
        }
        differs(0, "%s reaches what is not its own: in 0x%lx-0x%lx, which leads to 0x%lx", r->who, l->virt, last->virt + last->size - 1, l->phys);
    }
}

static bool begin(const struct image *i, struct reach *r, const char *who, uint64_t root)
{
    *r = (struct reach){ .who = who };
    if (!image_symbol(i, "__rodata_start", &r->tables_from) || !image_symbol(i, "__rodata_end", &r->tables_end)) {
        return false;
    }
    walk(i, r, root);
    return true;
}

void spaces_hypervisor(const struct image *i, const struct wanted *w)
{
    static const char *const borders[] = { "__text_start", "__text_end", "__rodata_start", "__rodata_end", "__data_start", "__data_end" };
    struct reach r;
    uint64_t root, at;
    for (unsigned n = 0; n < 6; n++) {
        if (image_symbol(i, borders[n], &at) && (at < HYP_BASE + n / 2 * HYP_BLOCK || at > HYP_BASE + (n / 2 + 1) * HYP_BLOCK)) {
            differs(w->hyp_line, "%s is 0x%lx, not in its block of 2 MiB from 0x%lx", borders[n], at, HYP_BASE + n / 2 * HYP_BLOCK);
        }
    }
    if (!image_symbol(i, "hyp_el2_root", &root) || !begin(i, &r, "the hypervisor", root)) {
        return;
    }
    expect(&r, "its text", w->hyp_line, HYP_BASE, HYP_BASE, HYP_BLOCK, el2_text);
    expect(&r, "its constants", w->hyp_line, HYP_BASE + HYP_BLOCK, HYP_BASE + HYP_BLOCK, HYP_BLOCK, el2_rodata);
    expect(&r, "its data", w->hyp_line, HYP_BASE + 2 * HYP_BLOCK, HYP_BASE + 2 * HYP_BLOCK, HYP_BLOCK, el2_data);
    expect(&r, "the GIC distributor", w->line, 0x08000000, 0x08000000, 0x10000, el2_device);
    expect(&r, "the cores' GIC redistributors", w->line, 0x080a0000, 0x080a0000, 0x20000ul * w->cores, el2_device);
    if (w->console >= 0) {
        expect(&r, "its console", w->hyp_line, w->devices[w->console].base, w->devices[w->console].base, PAGE, el2_device);
    }
    if (w->iommu >= 0) {
        expect(&r, "the SMMU", w->hyp_line, w->devices[w->iommu].base, w->devices[w->iommu].base, w->devices[w->iommu].size, el2_device);
    }
    nothing_else(&r);
    walk_free(&r);
}

static void expect_vm(struct reach *r, const struct wanted *w, size_t vm, uint64_t pa)
{
    char what[80];
    expect(r, "its memory", w->vms[vm].line, w->vms[vm].ipa, pa, w->vms[vm].size, s2_ram);
    for (size_t n = 0; n < w->device_count; n++) {
        const struct wanted_device *d = &w->devices[n];
        if (d->owner == (int)vm) {
            snprintf(what, sizeof what, "device '%s'", d->name);
            expect(r, what, d->line, d->base, d->base, d->size, s2_device);
        }
    }
}

void spaces_vm(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t pa)
{
    char who[80];
    struct reach r;
    snprintf(who, sizeof who, "vm '%s'", w->vms[vm].name);
    if (!begin(i, &r, who, root)) {
        return;
    }
    expect_vm(&r, w, vm, pa);
    nothing_else(&r);
    walk_free(&r);
}

void spaces_set(const struct image *i, const struct wanted *w, size_t vm, size_t set, uint64_t root, uint64_t pa, const uint64_t *pool_pa)
{
    const struct wanted_set *s = &w->vms[vm].sets[set];
    char who[160], what[80];
    struct reach r;
    snprintf(who, sizeof who, "vm '%s' with set '%s'", w->vms[vm].name, s->name);
    if (!begin(i, &r, who, root)) {
        return;
    }
    expect_vm(&r, w, vm, pa);
    for (size_t n = 0; n < s->map_count; n++) {
        int pool = sets_pool(w, s->maps[n].pool);
        snprintf(what, sizeof what, "pool '%s'", s->maps[n].pool);
        if (pool >= 0) {
            expect(&r, what, s->line, s->maps[n].ipa, pool_pa[pool], w->pools[pool].size, s2_ram);
        }
    }
    nothing_else(&r);
    walk_free(&r);
}

/* Its code is the last page of the text's block. */
void spaces_clear(const struct image *i, const struct wanted *w, uint64_t root, const uint64_t *pool_pa)
{
    struct reach r;
    if (!begin(i, &r, "what clears pools", root)) {
        return;
    }
    expect(&r, "its code", 0, HYP_BASE + HYP_BLOCK - PAGE, HYP_BASE + HYP_BLOCK - PAGE, PAGE, s2_text);
    for (size_t n = 0; n < w->pool_count; n++) {
        if (!w->pools[n].shared) {
            expect(&r, "a pool", w->pools[n].line, pool_pa[n], pool_pa[n], w->pools[n].size, s2_data);
        }
    }
    nothing_else(&r);
    walk_free(&r);
}

/* hypervisor/include/monitor.h. Where it lies is forge's to choose, in the hypervisor's memory behind its three blocks. */
uint64_t spaces_monitor(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t ram_pa)
{
    const struct wanted_vm *v = &w->vms[vm];
    char who[96];
    struct reach r;
    snprintf(who, sizeof who, "the monitor of vm '%s'", v->name);
    if (!begin(i, &r, who, root)) {
        return 0;
    }
    const struct leaf *text = find(&r, MONITOR_TEXT);
    uint64_t pa = text && text->virt == MONITOR_TEXT ? text->phys : 0;
    if (pa < HYP_BASE + 3 * HYP_BLOCK || pa > HYP_BASE + w->hyp_size - HYP_BLOCK) {
        differs(v->monitor.line, "%s lies at 0x%lx, not in the hypervisor's memory behind its text, constants and data", who, pa);
        walk_free(&r);
        return 0;
    }
    expect(&r, "its text", v->monitor.line, MONITOR_TEXT, pa, MONITOR_DATA - MONITOR_TEXT, s2_text);
    expect(&r, "its data", v->monitor.line, MONITOR_DATA, pa + MONITOR_DATA - MONITOR_TEXT, MONITOR_CONFIG - MONITOR_DATA, s2_data);
    expect(&r, "what it is told", v->monitor.line, MONITOR_CONFIG, pa + MONITOR_CONFIG - MONITOR_TEXT, PAGE, s2_constants);
    expect(&r, "the VM's memory", v->line, v->ipa, ram_pa, v->size, s2_data);
    if (v->monitor.console >= 0) {
        expect(&r, "its UART", v->monitor.line, w->devices[v->monitor.console].base, w->devices[v->monitor.console].base, PAGE, s2_device);
    }
    struct monitor_config told;
    if (v->monitor.disk && image_memory(i, pa + MONITOR_CONFIG - MONITOR_TEXT, &told, sizeof told)) {
        expect(&r, "its disk", v->monitor.line, MONITOR_DISK, pa + MONITOR_DISK - MONITOR_TEXT, (told.disk_size + PAGE - 1) / PAGE * PAGE, s2_data);
    }
    nothing_else(&r);
    walk_free(&r);
    return pa;
}

/* hypervisor/include/control.h. Where it lies is forge's to choose, too. */
uint64_t spaces_restart(const struct image *i, const struct wanted *w, size_t vm, uint64_t root, uint64_t ram_pa, uint64_t monitor_pa, uint64_t *copied)
{
    const struct wanted_vm *v = &w->vms[vm];
    int line = v->control.restart_line;
    char who[96];
    struct reach r;
    snprintf(who, sizeof who, "the restart of vm '%s'", v->name);
    if (!begin(i, &r, who, root)) {
        return 0;
    }
    const struct leaf *text = find(&r, RESTART_TEXT);
    uint64_t pa = text && text->virt == RESTART_TEXT ? text->phys : 0, end = RESTART_COPY;
    if (pa < HYP_BASE + 3 * HYP_BLOCK || pa > HYP_BASE + w->hyp_size - HYP_BLOCK) {
        differs(line, "%s lies at 0x%lx, not in the hypervisor's memory behind its text, constants and data", who, pa);
        walk_free(&r);
        return 0;
    }
    for (size_t n = 0; n < r.count; n++) {          /* the copies are as long as forge needs */
        const struct leaf *l = &r.leaves[n];
        end = l->virt <= end && l->virt + l->size > end && l->virt < RAM_BASE ? l->virt + l->size : end;
    }
    if (end - RESTART_TEXT > HYP_BASE + w->hyp_size - pa) {
        differs(line, "%s: what it copies goes on to 0x%lx, beyond the hypervisor's memory", who, pa + (end - RESTART_TEXT));
    }
    *copied = end;
    expect(&r, "its program", line, RESTART_TEXT, pa, PAGE, s2_text);
    expect(&r, "its jobs", line, RESTART_JOBS, pa + RESTART_JOBS - RESTART_TEXT, PAGE, s2_constants);
    expect(&r, "what it copies", line, RESTART_COPY, pa + RESTART_COPY - RESTART_TEXT, end - RESTART_COPY, s2_constants);
    expect(&r, "the VM's memory", v->line, v->ipa, ram_pa, v->size, s2_data);
    if (v->monitor.line) {
        expect(&r, "its monitor's data", v->monitor.line, MONITOR_DATA, monitor_pa + MONITOR_DATA - MONITOR_TEXT, MONITOR_CONFIG - MONITOR_DATA, s2_data);
    }
    for (size_t n = 0; n < w->device_count; n++) {
        const struct wanted_device *d = &w->devices[n];
        bool touched = false;
        for (size_t k = 0; k < v->control.step_count; k++) {
            touched |= v->control.steps[k].device == (int)n;
        }
        if (touched) {
            expect(&r, "a device that it brings to rest", line, d->base, d->base, d->size, s2_device);
        }
    }
    nothing_else(&r);
    walk_free(&r);
    return pa;
}
