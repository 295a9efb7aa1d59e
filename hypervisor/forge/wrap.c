/* SPDX-License-Identifier: GPL-2.0-or-later
 * The image as a boot loader takes it: Linux's arm64 Image (Documentation/arm64/booting.rst, 4) and the legacy uImage
 *
 * Both are flat: the memory from the hypervisor's base to the last byte of the last payload. So the image must be loaded to where it
 * is linked; it begins with a header, whose code goes to _start, or sleeps if it finds itself elsewhere.
 */
#include "wrap.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stages.h"

#define UIMAGE_MAGIC 0x27051956u
enum { UIMAGE_OS_LINUX = 5, UIMAGE_ARM64 = 22, UIMAGE_KERNEL = 2, UIMAGE_PLAIN = 0 };

/* What boot loaders clear or keep free: up to the end of the hypervisor's data and of the last VM's payload. */
static uint64_t image_end(const struct system *s)
{
    uint64_t end = s->hyp_base + 3 * FORGE_REGION;
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        end = vm->pa + vm->size > end ? vm->pa + vm->size : end;
    }
    return end;
}

void wrap_head(FILE *out, const struct system *s)
{
    fprintf(out, "/* made by forge from %s: the header of an arm64 Image (booting.rst, 4) */\n    .file \"head.S\"\n    .section .text.head, \"ax\"\n"
            "    .global hyp_image_head\nhyp_image_head:\n    b image_entry\n    .long 0\n"
            "    .quad 0x%" PRIx64 "      /* text_offset */\n    .quad 0x%" PRIx64 "      /* image_size */\n    .quad 2      /* flags: little-endian, 4 KiB pages */\n"
            "    .quad 0, 0, 0\n    .ascii \"ARM\\144\"\n    .long 0\n"
            "image_entry:\n    adr x9, hyp_image_head\n    ldr x10, =0x%" PRIx64 "\n    cmp x9, x10\n    b.eq _start\n    msr daifset, #0xf\n"
            "1:  wfe          /* loaded elsewhere: no map of ours holds here */\n    b 1b\n    .ltorg\n",
            s->name, s->hyp_base - s->ram_base, image_end(s) - s->hyp_base, s->hyp_base);
}

_Noreturn static void refuse(const char *path, const char *what)
{
    fprintf(stderr, "forge: %s: %s\n", path, what);
    output_fail();
}

/* The loaded segments of the ELF, lowest first. */
struct flat {
    FILE *elf;
    const char *path;
    Elf64_Phdr loads[64];
    size_t count;
    uint64_t base, size;
};

static int by_address(const void *a, const void *b)
{
    const Elf64_Phdr *x = a, *y = b;
    return x->p_paddr < y->p_paddr ? -1 : x->p_paddr > y->p_paddr;
}

static void open_flat(struct flat *f, const char *path)
{
    Elf64_Ehdr h;
    f->elf = fopen(path, "rb");
    f->path = path;
    if (!f->elf || fread(&h, sizeof h, 1, f->elf) != 1 || h.e_phnum > sizeof f->loads / sizeof f->loads[0]) {
        refuse(path, "it cannot be read, or has too many segments: build it again");
    }
    for (unsigned i = 0; i < h.e_phnum; i++) {
        Elf64_Phdr *p = &f->loads[f->count];
        if (fseek(f->elf, (long)(h.e_phoff + i * sizeof *p), SEEK_SET) || fread(p, sizeof *p, 1, f->elf) != 1) {
            refuse(path, "it ends too early: build it again");
        }
        f->count += p->p_type == PT_LOAD && p->p_filesz;
    }
    qsort(f->loads, f->count, sizeof f->loads[0], by_address);
    f->base = f->loads[0].p_paddr;
    f->size = f->loads[f->count - 1].p_paddr + f->loads[f->count - 1].p_filesz - f->base;
}

static uint32_t crc_add(uint32_t crc, const uint8_t *data, size_t len)
{
    static uint32_t table[256];
    for (uint32_t i = 0; i < 256 && !table[255]; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) {
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
        }
        table[i] = c;
    }
    while (len--) {
        crc = crc >> 8 ^ table[(crc ^ *data++) & 0xff];
    }
    return crc;
}

uint32_t wrap_crc32(uint32_t before, const void *data, size_t len) { return ~crc_add(~before, data, len); }

/* Gaps become holes of the file; their zeros count for the CRC. */
static uint32_t write_flat(FILE *out, struct flat *f, bool sum)
{
    static uint8_t buffer[65536];
    static const uint8_t zeros[65536];
    uint64_t at = 0;
    uint32_t crc = 0;
    for (size_t i = 0; i < f->count; i++) {
        const Elf64_Phdr *p = &f->loads[i];
        uint64_t gap = p->p_paddr - f->base - at;
        fseek(out, (long)gap, SEEK_CUR);
        for (uint64_t n; sum && gap; gap -= n) {
            n = gap < sizeof zeros ? gap : sizeof zeros;
            crc = wrap_crc32(crc, zeros, n);
        }
        fseek(f->elf, (long)p->p_offset, SEEK_SET);
        for (uint64_t left = p->p_filesz, n; left; left -= n) {
            n = left < sizeof buffer ? left : sizeof buffer;
            if (fread(buffer, 1, n, f->elf) != n) {
                refuse(f->path, "it ends too early: build it again");
            }
            fwrite(buffer, 1, n, out);
            crc = sum ? wrap_crc32(crc, buffer, n) : 0;
        }
        at = p->p_paddr - f->base + p->p_filesz;
    }
    return crc;
}

static void be32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) {
        p[i] = v >> (24 - 8 * i);
    }
}

/* Offsets of the legacy header: magic, its CRC, time, size, load address, entry, data's CRC; os, arch, type, compression; name. The time is 0: the
 * same input gives the same bytes. */
static void write_uimage_header(FILE *out, const struct system *s, const struct flat *f, uint32_t crc)
{
    uint8_t h[64] = { 0 };
    be32(h, UIMAGE_MAGIC);
    be32(h + 12, f->size);
    be32(h + 16, f->base);
    be32(h + 20, f->base);
    be32(h + 24, crc);
    h[28] = UIMAGE_OS_LINUX;
    h[29] = UIMAGE_ARM64;
    h[30] = UIMAGE_KERNEL;
    h[31] = UIMAGE_PLAIN;
    memcpy(h + 32, s->name, strnlen(s->name, 32));
    be32(h + 4, wrap_crc32(0, h, sizeof h));
    fseek(out, 0, SEEK_SET);
    fwrite(h, sizeof h, 1, out);
}

void wrap_make(FILE *out, const struct system *s, const char *elf, enum wrap_format format)
{
    struct flat f = { 0 };
    open_flat(&f, elf);
    if (format == WRAP_UIMAGE) {
        if ((f.base + f.size) >> 32) {
            refuse(elf, "a uImage has 32 bits for addresses and size: use --format image, or put the VMs' memory lower");
        }
        fseek(out, 64, SEEK_SET);
        write_uimage_header(out, s, &f, write_flat(out, &f, true));
    } else {
        write_flat(out, &f, false);
    }
    fclose(f.elf);
}
