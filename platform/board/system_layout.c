/* SPDX-License-Identifier: GPL-2.0-or-later
 * A system's layout: where each VM lies in physical memory, and where its payload lies in the VM
 *
 * A VM's memory, from below: kernel at ipa + text_offset, room for its image_size; free; initramfs; device tree.
 */
#include "system_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096ul

static uint64_t align_up(uint64_t v, uint64_t to) { return (v + to - 1) / to * to; }

/* The lowest free place for each VM whose pa is not given, in the XML's order. */
static void place_vms(struct system *s)
{
    uint64_t end = s->ram_base + s->ram_size;
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        if (vm->pa_given) {
            continue;
        }
        uint64_t at = s->hyp_base + s->hyp_size;
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t k = 0; k < s->vm_count; k++) {
                const struct system_vm *o = &s->vms[k];
                if (k != i && (o->pa_given || k < i) && at < o->pa + o->size && o->pa < at + vm->size) {
                    at = o->pa + o->size;
                    moved = true;
                }
            }
        }
        if (at > end || vm->size > end - at) {
            system_error(s, vm->memory_line, "vm '%s': no room for its %" PRIu64 " MiB in the board's memory: give the board at least %" PRIu64 "MiB",
                         vm->name, vm->size / MIB, (at + vm->size - s->ram_base) / MIB);
            return;
        }
        vm->pa = at;
    }
}

/* Size of a payload; *file becomes the path that forge reads. 0: an error was told. */
static uint64_t find_file(struct system *s, int line, char **file, const char *files_dir)
{
    struct stat st;
    char *path = NULL;
    if (asprintf(&path, "%s%s%s", (*file)[0] == '/' ? "" : files_dir, (*file)[0] == '/' ? "" : "/", *file) < 0) {
        system_error(s, line, "out of memory: free some");
        return 0;
    }
    if (stat(path, &st) < 0) {
        system_error(s, line, "missing file '%s': %s is not there; build it (./ingot does), or correct the name or --files", *file, path);
    } else if (!S_ISREG(st.st_mode) || !st.st_size || access(path, R_OK) < 0) {
        system_error(s, line, "file '%s' is %s: build %s again (./ingot does), or name another", *file,
                     !S_ISREG(st.st_mode) ? "no file" : !st.st_size ? "empty" : "not readable", path);
    } else {
        free(*file);
        *file = path;
        return st.st_size;
    }
    free(path);
    return 0;
}

static uint64_t le64(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) {
        v = v << 8 | p[i];
    }
    return v;
}

/* Linux Documentation/arm64/booting.rst, 4: the header of an Image. 0 or -1 with an error told. */
static int read_image(struct system *s, const struct system_vm *vm, uint64_t *text_offset, uint64_t *image_size)
{
    uint8_t head[64];
    FILE *f = fopen(vm->kernel, "rb");
    size_t got = f ? fread(head, 1, sizeof head, f) : 0;
    if (f) {
        fclose(f);
    }
    if (got != sizeof head || memcmp(head + 56, "ARM\x64", 4)) {
        system_error(s, vm->payload_line, "'%s' is no arm64 Linux Image (no ARM\\x64 at offset 56): give the uncompressed Image", vm->kernel);
        return -1;
    }
    *text_offset = le64(head + 8);
    *image_size = le64(head + 16);
    if (!*image_size) {
        *text_offset = 0x80000;         /* before Linux 3.17, says booting.rst */
        *image_size = vm->kernel_size;
    }
    if (le64(head + 24) & 1) {
        system_error(s, vm->payload_line, "'%s' is a big-endian kernel: give a little-endian one", vm->kernel);
        return -1;
    }
    if (*text_offset % PAGE || *text_offset >= 1ul << 32 || *image_size >= 1ul << 32) {
        system_error(s, vm->payload_line, "'%s' is damaged: its header says text_offset 0x%" PRIx64 " and image_size 0x%" PRIx64 ": get or build it again",
                     vm->kernel, *text_offset, *image_size);
        return -1;
    }
    if (*image_size < vm->kernel_size) {
        *image_size = vm->kernel_size;  /* what is appended to it, a signature for example, is loaded too */
    }
    return 0;
}

static void place_payload(struct system *s, struct system_vm *vm)
{
    uint64_t text_offset = 0, image_size = vm->kernel_size;
    if (vm->payload == SYSTEM_PAYLOAD_LINUX && read_image(s, vm, &text_offset, &image_size) < 0) {
        return;
    }
    uint64_t initrd = align_up(vm->initrd_size, PAGE);
    uint64_t needed = align_up(text_offset + image_size, PAGE) + initrd + SYSTEM_DTB_MAX;
    if (needed > vm->size) {
        system_error(s, vm->memory_line, "vm '%s': its memory is too small for %s (0x%" PRIx64 "), initramfs (0x%" PRIx64 ") and device tree: give it at least %" PRIu64 "MiB",
                     vm->name, vm->payload == SYSTEM_PAYLOAD_LINUX ? "kernel" : "image", image_size, vm->initrd_size, align_up(needed, 2 * MIB) / MIB);
        return;
    }
    vm->kernel_ipa = vm->ipa + text_offset;
    vm->initrd_ipa = vm->dtb_ipa - initrd;
}

void system_layout(struct system *s, const char *files_dir)
{
    bool good = !s->errors;
    if (good) {
        place_vms(s);
    }
    for (size_t i = 0; i < s->vm_count; i++) {
        struct system_vm *vm = &s->vms[i];
        vm->kernel_ipa = vm->ipa;
        vm->dtb_ipa = vm->ipa + vm->size - SYSTEM_DTB_MAX;
        if (!files_dir) {
            continue;
        }
        vm->kernel_size = find_file(s, vm->payload_line, &vm->kernel, files_dir);
        if (vm->initramfs) {
            vm->initrd_size = find_file(s, vm->payload_line, &vm->initramfs, files_dir);
        }
        if (good && vm->kernel_size && (!vm->initramfs || vm->initrd_size)) {
            place_payload(s, vm);
        }
    }
}
