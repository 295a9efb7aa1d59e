/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's layout: where each VM lies in physical memory, and where its payload lies in the VM
 */
#include "system_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint64_t align_up(uint64_t v, uint64_t to) { return (v + to - 1) / to * to; }

static void place_vms(struct system *s)
{
    uint64_t next = s->hyp_base + s->hyp_size, end = s->ram_base + s->ram_size;
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        if (vm->pa_given) {
            continue;
        }
        /* The lowest free place: behind every region that it would touch. */
        uint64_t at = next;
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t k = 0; k < s->vm_count; k++) {
                const struct system_vm *o = &s->vms[k];
                if (k != i && (o->pa_given || k < i) && at < o->pa + o->size && o->pa < at + vm->size) {
                    at = align_up(o->pa + o->size, 2 * MIB);
                    moved = true;
                }
            }
        }
        if (at + vm->size > end) {
            system_error(s, vm->line, "vm '%s': no room for its 0x%lx bytes in the board's memory: give the board at least %luMiB",
                         vm->name, (unsigned long)vm->size, (unsigned long)((at + vm->size - s->ram_base) / MIB));
            return;
        }
        vm->pa = at;
    }
}

/* Path of a payload as forge will read it; replaces *file. */
static uint64_t find_file(struct system *s, int line, char **file, const char *files_dir)
{
    struct stat st;
    char *path = NULL;
    if ((*file)[0] == '/') {
        path = strdup(*file);
    } else if (asprintf(&path, "%s/%s", files_dir, *file) < 0) {
        path = NULL;
    }
    if (!path || stat(path, &st) < 0 || !S_ISREG(st.st_mode)) {
        system_error(s, line, "missing file '%s': %s is not there; build it (./ingot does), or correct the name or --files", *file, path ? path : "");
        free(path);
        return 0;
    }
    free(*file);
    *file = path;
    return st.st_size;
}

/* Linux arm64 booting.rst: header of an Image */
static void place_linux(struct system *s, struct system_vm *vm, uint64_t file_size)
{
    uint8_t head[64];
    uint64_t text_offset = 0, image_size = 0;
    FILE *f = fopen(vm->kernel, "rb");
    if (!f || fread(head, 1, sizeof head, f) != sizeof head || memcmp(head + 56, "ARM\x64", 4)) {
        system_error(s, vm->payload_line, "'%s' is no arm64 Linux Image (no ARM\\x64 at offset 56): give the uncompressed Image", vm->kernel);
        if (f) {
            fclose(f);
        }
        return;
    }
    fclose(f);
    for (int i = 7; i >= 0; i--) {
        text_offset = text_offset << 8 | head[8 + i];
        image_size = image_size << 8 | head[16 + i];
    }
    vm->kernel_ipa = vm->ipa + text_offset;
    if (image_size < file_size) {
        image_size = file_size;
    }
    vm->initrd_ipa = (vm->dtb_ipa - vm->initrd_size) & ~0xffful;
    if (text_offset + image_size + vm->initrd_size + SYSTEM_DTB_MAX + 4096 > vm->size) {
        system_error(s, vm->line, "vm '%s': its memory is too small for kernel (0x%lx), initramfs (0x%lx) and device tree: give it at least %luMiB",
                     vm->name, (unsigned long)image_size, (unsigned long)vm->initrd_size,
                     (unsigned long)(align_up(text_offset + image_size + vm->initrd_size + SYSTEM_DTB_MAX + 4096, 2 * MIB) / MIB));
    }
}

void system_layout(struct system *s, const char *files_dir)
{
    place_vms(s);
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        vm->dtb_ipa = vm->ipa + vm->size - SYSTEM_DTB_MAX;
        vm->kernel_ipa = vm->ipa;
        if (!files_dir) {
            continue;
        }
        vm->kernel_size = find_file(s, vm->payload_line, &vm->kernel, files_dir);
        if (vm->initramfs) {
            vm->initrd_size = find_file(s, vm->payload_line, &vm->initramfs, files_dir);
        }
        if (s->errors) {
            continue;
        }
        if (vm->payload == SYSTEM_PAYLOAD_LINUX) {
            place_linux(s, vm, vm->kernel_size);
        } else if (vm->kernel_size > vm->size - SYSTEM_DTB_MAX) {
            system_error(s, vm->line, "vm '%s': its memory is too small for its image of 0x%lx bytes: give it more", vm->name, (unsigned long)vm->kernel_size);
        }
    }
}
