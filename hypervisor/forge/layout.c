/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stage 2: what memory each space maps, with the flags that it demands and prevents, and what else lies somewhere
 */
#include "stages.h"

#include "hypervisor/include/control.h"
#include "hypervisor/include/monitor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000ul
#define TREE_ROOM 0x10000ul

/* Flags by the formats' names. A region of memory or of a device, and who may do what there. */
#define MEMORY "normal inner-shareable accessed "
#define DEVICE "device inner-shareable accessed "

char *layout_text(const char *fmt, ...)
{
    char *p;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&p, fmt, ap) < 0) {
        fprintf(stderr, "forge: out of memory: free some\n");
        output_fail();
    }
    va_end(ap);
    return p;
}

static void *grown(void *array, size_t count, size_t size)
{
    void *p = realloc(array, (count + 1) * size);
    if (!p) {
        fprintf(stderr, "forge: out of memory: free some\n");
        output_fail();
    }
    return p;
}

struct space *layout_space(struct layout *l, const char *name, const char *root, const char *format, const char *who)
{
    l->spaces = grown(l->spaces, l->space_count, sizeof *l->spaces);
    struct space *p = &l->spaces[l->space_count++];
    *p = (struct space){ layout_text("%s", name), layout_text("%s", root), layout_text("%s", format), layout_text("%s", who), NULL, 0 };
    return p;
}

void layout_map(struct space *space, struct region r)
{
    space->regions = grown(space->regions, space->count, sizeof r);
    space->regions[space->count++] = r;
}

void layout_place(struct layout *l, struct region r)
{
    l->pieces = grown(l->pieces, l->piece_count, sizeof r);
    l->pieces[l->piece_count++] = r;
}

static void map(struct space *space, const char *name, uint64_t virt, uint64_t phys, uint64_t size, const char *demands, const char *prevents, int line, char *why)
{
    layout_map(space, (struct region){ layout_text("%s", name), layout_text("%s", space->who), why, virt, phys, size, layout_text("%s", demands),
                                       layout_text("%s", prevents), line, line });
}

static void place(struct layout *l, char *name, const char *who, uint64_t virt, uint64_t phys, uint64_t size, int line, char *why)
{
    layout_place(l, (struct region){ name, layout_text("%s", who), why, virt, phys, size, layout_text("%s", ""), layout_text("%s", ""), line, line });
}

static void device(struct space *space, const struct system_device *d, uint64_t size, const char *use)
{
    map(space, d->name, d->base, d->base, size, DEVICE "read write", "execute", d->line,
        layout_text("base=\"0x%" PRIx64 "\" of %s '%s': %s", d->base, d->type, d->name, use));
}

static void hypervisor(struct layout *l, const struct system *s)
{
    struct space *el2 = layout_space(l, "el2", "hyp_el2_root", "aarch64-stage1-el2", "hypervisor");
    uint64_t text = s->hyp_base, rodata = text + FORGE_REGION, data = rodata + FORGE_REGION, end = s->hyp_base + s->hyp_size;

    map(el2, "text", text, text, FORGE_REGION, MEMORY "read execute", "write", s->hyp_line,
        layout_text("the hypervisor begins 0x%" PRIx64 " bytes above the start of the board's memory, where QEMU's device tree lies; one block of 2 MiB, "
                    "because nothing else may be executed", text - s->ram_base));
    map(el2, "rodata", rodata, rodata, FORGE_REGION, MEMORY "read", "write execute", s->hyp_line,
        layout_text("the block behind the text: constants and all tables, never written, never executed"));
    map(el2, "data", data, data, FORGE_REGION, MEMORY "read write", "execute", s->hyp_line,
        layout_text("the block behind the constants: the only memory that the hypervisor writes, never executed"));
    map(el2, "gicd", 0x08000000, 0x08000000, 0x10000, DEVICE "read write", "execute", 0, layout_text("the board's GIC distributor (QEMU virt's memory map)"));
    map(el2, "gicr", 0x080a0000, 0x080a0000, 0x20000 * s->cores, DEVICE "read write", "execute", s->board_line,
        layout_text("the board's GIC redistributors, 0x20000 bytes for each of its %u cores (QEMU virt's memory map)", s->cores));
    if (s->hyp_console >= 0) {
        device(el2, &s->devices[s->hyp_console], PAGE, "the hypervisor's console");
    }
    if (s->hyp_iommu >= 0) {
        device(el2, &s->devices[s->hyp_iommu], s->devices[s->hyp_iommu].size, "the hypervisor programs it");
    }
    place(l, layout_text("board.tree"), "board", s->ram_base, s->ram_base, text - s->ram_base, 0,
          layout_text("QEMU puts its own device tree at the start of memory; nobody else lies there"));
    uint64_t rest = data + FORGE_REGION;
    for (size_t v = 0; v < s->vm_count; v++) {
        rest += s->vms[v].monitor.size + s->vms[v].restart.size;
    }
    if (rest < end) {
        place(l, layout_text("hypervisor.rest"), "hypervisor", rest, rest, end - rest, s->hyp_line,
              layout_text("what <hypervisor memory> gives beyond text, constants, data, monitors and what VMs restart with: not mapped, kept free"));
    }
}

