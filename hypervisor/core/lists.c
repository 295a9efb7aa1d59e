/* SPDX-License-Identifier: GPL-2.0-or-later
 * List registers: what the fast path in vectors.S leaves (GICv3 12.4.7 ICH_LR<n>_EL2)
 *
 * An interrupt of the VM is in a list register, or waits in v->waiting because all are in use; the most urgent ones are
 * in the registers. All of this runs with the guest stopped at EL2 on the same core, so that nothing changes meanwhile.
 */
#include "hyp.h"

#define LR_PENDING (1ul << 62)
#define LR_ACTIVE (1ul << 63)
#define LR_STATE (3ul << 62)
#define LR_HW (1ul << 61)               /* the guest's EOI deactivates the physical interrupt: no exit for it */
#define LR_GROUP1 (1ul << 60)
#define LR_PRIORITY(lr) ((uint32_t)((lr) >> 48) & 0xff)
#define LR_VINTID(lr) ((uint32_t)(lr))
#define LISTS 4u                        /* as in vectors.S */

/* ICH_HCR_EL2 */
#define HCR_EN 1ul
#define HCR_UIE 2ul                     /* maintenance interrupt while at most one list register is in use */
#define HCR_NPIE 8ul                    /* while none is pending */

#define GICD_CTLR_GROUP1 2u

static inline uint64_t lr_read(unsigned n)
{
    switch (n) {
    case 0: return READ_SYSREG(ICH_LR0_EL2);
    case 1: return READ_SYSREG(ICH_LR1_EL2);
    case 2: return READ_SYSREG(ICH_LR2_EL2);
    default: return READ_SYSREG(ICH_LR3_EL2);
    }
}

static void lr_write(unsigned n, uint64_t v)
{
    switch (n) {
    case 0: WRITE_SYSREG(ICH_LR0_EL2, v); break;
    case 1: WRITE_SYSREG(ICH_LR1_EL2, v); break;
    case 2: WRITE_SYSREG(ICH_LR2_EL2, v); break;
    default: WRITE_SYSREG(ICH_LR3_EL2, v); break;
    }
}

static uint32_t priority(const struct vcpu *v, uint32_t intid) { return v->route[intid] & 0xf8; }

static uint64_t lr_of(const struct vcpu *v, uint32_t intid)
{
    return LR_PENDING | LR_GROUP1 | (uint64_t)priority(v, intid) << 48 | intid | (IS_VIRTUAL(intid) ? 0 : LR_HW | (uint64_t)intid << 32);
}

/* INTID of a list register that is in use and among some bits of a word, or -1. */
static int lr_among(uint64_t lr, uint32_t word, uint32_t bits)
{
    uint32_t intid = LR_VINTID(lr);
    return lr & LR_STATE && intid / 32 == word && bits >> intid % 32 & 1 ? (int)intid : -1;
}

/* The physical interrupt, whose priority was dropped when it came, may come again. */
static void deactivate(uint32_t intid)
{
    if (!IS_VIRTUAL(intid)) {
        WRITE_SYSREG(ICC_DIR_EL1, intid);
    }
}

static void wait(struct vcpu *v, uint32_t intid)
{
    v->waiting[intid / 32] |= 1u << intid % 32;
    v->waiting_words |= 1u << intid / 32;
}

static void wait_no_more(struct vcpu *v, uint32_t word, uint32_t bits)
{
    v->waiting[word] &= ~bits;
    if (!v->waiting[word]) {
        v->waiting_words &= ~(1u << word);
    }
}

/* The most urgent interrupt that waits and is enabled, or -1; of equals the lowest INTID. Priorities lie as five planes of bits, so a word of 32 is decided in five
 * steps, whatever is in it. */
static int most_urgent(const struct vcpu *v, uint32_t *priority)
{
    int best = -1;
    *priority = ~0u;
    for (uint32_t words = v->waiting_words; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words), key = 0;
        uint32_t bits = v->waiting[word] & (~vgic_virtual(word) | vgic_virtual_enabled(v, word));
        if (!bits) {
            continue;
        }
        for (unsigned plane = 0; plane < VGIC_PLANES; plane++) {
            uint32_t lower = bits & ~v->plane[word][plane];
            bits = lower ? lower : bits;
            key = key << 1 | !lower;
        }
        if (key < *priority) {
            *priority = key;
            best = word * 32 + __builtin_ctz(bits);
        }
    }
    *priority <<= 8 - VGIC_PLANES;
    return best;
}

/* Where one of that priority may go: an unused list register, or the least urgent one that is only pending, if it is less urgent. */
static int place_for(const uint64_t lr[LISTS], uint32_t priority)
{
    uint32_t least = priority;
    int place = -1;
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        if (!(lr[n] & LR_STATE)) {
            return n;
        }
        if ((lr[n] & LR_STATE) == LR_PENDING && LR_PRIORITY(lr[n]) > least) {
            least = LR_PRIORITY(lr[n]);
            place = n;
        }
    }
    return place;
}

