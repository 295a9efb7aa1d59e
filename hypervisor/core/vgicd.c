/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual distributor (GICv3 12.9), one security state, affinity routing on
 */
#include "hyp.h"
#include "vgic_registers.h"

enum {
    GICD_IIDR = 0x8, GICD_IGROUPR = 0x80, GICD_ICFGR_END = 0xd00,
    GICD_IROUTER = 0x6000, GICD_IROUTER_END = 0x8000, GICD_PIDR2 = 0xffe8,
};

#define CTLR_GROUPS 3u                          /* EnableGrp0, EnableGrp1 */
#define IIDR_ARM 0x43bu
#define PIDR2_GICV3 0x3bu

_Static_assert(VGIC_FIRST_WORD == HYP_VIRTUAL_WORD + 1 && VGIC_WORDS * 32 == HYP_INTIDS, "vgic_registers.h");

static struct lock config_lock;                 /* a word of ICFGR can be shared by VMs */

/* Each of 16 interrupts' bits doubled, as ICFGR has them. */
static uint32_t doubled(uint32_t bits)
{
    bits = (bits | bits << 8) & 0x00ff00ff;
    bits = (bits | bits << 4) & 0x0f0f0f0f;
    bits = (bits | bits << 2) & 0x33333333;
    bits = (bits | bits << 1) & 0x55555555;
    return bits * 3;
}

static void config(struct vcpu *v, uint32_t offset, bool write, uint64_t *value)
{
    uint32_t first = (offset - GIC_ICFGR) * 4;  /* interrupt of bit 0 */
    if (first < 32 || first >= VGIC_WORDS * 32) {
        return;
    }
    uint32_t owned = doubled(vgic_owned(v, first / 32) >> first % 32 & 0xffff);
    lock_take(&config_lock);
    uint32_t now = mmio_read32(GICD_BASE + offset);
    if (write) {
        mmio_write32(GICD_BASE + offset, (now & ~owned) | ((uint32_t)*value & owned));
    } else {
        *value = now & owned;
    }
    lock_give(&config_lock);
}

/* GICD_IROUTER<n>: Aff0 is a vCPU's number. IRM (any PE) is the first one. */
#define IROUTER_IRM (1u << 31)

static void route(struct vcpu *v, uint32_t intid, bool write, uint64_t *value)
{
    bool virtual = IS_VIRTUAL(intid), owned = intid < HYP_INTIDS && v->route[intid] & ROUTE_OWNED;
    uint32_t to = *value & IROUTER_IRM ? 0 : *value & 0xffffff;
    if (!virtual && !owned) {
        return;
    }
    if (!write) {
        *value = v->vm->target[virtual ? intid % 32 : 0];
        if (owned) {
            uint64_t core = mmio_read32(GICD_BASE + GICD_IROUTER + intid * 8ul);
            for (*value = 0; *value + 1 < v->config->vcpu_count && hyp_vcpu_states[v->config->first_vcpu + *value].core->id != core; ++*value) {
            }
        }
    } else if (to < v->config->vcpu_count && virtual) {
        v->vm->target[intid % 32] = to;
    } else if (to < v->config->vcpu_count) {
        mmio_write64(GICD_BASE + GICD_IROUTER + intid * 8ul, hyp_vcpu_states[v->config->first_vcpu + to].core->id);
    }
}

bool vgicd_access(struct vcpu *v, uint32_t offset, unsigned size, bool write, uint64_t *value)
{
    if (!write) {
        *value = 0;
    }
    if (offset >= GIC_IPRIORITYR && offset < GIC_IPRIORITYR + 0x400) {
        if (offset >= GIC_IPRIORITYR + 32) {    /* those of SGIs and PPIs are the redistributor's */
            vgic_priorities(v, offset - GIC_IPRIORITYR, size, write, value);
        }
        return size == 1 || size == 4;
    }
    if (offset >= GICD_IROUTER + 32 * 8 && offset < GICD_IROUTER_END) {
        if (size >= 4 && offset % 8 == 0) {     /* Aff0 to Aff2 and IRM are in the lower half, and of Aff3 there is none */
            route(v, (offset - GICD_IROUTER) / 8, write, value);
        }
        return size >= 4;
    }
    if (size != 4) {
        return false;
    }
    if (offset >= GIC_ISENABLER && offset < GIC_IPRIORITYR) {
        uint32_t word = offset % 0x80 / 4;
        if (word > 0 && word < VGIC_WORDS) {
            vgic_bits(v, offset, write, value);
        }
        return true;
    }
    if (offset >= GIC_ICFGR && offset < GICD_ICFGR_END) {
        config(v, offset, write, value);
        return true;
    }
    if (write) {
        if (offset == GICD_CTLR) {
            v->vm->gicd_ctlr = *value & CTLR_GROUPS;
            lists_refill(v);
            vgic_tell_others(v);
        }
        return true;                            /* others are read-only, or have nothing to set */
    }
    if (offset > GICD_IGROUPR && offset < GICD_IGROUPR + VGIC_WORDS * 4) {
        *value = ~0u;                           /* group 1, all of them */
        return true;
    }
    switch (offset) {
    case GICD_CTLR:
        *value = v->vm->gicd_ctlr | GICD_CTLR_FIXED | (v->vm->rwp ? GICD_CTLR_RWP : 0);
        return true;
    case GICD_TYPER:
        *value = GICD_TYPER_VALUE;
        return true;
    case GICD_IIDR:
        *value = IIDR_ARM;
        return true;
    case GICD_PIDR2:
        *value = PIDR2_GICV3;
        return true;
    default:
        return true;                            /* RAZ/WI (12.1.1) */
    }
}
