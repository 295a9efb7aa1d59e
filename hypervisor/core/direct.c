/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM with interrupts="direct": the physical CPU interfaces of its cores are its own
 *
 * Its interrupts are group 1 and come as IRQs to its EL1; acknowledge and end of interrupt are physical: no exit. The hypervisor's own on such a core are group 0 and
 * come as FIQs to EL2 (GICv3 4.6.2), at priority 0, which no VM's interrupt has. The distributor stays emulated: the VM's own bits go to the physical one. What all
 * groups share of the CPU interface (priority mask, EOImode, SGIs) traps: arch/aarch64/direct.c.
 */
#include "hyp.h"

STANDS_BEFORE(gic_init_core);
STANDS_BEFORE(gic_claim);
STANDS_BEFORE(gic_kick);
STANDS_BEFORE(gic_disable_vm);
STANDS_BEFORE(arch_park);
STANDS_BEFORE(schedule);
STANDS_BEFORE(trap_interrupt);
STANDS_BEFORE(trap_sync);
STANDS_BEFORE(trap_device);
STANDS_BEFORE(trap_vgic);
STANDS_BEFORE(hypercall);
STANDS_BEFORE(hypercall_switching);
STANDS_BEFORE(vcpu_raise);
STANDS_BEFORE(lists_clear_pending);
STANDS_BEFORE(lists_refill);
STANDS_BEFORE(vgic_bits);
STANDS_BEFORE(vgic_priorities);

enum { GICD_IGROUPR = 0x80, GICR_IGROUPR0 = 0x80 };

#define GROUP1 2u                       /* GICD_CTLR */
#define PPI_KICK PPI_ALARM              /* there is no alarm on such a core: SGI 15 is the guest's there */
#define OWN (1u << PPI_ALARM | 1u << PPI_MAINTENANCE)

static bool is_direct(const struct vcpu *v) { return v->config->flags & VM_DIRECT; }

/* The vCPU that has a core so, or NULL. */
static struct vcpu *direct_of(const struct core *c)
{
    uint32_t n = hyp_core_tables[c->id].vcpu;
    return n < HYP_VCPUS_MAX && hyp_vms[hyp_vcpus[n].vm].flags & VM_DIRECT ? &hyp_vcpu_states[n] : 0;
}

static uint64_t frame_of(const struct vcpu *v, uint32_t intid) { return intid < 32 ? v->core->gicr + GICR_SGI : GICD_BASE; }

/* An interrupt's priority is what the guest wrote, but not that of the hypervisor's own; while its distributor is off, one that no mask lets through. */
static void set_priority(const struct vcpu *v, uint32_t intid)
{
    uint8_t p = v->route[intid] & 0xf8;
    p = !(v->vm->gicd_ctlr & GROUP1) ? DIRECT_NEVER : p < DIRECT_URGENT ? DIRECT_URGENT : p;
    mmio_write8(frame_of(v, intid) + GIC_IPRIORITYR + intid, p);
}

static void set_priorities(const struct vcpu *v, uint32_t from, uint32_t to)
{
    for (uint32_t word = from; word < to; word++) {
        for (uint32_t owned = vgic_owned(v, word); owned; owned &= owned - 1) {
            set_priority(v, word * 32 + __builtin_ctz(owned));
        }
    }
}

void INSTEAD_OF(gic_init_core)(struct core *c)
{
    uint64_t sgi = c->gicr + GICR_SGI;
    ORIGINAL(gic_init_core)(c);
    if (!direct_of(c)) {
        return;
    }
    mmio_write32(sgi + GIC_ICENABLER, ~0u);
    gic_wait(c->gicr);
    mmio_write32(sgi + GICR_IGROUPR0, ~OWN);
    mmio_write8(sgi + GIC_IPRIORITYR + PPI_KICK, 0);
    mmio_write32(sgi + GIC_ISENABLER, 1u << PPI_KICK);
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 0);
    arch_direct();
    WRITE_SYSREG(ICC_BPR0_EL1, 0);
    WRITE_SYSREG(ICC_IGRPEN0_EL1, 1);
    ISB();
}