/* Why layout put a VM's memory where it is: the lowest free place, in the XML's order. */
static char *why_ram(const struct system *s, const struct system_vm *vm)
{
    const struct system_vm *below = NULL;
    if (vm->pa_given) {
        return layout_text("pa=\"0x%" PRIx64 "\" of its <memory>; the VM sees it at the ipa that is written there", vm->pa);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        below = s->vms[i].pa + s->vms[i].size == vm->pa ? &s->vms[i] : below;
    }
    return layout_text("no pa is written: the lowest place that is free, VMs in the XML's order, %s%s; the VM sees it at the ipa of its <memory>",
                       below ? "behind VM " : "behind the hypervisor's memory", below ? below->name : "");
}

static void pieces(struct layout *l, const struct system *s, const struct system_vm *vm)
{
    uint64_t to_phys = vm->pa - vm->ipa;
    if (vm->kernel_size) {
        place(l, layout_text("%s.kernel", vm->name), vm->name, vm->kernel_ipa, vm->kernel_ipa + to_phys, vm->kernel_size, vm->payload_line,
              vm->payload == SYSTEM_PAYLOAD_LINUX ? layout_text("text_offset 0x%" PRIx64 " of the Image's header above the start of its memory%s", vm->kernel_ipa - vm->ipa -
                                                                (s->bare ? FORGE_REGION : 0), s->bare ? " and 2 MiB for QEMU's device tree" : "") :
              vm->payload == SYSTEM_PAYLOAD_ELF ? layout_text("it is linked to this address") :
              vm->address ? layout_text("address=\"0x%" PRIx64 "\" is written", vm->address) :
              layout_text("a raw image is entered at its first byte, the start of its memory%s", s->bare ? " and 2 MiB for QEMU's device tree" : ""));
    }
    for (size_t i = 0; i < vm->module_count && vm->modules[i].size; i++) {
        const struct system_module *m = &vm->modules[i];
        place(l, layout_text("%s.module%zu", vm->name, i), vm->name, m->address, m->address + to_phys, m->size, m->line,
              layout_text("the address that is written, or the pages below what is below the device tree"));
    }
    if (vm->initrd_size) {
        place(l, layout_text("%s.initramfs", vm->name), vm->name, vm->initrd_ipa, vm->initrd_ipa + to_phys, vm->initrd_size, vm->payload_line,
              layout_text("the last pages below the device tree, out of the way of the kernel's growth"));
    }
    place(l, layout_text("%s.tree", vm->name), vm->name, vm->dtb_ipa, vm->dtb_ipa + to_phys, TREE_ROOM, vm->line,
          layout_text("the last 64 KiB of its memory: a device tree must lie in one piece of 2 MiB (booting.rst, 2), with nothing above it that grows"));
}

/* hypervisor/include/monitor.h. The VM's memory is where the VM has it; its own lies below. */
static void monitor(struct layout *l, const struct system *s, size_t v)
{
    const struct system_vm *vm = &s->vms[v];
    const struct system_monitor *m = &vm->monitor;
    char name[32], root[32];
    snprintf(name, sizeof name, "monitor%zu", v);
    snprintf(root, sizeof root, "hyp_m_%zu", v);
    struct space *p = layout_space(l, name, root, "aarch64-stage2", vm->name);
    map(p, "text", MONITOR_TEXT, m->pa, MONITOR_DATA - MONITOR_TEXT, MEMORY "read execute", "write", m->line,
        layout_text("the lowest 2 MiB of the hypervisor's memory that are free, monitors in the XML's order; its text comes first"));
    map(p, "data", MONITOR_DATA, m->pa + MONITOR_DATA - MONITOR_TEXT, MONITOR_CONFIG - MONITOR_DATA, MEMORY "read write", "execute", m->line,
        layout_text("behind its text; the stack is at its end"));
    map(p, "config", MONITOR_CONFIG, m->pa + MONITOR_CONFIG - MONITOR_TEXT, PAGE, MEMORY "read", "write execute", m->line,
        layout_text("behind its data: what forge tells it of its VM"));
    if (m->disk_size) {
        map(p, "disk", MONITOR_DISK, m->pa + MONITOR_DISK - MONITOR_TEXT, (m->disk_size + PAGE - 1) / PAGE * PAGE, MEMORY "read write", "execute", m->line,
            layout_text("behind its 2 MiB: the image of its virtio-block"));
    }
    map(p, "ram", vm->ipa, vm->pa, vm->size, MEMORY "read write", "execute", vm->memory_line, layout_text("the VM's memory, for virtio's rings and buffers"));
    if (m->console >= 0) {
        device(p, &s->devices[m->console], PAGE, "the way out of the VM's emulated consoles");
    }
}

