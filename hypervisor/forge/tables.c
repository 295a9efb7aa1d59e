/* SPDX-License-Identifier: GPL-2.0-or-later
 * The runtime's constant structs (hypervisor/include/tables.h) as C
 */
#include "forge.h"

#include <inttypes.h>
#include <string.h>

#include "hypervisor/include/control.h"
#include "hypervisor/include/tables.h"

_Static_assert(SYSTEM_SLOT_VMS_MAX == HYP_SLOT_VCPUS, "a slot's VMs");

#define PPI_VIRTUAL_TIMER 27
#define PPI_PHYSICAL_TIMER 30
#define SGIS 0xffffu
#define PPI_PMU 23              /* Arm BSA 3.7, and QEMU virt */
/* VTCR_EL2 (Arm ARM D13.2.148): RES1, 40-bit PA, inner shareable, write-back, SL0 level 1, T0SZ 25 */
#define VTCR 0x80023559ul

static void irqs(const struct system *s, int vm, uint32_t mask[(HYP_INTIDS + 31) / 32])
{
    bool domain = s->vms[vm].domain;            /* has only what its semaphores count */
    memset(mask, 0, (HYP_INTIDS + 31) / 32 * sizeof *mask);
    mask[0] |= domain ? 0 : 1u << PPI_VIRTUAL_TIMER | 1u << PPI_PHYSICAL_TIMER | (s->vms[vm].pmu ? 1u << PPI_PMU : 0) | (s->vms[vm].direct ? SGIS : 0);
    for (size_t v = 0; v < s->vm_count && s->vms[vm].direct; v++) {
        for (size_t i = 0; i < s->vms[v].signal_count; i++) {
            mask[HYP_VIRTUAL_WORD] |= s->vms[v].signals[i].to == vm ? 1u << s->vms[v].signals[i].intid % 32 : 0;
        }
    }
    for (size_t i = 0; i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        for (unsigned n = 0; d->owner == vm && n < d->lines; n++) {
            mask[(d->spi + n + 32) / 32] |= domain && system_semaphore_of(s, i, n) < 0 ? 0 : 1u << (d->spi + n) % 32;
        }
    }
}

static unsigned first_vcpu(const struct system *s, size_t vm)
{
    unsigned n = 0;
    for (size_t v = 0; v < vm; v++) {
        n += s->vms[v].core_count;
    }
    return n;
}

static void vcpus(FILE *out, const struct system *s)
{
    fprintf(out, "const uint32_t hyp_vcpu_count = %u;\nconst struct hyp_vcpu hyp_vcpus[] = {\n", first_vcpu(s, s->vm_count));
    for (size_t v = 0; v < s->vm_count; v++) {
        for (unsigned i = 0; i < s->vms[v].core_count; i++) {
            unsigned core = s->vms[v].cores[i];
            fprintf(out, "    { .vm = %zu, .index = %u, .core = %u, .shared = %d },\n", v, i, core, s->schedules[core].slot_count > 0);
        }
    }
    fprintf(out, "};\n");
}

/* 2026-01-01, as the board's clock begins (platform/board/arguments.c) */
#define EPOCH 1767225600u

/* CNTFRQ_EL0 of QEMU's cores: 62.5 MHz */
#define NS_PER_TICK 16u

static void cores(FILE *out, const struct system *s)
{
    for (unsigned c = 0; c < SYSTEM_CORES_MAX; c++) {
        const struct system_schedule *t = &s->schedules[c];
        if (!t->slot_count) {
            continue;
        }
        fprintf(out, "static const struct hyp_slot slots_%u[%zu] = {\n", c, t->slot_count);
        for (size_t i = 0; i < t->slot_count; i++) {
            const struct system_slot *slot = &t->slots[i];
            unsigned vcpu = slot->vm_count == 1 ? first_vcpu(s, slot->vms[0]) : HYP_VCPUS_MAX;
            fprintf(out, "    { .next = &slots_%u[%zu], .vcpu = %u, .ticks = %" PRIu64, c, (i + 1) % t->slot_count, vcpu, slot->ns / NS_PER_TICK);
            if (slot->vm_count > 1) {
                fprintf(out, ", .count = %u, .several = {", slot->vm_count);
                for (unsigned k = 0; k < slot->vm_count; k++) {
                    fprintf(out, " %u,", first_vcpu(s, slot->vms[k]));
                }
                fprintf(out, " }");
            }
            fprintf(out, " },\n");
        }
        fprintf(out, "};\n");
    }
    fprintf(out, "const struct hyp_core hyp_core_tables[HYP_CORES_MAX] = {\n");
    for (unsigned c = 0; c < HYP_CORES_MAX; c++) {
        const struct system_schedule *t = &s->schedules[c];
        unsigned vcpu = HYP_VCPUS_MAX;
        for (size_t v = 0; v < s->vm_count; v++) {
            for (unsigned i = 0; i < s->vms[v].core_count; i++) {
                vcpu = s->vms[v].cores[i] == c ? first_vcpu(s, v) + i : vcpu;
            }
        }
        vcpu = vcpu == HYP_VCPUS_MAX && forge_placed_on(s, c) >= 0 ? (unsigned)forge_placed_on(s, c) : vcpu;
        if (t->slot_count) {
            fprintf(out, "    { .vcpu = HYP_VCPUS_MAX, .slot_count = %zu, .frame_ticks = %" PRIu64 ", .slots = slots_%u },\n", t->slot_count,
                    t->frame_ns / NS_PER_TICK, c);
        } else {
            fprintf(out, "    { .vcpu = %u },\n", vcpu);
        }
    }
    fprintf(out, "};\n");
}