/* An SPI of the hypervisor's own that is for such a core. */
void INSTEAD_OF(gic_claim)(uint32_t intid, uint32_t core, bool edge)
{
    uint64_t group = GICD_BASE + GICD_IGROUPR + intid / 32 * 4;
    ORIGINAL(gic_claim)(intid, core, edge);
    if (direct_of(&hyp_cores[core])) {
        mmio_write32(group, mmio_read32(group) & ~(1u << intid % 32));
        mmio_write8(GICD_BASE + GIC_IPRIORITYR + intid, 0);
    }
}

void INSTEAD_OF(gic_kick)(const struct core *c)
{
    if (!direct_of(c)) {
        ORIGINAL(gic_kick)(c);
        return;
    }
    DSB();                                      /* what it is to see is there */
    mmio_write32(c->gicr + GICR_SGI + GIC_ISPENDR, 1u << PPI_KICK);
}

void INSTEAD_OF(arch_park)(void)
{
    WRITE_SYSREG(ICC_IGRPEN0_EL1, 0);
    ORIGINAL(arch_park)();
}

/* One of the hypervisor's own, if there is any. The guest's EOImode holds here too. */
static void take(void)
{
    uint32_t intid = READ_SYSREG(ICC_IAR0_EL1);
    if (intid >= HYP_INTIDS) {
        return;
    }
    WRITE_SYSREG(ICC_EOIR0_EL1, intid);
    if (READ_SYSREG(ICC_CTLR_EL1) & ICC_CTLR_EOIMODE) {
        WRITE_SYSREG(ICC_DIR_EL1, intid);
    }
    if (smmu_has(intid)) {
        smmu_interrupt(intid);
    }
}

/* The vCPU begins, on its core: nothing that a former life of it has left there is left. */
void direct_reset(struct vcpu *v)
{
    uint64_t sgi = v->core->gicr + GICR_SGI;
    uint32_t owned = vgic_owned(v, 0);
    if (!is_direct(v)) {
        return;
    }
    mmio_write32(sgi + GIC_ICENABLER, owned);
    gic_wait(v->core->gicr);
    mmio_write32(sgi + GIC_ICPENDR, owned);
    mmio_write32(sgi + GIC_ICACTIVER, owned);
    set_priorities(v, 0, v->index == 0 ? HYP_WORDS : 1);
    v->sgi_enabled = 0;
    arch_direct_reset(v);
}

static void keep(struct core *c, struct vcpu *v)
{
    arch_direct_save(v);
    arch_switch(c, 0);
}

static void give(struct core *c, struct vcpu *v)
{
    v->irq_mask = v->config->irq_mask;
    arch_switch(c, v);
    arch_open(c, v);
    arch_direct_load(v);
}

/* Off or stopped: none of the guest's interrupts reaches the core, and a kick wakes it. */
static void rest(void)
{
    WRITE_SYSREG(ICC_IGRPEN1_EL1, 0);
    ISB();
    WFI();
    take();
}

struct vcpu *INSTEAD_OF(schedule)(struct core *c)
{
    struct vcpu *v = direct_of(c);
    if (!v) {
        return ORIGINAL(schedule)(c);
    }
    if (c->loaded && (!v->online || v->vm->stopped)) {
        keep(c, v);
    }
    while (!schedule_may_run(v)) {
        rest();
    }
    if (c->loaded != v) {
        give(c, v);
    }
    return v;
}

/* vectors.S: a FIQ comes here, too, with no INTID yet. */
struct vcpu *INSTEAD_OF(trap_interrupt)(struct vcpu *v, uint32_t intid)
{
    if (!is_direct(v)) {
        return ORIGINAL(trap_interrupt)(v, intid);
    }
    take();
    return schedule(v->core);
}

/* A vCPU that does not hear that its VM is stopped (ICC_AP1R0_EL1 is the guest's): its next exit is its last one. */
static bool is_ended(const struct vcpu *v) { return is_direct(v) && v->vm->stopped; }
static struct vcpu *end_if(struct vcpu *v, struct vcpu *next) { return is_ended(v) ? schedule(v->core) : next; }

