/* SPDX-License-Identifier: GPL-2.0-or-later
 * vCPUs, the cores' slots, capabilities
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "hypervisor/include/layout.h"
#include "hypervisor/include/tables.h"

#define TICK_NS 16              /* CNTFRQ_EL0 of QEMU's cores: 62.5 MHz */

unsigned vcpus_first(const struct wanted *w, size_t vm)
{
    unsigned n = 0;
    for (size_t v = 0; v < vm; v++) {
        n += w->vms[v].core_count;
    }
    return n;
}

unsigned vcpus_first_of(const struct wanted *w, const char *name)
{
    for (size_t v = 0; v < w->vm_count; v++) {
        if (!strcmp(w->vms[v].name, name)) {
            return vcpus_first(w, v);
        }
    }
    return HYP_VCPUS_MAX;
}

static void check_vcpus(const struct image *i, const struct wanted *w)
{
    uint32_t count;
    if (image_constant(i, "hyp_vcpu_count", 0, &count, sizeof count) && count != vcpus_first(w, w->vm_count)) {
        differs(w->line, "%u vCPUs in the image and not %u", count, vcpus_first(w, w->vm_count));
    }
    for (size_t v = 0; v < w->vm_count; v++) {
        const struct wanted_vm *vm = &w->vms[v];
        for (unsigned n = 0; n < vm->core_count; n++) {
            struct hyp_vcpu is;
            unsigned core = vm->cores[n];
            bool shared = w->schedules[core].slot_count > 0;
            if (!image_constant(i, "hyp_vcpus", (vcpus_first(w, v) + n) * sizeof is, &is, sizeof is)) {
                return;
            }
            if (is.vm != v || is.index != n || is.core != core || is.shared != shared) {
                differs(vm->line, "vCPU %u of vm '%s': the image has VM %u, index %u, core %u, %u for shared; not VM %zu, index %u, core %u, %d", n, vm->name, is.vm,
                        is.index, is.core, is.shared, v, n, core, shared);
            }
        }
    }
}

/* The one vCPU of a core without schedule: one that begins there, else the first that a placement brings. */
static unsigned alone(const struct wanted *w, unsigned core)
{
    unsigned vcpu = HYP_VCPUS_MAX;
    for (size_t v = 0; v < w->vm_count; v++) {
        for (unsigned n = 0; n < w->vms[v].core_count; n++) {
            vcpu = w->vms[v].cores[n] == core ? vcpus_first(w, v) + n : vcpu;
        }
    }
    for (size_t v = 0; v < w->vm_count && vcpu == HYP_VCPUS_MAX; v++) {
        for (unsigned n = 0; n < w->vms[v].core_count && vcpu == HYP_VCPUS_MAX; n++) {
            vcpu = places_brings(&w->vms[v], n, core) ? vcpus_first(w, v) + n : vcpu;
        }
    }
    return vcpu;
}

/* The vCPUs of a slot's VMs, in their order; returns how many. */
static unsigned vcpus_of(const struct wanted *w, const char *names, unsigned vcpus[HYP_SLOT_VCPUS + 1])
{
    unsigned count = 0;
    for (size_t len; *(names += strspn(names, " \t\n")) && count <= HYP_SLOT_VCPUS; names += len) {
        char name[64];
        len = strcspn(names, " \t\n");
        snprintf(name, sizeof name, "%.*s", (int)len, names);
        vcpus[count++] = vcpus_first_of(w, name);
    }
    return count;
}

static void check_slots(const struct image *i, const struct wanted *w, unsigned core, uint64_t at)
{
    const struct wanted_schedule *t = &w->schedules[core];
    for (size_t n = 0; n < t->slot_count; n++) {
        struct hyp_slot is;
        unsigned vcpus[HYP_SLOT_VCPUS + 1], count = vcpus_of(w, t->slots[n].vms, vcpus), vcpu = count == 1 ? vcpus[0] : HYP_VCPUS_MAX;
        if (!image_memory(i, at + n * sizeof is, &is, sizeof is)) {
            differs(t->line, "the slots of core %u at 0x%lx are not in the image", core, at);
            return;
        }
        if (is.vcpu != vcpu || (uint64_t)is.ticks * TICK_NS != t->slots[n].ns) {
            differs(t->line, "slot %zu of core %u is vCPU %u's for %lu ns in the image, not %u's for %lu ns (%d: nobody's, or several')", n, core, is.vcpu,
                    (uint64_t)is.ticks * TICK_NS, vcpu, t->slots[n].ns, HYP_VCPUS_MAX);
        }
        if ((uint64_t)is.next != at + (n + 1) % t->slot_count * sizeof is) {
            differs(t->line, "slot %zu of core %u is followed by the one at 0x%lx in the image, not by slot %zu", n, core, (uint64_t)is.next, (n + 1) % t->slot_count);
        }
        count = count > 1 ? count : 0;
        if (is.count != count) {
            differs(t->line, "slot %zu of core %u is shared by %u vCPUs in the image, not by %u", n, core, is.count, count);
            continue;
        }
        for (unsigned k = 0; k < HYP_SLOT_VCPUS; k++) {
            if (is.several[k] != (k < count ? vcpus[k] : 0)) {
                differs(t->line, "slot %zu of core %u: number %u in its order is vCPU %u in the image, not %u", n, core, k, is.several[k], k < count ? vcpus[k] : 0);
            }
        }
    }
}

