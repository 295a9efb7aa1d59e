/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM's monitor: its address space, its capabilities, and what it is told to emulate
 */
#include "check.h"

#include <stdio.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/monitor.h"
#include "hypervisor/include/tables.h"

#define ROOT 0xfffffffffffeul

static void number(const struct wanted_vm *vm, const char *what, uint64_t is, uint64_t wanted)
{
    if (is != wanted) {
        differs(vm->monitor.line, "the monitor of vm '%s': %s is 0x%lx in the image, and 0x%lx in the XML", vm->name, what, is, wanted);
    }
}

static void check_caps(const struct image *i, const struct wanted *w, size_t v, const struct hyp_monitor *is)
{
    for (uint32_t n = 0; n < is->cap_count; n++) {
        struct hyp_cap cap;
        if (!image_memory(i, (uint64_t)is->caps + n * sizeof cap, &cap, sizeof cap) || cap.type != (CAP_VIRQ | (32 + n) << 16) || cap.number != vcpus_first(w, v)) {
            differs(w->vms[v].monitor.line, "the monitor of vm '%s': its capability %u is not interrupt %u of its VM", w->vms[v].name, n, 32 + n);
        }
    }
}

static void check_config(const struct image *i, const struct wanted *w, const struct wanted_vm *vm, uint64_t pa)
{
    struct monitor_config is;
    const struct wanted_monitor *m = &vm->monitor;
    if (!image_memory(i, pa + MONITOR_CONFIG - MONITOR_TEXT, &is, sizeof is)) {
        differs(m->line, "the monitor of vm '%s' is told nothing of its VM", vm->name);
        return;
    }
    number(vm, "where the VM's memory is", is.ram_ipa, vm->ipa);
    number(vm, "the size of the VM's memory", is.ram_size, vm->size);
    number(vm, "its UART", is.uart, m->console >= 0 ? w->devices[m->console].base : 0);
    number(vm, "the number of its devices", is.device_count, m->model_count);
    for (size_t n = 0; n < m->model_count && n < MONITOR_DEVICES; n++) {
        number(vm, "a device's address", is.devices[n].base, m->models[n].base);
        number(vm, "a device's SPI", is.devices[n].spi, m->models[n].spi);
        number(vm, "a device's kind", is.devices[n].kind, m->models[n].kind);
    }
}

uint64_t monitor_check(const struct image *i, const struct wanted *w, size_t v, uint64_t table, uint64_t ram_pa)
{
    const struct wanted_vm *vm = &w->vms[v];
    struct hyp_monitor is;
    if (!table != !vm->monitor.line) {
        differs(vm->line, "vm '%s' has %s monitor in the image, and %s in the XML", vm->name, table ? "a" : "no", table ? "none" : "one");
        return 0;
    }
    if (!table || !image_memory(i, table, &is, sizeof is)) {
        return 0;
    }
    number(vm, "its VMID", is.vttbr >> 48, w->vm_count + v + 1);
    number(vm, "its entry", is.entry, MONITOR_TEXT);
    number(vm, "its stack", is.sp, MONITOR_STACK);
    number(vm, "the interrupt of its UART", is.intid, vm->monitor.console >= 0 ? w->devices[vm->monitor.console].spi + 32 : 0);
    number(vm, "the number of its capabilities", is.cap_count, 32);
    check_caps(i, w, v, &is);
    uint64_t pa = spaces_monitor(i, w, v, is.vttbr & ROOT, ram_pa);
    if (pa) {
        check_config(i, w, vm, pa);
    }
    return pa;
}