/* FILLS of them, so that it is never long; the maintenance interrupt brings the others. The limit of it: an interrupt that is more urgent than four active ones,
 * nested in each other, waits until only one of those is left (UIE); nothing is lost. */
#define FILLS 2u

void lists_refill(struct vcpu *v)
{
    uint64_t hcr = v->vm->gicd_ctlr & GICD_CTLR_GROUP1 ? HCR_EN : 0;
    if (!v->waiting_words) {
        WRITE_SYSREG(ICH_HCR_EL2, hcr);
        return;
    }
    uint64_t lr[LISTS] = { lr_read(0), lr_read(1), lr_read(2), lr_read(3) };
    uint32_t urgency;
    int intid, n;
    for (unsigned fills = 0; (intid = most_urgent(v, &urgency)) >= 0 && fills < FILLS && (n = place_for(lr, urgency)) >= 0; fills++) {
        uint64_t old = lr[n];
        wait_no_more(v, intid / 32, 1u << intid % 32);
        if (old & LR_STATE) {
            wait(v, LR_VINTID(old));
        }
        lr_write(n, lr[n] = lr_of(v, intid));
    }
    if (intid >= 0) {
        hcr |= HCR_UIE | ((lr[0] | lr[1] | lr[2] | lr[3]) & LR_PENDING ? HCR_NPIE : 0);     /* come back when there is room */
    }
    WRITE_SYSREG(ICH_HCR_EL2, hcr);
}

void lists_own(struct vcpu *v, uint32_t intid)
{
    wait(v, intid);
    if (v->core->loaded == v) {
        lists_refill(v);
    }
}

/* Those that are in list registers become pending there, or pending and active; the others wait. */
void lists_pend_word(struct vcpu *v, uint32_t word, uint32_t bits)
{
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        uint64_t lr = lr_read(n);
        int intid = lr_among(lr, word, bits);
        if (intid >= 0) {
            lr_write(n, lr | LR_PENDING);
            bits &= ~(1u << intid % 32);
        }
    }
    if (bits) {
        v->waiting[word] |= bits;
        v->waiting_words |= 1u << word;
        lists_refill(v);
    }
}

bool lists_empty(void)
{
    uint64_t state = 0;
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        state |= lr_read(n) & LR_STATE;
    }
    return !state;
}

struct lists_state lists_state(const struct vcpu *v, uint32_t word)
{
    struct lists_state s = { .here = v->waiting[word], .pending = v->waiting[word] };
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        uint64_t lr = lr_read(n);
        int intid = lr_among(lr, word, ~0u);
        if (intid >= 0) {
            uint32_t bit = 1u << intid % 32;
            s.here |= bit;
            s.pending |= lr & LR_PENDING ? bit : 0;
            s.active |= lr & LR_ACTIVE ? bit : 0;
        }
    }
    return s;
}

/* An edge is pending in the list register alone: the physical interrupt gets it back. A level is still there. */
static void pend_again(const struct vcpu *v, uint32_t intid)
{
    uint64_t base = intid < 32 ? v->gicr_sgi : GICD_BASE;
    if (mmio_read32(base + GIC_ICFGR + intid / 16 * 4) >> (intid % 16 * 2 + 1) & 1) {
        mmio_write32(base + GIC_ISPENDR + intid / 32 * 4, 1u << intid % 32);
    }
    deactivate(intid);
}

void lists_withdraw(struct vcpu *v, uint32_t word, uint32_t bits)
{
    uint32_t back = vgic_virtual(word);         /* these can only wait here */
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        uint64_t lr = lr_read(n);
        if (lr & LR_PENDING && lr_among(lr, word, bits) >= 0) {
            lr_write(n, lr & LR_ACTIVE ? lr & ~LR_PENDING : 0);
            wait(v, LR_VINTID(lr));
        }
    }
    for (uint32_t left = v->waiting[word] & bits & ~back; left; left &= left - 1) {
        pend_again(v, word * 32 + __builtin_ctz(left));
    }
    wait_no_more(v, word, bits & ~back);
    lists_refill(v);
}

static void lists_clear(struct vcpu *v, uint32_t word, uint32_t bits, uint64_t state)
{
    _Pragma("GCC unroll 4") for (unsigned n = 0; n < LISTS; n++) {
        uint64_t lr = lr_read(n);
        int intid = lr_among(lr, word, bits);
        if (intid < 0 || !(lr & state)) {
            continue;
        }
        lr &= ~state;
        lr_write(n, lr & LR_STATE ? lr : 0);
        if (!(lr & LR_STATE)) {
            deactivate(intid);
        }
    }
    lists_refill(v);
}

void lists_clear_pending(struct vcpu *v, uint32_t word, uint32_t bits)
{
    for (uint32_t left = v->waiting[word] & bits; left; left &= left - 1) {
        deactivate(word * 32 + __builtin_ctz(left));
    }
    wait_no_more(v, word, bits);
    lists_clear(v, word, bits, LR_PENDING);
}

void lists_clear_active(struct vcpu *v, uint32_t word, uint32_t bits) { lists_clear(v, word, bits, LR_ACTIVE); }
