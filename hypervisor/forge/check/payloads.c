/* SPDX-License-Identifier: GPL-2.0-or-later
 * What lies where a VM begins: its payload, and a device tree where x0 points
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hypervisor/include/tables.h"

static uint32_t be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

/* Devicetree Specification 0.3, 5.2: magic, totalsize. */
static void check_tree(const struct image *i, const struct wanted_vm *vm, uint64_t at, uint64_t room)
{
    uint8_t head[8];
    if (!image_memory(i, at, head, sizeof head) || be32(head) != 0xd00dfeed || be32(head + 4) > room) {
        differs(vm->line, "vm '%s': no device tree at 0x%lx, or one that does not fit into its memory", vm->name, at);
    }
}

/* The file's bytes from an address on. */
static void check_file(const struct image *i, const struct wanted_vm *vm, uint64_t at, const char *files)
{
    char path[4096];
    static uint8_t wanted[65536], is[65536];
    snprintf(path, sizeof path, "%s%s%s", vm->kernel[0] == '/' ? "" : files, vm->kernel[0] == '/' ? "" : "/", vm->kernel);
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

void payloads_check(const struct image *i, const struct wanted *w, const uint64_t *pa, const char *files)
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
        check_tree(i, vm, is.boot_x0 - vm->ipa + pa[v], vm->ipa + vm->size - is.boot_x0);
        if (!vm->is_linux && is.entry_ipa != vm->ipa) {
            differs(vm->line, "vm '%s': a raw image is entered at 0x%lx, not at the start of its memory", vm->name, is.entry_ipa);
        }
        if (vm->is_linux && (!image_memory(i, entry + 56, magic, sizeof magic) || memcmp(magic, "ARM\x64", 4))) {
            differs(vm->line, "vm '%s': no arm64 Linux Image at 0x%lx", vm->name, is.entry_ipa);
        }
        if (files && vm->kernel) {
            check_file(i, vm, entry, files);
        }
    }
}
