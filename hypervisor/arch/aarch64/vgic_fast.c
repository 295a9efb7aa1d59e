/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual GIC's registers that guests use on their hot paths (GICv3 12.9, 12.11): words of 32 interrupts, and a few constants
 *
 * Compiled so that it changes x0 to x8 alone (CMakeLists.txt), and calls nothing: vectors.S saves no more. What is not here, core/vgic.c does; both say the same.
 * The register that is moved is one of x0 to x8, which is where compilers have it.
 */
#include "hyp.h"
#include "vgic_registers.h"

/* A data abort (D13.2.39) by a load or store of one register, 4 or 8 bytes, not sign-extended, on an address that stage 2 does not map */
#define PLAIN_MASK (1u << 24 | 1u << 23 | 1u << 21 | 1u << 7 | 0x3cu)
#define PLAIN (1u << 24 | 1u << 23 | 0x04u)
#define SRT(esr) ((esr) >> 16 & 31)
#define WNR(esr) ((esr) >> 6 & 1)
#define BLOCK_GICD (GICD_BASE >> 16)

/* The bit of an interrupt that a list register has pending, if it is of the word: State 62, vINTID 31:0 */
#define LR_MASK (1ul << 62 | 0xffffffe0ul)
#define LR_PENDING_OF(lr, want) ((((lr) ^ (want)) & LR_MASK) ? 0 : 1u << ((lr) & 31))

static inline uint32_t pending_here(const struct vcpu *v, uint32_t word)
{
    uint32_t bits = v->waiting[word];
    if (~READ_SYSREG(ICH_ELRSR_EL2) & 0xf) {
        uint64_t a = READ_SYSREG(ICH_LR0_EL2), b = READ_SYSREG(ICH_LR1_EL2), c = READ_SYSREG(ICH_LR2_EL2), d = READ_SYSREG(ICH_LR3_EL2);
        uint64_t want = 1ul << 62 | word << 5;
        bits |= LR_PENDING_OF(a, want) | LR_PENDING_OF(b, want) | LR_PENDING_OF(c, want) | LR_PENDING_OF(d, want);
    }
    return bits;
}

/* A word of physical interrupts: enable and pending bits. base: of the physical register. */
static inline bool word_access(struct vcpu *v, uint32_t word, uint32_t offset, uint64_t base, bool write, uint64_t *value)
{
    uint32_t owned = v->irq_mask[word], group = offset & 0x380;
    if (write) {
        if (group != GIC_ISENABLER) {
            return false;
        }
        if (*value & owned) {
            mmio_write32(base + offset, *value & owned);
        }
        return true;
    }
    *value = mmio_read32(base + offset) & owned;
    if (group >= GIC_ISPENDR) {
        *value |= pending_here(v, word);
    }
    return true;
}

/* The vCPU; 0: not here. */
struct vcpu *vgic_fast(struct vcpu *v, uint64_t hpfar, uint64_t esr)
{
    uint64_t page = hpfar >> 4;        /* bits 39:4 are IPA bits 47:12 */
    uint32_t offset = (READ_SYSREG(far_el2) & 0xfff) | (page & 0xf) << 12, rt = SRT(esr);
    uint64_t block = page >> 4, value = 0;
    bool write = WNR(esr);

    if ((esr & PLAIN_MASK) != PLAIN || rt > 8) {
        return 0;
    }
    if (write) {
        value = v->frame.x[rt];
    }
    if (esr >> 22 & 1 && block != v->gicr_block) {
        return 0;                                       /* 8 bytes: of GICR_TYPER alone */
    }
    if (block == BLOCK_GICD) {
        if (offset - (GIC_ISENABLER + 4) < GIC_ISACTIVER - (GIC_ISENABLER + 4)) {
            if ((offset & 0x7f) - (HYP_VIRTUAL_WORD + 1) * 4 >= (VGIC_WORDS - HYP_VIRTUAL_WORD - 1) * 4 || !word_access(v, offset >> 2 & 31, offset, GICD_BASE, write, &value)) {
                return 0;
            }
        } else if (write) {
            return 0;
        } else if (offset == GICD_CTLR) {
            value = v->vm->gicd_ctlr | GICD_CTLR_FIXED;
        } else if (offset == GICD_TYPER) {
            value = GICD_TYPER_VALUE;
        } else {
            return 0;
        }
    } else if (block == v->gicr_block) {
        if (offset != GICR_TYPER || write) {
            return 0;
        }
        value = v->gicr_typer;                          /* LDR X takes all of it */
        value = esr >> 22 & 1 ? value : (uint32_t)value;
    } else if (block == v->gicr_block + 1) {
        if (offset < GIC_ISENABLER || offset >= GIC_ISACTIVER || offset & 0x7f || !word_access(v, 0, offset, v->core->gicr + GICR_SGI, write, &value)) {
            return 0;
        }
        if (write) {
            v->sgi_enabled |= value & SGIS;
            if (v->waiting[0] & value) {                /* the interrupt of the core's own puts them into list registers */
                WRITE_SYSREG(ICC_SGI1R_EL1, (uint64_t)SGI_KICK << 24 | 1ul << v->core->id);
            }
        } else if ((offset & 0x380) < GIC_ISPENDR) {
            value |= v->sgi_enabled;
        }
    } else {
        return 0;
    }
    if (!write) {
        v->frame.x[rt] = value;
    }
    WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) + 4);    /* IL: no A32 guest's kernel has a GIC */
    return v;
}
