/* SPDX-License-Identifier: GPL-2.0-or-later
 * 2-layout.xml: written, read back, checked, put into force; and in words
 */
#include "stages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void write_region(xmlNodePtr parent, const char *name, const struct region *r)
{
    xmlNodePtr n = stage_add(parent, name);
    stage_set(n, "name", "%s", r->name);
    stage_set(n, "who", "%s", r->who);
    stage_set_hex(n, "virtual", r->virt);
    stage_set_hex(n, "physical", r->phys);
    stage_set_hex(n, "size", r->size);
    if (*r->demands) {
        stage_set(n, "demands", "%s", r->demands);
        stage_set(n, "prevents", "%s", r->prevents);
    }
    if (r->line) {
        stage_set(n, "line", "%d", r->line);
    }
    stage_set(n, "why", "%s", r->why);
}

xmlDocPtr layout_write(const struct layout *l)
{
    xmlDocPtr doc = stage_new("layout", " Made by forge: every region of memory and why it lies there. Change it, and go on from there (hypervisor/forge/README.md). ");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    stage_set(root, "system", "%s", l->system);
    for (size_t i = 0; i < l->space_count; i++) {
        const struct space *p = &l->spaces[i];
        xmlNodePtr n = stage_add(root, "space");
        stage_set(n, "name", "%s", p->name);
        stage_set(n, "root", "%s", p->root);
        stage_set(n, "format", "%s", p->format);
        stage_set(n, "who", "%s", p->who);
        for (size_t k = 0; k < p->count; k++) {
            write_region(n, "region", &p->regions[k]);
        }
    }
    for (size_t i = 0; i < l->piece_count; i++) {
        write_region(root, "piece", &l->pieces[i]);
    }
    return doc;
}

static struct region read_region(xmlNodePtr n, bool own)
{
    int line = stage_number(n, "line");
    return (struct region){ stage_word(n, "name"), stage_word(n, "who"), stage_word(n, "why"), stage_number(n, "virtual"), stage_number(n, "physical"),
                            stage_number(n, "size"), stage_word(n, "demands"), stage_word(n, "prevents"), line, own ? xmlGetLineNo(n) : line };
}

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) { return a < b + b_size && b < a + a_size; }

/* Whole pages, no end beyond 2^48, and nothing twice at one address of a space. */
static void check_region(xmlNodePtr n, const struct space *p)
{
    const struct region *r = &p->regions[p->count - 1];
    uint64_t page = format_get(p->format)->page;
    if (!r->size || (r->virt | r->phys | r->size) % page) {
        stage_refuse_at(n, "region '%s' of space '%s' is empty or not made of whole pages: make virtual, physical and size multiples of 0x%" PRIx64, r->name, p->name, page);
    }
    if (r->virt >> 48 || r->phys >> 48 || r->size >> 47) {
        stage_refuse_at(n, "region '%s' of space '%s' goes beyond 48 bits of address: move it", r->name, p->name);
    }
    for (size_t i = 0; i + 1 < p->count; i++) {
        if (overlap(r->virt, r->size, p->regions[i].virt, p->regions[i].size)) {
            stage_refuse_at(n, "regions '%s' and '%s' of space '%s' overlap at virtual 0x%" PRIx64 ": move one", p->regions[i].name, r->name, p->name,
                            r->virt > p->regions[i].virt ? r->virt : p->regions[i].virt);
        }
        if (!strcmp(r->name, p->regions[i].name)) {
            stage_refuse_at(n, "space '%s' has two regions '%s': rename one", p->name, r->name);
        }
    }
}

/* What is one's is no other's: physical memory of all spaces and pieces. */
static void check_owners(xmlNodePtr n, const struct layout *l, const struct region *r)
{
    for (size_t i = 0; i < l->space_count; i++) {
        for (size_t k = 0; k < l->spaces[i].count; k++) {
            const struct region *o = &l->spaces[i].regions[k];
            if (strcmp(o->who, r->who) && overlap(o->phys, o->size, r->phys, r->size)) {
                stage_refuse_at(n, "'%s' of %s lies at physical 0x%" PRIx64 "-0x%" PRIx64 ", which is in '%s' of %s: move one", r->name, r->who, r->phys,
                                r->phys + r->size - 1, o->name, o->who);
            }
        }
    }
    for (size_t i = 0; i < l->piece_count; i++) {
        const struct region *o = &l->pieces[i];
        if (o != r && overlap(o->phys, o->size, r->phys, r->size) && (strcmp(o->who, r->who) || !*r->demands)) {
            stage_refuse_at(n, "'%s' of %s lies at physical 0x%" PRIx64 "-0x%" PRIx64 ", which is in '%s' of %s: move one", r->name, r->who, r->phys,
                            r->phys + r->size - 1, o->name, o->who);
        }
    }
}

struct layout *layout_read(xmlNodePtr root, const char *file)
{
    struct layout *l = calloc(1, sizeof *l);
    l->system = stage_word(root, "system");
    l->file = layout_text("%s", file ? file : root->doc->URL ? (const char *)root->doc->URL : "forge");
    for STAGE_EACH(n, root, "space") {
        char *name = stage_word(n, "name"), *symbol = stage_word(n, "root"), *format = stage_word(n, "format"), *who = stage_word(n, "who");
        struct space *p = layout_space(l, name, symbol, format, who);
        for STAGE_EACH(c, n, "region") {
            layout_map(p, read_region(c, !file));
            check_region(c, p);
            check_owners(c, l, &p->regions[p->count - 1]);
        }
        free(name);
        free(symbol);
        free(format);
        free(who);
    }
    for STAGE_EACH(n, root, "piece") {
        layout_place(l, read_region(n, !file));
        check_owners(n, l, &l->pieces[l->piece_count - 1]);
    }
    return l;
}

