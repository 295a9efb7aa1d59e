/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual GICv3 of a VM: which register an access is, and those that SGIs, PPIs and SPIs have alike
 *
 * No access loops over interrupts: a word of 32 is masked with the VM's own bits and passed on to the physical GIC. What
 * is another's reads as zero and ignores writes.
 */
#include "hyp.h"

#define GICD_SIZE 0x10000ul

bool vgic_covers(uint64_t ipa) { return ipa - GICD_BASE < GICD_SIZE || ipa - GICR_BASE < GICR_STRIDE; }

bool vgic_access(struct core *c, uint64_t ipa, unsigned size, bool write, uint64_t *value)
{
    if (ipa % size) {
        return false;
    }
    return ipa - GICD_BASE < GICD_SIZE ? vgicd_access(c, ipa - GICD_BASE, size, write, value)
                                       : vgicr_access(c, ipa - GICR_BASE, size, write, value);
}

static void read_bits(const struct core *c, uint32_t word, uint32_t group, uint32_t physical, uint32_t *value)
{
    struct lists_state s = lists_state(c, word);
    switch (group) {
    case GIC_ISENABLER: case GIC_ICENABLER:
        *value = physical | (word ? 0 : c->sgi_enabled);
        break;
    case GIC_ISPENDR: case GIC_ICPENDR:
        *value = physical | s.pending;
        break;
    default:            /* what is here is active physically whether or not the guest has taken it */
        *value = (physical & ~s.here) | s.active;
    }
}

static void write_bits(struct core *c, uint32_t word, uint32_t group, uint64_t base, uint32_t bits)
{
    uint32_t sgis = word ? 0 : bits & SGIS, physical = bits & ~(word ? 0 : SGIS);
    uint64_t at = base + group + word * 4;

    switch (group) {
    case GIC_ISENABLER:
        mmio_write32(at, physical);
        c->sgi_enabled |= sgis;
        lists_refill(c);
        break;
    case GIC_ICENABLER:
        mmio_write32(at, physical);
        gic_wait(word ? GICD_BASE : c->gicr);           /* CTLR is at offset 0 of both */
        c->sgi_enabled &= ~sgis;
        lists_withdraw(c, word, bits);
        break;
    case GIC_ISPENDR:
        mmio_write32(at, physical & ~lists_state(c, word).pending);
        for (; sgis; sgis &= sgis - 1) {
            lists_sgi(c, __builtin_ctz(sgis));
        }
        break;
    case GIC_ICPENDR:
        mmio_write32(at, physical);
        lists_clear_pending(c, word, bits);
        break;
    case GIC_ISACTIVER:                                 /* an SGI is made active by acknowledging it only */
        mmio_write32(at, physical & ~lists_state(c, word).here);
        break;
    case GIC_ICACTIVER:
        mmio_write32(at, physical & ~lists_state(c, word).here);
        lists_clear_active(c, word, bits);
        break;
    }
}

void vgic_bits(struct core *c, uint32_t offset, bool write, uint64_t *value)
{
    uint32_t group = offset & ~0x7fu, word = offset % 0x80 / 4, owned = vgic_owned(c, word);
    uint64_t base = word ? GICD_BASE : c->gicr + GICR_SGI;

    if (write) {
        write_bits(c, word, group, base, *value & (owned | (word ? 0 : SGIS)));
    } else {
        uint32_t bits;
        read_bits(c, word, group, mmio_read32(base + offset) & owned & ~(word ? 0 : SGIS), &bits);
        *value = bits;
    }
}

void vgic_priorities(struct core *c, uint32_t first, unsigned size, bool write, uint64_t *value)
{
    for (unsigned i = 0; i < size && first + i < HYP_INTIDS; i++) {
        uint8_t *route = &c->route[first + i];
        if (!write) {
            *value |= (uint64_t)(*route & 0xf8) << 8 * i;
        } else if (*route & ROUTE_OWNED || first + i < 16) {
            *route = (*route & ROUTE_OWNED) | (*value >> 8 * i & 0xf8);     /* 5 bits of priority */
        }
    }
}
