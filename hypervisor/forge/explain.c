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
        char what[128];
        snprintf(what, sizeof what, "at IPA 0x%" PRIx64 ", core %u, payload at IPA 0x%" PRIx64, vm->ipa, vm->cores[0], vm->kernel_ipa);
        region(out, vm->pa, vm->size, what, vm->name);
    }
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
        const char *alone = NULL;
        unsigned vcpu = 0;
        for (size_t v = 0; v < s->vm_count && !t->slot_count; v++) {
            for (unsigned n = 0; n < s->vms[v].core_count; n++) {
                if (s->vms[v].cores[n] == core) {
                    alone = s->vms[v].name;
                    vcpu = n;
                }
            }
        }
        if (t->slot_count) {
            fprintf(out, "; again each %" PRIu64 " us", t->frame_ns / 1000);
        } else if (alone) {
            fprintf(out, "vCPU %u of %s, alone", vcpu, alone);
        } else {
            fprintf(out, "parked");
        }
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
        if (vm->monitor.line) {
            fprintf(out, "  %-14s 0-31  raises interrupts 32 to 63 of its VM: the monitor of %s\n", "monitor", vm->name);
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
    }
}
