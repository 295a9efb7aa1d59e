/* SPDX-License-Identifier: GPL-2.0-or-later
 * A translation table walk: VMSAv8-64, 4 KiB granule, three levels (Arm ARM D5.3)
 */
#include "check.h"

#include <stdlib.h>

#define ADDRESS 0x0000fffffffff000ul        /* bits 47:12 */
#define TABLES_MAX 0x10000                  /* more: they lead in circles */

static unsigned visited;

static void add(struct reach *r, uint64_t virt, uint64_t phys, uint64_t size, uint64_t bits)
{
    struct leaf *grown = realloc(r->leaves, (r->count + 1) * sizeof *grown);
    if (!grown) {
        give_up("forge-check", "out of memory: free some");
    }
    r->leaves = grown;
    r->leaves[r->count++] = (struct leaf){ virt, phys, size, bits, 0 };
}

static void walk_table(const struct image *i, struct reach *r, uint64_t table, int level, uint64_t input)
{
    uint64_t entries[512], size = 1ul << (12 + 9 * (3 - level));
    if (table < r->tables_from || table > r->tables_end || r->tables_end - table < sizeof entries || !image_memory(i, table, entries, sizeof entries)) {
        differs(0, "%s: a level %d table is at 0x%lx, outside of the hypervisor's constants", r->who, level, table);
        return;
    }
    if (++visited > TABLES_MAX) {
        give_up("forge-check", "%s: more than %d tables: they lead in circles", r->who, TABLES_MAX);
    }
    for (unsigned n = 0; n < 512; n++) {
        uint64_t d = entries[n], next = d & ADDRESS, at = input + n * size;
        if (!d) {
            continue;
        }
        if (!(d & 1)) {
            differs(0, "%s: entry %u of the level %d table at 0x%lx (for 0x%lx) is invalid and not 0: 0x%016lx", r->who, n, level, table, at, d);
        } else if (level < 3 && d & 2) {
            if (d & ~(ADDRESS | 3)) {
                differs(0, "%s: entry %u of the level %d table at 0x%lx leads to a table and has bits that nothing asks for: 0x%016lx", r->who, n, level, table, d);
            }
            walk_table(i, r, next, level + 1, at);
        } else if (level == 3 && !(d & 2)) {
            differs(0, "%s: entry %u of the level 3 table at 0x%lx (for 0x%lx) has the reserved kind 1: 0x%016lx", r->who, n, table, at, d);
        } else {
            if (next & (size - 1)) {
                differs(0, "%s: the block for 0x%lx is at 0x%lx, which is not aligned to its 0x%lx bytes", r->who, at, next, size);
            }
            add(r, at, next & ~(size - 1), size, d & ~(ADDRESS | 3));
        }
    }
}

void walk(const struct image *i, struct reach *r, uint64_t root)
{
    visited = 0;
    if (root & (PAGE - 1)) {
        differs(0, "%s: its first table 0x%lx is not aligned", r->who, root);
        return;
    }
    walk_table(i, r, root, 1, 0);
}

void walk_free(struct reach *r) { free(r->leaves); }
