/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board without our hypervisor: one ELF with the payload, its initramfs, modules and device tree, and six instructions
 * that enter it as a boot loader does (Linux Documentation/arm64/booting.rst, 4)
 */
#include "forge.h"

#include <elf.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define LOADER_ROOM 64u         /* the last bytes of the device tree's 64 KiB */
#define TREE_ROOM 0x10000u
#define SEGMENTS_MAX 32

/* x0 = device tree, x1 to x3 = 0, then the entry. */
static const uint32_t loader[6] = {
    0x580000c0,     /* ldr x0, . + 24 */
    0xaa1f03e1,     /* mov x1, xzr */
    0xaa1f03e2,     /* mov x2, xzr */
    0xaa1f03e3,     /* mov x3, xzr */
    0x58000084,     /* ldr x4, . + 16 */
    0xd61f0080,     /* br x4 */
};

struct image {
    FILE *out;
    Elf64_Phdr segments[SEGMENTS_MAX];
    unsigned count;
    uint64_t at;                /* in the file */
};

static void append(struct image *image, const void *data, size_t len)
{
    fwrite(data, 1, len, image->out);
    image->at += len;
}

/* `len` bytes in the file, `room` in memory; alignment is only by page, as loaders like it. */
static void segment(struct image *image, uint64_t address, const void *data, uint64_t len, uint64_t room)
{
    static const char zeros[4096];
    if (image->count == SEGMENTS_MAX) {
        fprintf(stderr, "forge: the ELF has more than %d segments: link it into fewer\n", SEGMENTS_MAX);
        output_fail();
    }
    append(image, zeros, -image->at % 4096);
    image->segments[image->count++] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_offset = image->at,
        .p_vaddr = address, .p_paddr = address, .p_filesz = len, .p_memsz = room, .p_align = 1 };
    append(image, data, len);
}

/* The layout has seen the file; it may have gone since. */
static char *contents(const char *path, uint64_t *len)
{
    FILE *f = fopen(path, "rb");
    char *data = NULL;
    if (f && !fseek(f, 0, SEEK_END) && (*len = ftell(f)) && !fseek(f, 0, SEEK_SET) && (data = malloc(*len)) && fread(data, 1, *len, f) == *len) {
        fclose(f);
        return data;
    }
    fprintf(stderr, "forge: %s: %s: build it again\n", path, errno ? strerror(errno) : "it has changed while it was read");
    output_fail();
}

static void add_file(struct image *image, const char *path, uint64_t address)
{
    uint64_t len;
    char *data = contents(path, &len);
    segment(image, address, data, len, len);
    free(data);
}

static void add_elf(struct image *image, const struct system_vm *vm)
{
    uint64_t len;
    char *data = contents(vm->kernel, &len);
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)data;
    for (unsigned i = 0; i < h->e_phnum; i++) {
        const Elf64_Phdr *p = (const Elf64_Phdr *)(data + h->e_phoff) + i;
        if (p->p_type != PT_LOAD || !p->p_memsz) {
            continue;
        }
        if (p->p_filesz > p->p_memsz || p->p_offset > len || p->p_filesz > len - p->p_offset) {
            fprintf(stderr, "forge: %s: segment %u lies outside of the file: link it again\n", vm->kernel, i);
            output_fail();
        }
        segment(image, p->p_paddr, data + p->p_offset, p->p_filesz, p->p_memsz);
    }
    free(data);
}

void forge_bare(FILE *out, const struct system *s, const void *tree)
{
    const struct system_vm *vm = &s->vms[0];
    struct image image = { .out = out };
    struct { uint32_t code[6]; uint64_t tree, entry; } enter;
    uint64_t start = vm->dtb_ipa + TREE_ROOM - LOADER_ROOM;
    Elf64_Ehdr head = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, .e_type = ET_EXEC,
        .e_machine = EM_AARCH64, .e_version = EV_CURRENT, .e_entry = start, .e_phoff = sizeof head, .e_ehsize = sizeof head,
        .e_phentsize = sizeof(Elf64_Phdr) };

    append(&image, &head, sizeof head);
    append(&image, image.segments, sizeof image.segments);
    if (vm->payload == SYSTEM_PAYLOAD_ELF) {
        add_elf(&image, vm);
    } else {
        add_file(&image, vm->kernel, vm->kernel_ipa);
    }
    if (vm->initramfs) {
        add_file(&image, vm->initramfs, vm->initrd_ipa);
    }
    for (size_t i = 0; i < vm->module_count; i++) {
        add_file(&image, vm->modules[i].image, vm->modules[i].address);
    }
    segment(&image, vm->dtb_ipa, tree, fdt_totalsize(tree), fdt_totalsize(tree));
    memcpy(enter.code, loader, sizeof loader);
    enter.tree = vm->dtb_ipa;
    enter.entry = vm->payload == SYSTEM_PAYLOAD_ELF ? vm->entry : vm->kernel_ipa;
    segment(&image, start, &enter, sizeof enter, sizeof enter);

    head.e_phnum = image.count;
    rewind(out);
    fwrite(&head, sizeof head, 1, out);
    fwrite(image.segments, sizeof image.segments[0], image.count, out);
}
