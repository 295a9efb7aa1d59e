/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's rules: what is used once, what must not overlap, what the board has
 */
#include "system_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct system_type types[] = {
    { "uart16550", 1, 4096, false, "model" },
    { "dmaq", 1, 4096, true, "model rtl" },
    { "pulse", 1, 4096, false, "systemc rtl" },
    { "smmuv3", 2, 0x20000, false, "model" },
#include "device_types.inc"     /* those with a device.cmake (vdevices/device.cmake) */
};

const struct system_type *system_type_at(size_t i) { return i < sizeof types / sizeof types[0] ? &types[i] : NULL; }

static const char *known_types(void)
{
    static char words[2048];
    size_t used = 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0] && used < sizeof words; i++) {
        used += snprintf(words + used, sizeof words - used, "%s%s", i ? " " : "", types[i].name);
    }
    return words;
}

const struct system_type *system_type(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!strcmp(types[i].name, name)) {
            return &types[i];
        }
    }
    return NULL;
}

const char *system_default_impl(const char *type)
{
    const struct system_type *t = system_type(type);
    return t ? t->impls : NULL;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static bool inside(uint64_t a, uint64_t a_size, uint64_t from, uint64_t end)
{
    return a >= from && a < end && a_size <= end - a;
}

/* Names become file names, QEMU's ids, C strings, and words of the control protocol. */
static void check_name(struct system *s, int line, const char *what, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t len = strlen(name);
    if (!len || len > SYSTEM_NAME_MAX || !strchr(letters, name[0]) || strspn(name, others) != len) {
        system_error(s, line, "name=\"%s\" cannot name a %s: a letter first, then letters, digits, - . or _, up to %d in all", name, what, SYSTEM_NAME_MAX);
    }
}

void system_check_name(struct system *s, int line, const char *what, const char *name) { check_name(s, line, what, name); }

/* VMs and devices share their names' room: a console is found by either (scenarios), an id of QEMU's is unique. */
static void check_unique(struct system *s, int line, const char *what, const char *name, size_t vm_count, size_t device_count)
{
    int first = 0;
    if (!strcmp(name, "hypervisor") || !strcmp(name, "board")) {
        system_error(s, line, "%s name '%s' is taken by the board itself: choose another", what, name);
    }
    for (size_t k = 0; k < device_count && !first; k++) {
        first = strcmp(s->devices[k].name, name) ? 0 : s->devices[k].line;
    }
    for (size_t k = 0; k < vm_count && !first; k++) {
        first = strcmp(s->vms[k].name, name) ? 0 : s->vms[k].line;
    }
    if (first) {
        system_error(s, line, "%s name '%s' is used twice (first in line %d): choose another", what, name, first);
    }
}

static void check_type(struct system *s, struct system_device *d)
{
    const struct system_type *t = system_type(d->type);
    if (!t) {
        const char *near = system_nearest(d->type, known_types());
        system_error(s, d->line, "device '%s': unknown type '%s'%s%s%s: known types: %s", d->name, d->type,
                     near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", known_types());
        d->lines = 1;
        d->size = d->size ? d->size : 4096;
        return;
    }
    d->lines = t->lines;
    d->size = d->size ? d->size : t->window;
    if (d->impl && !system_has_word(t->impls, d->impl)) {
        system_error(s, d->line, "device '%s': %s has no implementation '%s': choose one of: %s", d->name, d->type, d->impl, t->impls);
    }
    if (d->pcie && d->stream) {
        system_error(s, d->line, "device '%s' is behind PCIe, which has no streams: remove its stream", d->name);
    } else if (d->pcie && !s->bare) {
        system_error(s, d->line, "device '%s': a VM has no PCIe (the hypervisor emulates no ITS): put it on a board with a <payload>, or give it base and spi", d->name);
    } else if (t->dma && !d->stream && !d->pcie) {
        system_error(s, d->line, "device '%s': %s masters the bus and has no stream ID: add stream=\"N\" with a free number from 1", d->name, d->type);
    }
    if (!t->dma && d->stream) {
        system_error(s, d->line, "device '%s': %s does not master the bus: remove its stream", d->name, d->type);
    }
    if (d->size < t->window) {
        system_error(s, d->line, "device '%s': its window is smaller than a %s's registers: make size at least %" PRIu64 ", or leave it away",
                     d->name, d->type, t->window);
    }
}

static void check_device(struct system *s, size_t i)
{
    struct system_device *d = &s->devices[i];

    check_name(s, d->line, "device", d->name);
    check_unique(s, d->line, "device", d->name, 0, i);
    check_type(s, d);
    if (d->pcie) {
        return;
    }
    if (d->base % 4096 || d->size % 4096) {
        system_error(s, d->line, "device '%s': its window does not consist of whole pages: make base and size multiples of 4096", d->name);
    }
    if (!inside(d->base, d->size, DEVICES_BASE, DEVICES_END)) {
        system_error(s, d->line, "device '%s': its window lies outside of the devices' window 0x%lx-0x%lx: move its base", d->name, DEVICES_BASE, DEVICES_END - 1);
    }
    if (d->spi < SPI_MIN || d->spi > SPI_MAX || d->lines > SPI_MAX - d->spi + 1) {
        system_error(s, d->line, "device '%s': SPI %u is not free on this board: choose one from %u to %u", d->name, d->spi, SPI_MIN, SPI_MAX);
    }
    for (size_t k = 0; k < i; k++) {
        const struct system_device *o = &s->devices[k];
        if (o->pcie) {
            continue;
        }
        if (overlap(d->spi, d->lines, o->spi, o->lines)) {
            system_error(s, d->line, "SPI %u of device '%s' is used twice: '%s' in line %d has it; choose a free one", d->spi, d->name, o->name, o->line);
        }
        if (d->stream && d->stream == o->stream) {
            system_error(s, d->line, "stream %u of device '%s' is used twice: '%s' in line %d has it; choose a free number", d->stream, d->name, o->name, o->line);
        }
        if (overlap(d->base, d->size, o->base, o->size)) {
            system_error(s, d->line, "the window of device '%s' overlaps that of '%s' in line %d: move its base", d->name, o->name, o->line);
        }
    }
}

static void check_memory(struct system *s, size_t i)
{
    struct system_vm *vm = &s->vms[i];
    uint64_t ram_end = s->ram_base + s->ram_size, hyp_end = s->hyp_base + s->hyp_size;

    if (!vm->size || vm->ipa % (2 * MIB) || vm->size % (2 * MIB) || vm->pa % (2 * MIB)) {
        system_error(s, vm->memory_line, "vm '%s': its memory is empty or not aligned: make ipa, pa and size multiples of 2 MiB, and size more than 0", vm->name);
        return;
    }
    if (!inside(vm->ipa, vm->size, s->ram_base, 1ul << 39)) {
        system_error(s, vm->memory_line, "vm '%s': its memory is not between ipa 0x%" PRIx64 " and 512 GiB: move its ipa", vm->name, s->ram_base);
    }
    if (!vm->pa_given) {
        return;
    }
    if (!inside(vm->pa, vm->size, s->ram_base, ram_end)) {
        system_error(s, vm->memory_line, "vm '%s': pa 0x%" PRIx64 " with 0x%" PRIx64 " bytes is outside of the board's memory 0x%" PRIx64 "-0x%" PRIx64
                     ": move it, or give the board more memory", vm->name, vm->pa, vm->size, s->ram_base, ram_end - 1);
        return;
    }
    if (vm->pa < hyp_end) {
        system_error(s, vm->memory_line, "vm '%s': its memory overlaps the hypervisor's 0x%" PRIx64 "-0x%" PRIx64 ": move pa up, or leave pa away",
                     vm->name, s->ram_base, hyp_end - 1);
    }
    for (size_t k = 0; k < i; k++) {
        const struct system_vm *o = &s->vms[k];
        if (o->pa_given && overlap(vm->pa, vm->size, o->pa, o->size)) {
            system_error(s, vm->memory_line, "vm '%s': its memory 0x%" PRIx64 "-0x%" PRIx64 " overlaps that of vm '%s' (line %d): move pa, or leave pa away",
                         vm->name, vm->pa, vm->pa + vm->size - 1, o->name, o->memory_line);
        }
    }
}

static void check_bare(struct system *s)
{
    struct system_vm *vm = &s->vms[0];
    uint64_t from = s->ram_base + BARE_OFFSET, end = s->ram_base + s->ram_size;

    check_name(s, vm->line, "payload", vm->name);
    check_unique(s, vm->line, "payload", vm->name, 0, s->device_count);
    if (s->el != 1 && s->el != 2) {
        system_error(s, vm->line, "el=\"%u\": a payload begins at exception level 1 or 2: write el=\"1\" or el=\"2\"", s->el);
    }
    if (vm->address && (vm->address % 4096 || !inside(vm->address, 4096, from, end))) {
        system_error(s, vm->payload_line, "address 0x%" PRIx64 " is not in the board's memory from 0x%" PRIx64 " (below it lies QEMU's device tree), or no multiple of "
                     "4096: move it, or leave it away", vm->address, from);
    }
    for (size_t i = 0; i < vm->module_count; i++) {
        uint64_t at = vm->modules[i].address;
        if (at && (at % 4096 || !inside(at, 4096, from, end))) {
            system_error(s, vm->modules[i].line, "address 0x%" PRIx64 " is not in the board's memory from 0x%" PRIx64 ", or no multiple of 4096: move it, or leave it away",
                         at, from);
        }
    }
}

static void check_vm(struct system *s, size_t i)
{
    struct system_vm *vm = &s->vms[i];

    if (vm->address) {
        system_error(s, vm->payload_line, "vm '%s': a VM's raw image is loaded at the beginning of its memory: remove address", vm->name);
    }
    check_name(s, vm->line, "vm", vm->name);
    check_unique(s, vm->line, "vm", vm->name, i, s->device_count);
    check_memory(s, i);
}

#define STREAM_MAX 0xffffu      /* an smmuv3's IDR1.SIDSIZE */

/* Where there is one, all DMA is its: so somebody must program it. */
static void check_iommu(struct system *s)
{
    int first = system_find_iommu(s);
    if (s->hyp_iommu >= 0 && strcmp(s->devices[s->hyp_iommu].type, "smmuv3")) {
        system_error(s, s->hyp_line, "'%s' is a %s and cannot be the hypervisor's IOMMU: name an smmuv3", s->devices[s->hyp_iommu].name,
                     s->devices[s->hyp_iommu].type);
    }
    for (size_t i = 0; first >= 0 && i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        if ((int)i > first && !strcmp(d->type, "smmuv3")) {
            system_error(s, d->line, "device '%s' is a second smmuv3, '%s' in line %d is there already: a board has one at most, remove one", d->name,
                         s->devices[first].name, s->devices[first].line);
        }
        if (d->stream > STREAM_MAX) {
            system_error(s, d->line, "device '%s': stream %u is beyond the 16 bits that an smmuv3 knows: choose one up to %u", d->name, d->stream, STREAM_MAX);
        }
    }
    if (first >= 0 && !s->bare && s->devices[first].owner != SYSTEM_OWNER_HYPERVISOR) {
        system_error(s, s->devices[first].line, "device '%s': only the hypervisor may program it, or all DMA stays blocked: write <hypervisor iommu=\"%s\" …>%s",
                     s->devices[first].name, s->devices[first].name, s->devices[first].owner >= 0 ? " and remove its <use>" : "");
    }
}

void system_check(struct system *s)
{
    check_name(s, s->line, "system", s->name);
    if (!s->cores || s->cores > SYSTEM_CORES_MAX) {
        system_error(s, s->board_line, "cores=\"%u\": a board has 1 to %d cores: choose a number of them", s->cores, SYSTEM_CORES_MAX);
    }
    if (s->ram_size % (2 * MIB) || s->ram_size < 16 * MIB || s->ram_size > 65536 * MIB) {
        system_error(s, s->board_line, "the board's memory is out of range or not aligned: make it a multiple of 2 MiB, from 16MiB to 64GiB");
        s->ram_size = 65536 * MIB;          /* what lies outside of any board is still told */
    }
    if (!s->bare && (s->hyp_size % (2 * MIB) || s->hyp_size < 6 * MIB || s->hyp_size > s->ram_size - (s->hyp_base - s->ram_base))) {
        system_error(s, s->hyp_line, "the hypervisor's memory is out of range or not aligned: make it a multiple of 2 MiB, at least 6MiB (text, tables, "
                     "data) and at most what the board has from 0x%" PRIx64 " up", s->hyp_base);
        s->hyp_size = 6 * MIB;
    }
    if (s->hyp_console >= 0 && strcmp(s->devices[s->hyp_console].type, "uart16550")) {
        system_error(s, s->hyp_line, "'%s' is a %s and cannot be the hypervisor's console: name a uart16550", s->devices[s->hyp_console].name,
                     s->devices[s->hyp_console].type);
    }
    check_iommu(s);
    for (size_t i = 0; i < s->device_count; i++) {
        check_device(s, i);
    }
    for (size_t i = 0; i < s->vm_count && !s->bare; i++) {
        check_vm(s, i);
    }
    if (s->bare) {
        check_bare(s);
    } else {
        system_check_schedules(s);
        system_check_domains(s);
        system_check_places(s);
        system_check_sets(s);
    }
}
