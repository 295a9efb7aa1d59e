/* SPDX-License-Identifier: GPL-2.0-or-later
 * Page tables: VMSAv8-64, 4 KiB granule, 39-bit input, start at level 1 (Arm ARM D5.3)
 */
#include "forge.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of one address space: a root, 64 of level 2 for the 64 GiB that a board can have, 16 for devices, GIC and image. */
#define TABLES_MAX 96
#define PAGE 0x1000ul
#define BLOCK 0x200000ul

/* D5.3.3 descriptor bits */
#define DESC_TABLE 3ul
#define DESC_BLOCK 1ul
#define DESC_PAGE 3ul
#define AF (1ul << 10)
#define SH_INNER (3ul << 8)
#define XN (1ul << 54)
/* stage 1 at EL2: AttrIndx 4:2 (0 device-nGnRnE, 1 normal: start.S sets MAIR so), AP 7:6 (AP[1] is RES1) */
#define S1_NORMAL (1ul << 2 | AF | SH_INNER | 1ul << 6)
#define S1_DEVICE (0ul << 2 | AF | SH_INNER | 1ul << 6 | XN)
#define S1_READ_ONLY (1ul << 7)
/* stage 2: MemAttr 5:2, S2AP 7:6 */
#define S2_NORMAL (0xful << 2 | 3ul << 6 | AF | SH_INNER)
#define S2_DEVICE (0x0ul << 2 | 3ul << 6 | AF | SH_INNER | XN)

/* A set of tables of one translation. An entry is a final descriptor, or the number of the next table. */
struct tables {
    const char *prefix;
    unsigned count;
    struct {
        uint64_t descriptor[512];
        int next[512];
    } *table;
};

static int new_table(struct tables *t)
{
    if (t->count == TABLES_MAX) {
        fprintf(stderr, "forge: an address space of more than %d page tables: a fault of forge, report it with the XML\n", TABLES_MAX);
        output_fail();
    }
    memset(t->table[t->count].descriptor, 0, sizeof t->table[0].descriptor);
    memset(t->table[t->count].next, -1, sizeof t->table[0].next);
    return t->count++;
}

static int below(struct tables *t, int table, unsigned index)
{
    if (t->table[table].next[index] < 0) {
        int made = new_table(t);
        t->table[table].next[index] = made;
    }
    return t->table[table].next[index];
}

static void map(struct tables *t, uint64_t from, uint64_t to, uint64_t size, uint64_t attributes)
{
    while (size) {
        int level2 = below(t, 0, from >> 30 & 511);
        if (from % BLOCK == 0 && to % BLOCK == 0 && size >= BLOCK) {
            t->table[level2].descriptor[from >> 21 & 511] = to | attributes | DESC_BLOCK;
            from += BLOCK, to += BLOCK, size -= BLOCK;
        } else {
            int level3 = below(t, level2, from >> 21 & 511);
            t->table[level3].descriptor[from >> 12 & 511] = to | attributes | DESC_PAGE;
            from += PAGE, to += PAGE, size -= PAGE;
        }
    }
}

static void emit(FILE *out, const struct tables *t, const char *root)
{
    for (unsigned i = 0; i < t->count; i++) {
        fprintf(out, "    .balign 4096\n");
        if (i == 0) {
            fprintf(out, "    .global %s\n%s:\n", root, root);
        }
        fprintf(out, "%s_%u:\n", t->prefix, i);
        for (unsigned k = 0; k < 512;) {
            unsigned empty = 0;
            while (k + empty < 512 && t->table[i].next[k + empty] < 0 && !t->table[i].descriptor[k + empty]) {
                empty++;
            }
            if (empty) {
                fprintf(out, "    .fill %u, 8, 0\n", empty);
                k += empty;
            } else if (t->table[i].next[k] >= 0) {
                fprintf(out, "    .quad %s_%d + %lu\n", t->prefix, t->table[i].next[k++], DESC_TABLE);
            } else {
                fprintf(out, "    .quad 0x%016" PRIx64 "\n", t->table[i].descriptor[k++]);
            }
        }
    }
}

static void begin(struct tables *t, const char *prefix)
{
    t->prefix = prefix;
    t->count = 0;
    new_table(t);
}

void forge_pages(FILE *out, const struct system *s)
{
    struct tables t = { .table = malloc(TABLES_MAX * sizeof *t.table) };
    char root[80], prefix[32];

    fprintf(out, "/* made by forge from %s */\n    .file \"pagetables.S\"\n    .section .rodata, \"a\"\n", s->name);
    begin(&t, "pt_el2");
    map(&t, s->hyp_base, s->hyp_base, FORGE_REGION, S1_NORMAL | S1_READ_ONLY);                          /* text */
    map(&t, s->hyp_base + FORGE_REGION, s->hyp_base + FORGE_REGION, FORGE_REGION, S1_NORMAL | S1_READ_ONLY | XN);
    map(&t, s->hyp_base + 2 * FORGE_REGION, s->hyp_base + 2 * FORGE_REGION, FORGE_REGION, S1_NORMAL | XN);
    map(&t, 0x08000000, 0x08000000, 0x10000, S1_DEVICE);                                                /* GICD */
    map(&t, 0x080a0000, 0x080a0000, 0x20000 * s->cores, S1_DEVICE);                                     /* GICR */
    if (s->hyp_console >= 0) {
        map(&t, s->devices[s->hyp_console].base, s->devices[s->hyp_console].base, PAGE, S1_DEVICE);
    }
    if (s->hyp_iommu >= 0) {
        map(&t, s->devices[s->hyp_iommu].base, s->devices[s->hyp_iommu].base, s->devices[s->hyp_iommu].size, S1_DEVICE);
    }
    emit(out, &t, "hyp_el2_root");

    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        snprintf(prefix, sizeof prefix, "pt_vm%zu", v);
        snprintf(root, sizeof root, "hyp_s2_%zu", v);
        begin(&t, prefix);
        map(&t, vm->ipa, vm->pa, vm->size, S2_NORMAL);
        for (size_t i = 0; i < s->device_count; i++) {
            if (s->devices[i].owner == (int)v) {
                map(&t, s->devices[i].base, s->devices[i].base, s->devices[i].size, S2_DEVICE);
            }
        }
        emit(out, &t, root);
    }
    free(t.table);
}
