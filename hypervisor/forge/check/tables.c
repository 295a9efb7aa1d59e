/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's constant structs: VMs, cores, interrupts, console
 */
#include "check.h"

#include <string.h>

#include "hypervisor/include/tables.h"

#define VIRTUAL_TIMER 27
#define PHYSICAL_TIMER 30
#define PMU 23
#define ROOT 0x0000fffffffffffful

static uint64_t get64(const struct image *i, const char *name, uint64_t otherwise)
{
    uint64_t v;
    return image_constant(i, name, 0, &v, sizeof v) ? v : otherwise;
}

static uint32_t get32(const struct image *i, const char *name, uint32_t otherwise)
{
    uint32_t v;
    return image_constant(i, name, 0, &v, sizeof v) ? v : otherwise;
}

static void number(int line, const char *what, const char *of, uint64_t is, uint64_t wanted)
{
    if (is != wanted) {
        differs(line, "%s%s%s is 0x%lx in the image and not 0x%lx", what, *of ? " of " : "", of, is, wanted);
    }
}

static void text(const struct image *i, int line, const char *what, uint64_t at, const char *wanted)
{
    char is[64] = "";
    for (size_t n = 0; n + 1 < sizeof is && image_memory(i, at + n, &is[n], 1) && is[n]; n++) {
    }
    if (strcmp(is, wanted)) {
        differs(line, "%s is '%s' in the image and not '%s'", what, is, wanted);
    }
}

/* VTCR_EL2, Arm ARM D13.2.148, field by field. */
static void check_vtcr(const struct image *i)
{
    static const struct { const char *name; unsigned high, low; uint64_t wanted; } fields[] = {
        { "T0SZ (39 bits of IPA)", 5, 0, 25 }, { "SL0 (start at level 1)", 7, 6, 1 }, { "IRGN0 (write-back)", 9, 8, 1 }, { "ORGN0 (write-back)", 11, 10, 1 },
        { "SH0 (inner shareable)", 13, 12, 3 }, { "TG0 (4 KiB)", 15, 14, 0 }, { "PS (40 bits)", 18, 16, 2 }, { "VS and what is reserved", 30, 19, 0 },
        { "RES1", 31, 31, 1 }, { "what is reserved", 63, 32, 0 } };
    uint64_t v = get64(i, "hyp_vtcr", 0x80023559);
    for (size_t n = 0; n < sizeof fields / sizeof fields[0]; n++) {
        uint64_t is = v << (63 - fields[n].high) >> (63 - fields[n].high + fields[n].low);
        if (is != fields[n].wanted) {
            differs(0, "hyp_vtcr: %s is %lu and not %lu", fields[n].name, is, fields[n].wanted);
        }
    }
}

/* Who has an SPI: 0xff nobody. A signal to a VM that has its interrupts itself is one, too. */
static unsigned owner_of(const struct wanted *w, unsigned intid)
{
    for (size_t v = 0; v < w->vm_count; v++) {
        for (size_t n = 0; n < w->vms[v].signal_count; n++) {
            for (size_t to = 0; w->vms[v].signals[n].intid == intid && to < w->vm_count; to++) {
                if (w->vms[to].direct && !strcmp(w->vms[to].name, w->vms[v].signals[n].to)) {
                    return to;
                }
            }
        }
    }
    for (size_t n = 0; n < w->device_count; n++) {
        const struct wanted_device *d = &w->devices[n];
        bool taken = d->owner >= 0 && !w->vms[d->owner].domain;         /* a domain has the interrupts that its semaphores count */
        for (size_t k = 0; k < w->semaphore_count; k++) {
            taken |= w->semaphores[k].device == (int)n && d->spi + 32 + w->semaphores[k].irq == intid;
        }
        if (taken && intid >= d->spi + 32 && intid < d->spi + 32 + d->lines) {
            return d->owner;
        }
    }
    return HYP_NO_VM;
}

static void check_interrupts(const struct image *i, const struct wanted *w)
{
    uint8_t of[HYP_INTIDS];
    bool have = image_constant(i, "hyp_irq_vm", 0, of, sizeof of);
    for (unsigned intid = 0; have && intid < HYP_INTIDS; intid++) {
        if (of[intid] != owner_of(w, intid)) {
            differs(0, "interrupt %u is routed to VM %u and not to %u (255: nobody)", intid, of[intid], owner_of(w, intid));
        }
    }
}

