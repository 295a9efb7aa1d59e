/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pools of memory and the sets of page tables that map them: layout, the runtime's structs, capabilities, in words
 *
 * A set with pools has tables of its own beside those of its VM, one without has its VM's. DMA goes by the VM's, so it never reaches a pool.
 */
#include "stages.h"

#include <inttypes.h>
#include <string.h>

#include "hypervisor/include/layout.h"

#define PAGE 0x1000ul
#define DATA "normal inner-shareable accessed read write"

bool forge_has_sets(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].set_count) {
            return true;
        }
    }
    return false;
}

static struct region pool_region(const struct system_pool *p, const char *name, uint64_t virt, const char *demands, const char *prevents, int line, char *why)
{
    return (struct region){ layout_text("%s%s", name, p->name), layout_text("%s", p->name), why, virt, p->pa, p->size, layout_text("%s", demands), layout_text("%s", prevents),
                            line, line };
}

static void clear_space(struct layout *l, const struct system *s)
{
    struct space *c = layout_space(l, "clear", "hyp_clear_tables", "aarch64-stage2", "hypervisor");
    uint64_t code = s->hyp_base + FORGE_REGION - PAGE;
    layout_map(c, (struct region){ layout_text("text"), layout_text("hypervisor"), layout_text("the last page of the text's block, in which nothing else lies: what clears pools"), code, code,
                                   PAGE, layout_text("normal inner-shareable accessed read execute"), layout_text("write"), s->hyp_line, s->hyp_line });
    for (size_t i = 0; i < s->pool_count; i++) {
        const struct system_pool *p = &s->pools[i];
        if (!p->shared) {
            layout_map(c, pool_region(p, "pool.", p->pa, DATA, "execute", p->line, layout_text("where it lies: cleared before another VM has it")));
        }
    }
}

void layout_sets(struct layout *l, const struct system *s)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        const struct system_pool *p = &s->pools[i];
        layout_place(l, pool_region(p, "pool.", p->pa, "", "", p->line, layout_text("the lowest place that is free, pools in the XML's order, when all VMs have theirs")));
    }
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].set_count; n++) {
            const struct system_set *set = &s->vms[v].sets[n];
            char name[32], root[32];
            if (!set->map_count) {
                continue;
            }
            snprintf(name, sizeof name, "vm%zus%zu", v, n);
            snprintf(root, sizeof root, "hyp_s2_%zu_%zu", v, n);
            struct space *p = layout_vm(l, s, v, name, root);
            for (size_t k = 0; k < set->map_count; k++) {
                const struct system_map *m = &set->maps[k];
                layout_map(p, pool_region(&s->pools[m->pool], "pool.", m->ipa, DATA " execute", "device", m->line,
                                          layout_text("set '%s' maps it at this ipa", set->name)));
            }
        }
    }
    if (forge_has_sets(s)) {
        clear_space(l, s);
    }
}

void layout_apply_pools(const struct layout *l, struct system *s)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        struct system_pool *p = &s->pools[i];
        const struct region *found = NULL;
        for (size_t k = 0; k < l->piece_count; k++) {
            const struct region *r = &l->pieces[k];
            found = strncmp(r->name, "pool.", 5) || strcmp(r->name + 5, p->name) ? found : r;
        }
        if (!found || found->size != p->size || found->phys < s->hyp_base + s->hyp_size || found->phys > s->ram_base + s->ram_size - p->size) {
            stage_refuse(l->file, found && found->at ? found->at : 1, "piece 'pool.%s' is missing, has another size than the pool, or lies outside of the board's memory or in the "
                         "hypervisor's: put it right", p->name);
        }
        p->pa = found->phys;
    }
}

static size_t first_set(const struct system *s, size_t vm)
{
    size_t n = 0;
    for (size_t v = 0; v < vm; v++) {
        n += s->vms[v].set_count;
    }
    return n;
}

void forge_set_tables(FILE *out, const struct system *s)
{
    if (!forge_has_sets(s)) {
        return;
    }
    fprintf(out, "const uint32_t hyp_pool_count = %zu;\nconst struct hyp_pool hyp_pools[] = {\n", s->pool_count);
    for (size_t i = 0; i < s->pool_count; i++) {
        fprintf(out, "    { .pa = 0x%" PRIx64 ", .size = 0x%" PRIx64 ", .shared = %d },\n", s->pools[i].pa, s->pools[i].size, s->pools[i].shared);
    }
    fprintf(out, "};\nextern const uint64_t hyp_clear_tables[];\nconst uint64_t hyp_clear_vttbr = (uint64_t)hyp_clear_tables + (%uul << 48);\n", FORGE_VMID_CLEAR);
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].set_count; n++) {
            if (s->vms[v].sets[n].map_count) {
                fprintf(out, "extern const uint64_t hyp_s2_%zu_%zu[];\n", v, n);
            }
        }
    }
    fprintf(out, "const struct hyp_set hyp_sets[] = {\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t n = 0; n < s->vms[v].set_count; n++) {
            const struct system_set *set = &s->vms[v].sets[n];
            uint32_t pools = 0;
            for (size_t k = 0; k < set->map_count; k++) {
                pools |= 1u << set->maps[k].pool;
            }
            fprintf(out, "    { .vttbr = (uint64_t)hyp_s2_%zu", v);
            if (set->map_count) {
                fprintf(out, "_%zu", n);
            }
            fprintf(out, " + (%zuul << 48), .vm = %zu, .pools = 0x%x },\n", v + 1, v, pools);
        }
    }
    fprintf(out, "};\nconst struct hyp_vm_sets hyp_vm_sets[] = {\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        fprintf(out, "    { .first = %zu, .count = %zu },\n", first_set(s, v), s->vms[v].set_count);
    }
    fprintf(out, "};\n");
}

void forge_set_caps(FILE *out, const struct system *s, const struct system_vm *vm)
{
    for (size_t i = 0; i < vm->switch_count; i++) {
        fprintf(out, "    { .type = CAP_SET, .number = %zu },\n", first_set(s, vm->switches[i].vm) + vm->switches[i].number);
    }
}

void forge_explain_pools(FILE *out, const struct system *s)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        const struct system_pool *p = &s->pools[i];
        fprintf(out, "  0x%010" PRIx64 "-0x%010" PRIx64 "  %8" PRIu64 " KiB  %-14s pool, %s:", p->pa, p->pa + p->size - 1, p->size / 1024, p->name,
                p->shared ? "goes on with what is in it" : "cleared for the next one");
        for (size_t v = 0; v < s->vm_count; v++) {
            for (size_t n = 0; n < s->vms[v].set_count; n++) {
                for (size_t k = 0; k < s->vms[v].sets[n].map_count; k++) {
                    if (s->vms[v].sets[n].maps[k].pool == (int)i) {
                        fprintf(out, " %s with set %s at IPA 0x%" PRIx64 "%s;", s->vms[v].name, s->vms[v].sets[n].name, s->vms[v].sets[n].maps[k].ipa, n ? "" : ", from the beginning");
                    }
                }
            }
        }
        fprintf(out, "\n");
    }
}

size_t forge_explain_sets(FILE *out, const struct system *s, const struct system_vm *vm, size_t n)
{
    for (size_t i = 0; i < vm->switch_count; i++) {
        const struct system_grant *g = &vm->switches[i];
        fprintf(out, "  %-14s %3zu  puts set %s of %s into force\n", vm->name, n++, g->what, s->vms[g->vm].name);
    }
    return n;
}