/* hypervisor/include/control.h. Who puts the VM's memory back reaches that, and nothing that the VM could not. */
static void restart(struct layout *l, const struct system *s, size_t v)
{
    const struct system_vm *vm = &s->vms[v];
    uint64_t pa = vm->restart.pa;
    char name[32], root[32];
    snprintf(name, sizeof name, "restart%zu", v);
    snprintf(root, sizeof root, "hyp_r_%zu", v);
    struct space *p = layout_space(l, name, root, "aarch64-stage2", vm->name);
    map(p, "text", RESTART_TEXT, pa, PAGE, MEMORY "read execute", "write", vm->restart.line,
        layout_text("the lowest 2 MiB of the hypervisor's memory that are free behind the monitors, VMs in the XML's order; the program comes first"));
    map(p, "jobs", RESTART_JOBS, pa + RESTART_JOBS - RESTART_TEXT, PAGE, MEMORY "read", "write execute", vm->restart.line, layout_text("behind it: what goes where"));
    map(p, "copy", RESTART_COPY, pa + RESTART_COPY - RESTART_TEXT, vm->restart.size - (RESTART_COPY - RESTART_TEXT), MEMORY "read", "write execute", vm->restart.line,
        layout_text("behind its jobs: what the VM begins with"));
    map(p, "ram", vm->ipa, vm->pa, vm->size, MEMORY "read write", "execute", vm->memory_line, layout_text("the VM's memory, to be put back"));
    if (vm->monitor.line) {
        map(p, "monitor", MONITOR_DATA, vm->monitor.pa + MONITOR_DATA - MONITOR_TEXT, MONITOR_CONFIG - MONITOR_DATA, MEMORY "read write", "execute", vm->monitor.line,
            layout_text("its monitor's data and stack, to be put back"));
    }
    for (size_t i = 0; i < s->device_count; i++) {
        bool touched = false;
        for (size_t k = 0; k < vm->restart.step_count; k++) {
            touched |= vm->restart.steps[k].device == (int)i;
        }
        if (touched) {
            device(p, &s->devices[i], s->devices[i].size, "it is brought to rest");
        }
    }
}

struct space *layout_vm(struct layout *l, const struct system *s, size_t v, const char *name, const char *root)
{
    const struct system_vm *vm = &s->vms[v];
    struct space *p = layout_space(l, name, root, "aarch64-stage2", vm->name);
    map(p, "ram", vm->ipa, vm->pa, vm->size, MEMORY "read write execute", "device", vm->memory_line, why_ram(s, vm));
    for (size_t i = 0; i < s->device_count; i++) {
        if (s->devices[i].owner == (int)v) {
            device(p, &s->devices[i], s->devices[i].size, "the VM uses it");
        }
    }
    return p;
}

struct layout *layout_make(const struct system *s)
{
    struct layout *l = calloc(1, sizeof *l);
    char name[32], root[32];
    l->system = layout_text("%s", s->name);
    l->file = layout_text("%s", s->file);
    if (!s->bare) {
        hypervisor(l, s);
    } else {
        place(l, layout_text("board.tree"), "board", s->ram_base, s->ram_base, FORGE_REGION, 0,
              layout_text("QEMU puts its own device tree at the start of memory; nobody else lies there"));
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        pieces(l, s, vm);
        if (s->bare) {
            continue;
        }
        snprintf(name, sizeof name, "vm%zu", v);
        snprintf(root, sizeof root, "hyp_s2_%zu", v);
        layout_vm(l, s, v, name, root);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line) {
            monitor(l, s, v);
        }
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].restart.line) {
            restart(l, s, v);
        }
    }
    layout_sets(l, s);
    return l;
}

static void free_regions(struct region *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(r[i].name);
        free(r[i].who);
        free(r[i].why);
        free(r[i].demands);
        free(r[i].prevents);
    }
    free(r);
}

void layout_free(struct layout *l)
{
    for (size_t i = 0; i < l->space_count; i++) {
        free(l->spaces[i].name);
        free(l->spaces[i].root);
        free(l->spaces[i].format);
        free(l->spaces[i].who);
        free_regions(l->spaces[i].regions, l->spaces[i].count);
    }
    free(l->spaces);
    free_regions(l->pieces, l->piece_count);
    free(l->system);
    free(l->file);
    free(l);
}