static void check_vm(const struct image *i, const struct wanted *w, size_t v, uint64_t *pa, uint64_t *root, uint64_t *monitor_pa)
{
    const struct wanted_vm *vm = &w->vms[v];
    struct hyp_vm is;
    uint64_t end = RAM_BASE + w->ram_size;
    *pa = vm->pa, *root = *monitor_pa = 0;
    if (!image_constant(i, "hyp_vms", v * sizeof is, &is, sizeof is)) {
        return;
    }
    *pa = is.ram_pa, *root = is.vttbr & ROOT;
    text(i, vm->line, "the name of a VM", (uint64_t)is.name, vm->name);
    number(vm->line, "number of the first vCPU", vm->name, is.first_vcpu, vcpus_first(w, v));
    number(vm->line, "number of vCPUs", vm->name, is.vcpu_count, vm->core_count);
    number(vm->line, "flags (1: interrupts direct, 2: performance monitors, 4: external aborts, 8: sets or placements)", vm->name, is.flags,
           vm->direct | vm->pmu << 1 | vm->outside_aborts << 2 | (vm->set_count || vm->placements.count) << 3);
    number(vm->line, "VMID", vm->name, is.vmid, v + 1);
    number(vm->line, "VMID in VTTBR", vm->name, is.vttbr >> 48, v + 1);
    number(vm->line, "IPA of the memory", vm->name, is.ram_ipa, vm->ipa);
    number(vm->line, "size of the memory", vm->name, is.ram_size, vm->size);
    if (vm->pa_given) {
        number(vm->line, "physical address of the memory", vm->name, is.ram_pa, vm->pa);
    }
    if (is.ram_pa < HYP_BASE + w->hyp_size || is.ram_pa > end || vm->size > end - is.ram_pa) {
        differs(vm->line, "vm '%s': its memory at 0x%lx is the hypervisor's, or outside of the board's", vm->name, is.ram_pa);
    }
    if (is.entry_ipa < vm->ipa || is.entry_ipa - vm->ipa >= vm->size || is.boot_x0 < vm->ipa || is.boot_x0 - vm->ipa >= vm->size) {
        differs(vm->line, "vm '%s' begins at 0x%lx with its device tree at 0x%lx: not both are in its memory", vm->name, is.entry_ipa, is.boot_x0);
    }
    *monitor_pa = monitor_check(i, w, v, (uint64_t)is.monitor, is.ram_pa);
    uint32_t words = 0;
    for (unsigned n = 0; n < sizeof is.irq_mask / 4; n++) {
        words |= is.irq_mask[n] ? 1u << n : 0;
    }
    number(vm->line, "words of interrupts", vm->name, is.irq_words, words);
    for (unsigned intid = 0; intid < sizeof is.irq_mask * 8; intid++) {
        bool has = is.irq_mask[intid / 32] >> intid % 32 & 1, timer = intid == VIRTUAL_TIMER || intid == PHYSICAL_TIMER;
        bool wanted = (timer && !vm->domain) || (intid == PMU && vm->pmu) || (intid < 16 && vm->direct) || owner_of(w, intid) == v;
        if (has != wanted) {
            differs(vm->line, "vm '%s' %s interrupt %u in the image, and %s in the XML", vm->name, has ? "owns" : "does not own", intid, wanted ? "does" : "does not");
        }
    }
}

void tables_check(const struct image *i, const struct wanted *w, uint64_t *pa, uint64_t *root, uint64_t *monitor_pa)
{
    uint64_t at;
    number(w->line, "number of VMs", "", get32(i, "hyp_vm_count", 0), w->vm_count);
    number(w->line, "number of cores", "", get32(i, "hyp_core_count", 0), w->cores);
    number(w->hyp_line, "address of the console", "", get64(i, "hyp_console_base", 0), w->console >= 0 ? w->devices[w->console].base : 0);
    if (image_symbol(i, "hyp_system_name", &at)) {
        text(i, w->line, "the system's name", at, w->name);
    }
    check_vtcr(i);
    check_interrupts(i, w);
    for (size_t v = 0; v < w->vm_count; v++) {
        check_vm(i, w, v, &pa[v], &root[v], &monitor_pa[v]);
        for (size_t k = 0; k < v; k++) {
            if (pa[v] < pa[k] + w->vms[k].size && pa[k] < pa[v] + w->vms[v].size) {
                differs(w->vms[v].line, "vm '%s' and vm '%s' have the same physical memory from 0x%lx", w->vms[k].name, w->vms[v].name, pa[v] > pa[k] ? pa[v] : pa[k]);
            }
        }
    }
}
