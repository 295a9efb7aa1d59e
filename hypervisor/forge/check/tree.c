/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM's flattened device tree, read by the Devicetree Specification 0.3, 5: memory, devices, initramfs
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#define MAGIC 0xd00dfeedu
#define TREE_MAX 0x10000u
enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

struct tree {
    uint8_t bytes[TREE_MAX];
    uint32_t size, structure, strings;
};

/* A node below the root: what of it is held against the XML. */
struct node {
    char name[64];
    uint32_t reg[4], interrupts[3];
    bool has_reg, has_interrupts;
};

static uint32_t be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static bool cell(const struct tree *t, uint32_t at, uint32_t *v)
{
    bool there = at <= t->size && t->size - at >= 4;
    *v = there ? be32(t->bytes + at) : END;
    return there;
}

static bool named(const struct tree *t, uint32_t offset, const char *name)
{
    uint64_t at = (uint64_t)t->strings + offset;
    return at + strlen(name) + 1 <= t->size && !strcmp((const char *)t->bytes + at, name);
}

static bool cells(const struct tree *t, uint32_t at, uint32_t len, uint32_t *to, unsigned count)
{
    if (len < count * 4 || (uint64_t)at + count * 4 > t->size) {
        return false;
    }
    for (unsigned n = 0; n < count; n++) {
        to[n] = be32(t->bytes + at + n * 4);
    }
    return true;
}

struct found {
    const struct wanted *w;
    size_t vm;
    bool memory, pmu;
    bool devices[256];
};

/* A node that lies where a device of the board lies must be that of the VM's own device. */
static void check_node(struct found *f, const struct node *n)
{
    const struct wanted_vm *vm = &f->w->vms[f->vm];
    uint64_t base = (uint64_t)n->reg[0] << 32 | n->reg[1], size = (uint64_t)n->reg[2] << 32 | n->reg[3];
    if (!strncmp(n->name, "memory", 6)) {
        f->memory = true;
        if (base != vm->ipa || size != vm->size) {
            differs(vm->line, "vm '%s': its device tree has memory 0x%lx with 0x%lx bytes, not 0x%lx with 0x%lx", vm->name, base, size, vm->ipa, vm->size);
        }
    }
    if (!strcmp(n->name, "pmu")) {
        f->pmu = true;
        if (!vm->pmu || n->interrupts[0] != 1 || n->interrupts[1] != 7 || n->interrupts[2] != 4) {
            differs(vm->line, "vm '%s': its device tree has performance monitors with interrupt %u %u %u; it has %s", vm->name, n->interrupts[0], n->interrupts[1],
                    n->interrupts[2], vm->pmu ? "PPI 7, a level" : "none");
        }
    }
    for (size_t k = 0; n->has_reg && k < f->w->device_count; k++) {
        const struct wanted_device *d = &f->w->devices[k];
        if (base >= d->base + d->size || d->base >= base + size) {
            continue;
        }
        if (d->owner != (int)f->vm) {
            differs(d->line, "vm '%s': its device tree has '%s' where device '%s' lies, which is not its own", vm->name, n->name, d->name);
        } else if (base != d->base || size != d->size || !n->has_interrupts || n->interrupts[0] != 0 || n->interrupts[1] != d->spi) {
            differs(d->line, "vm '%s': its device tree has '%s' at 0x%lx with 0x%lx bytes and SPI %u; device '%s' is at 0x%lx with 0x%lx and SPI %u", vm->name, n->name,
                    base, size, n->interrupts[1], d->name, d->base, d->size, d->spi);
        }
        f->devices[k] = true;
    }
}

static void read_property(const struct tree *t, struct node *n, uint32_t name, uint32_t at, uint32_t len, struct tree_range *initrd)
{
    uint32_t v[2] = { 0, 0 };
    if (named(t, name, "reg")) {
        n->has_reg = cells(t, at, len, n->reg, 4);
    } else if (named(t, name, "interrupts")) {
        n->has_interrupts = cells(t, at, len, n->interrupts, 3);
    } else if (!strcmp(n->name, "chosen") && named(t, name, "linux,initrd-start")) {
        initrd->from = cells(t, at, len, v, 2) ? (uint64_t)v[0] << 32 | v[1] : 0;
    } else if (!strcmp(n->name, "chosen") && named(t, name, "linux,initrd-end")) {
        initrd->end = cells(t, at, len, v, 2) ? (uint64_t)v[0] << 32 | v[1] : 0;
    }
}

/* The root's children; what is deeper has other address cells. */
static bool read_nodes(const struct tree *t, struct found *f, struct tree_range *initrd)
{
    struct node n = { 0 };
    uint32_t at = t->structure, token, len, name;
    for (int depth = 0; cell(t, at, &token); ) {
        at += 4;
        if (token == BEGIN_NODE) {
            size_t room = at < t->size ? t->size - at : 0, used = strnlen((const char *)t->bytes + at, room);
            if (used == room) {
                return false;
            }
            if (++depth == 2) {
                n = (struct node){ 0 };
                snprintf(n.name, sizeof n.name, "%.63s", (const char *)t->bytes + at);
            }
            at = (at + used + 4) & ~3u;
        } else if (token == END_NODE) {
            if (depth-- == 2) {
                check_node(f, &n);
            }
        } else if (token == PROP && cell(t, at, &len) && cell(t, at + 4, &name) && len <= t->size) {
            if (depth == 2) {
                read_property(t, &n, name, at + 8, len, initrd);
            }
            at = (at + 8 + len + 3) & ~3u;
        } else if (token != NOP) {
            return token == END && !depth;
        }
    }
    return false;
}

void tree_check(const struct image *i, const struct wanted *w, size_t v, uint64_t at, uint64_t room, struct tree_range *initrd)
{
    static struct tree t;
    const struct wanted_vm *vm = &w->vms[v];
    struct found f = { .w = w, .vm = v };
    if (!image_memory(i, at, t.bytes, 40) || be32(t.bytes) != MAGIC || (t.size = be32(t.bytes + 4)) > room || t.size > TREE_MAX ||
        !image_memory(i, at, t.bytes, t.size)) {
        differs(vm->line, "vm '%s': no device tree at 0x%lx, or one that does not fit into its memory", vm->name, at);
        return;
    }
    t.structure = be32(t.bytes + 8);
    t.strings = be32(t.bytes + 12);
    if (!read_nodes(&t, &f, initrd)) {
        differs(vm->line, "vm '%s': its device tree is damaged", vm->name);
    }
    if (!f.memory) {
        differs(vm->line, "vm '%s': its device tree has no memory", vm->name);
    }
    if (vm->pmu && !f.pmu) {
        differs(vm->line, "vm '%s': its device tree has no performance monitors", vm->name);
    }
    for (size_t k = 0; k < w->device_count; k++) {
        if (w->devices[k].owner == (int)v && !f.devices[k]) {
            differs(w->devices[k].line, "vm '%s': its device tree does not have its device '%s'", vm->name, w->devices[k].name);
        }
    }
}
