/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual distributor (GICv3 12.9): owned interrupts go to the physical one, all others read as zero
 *
 * No access loops over interrupts: a register of 32 interrupts is masked with the VM's own bits and passed on.
 */
#include "hyp.h"

enum {
    GICD_CTLR = 0x0, GICD_TYPER = 0x4, GICD_IIDR = 0x8, GICD_TYPER2 = 0xc,
    GICD_IGROUPR = 0x80, GICD_ISENABLER = 0x100, GICD_IPRIORITYR = 0x400, GICD_ICFGR = 0xc00, GICD_IGRPMODR = 0xd00,
    GICD_NSACR = 0xe00, GICD_IROUTER = 0x6000, GICD_IROUTER_END = 0x8000, GICD_PIDR2 = 0xffe8,
};

#define CTLR_FIXED (1u << 4 | 1u << 6)      /* ARE, DS: one security state */
#define TYPER_VALUE (8u | 9u << 19 | 1u << 25)  /* 288 INTIDs, 10 bits of INTID, No1N */
#define LINES 9                             /* words of 32 interrupts */

static struct lock config_lock;             /* a word of ICFGR can be shared by VMs */

/* Each of 16 interrupts' bits doubled, as ICFGR has them. */
static uint32_t doubled(uint32_t bits)
{
    uint32_t wide = 0;
    for (unsigned i = 0; i < 16; i++) {
        wide |= (bits >> i & 1) * (3u << 2 * i);
    }
    return wide;
}

static void priorities(struct core *c, uint32_t first, unsigned size, bool write, uint64_t *value)
{
    for (unsigned i = 0; i < size && first + i < HYP_INTIDS; i++) {
        if (write) {
            c->priority[first + i] = *value >> 8 * i & 0xf8;    /* 5 bits of priority */
        } else {
            *value |= (uint64_t)c->priority[first + i] << 8 * i;
        }
    }
}

static void config(struct core *c, uint32_t offset, bool write, uint64_t *value)
{
    uint32_t first = (offset - GICD_ICFGR) * 4;     /* interrupt of bit 0 */
    uint32_t owned = doubled(vgic_owned(c, first / 32) >> first % 32 & 0xffff);
    if (first < 32 || first >= LINES * 32) {
        return;
    }
    lock_take(&config_lock);
    uint32_t now = mmio_read32(GICD_BASE + offset);
    if (write) {
        mmio_write32(GICD_BASE + offset, (now & ~owned) | ((uint32_t)*value & owned));
    } else {
        *value = now & owned;
    }
    lock_give(&config_lock);
}

bool vgicd_access(struct core *c, uint32_t offset, unsigned size, bool write, uint64_t *value)
{
    if (!write) {
        *value = 0;
    }
    if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR + HYP_INTIDS) {
        if (size > 4 || offset % size) {
            return false;
        }
        priorities(c, offset - GICD_IPRIORITYR, size, write, value);
        return true;
    }
    if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END) {
        return size == 4 || size == 8;      /* one CPU: every route is to 0.0.0.0 */
    }
    if (size != 4 || offset % 4) {
        return false;
    }
    if (offset >= GICD_ISENABLER && offset < GICD_IPRIORITYR) {
        /* ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, ICACTIVER: 0x80 each */
        uint32_t word = offset % 0x80 / 4;
        if (word == 0 || word >= LINES) {
            return true;
        }
        uint32_t owned = vgic_owned(c, word);
        if (write) {
            mmio_write32(GICD_BASE + offset, *value & owned);
        } else {
            *value = mmio_read32(GICD_BASE + offset) & owned;
        }
        return true;
    }
    if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR) {
        config(c, offset, write, value);
        return true;
    }
    if (offset >= GICD_IGROUPR && offset < GICD_ISENABLER) {
        *value = write ? *value : ~0u;      /* group 1, all of them */
        return true;
    }
    switch (offset) {
    case GICD_CTLR:
        if (write) {
            c->gicd_ctlr = *value & 3;
        } else {
            *value = c->gicd_ctlr | CTLR_FIXED;
        }
        return true;
    case GICD_TYPER:
        *value = write ? *value : TYPER_VALUE;
        return true;
    case GICD_PIDR2:
        *value = write ? *value : 0x3b;     /* ArchRev: GICv3 */
        return true;
    case GICD_IIDR:
        *value = write ? *value : 0x43b;
        return true;
    default:                                /* other registers: RAZ/WI (12.1.1) */
        return true;
    }
}
