/* SPDX-License-Identifier: GPL-2.0-or-later
 * List registers: physical interrupts become virtual ones (GICv3 12.4.7 ICH_LR<n>_EL2)
 */
#include "hyp.h"

#define LR_PENDING (1ul << 62)
#define LR_STATE (3ul << 62)
#define LR_HW (1ul << 61)           /* the guest's EOI deactivates the physical interrupt: no exit for it */
#define LR_GROUP1 (1ul << 60)
#define LR_VINTID(lr) ((uint32_t)(lr))

#define ICH_HCR_EN 1ul
#define ICH_HCR_UIE 2ul             /* maintenance interrupt when at most one list register is in use */

#define PPI_MAINTENANCE 25u
#define INTID_SPECIAL 1020u

static inline void lr_write(unsigned n, uint64_t v)
{
    switch (n) {
    case 0: WRITE_SYSREG(ICH_LR0_EL2, v); break;
    case 1: WRITE_SYSREG(ICH_LR1_EL2, v); break;
    case 2: WRITE_SYSREG(ICH_LR2_EL2, v); break;
    case 3: WRITE_SYSREG(ICH_LR3_EL2, v); break;
    }
}

static uint64_t lr_read(unsigned n)
{
    switch (n) {
    case 0: return READ_SYSREG(ICH_LR0_EL2);
    case 1: return READ_SYSREG(ICH_LR1_EL2);
    case 2: return READ_SYSREG(ICH_LR2_EL2);
    default: return READ_SYSREG(ICH_LR3_EL2);
    }
}

/* The runtime uses at most four list registers: what each GICv3 of an Arm core has. */
static unsigned lr_count(const struct core *c) { return c->list_registers < 4 ? c->list_registers : 4; }

static inline uint32_t free_lists(const struct core *c)
{
    return READ_SYSREG(ICH_ELRSR_EL2) & ((1u << lr_count(c)) - 1);
}

static inline uint64_t hw_lr(const struct core *c, uint32_t intid)
{
    return LR_PENDING | LR_HW | LR_GROUP1 | (uint64_t)c->priority[intid] << 48 | (uint64_t)intid << 32 | intid;
}

static uint64_t soft_lr(const struct core *c, uint32_t sgi)
{
    return LR_PENDING | LR_GROUP1 | (uint64_t)c->priority[sgi] << 48 | sgi;
}

void lists_irq(struct core *c)
{
    uint32_t intid = READ_SYSREG(ICC_IAR1_EL1) & 0xffffff;

    if (__builtin_expect(intid < HYP_INTIDS && (vgic_owned(c, intid / 32) >> intid % 32 & 1), 1)) {
        uint32_t free = free_lists(c);
        WRITE_SYSREG(ICC_EOIR1_EL1, intid);     /* priority drop; it stays active until the guest's EOI */
        if (__builtin_expect(free != 0, 1)) {
            lr_write(__builtin_ctz(free), hw_lr(c, intid));
            return;
        }
        c->overflow[intid / 32] |= 1u << intid % 32;
        WRITE_SYSREG(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE);
        return;
    }
    if (intid >= INTID_SPECIAL) {
        return;                                 /* spurious (GICv3 2.2.1) */
    }
    if (intid == PPI_MAINTENANCE) {
        lists_refill(c);
    }
    WRITE_SYSREG(ICC_EOIR1_EL1, intid);
    WRITE_SYSREG(ICC_DIR_EL1, intid);
}

/* A waiting interrupt of the highest priority, or -1. */
static int most_urgent(const struct core *c)
{
    int best = -1;
    for (uint32_t word = 0; word < (HYP_INTIDS + 31) / 32; word++) {
        uint32_t bits = c->overflow[word] | (word ? 0 : c->sgi_pending & c->sgi_enabled);
        while (bits) {
            int intid = word * 32 + __builtin_ctz(bits);
            bits &= bits - 1;
            if (best < 0 || c->priority[intid] < c->priority[best]) {
                best = intid;
            }
        }
    }
    return best;
}

void lists_refill(struct core *c)
{
    uint32_t free = free_lists(c);
    int intid;
    while ((intid = most_urgent(c)) >= 0) {
        if (!free) {
            WRITE_SYSREG(ICH_HCR_EL2, ICH_HCR_EN | ICH_HCR_UIE);
            return;
        }
        unsigned n = __builtin_ctz(free);
        free &= free - 1;
        if (intid < 16) {
            c->sgi_pending &= ~(1u << intid);
            lr_write(n, soft_lr(c, intid));
        } else {
            c->overflow[intid / 32] &= ~(1u << intid % 32);
            lr_write(n, hw_lr(c, intid));
        }
    }
    WRITE_SYSREG(ICH_HCR_EL2, ICH_HCR_EN);
}

void lists_sgi(struct core *c, uint32_t sgi)
{
    uint32_t used = ~READ_SYSREG(ICH_ELRSR_EL2) & ((1u << lr_count(c)) - 1);
    for (; used; used &= used - 1) {
        unsigned n = __builtin_ctz(used);
        uint64_t lr = lr_read(n);
        if (LR_VINTID(lr) == sgi && (lr & LR_STATE)) {
            lr_write(n, lr | LR_PENDING);       /* pending again, or pending and active */
            return;
        }
    }
    c->sgi_pending |= 1u << sgi;
    lists_refill(c);
}