static void check_cores(const struct image *i, const struct wanted *w)
{
    for (unsigned core = 0; core < HYP_CORES_MAX; core++) {
        const struct wanted_schedule *t = &w->schedules[core];
        struct hyp_core is;
        unsigned vcpu = t->slot_count ? HYP_VCPUS_MAX : alone(w, core);
        if (!image_constant(i, "hyp_core_tables", core * sizeof is, &is, sizeof is)) {
            return;
        }
        if (is.vcpu != vcpu) {
            differs(t->line, "core %u is vCPU %u's alone in the image, and not %u's (%d: nobody's)", core, is.vcpu, vcpu, HYP_VCPUS_MAX);
        }
        if (is.slot_count != t->slot_count || is.frame_ticks != t->frame_ns / TICK_NS) {
            differs(t->line, "core %u has %u slots in %lu ticks in the image, and not %zu in %lu", core, is.slot_count, is.frame_ticks, t->slot_count, t->frame_ns / TICK_NS);
        } else if (is.slot_count) {
            check_slots(i, w, core, (uint64_t)is.slots);
        } else if (is.slots) {
            differs(0, "core %u has no slots, and a table of them at 0x%lx", core, (uint64_t)is.slots);
        }
    }
}

/* Whom a VM controls, by their order: behind signals and <capability>s. Returns how many. */
static size_t check_controls(const struct image *i, const struct wanted *w, size_t v, const struct hyp_vm *is)
{
    size_t count = 0;
    for (size_t of = 0; of < w->vm_count; of++) {
        const struct wanted_control *k = &w->vms[of].control;
        struct hyp_cap cap;
        if (!k->supervisor_line || strcmp(k->supervisor, w->vms[v].name)) {
            continue;
        }
        size_t n = w->vms[v].signal_count + w->vms[v].capability_count + count++;
        if (n < is->cap_count && (!image_memory(i, (uint64_t)is->caps + n * sizeof cap, &cap, sizeof cap) || cap.type != CAP_CONTROL || cap.number != of)) {
            differs(k->supervisor_line, "capability %zu of vm '%s' is not: control of vm '%s'", n, w->vms[v].name, w->vms[of].name);
        }
    }
    return count;
}

/* A VM may interrupt whom its <signal>s name, in their order, and control whom it supervises; between these are those that objects.c looks at; then come its <switch>es, then its <move>s. */
static void check_capabilities(const struct image *i, const struct wanted *w)
{
    for (size_t v = 0; v < w->vm_count; v++) {
        const struct wanted_vm *vm = &w->vms[v];
        struct hyp_vm is;
        if (!image_constant(i, "hyp_vms", v * sizeof is, &is, sizeof is)) {
            return;
        }
        size_t first = vm->signal_count + vm->capability_count + check_controls(i, w, v, &is), count = first + vm->switch_count + vm->move_count;
        if (is.cap_count != count) {
            differs(vm->line, "vm '%s' has %u capabilities in the image and not %zu", vm->name, is.cap_count, count);
            continue;
        }
        for (size_t n = first; n < count; n++) {
            struct hyp_cap cap;
            size_t k = n - first;
            bool set = k < vm->switch_count;
            const struct wanted_grant *g = set ? &vm->switches[k] : &vm->moves[k - vm->switch_count];
            if (!image_memory(i, (uint64_t)is.caps + n * sizeof cap, &cap, sizeof cap) || !(set ? sets_granted : places_granted)(w, g, cap.type, cap.number)) {
                differs(vm->line, "capability %zu of vm '%s' is not: %s '%s' of vm '%s'", n, vm->name, set ? "set" : "placement", g->what, g->vm);
            }
        }
        for (size_t n = 0; n < vm->signal_count; n++) {
            struct hyp_cap cap;
            uint32_t type = CAP_VIRQ | vm->signals[n].intid << 16, number = vcpus_first_of(w, vm->signals[n].to);
            if (!image_memory(i, (uint64_t)is.caps + n * sizeof cap, &cap, sizeof cap) || cap.type != type || cap.number != number) {
                differs(vm->line, "capability %zu of vm '%s' is not: interrupt %u of vm '%s'", n, vm->name, vm->signals[n].intid, vm->signals[n].to);
            }
        }
    }
}

void vcpus_check(const struct image *i, const struct wanted *w)
{
    check_vcpus(i, w);
    check_cores(i, w);
    check_capabilities(i, w);
}
