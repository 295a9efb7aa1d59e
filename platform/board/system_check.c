/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's rules: what is used once, what must not overlap, what the board has
 */
#include "system_internal.h"

#include <stdlib.h>
#include <string.h>

static const struct system_type types[] = {
    { "uart16550", 1, 4096, false, "model" },
    { "dmaq", 1, 4096, true, "model rtl" },
    { "pulse", 1, 4096, false, "systemc rtl" },
};
#define KNOWN_TYPES "uart16550 dmaq pulse"

const struct system_type *system_type(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!strcmp(types[i].name, name)) {
            return &types[i];
        }
    }
    return NULL;
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; (p = strstr(p, word)); p += len) {
        if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' ')) {
            return true;
        }
    }
    return false;
}

static void check_device(struct system *s, size_t i)
{
    struct system_device *d = &s->devices[i];
    const struct system_type *t = system_type(d->type);

    if (!t) {
        const char *near = system_nearest(d->type, KNOWN_TYPES);
        system_error(s, d->line, "device '%s': unknown type '%s'%s%s%s: known types: %s", d->name, d->type,
                     near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", KNOWN_TYPES);
        return;
    }
    d->lines = t->lines;
    d->size = d->size ? d->size : t->window;
    if (d->impl && !has_word(t->impls, d->impl)) {
        system_error(s, d->line, "device '%s': %s has no implementation '%s': choose one of: %s", d->name, d->type, d->impl, t->impls);
    }
    if (t->dma && !d->stream) {
        system_error(s, d->line, "device '%s': %s masters the bus and has no stream ID: add stream=\"N\" with a free number from 1", d->name, d->type);
    }
    if (d->base % 4096 || d->size % 4096 || d->size < t->window) {
        system_error(s, d->line, "device '%s': base and size must be multiples of 4096, and size at least %lu", d->name, (unsigned long)t->window);
    }
    if (d->base < DEVICES_BASE || d->base >= DEVICES_END || d->size > DEVICES_END - d->base) {
        system_error(s, d->line, "device '%s': its window lies outside of the devices' window 0x%lx-0x%lx: move its base", d->name, DEVICES_BASE, DEVICES_END - 1);
    }
    if (d->spi < SPI_MIN || d->spi + d->lines - 1 > SPI_MAX) {
        system_error(s, d->line, "device '%s': SPI %u is not free on this board: choose one from %u to %u", d->name, d->spi, SPI_MIN, SPI_MAX);
    }
    for (size_t k = 0; k < i; k++) {
        const struct system_device *o = &s->devices[k];
        if (!strcmp(o->name, d->name)) {
            system_error(s, d->line, "device name '%s' is used twice (first in line %d): choose another", d->name, o->line);
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

static void check_vm(struct system *s, size_t i)
{
    struct system_vm *vm = &s->vms[i];
    uint64_t ram_end = s->ram_base + s->ram_size;

    if (vm->core >= s->cores) {
        system_error(s, vm->line, "vm '%s': core %u does not exist: the board has cores 0 to %u", vm->name, vm->core, s->cores - 1);
    }
    if (!vm->size || vm->ipa % (2 * MIB) || vm->size % (2 * MIB) || vm->pa % (2 * MIB)) {
        system_error(s, vm->line, "vm '%s': ipa, pa and size of its memory must be multiples of 2 MiB, and size more than 0", vm->name);
        return;
    }
    if (vm->ipa < 0x40000000 || vm->ipa >= 1ul << 39 || vm->size > (1ul << 39) - vm->ipa) {
        system_error(s, vm->line, "vm '%s': its memory must lie at ipa 0x40000000 or above, and below 512 GiB", vm->name);
    }
    if (vm->pa_given && (vm->pa < s->ram_base || vm->pa >= ram_end || vm->size > ram_end - vm->pa)) {
        system_error(s, vm->line, "vm '%s': pa 0x%lx with 0x%lx bytes is outside of the board's memory 0x%lx-0x%lx: move it, or give the board more memory",
                     vm->name, (unsigned long)vm->pa, (unsigned long)vm->size, (unsigned long)s->ram_base, (unsigned long)ram_end - 1);
    }
    if (vm->pa_given && overlap(vm->pa, vm->size, s->ram_base, s->hyp_base + s->hyp_size - s->ram_base)) {
        system_error(s, vm->line, "vm '%s': its memory overlaps the hypervisor's 0x%lx-0x%lx: move pa up, or leave pa away", vm->name,
                     (unsigned long)s->ram_base, (unsigned long)(s->hyp_base + s->hyp_size - 1));
    }
    for (size_t k = 0; k < i; k++) {
        const struct system_vm *o = &s->vms[k];
        if (!strcmp(o->name, vm->name)) {
            system_error(s, vm->line, "vm name '%s' is used twice: choose another", vm->name);
        }
        if (o->core == vm->core) {
            system_error(s, vm->line, "vm '%s': core %u is used twice: vm '%s' runs on it; there is one vCPU a core", vm->name, vm->core, o->name);
        }
        if (vm->pa_given && o->pa_given && overlap(vm->pa, vm->size, o->pa, o->size)) {
            system_error(s, vm->line, "vm '%s': its memory 0x%lx-0x%lx overlaps that of vm '%s' (line %d): move pa, or leave pa away", vm->name,
                         (unsigned long)vm->pa, (unsigned long)(vm->pa + vm->size - 1), o->name, o->line);
        }
    }
}

void system_check(struct system *s)
{
    if (!s->cores || s->cores > SYSTEM_CORES_MAX) {
        system_error(s, s->board_line, "cores=\"%u\": a board has 1 to %d cores", s->cores, SYSTEM_CORES_MAX);
    }
    if (s->ram_size % (2 * MIB) || s->ram_size < 16 * MIB || s->ram_size > 64ul * 1024 * MIB) {
        system_error(s, s->board_line, "memory of the board must be a multiple of 2 MiB, from 16MiB to 64GiB");
    }
    if (s->hyp_size % (2 * MIB) || s->hyp_size < 6 * MIB) {
        system_error(s, s->hyp_line, "memory of the hypervisor must be a multiple of 2 MiB, at least 6MiB (text, tables, data)");
    }
    if (s->hyp_console >= 0 && strcmp(s->devices[s->hyp_console].type, "uart16550")) {
        system_error(s, s->hyp_line, "the hypervisor's console must be a uart16550, '%s' is a %s", s->devices[s->hyp_console].name, s->devices[s->hyp_console].type);
    }
    for (size_t i = 0; i < s->device_count; i++) {
        check_device(s, i);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        check_vm(s, i);
    }
}
