/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual redistributor of a VM's only CPU (GICv3 12.11): SGIs are kept here, owned PPIs in the physical one
 */
#include "hyp.h"

enum {
    GICR_CTLR = 0x0, GICR_IIDR = 0x4, GICR_TYPER = 0x8, GICR_TYPER_HIGH = 0xc, GICR_WAKER = 0x14, GICR_PIDR2 = 0xffe8,
    SGI_BASE = 0x10000, GICR_IGROUPR0 = SGI_BASE + 0x80, GICR_ISENABLER0 = SGI_BASE + 0x100, GICR_ICENABLER0 = SGI_BASE + 0x180,
    GICR_ISPENDR0 = SGI_BASE + 0x200, GICR_ICPENDR0 = SGI_BASE + 0x280, GICR_ISACTIVER0 = SGI_BASE + 0x300,
    GICR_ICACTIVER0 = SGI_BASE + 0x380, GICR_IPRIORITYR = SGI_BASE + 0x400,
};

#define SGIS 0xffffu
#define TYPER_LAST (1u << 4)

/* Set and clear registers of the 16 SGIs. */
static void sgi_bits(struct core *c, uint32_t offset, uint32_t bits)
{
    switch (offset) {
    case GICR_ISENABLER0: c->sgi_enabled |= bits; break;
    case GICR_ICENABLER0: c->sgi_enabled &= ~bits; break;
    case GICR_ISPENDR0: c->sgi_pending |= bits; break;
    case GICR_ICPENDR0: c->sgi_pending &= ~bits; break;
    }
    lists_refill(c);
}

bool vgicr_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value)
{
    uint32_t owned = vgic_owned(c, 0) & ~SGIS;
    if (!write) {
        *value = 0;
    }
    if (offset >= GICR_IPRIORITYR && offset < GICR_IPRIORITYR + 32) {
        uint32_t first = offset - GICR_IPRIORITYR;
        for (unsigned i = 0; i < size && first + i < 32; i++) {
            if (write) {
                c->priority[first + i] = *value >> 8 * i & 0xf8;
            } else {
                *value |= (uint64_t)c->priority[first + i] << 8 * i;
            }
        }
        return size <= 4;
    }
    switch (offset) {
    case GICR_TYPER:
        *value = write ? *value : TYPER_LAST;       /* affinity 0.0.0.0, no LPIs */
        return size >= 4;
    case GICR_WAKER:                                /* ChildrenAsleep follows ProcessorSleep */
        if (write) {
            c->gicr_waker = *value & 2 ? 6 : 0;
        } else {
            *value = c->gicr_waker;
        }
        return size == 4;
    case GICR_PIDR2:
        *value = write ? *value : 0x3b;
        return size == 4;
    case GICR_IIDR:
        *value = write ? *value : 0x43b;
        return size == 4;
    case GICR_IGROUPR0:
        *value = write ? *value : ~0u;
        return size == 4;
    case GICR_ISENABLER0: case GICR_ICENABLER0: case GICR_ISPENDR0: case GICR_ICPENDR0:
    case GICR_ISACTIVER0: case GICR_ICACTIVER0:
        if (write) {
            mmio_write32(c->gicr + offset, *value & owned);
            sgi_bits(c, offset, *value & SGIS);
        } else {
            uint32_t sgis = offset == GICR_ISENABLER0 || offset == GICR_ICENABLER0 ? c->sgi_enabled
                          : offset == GICR_ISPENDR0 || offset == GICR_ICPENDR0 ? c->sgi_pending : 0;
            *value = (mmio_read32(c->gicr + offset) & owned) | sgis;
        }
        return size == 4;
    default:
        return true;
    }
}
