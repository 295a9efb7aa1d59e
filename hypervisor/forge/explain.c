/* SPDX-License-Identifier: GPL-2.0-or-later
 * --explain: the memory map, interrupt routes, who runs when, and who may do what to whom, in words
 */
#include "forge.h"

#include <inttypes.h>

static void region(FILE *out, uint64_t at, uint64_t size, const char *what, const char *who)
{
    fprintf(out, "  0x%010" PRIx64 "-0x%010" PRIx64 "  %8" PRIu64 " KiB  %-14s %s\n", at, at + size - 1, size / 1024, who, what);
}

static void bare(FILE *out, const struct system_vm *vm)
{
    region(out, vm->kernel_ipa, vm->kernel_size, vm->kernel, vm->name);
    for (size_t i = 0; i < vm->module_count; i++) {
        region(out, vm->modules[i].address, vm->modules[i].size, vm->modules[i].image, "module");
    }
    if (vm->initramfs) {
        region(out, vm->initrd_ipa, vm->initrd_size, vm->initramfs, "initramfs");
    }
    region(out, vm->dtb_ipa, 0x10000, "and the code that enters the payload", "device tree");
}

static void hypervisor(FILE *out, const struct system *s)
{
    region(out, s->hyp_base, FORGE_REGION, "text, read and execute", "hypervisor");
    region(out, s->hyp_base + FORGE_REGION, FORGE_REGION, "constants and all tables, read only", "hypervisor");
    region(out, s->hyp_base + 2 * FORGE_REGION, FORGE_REGION, "data and stacks, never executable", "hypervisor");
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        char what[160], core[32];
        snprintf(core, sizeof core, vm->core_count ? "core %u" : "no core", vm->cores[0]);
        snprintf(what, sizeof what, "at IPA 0x%" PRIx64 ", %s, payload at IPA 0x%" PRIx64 "%s", vm->ipa, core, vm->kernel_ipa, vm->outside_aborts ? ", outside: abort" : "");
        region(out, vm->pa, vm->size, what, vm->name);
    }
    forge_explain_pools(out, s);
}

static void schedule(FILE *out, const struct system *s)
{
    fprintf(out, "\nschedule\n");
    for (unsigned core = 0; core < s->cores; core++) {
        const struct system_schedule *t = &s->schedules[core];
        fprintf(out, "  core %u  ", core);
        for (size_t i = 0; i < t->slot_count; i++) {
            const struct system_slot *slot = &t->slots[i];
            fprintf(out, "%s%s", i ? ", " : "", slot->vm_count ? "" : "nobody");
            for (unsigned k = 0; k < slot->vm_count; k++) {
                fprintf(out, "%s%s", k ? ", else " : "", s->vms[slot->vms[k]].name);
            }
            fprintf(out, " %" PRIu64 " us", slot->ns / 1000);
        }
        const struct system_vm *alone = NULL;
        unsigned vcpu = 0;
        for (size_t v = 0; v < s->vm_count && !t->slot_count; v++) {
            for (unsigned n = 0; n < s->vms[v].core_count; n++) {
                if (s->vms[v].cores[n] == core) {
                    alone = &s->vms[v];
                    vcpu = n;
                }
            }
        }
        if (t->slot_count) {
            fprintf(out, "; again each %" PRIu64 " us", t->frame_ns / 1000);
        } else if (alone) {
            fprintf(out, "vCPU %u of %s, alone%s%s", vcpu, alone->name, alone->direct ? ", with its interrupts" : "", alone->pmu ? ", with its performance monitors" : "");
        } else {
            fprintf(out, forge_placed_on(s, core) < 0 ? "parked" : "nobody");
        }
        forge_explain_places(out, s, core);
        fprintf(out, "\n");
    }
}

