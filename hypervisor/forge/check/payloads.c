/* SPDX-License-Identifier: GPL-2.0-or-later
 * What lies where a VM begins: its payload, and a device tree where x0 points
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hypervisor/include/tables.h"

/* A file's bytes from an address on. */
static void check_file(const struct image *i, const struct wanted_vm *vm, const char *file, uint64_t at, const char *files)
{
    char path[4096];
    static uint8_t wanted[65536], is[65536];
    snprintf(path, sizeof path, "%s%s%s", file[0] == '/' ? "" : files, file[0] == '/' ? "" : "/", file);
    FILE *f = fopen(path, "rb");
    if (!f) {
        give_up(path, "cannot be read: give the folder of the payloads with --files");
    }
    for (size_t n; (n = fread(wanted, 1, sizeof wanted, f)) > 0; at += n) {
        if (!image_memory(i, at, is, n) || memcmp(is, wanted, n)) {
            differs(vm->line, "vm '%s': what lies at 0x%lx is not what %s has there", vm->name, at, path);
            break;
        }
    }
    fclose(f);
}

void payloads_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const uint64_t *monitor_pa, const char *files)
{
    uint64_t table;
    for (size_t v = 0; image_symbol(i, "hyp_vms", &table) && v < w->vm_count; v++) {
        const struct wanted_vm *vm = &w->vms[v];
        struct hyp_vm is;
        char magic[4] = "";
        if (!image_memory(i, table + v * sizeof is, &is, sizeof is) || is.entry_ipa - vm->ipa >= vm->size || is.boot_x0 - vm->ipa >= vm->size) {
            continue;       /* told by tables_check */
        }
        uint64_t entry = is.entry_ipa - vm->ipa + pa[v];
        struct tree_range initrd = { 0 };
        tree_check(i, w, v, is.boot_x0 - vm->ipa + pa[v], vm->ipa + vm->size - is.boot_x0, &initrd);
        if (!vm->is_linux && is.entry_ipa != vm->ipa) {
            differs(vm->line, "vm '%s': a raw image is entered at 0x%lx, not at the start of its memory", vm->name, is.entry_ipa);
        }
        if (vm->is_linux && (!image_memory(i, entry + 56, magic, sizeof magic) || memcmp(magic, "ARM\x64", 4))) {
            differs(vm->line, "vm '%s': no arm64 Linux Image at 0x%lx", vm->name, is.entry_ipa);
        }
        if (files && vm->monitor.program) {
            check_file(i, vm, vm->monitor.program, monitor_pa[v], files);
        }
        if (files && vm->kernel) {
            check_file(i, vm, vm->kernel, entry, files);
        }
        if (vm->initramfs && (initrd.from < vm->ipa || initrd.end <= initrd.from || initrd.end - vm->ipa > vm->size)) {
            differs(vm->line, "vm '%s': its device tree has the initramfs at 0x%lx-0x%lx, not in its memory", vm->name, initrd.from, initrd.end);
        } else if (vm->initramfs && files) {
            check_file(i, vm, vm->initramfs, initrd.from - vm->ipa + pa[v], files);
        }
    }
}
