/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stage 4: what the linked image takes, and what is left of each limit
 */
#include "stages.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 0x1000ul

struct image {
    char *data;
    uint64_t size;
    const char *path;
};

static const void *at(const struct image *i, uint64_t offset, uint64_t size)
{
    if (offset > i->size || size > i->size - offset) {
        fprintf(stderr, "forge: %s ends too early: the linker made no ELF, its messages are above\n", i->path);
        output_fail();
    }
    return i->data + offset;
}

static void read_image(struct image *i, const char *path)
{
    FILE *f = fopen(path, "rb");
    *i = (struct image){ .path = path };
    if (f && !fseek(f, 0, SEEK_END) && (i->size = ftell(f)) && !fseek(f, 0, SEEK_SET) && (i->data = malloc(i->size)) && fread(i->data, 1, i->size, f) == i->size) {
        fclose(f);
        return;
    }
    fprintf(stderr, "forge: %s: %s: build it again\n", path, strerror(errno));
    output_fail();
}

static const Elf64_Shdr *section(const struct image *i, unsigned n)
{
    const Elf64_Ehdr *h = at(i, 0, sizeof *h);
    return n < h->e_shnum ? at(i, h->e_shoff + n * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr)) : NULL;
}

static uint64_t symbol(const struct image *i, const char *name)
{
    const Elf64_Shdr *s;
    for (unsigned n = 0; (s = section(i, n)); n++) {
        const Elf64_Shdr *names = s->sh_type == SHT_SYMTAB ? section(i, s->sh_link) : NULL;
        for (uint64_t k = 0; names && k < s->sh_size / sizeof(Elf64_Sym); k++) {
            const Elf64_Sym *y = at(i, s->sh_offset + k * sizeof *y, sizeof *y);
            if (!strcmp(at(i, names->sh_offset + y->st_name, 1), name)) {
                return y->st_value;
            }
        }
    }
    fprintf(stderr, "forge: %s: no symbol %s: the linker script and forge do not belong together, build forge again\n", i->path, name);
    output_fail();
}

static void limit(xmlNodePtr root, const char *name, uint64_t used, uint64_t of)
{
    xmlNodePtr n = stage_add(root, "limit");
    stage_set(n, "name", "%s", name);
    stage_set(n, "used", "%" PRIu64, used);
    stage_set(n, "of", "%" PRIu64, of);
    stage_set(n, "left", "%" PRIu64, of - used);
}

static void part(xmlNodePtr root, const struct image *i, const char *name)
{
    char *from = layout_text("__%s_start", name), *to = layout_text("__%s_end", name);
    uint64_t bytes = symbol(i, to) - symbol(i, from);
    xmlNodePtr n = stage_add(root, "part");
    stage_set(n, "name", "%s", name);
    stage_set(n, "bytes", "%" PRIu64, bytes);
    stage_set(n, "pages", "%" PRIu64, (bytes + PAGE - 1) / PAGE);
    limit(root, name, bytes, FORGE_REGION);
    free(from);
    free(to);
}

/* A space's tables, and how much they map with how many entries. */
static void tables(xmlNodePtr root, xmlNodePtr space)
{
    char *name = stage_word(space, "name"), *format = stage_word(space, "format");
    const struct format *f = format_get(format);
    uint64_t count = 0, bytes = 0, mapped = 0, entries = 0;
    for STAGE_EACH(table, space, "table") {
        uint64_t level = stage_number(table, "level");
        const struct format_level *l = f->levels;
        while (l->number != level) {
            l++;
        }
        count++;
        bytes += 8ul << l->bits;
        for STAGE_EACH(e, table, "entry") {
            bool memory = stage_has(e, "address");
            entries += memory;
            mapped += memory ? 1ul << l->shift : 0;
        }
    }
    xmlNodePtr n = stage_add(root, "tables");
    stage_set(n, "space", "%s", name);
    stage_set(n, "count", "%" PRIu64, count);
    stage_set(n, "bytes", "%" PRIu64, bytes);
    stage_set(n, "entries", "%" PRIu64, entries);
    stage_set(n, "mapped", "%" PRIu64, mapped);
    free(name);
    free(format);
}

static void payload(xmlNodePtr root, const struct system_vm *vm, const char *what, uint64_t bytes)
{
    if (bytes) {
        xmlNodePtr n = stage_add(root, "payload");
        stage_set(n, "vm", "%s", vm->name);
        stage_set(n, "what", "%s", what);
        stage_set(n, "bytes", "%" PRIu64, bytes);
        stage_set(n, "pages", "%" PRIu64, (bytes + PAGE - 1) / PAGE);
    }
}

xmlDocPtr measure_make(const struct system *s, xmlNodePtr pagetables, const char *elf)
{
    struct image image;
    uint64_t vms = 0;
    xmlDocPtr doc = stage_new("measured", " Made by forge: what the linked image takes, in bytes, and what is left of each limit ");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    read_image(&image, elf);
    stage_set(root, "system", "%s", s->name);
    stage_set(root, "bytes", "%" PRIu64, image.size);
    part(root, &image, "text");
    part(root, &image, "rodata");
    part(root, &image, "data");
    for STAGE_EACH(space, pagetables, "space") {
        tables(root, space);
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        payload(root, vm, "kernel", vm->kernel_size);
        payload(root, vm, "initramfs", vm->initrd_size);
        vms += vm->size;
    }
    for (size_t i = 0; i < s->pool_count; i++) {
        vms += s->pools[i].size;
    }
    limit(root, "hypervisor memory", 3 * FORGE_REGION, s->hyp_size);
    limit(root, "board memory", s->hyp_base - s->ram_base + s->hyp_size + vms, s->ram_size);
    limit(root, "VMs", s->vm_count, SYSTEM_VMS_MAX);
    limit(root, "devices", s->device_count, SYSTEM_DEVICES_MAX);
    free(image.data);
    return doc;
}