/* Portals stand in the order of their domains. */
static unsigned first_portal(const struct system *s, size_t domain)
{
    unsigned n = 0;
    for (size_t v = 0; v < domain; v++) {
        n += s->vms[v].portal_count;
    }
    return n;
}

static void objects(FILE *out, const struct system *s)
{
    fprintf(out, "const struct hyp_portal hyp_portals[] = {\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        for (size_t i = 0; i < s->vms[v].portal_count; i++) {
            const struct system_portal *p = &s->vms[v].portals[i];
            fprintf(out, "    { .domain = %zu, .id = %u, .in = %u, .out = %u },\n", v, p->id, p->in, p->out);
        }
    }
    fprintf(out, "};\nconst uint32_t hyp_ec_count = %zu;\nconst struct hyp_ec hyp_ecs[] = {\n", s->context_count);
    for (size_t i = 0; i < s->context_count; i++) {
        const struct system_context *c = &s->contexts[i];
        fprintf(out, "    { .domain = %d, .index = %u, .vcpu = %u, .sp = 0x%" PRIx64 " },\n", c->domain, c->index, first_vcpu(s, c->vm) + c->vcpu,
                system_stack_of(&s->vms[c->domain], c->index));
    }
    fprintf(out, "};\nconst uint32_t hyp_semaphore_count = %zu;\nconst struct hyp_semaphore hyp_semaphores[] = {\n", s->semaphore_count);
    for (size_t i = 0; i < s->semaphore_count; i++) {
        const struct system_semaphore *m = &s->semaphores[i];
        fprintf(out, "    { .count = %u, .intid = %u },\n", m->count, m->device < 0 ? 0 : s->devices[m->device].spi + m->irq + 32);
    }
    fprintf(out, "};\n");
}

static unsigned supervised(const struct system *s, size_t by)
{
    unsigned count = 0;
    for (size_t v = 0; v < s->vm_count; v++) {
        count += s->vms[v].supervisor.line && s->vms[v].supervisor.vm == (int)by;
    }
    return count;
}

/* Of all VMs if one has something to say; else the runtime's module is not there either (modules.c). */
static void controls(FILE *out, const struct system *s)
{
    bool any = false;
    for (size_t v = 0; v < s->vm_count; v++) {
        any |= s->vms[v].restart.line || s->vms[v].supervisor.line;
        if (s->vms[v].restart.line) {
            fprintf(out, "extern const uint64_t hyp_r_%zu[];\n", v);
        }
    }
    if (!any) {
        return;
    }
    fprintf(out, "const struct hyp_control hyp_controls[] = {\n");
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_restart *r = &s->vms[v].restart;
        const struct system_supervisor *p = &s->vms[v].supervisor;
        fprintf(out, "    { ");
        if (r->line) {
            fprintf(out, ".vttbr = (uint64_t)hyp_r_%zu + (%zuul << 48), .limit = %u, .on_fault = %d, ", v, RESTART_VMID + v + 1, r->limit, r->on_fault);
        }
        fprintf(out, ".supervisor = %u, .intid = %u },\n", p->line ? first_vcpu(s, p->vm) : HYP_VCPUS_MAX, p->line ? p->intid : 0);
    }
    fprintf(out, "};\n");
}

