/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual redistributors of a VM (GICv3 12.11): SGIs are kept here, owned PPIs in the physical one
 *
 * A vCPU has its own; of another's it sees what is constant.
 */
#include "hyp.h"

enum { GICR_IIDR = 0x4, GICR_TYPER = 0x8, GICR_WAKER = 0x14, GICR_PIDR2 = 0xffe8, GICR_IGROUPR0 = GICR_SGI + 0x80,
       GICR_ICFGR0 = GICR_SGI + GIC_ICFGR };

#define TYPER_LAST (1u << 4)                    /* no LPIs */
#define WAKER_ASLEEP 6u                         /* ProcessorSleep, and ChildrenAsleep, which follows it at once */
#define IIDR_ARM 0x43bu
#define PIDR2_GICV3 0x3bu
#define ICFGR_SGIS 0xaaaaaaaau                  /* edges */

bool vgicr_access(struct vcpu *v, uint32_t offset, unsigned size, bool write, uint64_t *value)
{
    uint32_t index = offset / GICR_STRIDE;
    uint32_t sgi = (offset %= GICR_STRIDE) - GICR_SGI;  /* offset within SGI_base; huge below it */
    bool own = index == v->index;

    if (!write) {
        *value = 0;
    }
    if (sgi >= GIC_IPRIORITYR && sgi < GIC_IPRIORITYR + 32) {
        if (own) {
            vgic_priorities(v, sgi - GIC_IPRIORITYR, size, write, value);
        }
        return size == 1 || size == 4;
    }
    if (size < 4 || (size == 8 && offset != GICR_TYPER)) {
        return false;
    }
    if (sgi >= GIC_ISENABLER && sgi < GIC_IPRIORITYR) {
        if (sgi % 0x80 == 0 && own) {
            vgic_bits(v, sgi, write, value);
        }
        return true;
    }
    if (write) {
        if (offset == GICR_WAKER && own) {
            v->gicr_waker = *value & 2 ? WAKER_ASLEEP : 0;
        }
        return true;                            /* others are read-only, or have nothing to set */
    }
    switch (offset) {
    case GICR_TYPER:
        *value = (uint64_t)index << 32 | index << 8 | (index + 1 == v->config->vcpu_count ? TYPER_LAST : 0);  /* Aff0, Processor_Number */
        return true;
    case GICR_WAKER:
        *value = hyp_vcpu_states[v->config->first_vcpu + index].gicr_waker;
        return true;
    case GICR_PIDR2:
        *value = PIDR2_GICV3;
        return true;
    case GICR_IIDR:
        *value = IIDR_ARM;
        return true;
    case GICR_IGROUPR0:
        *value = ~0u;
        return true;
    case GICR_ICFGR0:
        *value = ICFGR_SGIS;                    /* ICFGR1 is 0: the PPIs that a VM can own are levels */
        return true;
    default:
        return true;                            /* RAZ/WI (12.1.1) */
    }
}
