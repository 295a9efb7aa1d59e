/* SPDX-License-Identifier: GPL-2.0-or-later
 * Placements: the runtime's structs, capabilities, in words
 */
#include "forge.h"

#include "hypervisor/include/layout.h"

bool forge_has_placements(const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].placement_count) {
            return true;
        }
    }
    return false;
}

/* Of each VM with placements: where it begins, then those. */
static size_t first_placement(const struct system *s, size_t vm)
{
    size_t n = 0;
    for (size_t v = 0; v < vm; v++) {
        n += s->vms[v].placement_count ? s->vms[v].placement_count + 1 : 0;
    }
    return n;
}

static void placement(FILE *out, size_t vm, const unsigned *cores, unsigned count)
{
    fprintf(out, "    { .vm = %zu, .cores = {", vm);
    for (unsigned i = 0; i < count; i++) {
        fprintf(out, " %u,", cores[i]);
    }
    fprintf(out, " } },\n");
}

void forge_place_tables(FILE *out, const struct system *s)
{
    if (!forge_has_placements(s)) {
        return;
    }
    fprintf(out, "const struct hyp_placement hyp_placements[] = {\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        if (vm->placement_count) {
            placement(out, v, vm->cores, vm->core_count);
        }
        for (size_t i = 0; i < vm->placement_count; i++) {
            placement(out, v, vm->placements[i].cores, vm->core_count);
        }
    }
    fprintf(out, "};\n");
}

void forge_place_caps(FILE *out, const struct system *s, const struct system_vm *vm)
{
    for (size_t i = 0; i < vm->move_count; i++) {
        fprintf(out, "    { .type = CAP_PLACEMENT, .number = %zu },\n", first_placement(s, vm->moves[i].vm) + vm->moves[i].number);
    }
}

int forge_placed_on(const struct system *s, unsigned core)
{
    int vcpu = 0;
    for (size_t v = 0; v < s->vm_count; v++) {
        for (unsigned i = 0; i < s->vms[v].core_count; i++, vcpu++) {
            for (size_t k = 0; k < s->vms[v].placement_count; k++) {
                if (s->vms[v].placements[k].cores[i] == core) {
                    return vcpu;
                }
            }
        }
    }
    return -1;
}

void forge_explain_places(FILE *out, const struct system *s, unsigned core)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t k = 0; k < s->vms[v].placement_count; k++) {
            for (unsigned i = 0; i < s->vms[v].core_count; i++) {
                if (s->vms[v].placements[k].cores[i] == core) {
                    fprintf(out, "; vCPU %u of %s in its placement %s", i, s->vms[v].name, s->vms[v].placements[k].name);
                }
            }
        }
    }
}

size_t forge_explain_moves(FILE *out, const struct system *s, const struct system_vm *vm, size_t n)
{
    for (size_t i = 0; i < vm->move_count; i++) {
        const struct system_grant *g = &vm->moves[i];
        fprintf(out, "  %-14s %3zu  moves %s to %s\n", vm->name, n++, s->vms[g->vm].name, g->what ? g->what : "the cores where it begins");
    }
    return n;
}