/* A VM's or domain's capabilities, by their selectors: its signals; its <capability>s; the VMs that it supervises; sets; placements; in the XML's order. */
static void capabilities(FILE *out, const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        fprintf(out, "static const struct hyp_cap caps_%zu[] = {\n", v);
        for (size_t i = 0; i < vm->signal_count; i++) {
            fprintf(out, "    { .type = CAP_VIRQ | %uu << 16, .number = %u },\n", vm->signals[i].intid, first_vcpu(s, vm->signals[i].to));
        }
        for (size_t i = 0; i < vm->capability_count; i++) {
            const struct system_capability *c = &vm->capabilities[i];
            if (c->portal_name) {
                fprintf(out, "    { .type = CAP_PORTAL | %uu << 16, .number = 0x%x },\n", first_portal(s, c->domain) + c->portal, c->badge << 16 | c->context);
            } else {
                fprintf(out, "    { .type = CAP_SEMAPHORE%s%s, .number = %d },\n", c->up ? " | RIGHT_UP" : "", c->down ? " | RIGHT_DOWN" : "", c->semaphore);
            }
        }
        for (size_t of = 0; of < s->vm_count; of++) {
            if (s->vms[of].supervisor.line && s->vms[of].supervisor.vm == (int)v) {
                fprintf(out, "    { .type = CAP_CONTROL, .number = %zu },\n", of);
            }
        }
        forge_set_caps(out, s, vm);
        forge_place_caps(out, s, vm);
        fprintf(out, "};\n");
    }
}

/* For each VM that has one: its address space and its capabilities (one for each of its VM's virtual interrupts), and in its memory what it is to emulate. */
static void monitors(FILE *out, const struct system *s)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        const struct system_monitor *m = &vm->monitor;
        if (!m->line) {
            continue;
        }
        uint64_t uart = m->console >= 0 ? s->devices[m->console].base : 0;
        fprintf(out, "static const struct hyp_cap monitor_caps_%zu[32] = {\n", v);
        for (unsigned i = 0; i < 32; i++) {
            fprintf(out, "    { .type = CAP_VIRQ | %uu << 16, .number = %u },\n", 32 + i, first_vcpu(s, v));
        }
        fprintf(out, "};\nextern const uint64_t hyp_m_%zu[];\nstatic const struct hyp_monitor monitor_%zu = { .vttbr = (uint64_t)hyp_m_%zu + (%zuul << 48), .entry = MONITOR_TEXT,\n"
                "    .sp = MONITOR_STACK, .intid = %u, .caps = monitor_caps_%zu, .cap_count = 32 };\n", v, v, v, s->vm_count + v + 1,
                m->console >= 0 ? s->devices[m->console].spi + 32 : 0, v);
        fprintf(out, "const struct monitor_config hyp_monitor_config_%zu __attribute__((section(\".payload.vm%zu.config\"), used)) = {\n"
                "    .ram_ipa = 0x%" PRIx64 ", .ram_size = 0x%" PRIx64 ", .uart = 0x%" PRIx64 ", .disk_size = 0x%" PRIx64 ", .epoch = %u, .device_count = %zu, .devices = {\n",
                v, v, vm->ipa, vm->size, uart, m->disk_size, EPOCH, m->model_count);
        for (size_t i = 0; i < m->model_count; i++) {
            const struct system_model *d = &m->models[i];
            fprintf(out, "        { .kind = %d, .spi = %u, .base = 0x%" PRIx64 ", .line = %d, .read_only = %d },\n", d->kind, d->spi, d->base,
                    d->kind == SYSTEM_VIRTIO_CONSOLE, d->read_only);
        }
        fprintf(out, "    } };\n");
    }
}

static void smmu(FILE *out, const struct system *s)
{
    const struct system_device *d = s->hyp_iommu >= 0 ? &s->devices[s->hyp_iommu] : NULL;
    unsigned core = s->vm_count ? s->vms[0].cores[0] : 0, count = 0;
    for (size_t v = s->vm_count; v--;) {        /* the first VM's, but not where it would be a direct one's FIQ if there is another */
        core = s->vms[v].direct ? core : s->vms[v].cores[0];
    }

    fprintf(out, "const struct hyp_stream hyp_streams[] = {\n");
    for (size_t i = 0; d && i < s->device_count; i++) {
        if (s->devices[i].stream && s->devices[i].owner >= 0) {
            fprintf(out, "    { .stream = %u, .vm = %d, .device = \"%s\" },\n", s->devices[i].stream, s->devices[i].owner, s->devices[i].name);
            count++;
        }
    }
    fprintf(out, "};\nextern const uint64_t hyp_stream_table[];\nconst struct hyp_smmu hyp_smmu = {");
    if (d) {
        fprintf(out, "\n    .base = 0x%" PRIx64 ", .intid = %u, .core = %u, .stream_count = %u,\n    .stream_table = (uint64_t)hyp_stream_table, .stream_table_cfg = 0x%x\n",
                d->base, d->spi + 32, core, count, forge_stream_table_cfg());
    }
    fprintf(out, "};\n");
}