static const struct region *piece_of(const struct layout *l, const char *vm, const char *what)
{
    char *name = layout_text("%s.%s", vm, what);
    const struct region *found = NULL;
    for (size_t i = 0; i < l->piece_count; i++) {
        found = strcmp(l->pieces[i].name, name) ? found : &l->pieces[i];
    }
    free(name);
    return found;
}

_Noreturn static void refuse(const struct layout *l, const struct region *r, const char *what, const char *name, const char *remedy)
{
    stage_refuse(l->file, r && r->at ? r->at : 1, "%s '%s': %s", what, name, remedy);
}

static void apply_piece(const struct layout *l, const struct system_vm *vm, const char *what, uint64_t size, uint64_t *ipa)
{
    const struct region *r = size ? piece_of(l, vm->name, what) : NULL;
    if (size && !r) {
        refuse(l, NULL, "no piece for the payload of vm", vm->name, "give VM.kernel, VM.initramfs and VM.tree, as forge makes them");
    }
    if (r && (r->size < size || r->virt < vm->ipa || r->virt - vm->ipa > vm->size || r->size > vm->size - (r->virt - vm->ipa) || r->virt - vm->ipa + vm->pa != r->phys)) {
        refuse(l, r, "too small, outside of its VM's memory, or with addresses that do not belong together: piece", r->name,
               "virtual and physical must name the same byte of region 'ram', and size what the file has");
    }
    if (r && r->phys % 4096) {
        refuse(l, r, "not at the beginning of a page: piece", r->name, "make its address a multiple of 4096");
    }
    *ipa = r ? r->virt : *ipa;
}

/* The hypervisor's regions are where its linker script and entry expect them: by size and distance. */
static void apply_hypervisor(const struct layout *l, struct system *s)
{
    static const char *const names[] = { "text", "rodata", "data" };
    const struct space *el2 = l->space_count ? &l->spaces[0] : NULL;
    for (unsigned i = 0; i < 3; i++) {
        if (!el2 || strcmp(el2->name, "el2") || el2->count < 3 || strcmp(el2->regions[i].name, names[i])) {
            refuse(l, NULL, "the first space must be el2, and begin with region", names[i], "put it there");
        }
        const struct region *r = &el2->regions[i];
        if (r->virt != r->phys || r->phys != s->hyp_base + i * FORGE_REGION || r->size != FORGE_REGION) {
            refuse(l, r, "the runtime is linked to another place than region", names[i], "only demands and prevents can be changed there");
        }
    }
}

void layout_apply(const struct layout *l, struct system *s)
{
    if (strcmp(l->system, s->name)) {
        refuse(l, NULL, "a layout of system", l->system, "give that system's XML with it");
    }
    if (s->bare) {
        return;
    }
    if (l->space_count < s->vm_count + 1) {
        refuse(l, NULL, "fewer spaces than el2 and one a VM: system", l->system, "give each VM its space, in the order of the XML");
    }
    apply_hypervisor(l, s);
    for (size_t v = 0; v < s->vm_count; v++) {
        struct system_vm *vm = &s->vms[v];
        const struct space *p = &l->spaces[v + 1];
        const struct region *ram = p->regions;
        if (strcmp(p->who, vm->name) || strcmp(ram->name, "ram") || ram->virt != vm->ipa || ram->size != vm->size) {
            refuse(l, ram, "its first region must be 'ram', with the ipa and size of the system's XML: space", p->name, "change the system's XML instead");
        }
        if (ram->phys < s->hyp_base + s->hyp_size || ram->phys > s->ram_base + s->ram_size - ram->size) {
            refuse(l, ram, "outside of the board's memory, or in the hypervisor's: region 'ram' of vm", vm->name, "move its physical address");
        }
        vm->pa = ram->phys;
        apply_piece(l, vm, "kernel", vm->kernel_size, &vm->kernel_ipa);
        apply_piece(l, vm, "initramfs", vm->initrd_size, &vm->initrd_ipa);
        apply_piece(l, vm, "tree", 0x10000, &vm->dtb_ipa);
    }
    layout_apply_pools(l, s);
}

static void explain_region(FILE *out, const struct region *r)
{
    fprintf(out, "  0x%010" PRIx64 "-0x%010" PRIx64 "  %-16s %s", r->phys, r->phys + r->size - 1, r->name, r->why);
    fprintf(out, r->line ? " (line %d)\n" : "\n", r->line);
    if (*r->demands) {
        fprintf(out, "  %*s%s%s%s\n", 43, "", r->demands, *r->prevents ? "; never " : "", r->prevents);
    }
}

void layout_explain(FILE *out, const struct layout *l)
{
    for (size_t i = 0; i < l->space_count; i++) {
        const struct space *p = &l->spaces[i];
        fprintf(out, "\nwhat %s reaches (%s), and why it lies there\n", p->who, p->format);
        for (size_t k = 0; k < p->count; k++) {
            explain_region(out, &p->regions[k]);
        }
    }
    fprintf(out, "\nwhat lies in memory, and why it lies there\n");
    for (size_t i = 0; i < l->piece_count; i++) {
        explain_region(out, &l->pieces[i]);
    }
}