static void capabilities(FILE *out, const struct system *s)
{
    unsigned count = 0;
    fprintf(out, "\ncapabilities\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        for (size_t i = 0; i < vm->signal_count; i++, count++) {
            fprintf(out, "  %-14s %3zu  raises interrupt %u of %s\n", vm->name, i, vm->signals[i].intid, vm->signals[i].to_name);
        }
        for (size_t i = 0; i < vm->capability_count; i++, count++) {
            const struct system_capability *c = &vm->capabilities[i];
            fprintf(out, "  %-14s %3zu  ", vm->name, vm->signal_count + i);
            if (c->portal_name) {
                const struct system_portal *p = &s->vms[c->domain].portals[c->portal];
                fprintf(out, "calls %s, id %u, badge %u: %u words in, %u out\n", c->portal_name, p->id, c->badge, p->in, p->out);
            } else {
                fprintf(out, "counts semaphore %s%s%s%s\n", c->semaphore_name, c->up ? " up" : "", c->up && c->down ? " and" : "", c->down ? " down" : "");
            }
        }
        size_t selector = vm->signal_count + vm->capability_count;
        for (size_t of = 0; of < s->vm_count; of++) {
            if (s->vms[of].supervisor.line && s->vms[of].supervisor.vm == (int)v) {
                fprintf(out, "  %-14s %3zu  controls vm %s, is told of its faults by interrupt %u\n", vm->name, selector++, s->vms[of].name, s->vms[of].supervisor.intid);
                count++;
            }
        }
        size_t after = forge_explain_moves(out, s, vm, forge_explain_sets(out, s, vm, selector));
        count += after - selector;
        if (vm->monitor.line) {
            fprintf(out, "  %-14s 0-31  raises interrupts 32 to 63 of its VM: the monitor of %s\n", "monitor", vm->name);
            count++;
        }
    }
    fprintf(out, count ? "" : "  none\n");
}

static void contexts(FILE *out, const struct system *s)
{
    for (size_t i = 0; i < s->context_count; i++) {
        const struct system_context *c = &s->contexts[i];
        const struct system_vm *d = &s->vms[c->domain];
        fprintf(out, "%s  %-14s %3u  on the time of vCPU %u of %s, stack from IPA 0x%" PRIx64 "\n", i ? "" : "\ncontexts of domains\n", d->name, c->index, c->vcpu,
                s->vms[c->vm].name, system_stack_of(d, c->index));
    }
    for (size_t i = 0; i < s->semaphore_count; i++) {
        const struct system_semaphore *m = &s->semaphores[i];
        fprintf(out, "%s  %-14s %3u", i ? "" : "\nsemaphores\n", m->name, m->count);
        fprintf(out, m->device < 0 ? "\n" : "  counted up by interrupt %u of %s\n", m->irq, m->device_name);
    }
}

static void restarts(FILE *out, const struct system *s)
{
    unsigned count = 0;
    fprintf(out, "\nrestarts\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_restart *r = &s->vms[v].restart;
        if (r->line) {
            fprintf(out, "  %-14s %u at most: when it asks for it (PSCI SYSTEM_RESET)%s%s\n", s->vms[v].name, r->limit, r->on_fault ? ", after a fault" : "",
                    s->vms[v].supervisor.line ? ", when its supervisor says so" : "");
            for (size_t k = 0; k < r->step_count; k++) {
                const struct system_step *t = &r->steps[k];
                fprintf(out, t->wait ? "  %-14s   first waits until 0x%x of %s+0x%" PRIx64 " is 0\n" : "  %-14s   first writes 0x%x to %s+0x%" PRIx64 "\n", "", t->value,
                        t->device_name, t->offset);
            }
            count++;
        }
    }
    fprintf(out, count ? "" : "  none\n");
}

void forge_explain(FILE *out, const struct system *s)
{
    fprintf(out, "system %s: %u cores, %" PRIu64 " MiB at 0x%" PRIx64 "\n\nphysical memory\n", s->name, s->cores, s->ram_size >> 20, s->ram_base);
    region(out, s->ram_base, s->hyp_base - s->ram_base, "board's own device tree", "board");
    if (s->bare) {
        bare(out, &s->vms[0]);
    } else {
        hypervisor(out, s);
    }
    fprintf(out, "\ndevices                                   SPI  INTID  stream  owner\n");
    for (size_t i = 0; i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        fprintf(out, "  0x%08" PRIx64 "-0x%08" PRIx64 "  %-12s %8u %6u %7u  %s\n", d->base, d->base + d->size - 1, d->name, d->spi, d->spi + 32, d->stream,
                d->owner >= 0 ? s->vms[d->owner].name : d->owner == SYSTEM_OWNER_HYPERVISOR ? "hypervisor" : "nobody");
    }
    if (!s->bare) {
        schedule(out, s);
        capabilities(out, s);
        contexts(out, s);
        restarts(out, s);
    }
}