void forge_tables(FILE *out, const struct system *s)
{
    uint32_t mask[(HYP_INTIDS + 31) / 32];
    uint8_t owner[HYP_INTIDS];

    fprintf(out, "/* made by forge from %s */\n#include \"layout.h\"\n#include \"monitor.h\"\n#include \"tables.h\"\n\n", s->name);
    fprintf(out, "const char hyp_system_name[] = \"%s\";\nconst uint64_t hyp_vtcr = 0x%lx;\n", s->name, VTCR);
    fprintf(out, "const uint64_t hyp_console_base = 0x%" PRIx64 ";\n", s->hyp_console >= 0 ? s->devices[s->hyp_console].base : 0);
    fprintf(out, "const uint32_t hyp_core_count = %u;\nconst uint32_t hyp_vm_count = %zu;\n", s->cores, s->vm_count);

    vcpus(out, s);
    cores(out, s);
    capabilities(out, s);
    objects(out, s);
    controls(out, s);
    monitors(out, s);
    for (size_t v = 0; v < s->vm_count; v++) {
        fprintf(out, "extern const uint64_t hyp_s2_%zu[];\n", v);
    }
    fprintf(out, "const struct hyp_vm hyp_vms[] = {\n");
    memset(owner, HYP_NO_VM, sizeof owner);
    for (size_t v = 0; v < s->vm_count; v++) {
        const struct system_vm *vm = &s->vms[v];
        irqs(s, v, mask);
        uint32_t words = 0;
        for (unsigned w = 0; w < (HYP_INTIDS + 31) / 32; w++) {
            words |= mask[w] ? 1u << w : 0;
        }
        fprintf(out, "    { .name = \"%s\", .first_vcpu = %u, .vcpu_count = %u, .flags = %s | %s | %s | %s, .irq_words = 0x%x, .caps = caps_%zu, .cap_count = %zu, .vmid = %zu, .entry_ipa = 0x%" PRIx64 ", .boot_x0 = 0x%" PRIx64 ",\n"
                "      .vttbr = (uint64_t)hyp_s2_%zu + (%zuul << 48), .ram_ipa = 0x%" PRIx64 ", .ram_pa = 0x%" PRIx64 ", .ram_size = 0x%" PRIx64 ",\n"
                "      .irq_mask = {", vm->name, first_vcpu(s, v), vm->core_count, vm->direct ? "VM_DIRECT" : "0", vm->pmu ? "VM_PMU" : "0", vm->outside_aborts ? "VM_ABORTS" : "0",
                vm->set_count || vm->placement_count ? "VM_MOVES" : "0",
                words, v, vm->signal_count + vm->capability_count + supervised(s, v) + vm->switch_count + vm->move_count, v + 1, vm->kernel_ipa, vm->dtb_ipa, v, v + 1, vm->ipa, vm->pa, vm->size);
        for (unsigned w = 0; w < (HYP_INTIDS + 31) / 32; w++) {
            fprintf(out, mask[w] ? " [%u] = 0x%08x," : "", w, mask[w]);
            for (unsigned b = 0; b < 32; b++) {
                if (w && mask[w] >> b & 1) {
                    owner[w * 32 + b] = v;
                }
            }
        }
        fprintf(out, " },\n");
        if (vm->monitor.line) {
            fprintf(out, "      .monitor = &monitor_%zu,\n", v);
        }
        if (vm->domain) {
            fprintf(out, "      .thread_sp = 0x%" PRIx64 ",\n", system_stack_of(vm, 0));
        }
        fprintf(out, "    },\n");
    }
    fprintf(out, "};\nconst uint8_t hyp_irq_vm[HYP_INTIDS] = {\n    [0 ... HYP_INTIDS - 1] = HYP_NO_VM,\n");
    for (unsigned i = 0; i < HYP_INTIDS; i++) {
        if (owner[i] != HYP_NO_VM) {
            fprintf(out, "    [%u] = %u,\n", i, owner[i]);
        }
    }
    fprintf(out, "};\n");
    forge_set_tables(out, s);
    forge_place_tables(out, s);
    smmu(out, s);
}