struct vcpu *INSTEAD_OF(trap_sync)(struct vcpu *v) { return end_if(v, ORIGINAL(trap_sync)(v)); }
struct vcpu *INSTEAD_OF(trap_device)(struct vcpu *v, uint32_t esr) { return end_if(v, ORIGINAL(trap_device)(v, esr)); }
struct vcpu *INSTEAD_OF(hypercall_switching)(struct vcpu *v) { return end_if(v, ORIGINAL(hypercall_switching)(v)); }
bool INSTEAD_OF(trap_vgic)(struct vcpu *v, uint32_t iss) { return !is_ended(v) && ORIGINAL(trap_vgic)(v, iss); }       /* false: trap_sync does it */

/* From here there is no way to another vCPU: the call is not made, and the guest is at its HVC again. */
int64_t INSTEAD_OF(hypercall)(struct vcpu *v, uint64_t x0)
{
    if (!is_ended(v)) {
        return ORIGINAL(hypercall)(v, x0);
    }
    WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) - 4);
    return x0;
}

void INSTEAD_OF(gic_disable_vm)(const struct hyp_vm *vm)
{
    static const uint32_t none[HYP_WORDS];
    ORIGINAL(gic_disable_vm)(vm);
    for (uint32_t i = 0; vm->flags & VM_DIRECT && i < vm->vcpu_count; i++) {
        hyp_vcpu_states[vm->first_vcpu + i].irq_mask = none;    /* for vgic_fast.c */
    }
}

/* SGIs and what capabilities raise are physical interrupts of the VM, pending for its core whatever that does. */
void INSTEAD_OF(vcpu_raise)(struct vcpu *v, uint32_t intid)
{
    if (!is_direct(v)) {
        ORIGINAL(vcpu_raise)(v, intid);
    } else if (vgic_owned(v, intid / 32) >> intid % 32 & 1) {
        DSB();
        if (intid < 16) {
            WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)intid << 24 | 1ul << v->core->id);
            ISB();
        } else {
            mmio_write32(GICD_BASE + GIC_ISPENDR + intid / 32 * 4, 1u << intid % 32);
        }
    }
}

void INSTEAD_OF(lists_clear_pending)(struct vcpu *v, uint32_t word, uint32_t bits)
{
    if (is_direct(v)) {
        mmio_write32(GICD_BASE + GIC_ICPENDR + word * 4, bits & vgic_owned(v, word));
    } else {
        ORIGINAL(lists_clear_pending)(v, word, bits);
    }
}

/* What may be delivered has changed: of such a VM its GICD_CTLR. */
void INSTEAD_OF(lists_refill)(struct vcpu *v)
{
    if (!is_direct(v)) {
        ORIGINAL(lists_refill)(v);
        return;
    }
    set_priorities(v, 1, HYP_WORDS);
    for (uint32_t i = 0; i < v->config->vcpu_count; i++) {
        set_priorities(&hyp_vcpu_states[v->config->first_vcpu + i], 0, 1);
    }
}

void INSTEAD_OF(vgic_bits)(struct vcpu *v, uint32_t offset, bool write, uint64_t *value)
{
    uint32_t word = offset % 0x80 / 4, owned = vgic_owned(v, word);
    uint64_t at = frame_of(v, word * 32) + offset;
    if (!is_direct(v)) {
        ORIGINAL(vgic_bits)(v, offset, write, value);
    } else if (!write) {
        *value = owned ? mmio_read32(at) & owned : 0;
    } else if (*value & owned) {
        mmio_write32(at, *value & owned);
        if ((offset & ~0x7fu) == GIC_ICENABLER) {
            gic_wait(word ? GICD_BASE : v->core->gicr);
            v->sgi_enabled = 0;                     /* vgic_fast.c would show it */
        }
    }
}

void INSTEAD_OF(vgic_priorities)(struct vcpu *v, uint32_t first, unsigned size, bool write, uint64_t *value)
{
    ORIGINAL(vgic_priorities)(v, first, size, write, value);
    for (unsigned i = first; write && is_direct(v) && i < first + size && i < HYP_INTIDS; i++) {
        if (vgic_owned(v, i / 32) >> i % 32 & 1) {
            set_priority(v, i);
        }
    }
}
