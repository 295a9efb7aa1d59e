/* SPDX-License-Identifier: GPL-2.0-or-later
 * The image's ELF: segments, symbols, memory as a loader makes it
 */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const void *at(const struct image *i, uint64_t offset, uint64_t len)
{
    return offset <= i->size && len <= i->size - offset ? i->bytes + offset : NULL;
}

/* A header; the file is at an aligned address, so that its place in the file must be. */
static const void *header(const struct image *i, uint64_t offset, uint64_t len) { return offset % 8 ? NULL : at(i, offset, len); }

void image_read(struct image *i, const char *path)
{
    FILE *f = fopen(path, "rb");
    *i = (struct image){ 0 };
    if (!f || fseek(f, 0, SEEK_END) || (long)(i->size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) || !(i->bytes = malloc(i->size + 1)) ||
        fread(i->bytes, 1, i->size, f) != i->size) {
        give_up(path, "%s: give the path of an image that forge has made", strerror(errno));
    }
    fclose(f);
    const Elf64_Ehdr *h = header(i, 0, sizeof *h);
    if (!h || memcmp(h->e_ident, ELFMAG, SELFMAG) || h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_AARCH64 ||
        h->e_type != ET_EXEC || h->e_phentsize != sizeof(Elf64_Phdr) || !header(i, h->e_phoff, h->e_phnum * sizeof(Elf64_Phdr))) {
        give_up(path, "no static 64-bit ELF for AArch64: give an image that forge has made");
    }
    i->entry = h->e_entry;
    for (unsigned n = 0; n < h->e_phnum; n++) {
        const Elf64_Phdr *p = header(i, h->e_phoff + n * sizeof *p, sizeof *p);
        if (p->p_type == PT_LOAD && i->load_count < sizeof i->loads / sizeof i->loads[0]) {
            if (!at(i, p->p_offset, p->p_filesz) || p->p_filesz > p->p_memsz || p->p_paddr + p->p_memsz < p->p_paddr) {
                give_up(path, "segment %u goes beyond the file, or around the end of memory: build the image again", n);
            }
            i->loads[i->load_count++] = p;
        }
    }
}

bool image_symbol(const struct image *i, const char *name, uint64_t *value)
{
    const Elf64_Ehdr *h = header(i, 0, sizeof *h);
    for (unsigned n = 0; n < h->e_shnum; n++) {
        const Elf64_Shdr *s = header(i, h->e_shoff + n * sizeof *s, sizeof *s);
        const Elf64_Shdr *names = s && s->sh_type == SHT_SYMTAB ? header(i, h->e_shoff + s->sh_link * sizeof *s, sizeof *s) : NULL;
        for (uint64_t k = 0; names && k < s->sh_size / sizeof(Elf64_Sym); k++) {
            const Elf64_Sym *y = header(i, s->sh_offset + k * sizeof *y, sizeof *y);
            if (!y) {
                break;
            }
            const char *text = y->st_shndx != SHN_UNDEF ? at(i, names->sh_offset + y->st_name, strlen(name) + 1) : NULL;
            if (text && !memcmp(text, name, strlen(name) + 1)) {
                *value = y->st_value;
                return true;
            }
        }
    }
    differs(0, "no symbol '%s': the image is stripped or not forge's", name);
    return false;
}

bool image_memory(const struct image *i, uint64_t from, void *to, size_t len)
{
    for (size_t n = 0; n < i->load_count; n++) {
        const Elf64_Phdr *p = i->loads[n];
        if (from >= p->p_paddr && from - p->p_paddr <= p->p_memsz && len <= p->p_memsz - (from - p->p_paddr)) {
            uint64_t offset = from - p->p_paddr, there = offset < p->p_filesz ? p->p_filesz - offset : 0;
            there = there < len ? there : len;
            memcpy(to, i->bytes + p->p_offset + offset, there);
            memset((char *)to + there, 0, len - there);
            return true;
        }
    }
    return false;
}

bool image_constant(const struct image *i, const char *name, uint64_t offset, void *to, size_t len)
{
    uint64_t at;
    if (!image_symbol(i, name, &at)) {
        return false;
    }
    if (!image_memory(i, at + offset, to, len)) {
        differs(0, "'%s' at 0x%lx is not in the image", name, at + offset);
        return false;
    }
    return true;
}

static bool inside(uint64_t from, uint64_t size, uint64_t base, uint64_t room) { return from >= base && from - base <= room && size <= room - (from - base); }

void image_segments(const struct image *i, const struct wanted *w, const uint64_t *pa)
{
    uint64_t start;
    for (size_t n = 0; n < i->load_count; n++) {
        const Elf64_Phdr *p = i->loads[n];
        bool owned = inside(p->p_paddr, p->p_memsz, HYP_BASE, w->hyp_size);
        for (size_t v = 0; v < w->vm_count; v++) {
            owned |= inside(p->p_paddr, p->p_memsz, pa[v], w->vms[v].size);
        }
        if (!owned) {
            differs(0, "segment %zu at 0x%lx with 0x%lx bytes lies neither in the hypervisor's memory nor in that of one VM", n, p->p_paddr, p->p_memsz);
        }
        if (p->p_vaddr != p->p_paddr) {
            differs(0, "segment %zu is linked to 0x%lx and loaded to 0x%lx", n, p->p_vaddr, p->p_paddr);
        }
        if ((p->p_flags & (PF_W | PF_X)) == (PF_W | PF_X)) {
            differs(0, "segment %zu at 0x%lx can be written and executed", n, p->p_paddr);
        }
        for (size_t k = 0; k < n; k++) {
            const Elf64_Phdr *o = i->loads[k];
            if (p->p_paddr < o->p_paddr + o->p_memsz && o->p_paddr < p->p_paddr + p->p_memsz) {
                differs(0, "segments %zu and %zu overlap at 0x%lx", k, n, p->p_paddr);
            }
        }
    }
    if (image_symbol(i, "_start", &start) && i->entry != start) {
        differs(0, "it is entered at 0x%lx, and _start is 0x%lx", i->entry, start);
    }
    if (!inside(i->entry, 4, HYP_BASE, HYP_BLOCK)) {
        differs(0, "its entry 0x%lx is not in the hypervisor's text", i->entry);
    }
}
