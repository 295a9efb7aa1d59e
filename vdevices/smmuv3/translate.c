/* SPDX-License-Identifier: GPL-2.0-or-later
 * smmuv3: from a stream's address to a physical one: stream table, stage 2, and the caches of both
 *
 * What is cached stays until a command says otherwise, as in a chip: a driver that forgets an invalidation fails here too.
 */
#include "smmuv3.h"

#include <string.h>

/* 5.2: stream table entry */
#define STE_VALID 1ull
#define STE_CONFIG(w) ((w)[0] >> 1 & 7)
enum { CONFIG_ABORT_MAX = 3, CONFIG_BYPASS = 4, CONFIG_S2 = 6 };
#define STE_S2VMID(w) ((w)[2] & 0xffff)
#define STE_S2T0SZ(w) ((w)[2] >> 32 & 0x3f)
#define STE_S2SL0(w) ((w)[2] >> 38 & 3)
#define STE_S2TG(w) ((w)[2] >> 46 & 3)
#define STE_S2PS(w) ((w)[2] >> 48 & 7)
#define STE_S2AA64(w) ((w)[2] >> 51 & 1)
#define STE_S2ENDI(w) ((w)[2] >> 52 & 1)
#define STE_S2AFFD(w) ((w)[2] >> 53 & 1)
#define STE_S2S(w) ((w)[2] >> 57 & 1)
#define STE_S2R(w) ((w)[2] >> 58 & 1)
#define STE_S2TTB(w) ((w)[3] & 0xffffffffffff0ull)

#define OAS 40                          /* IDR5.OAS */
#define SIDSIZE 16                      /* IDR1.SIDSIZE */
#define ADDR_47_12 0xfffffffff000ull

/* Arm ARM D5.3.3: stage 2 descriptor */
#define S2AP_READ (1ull << 6)
#define S2AP_WRITE (1ull << 7)
#define DESC_AF (1ull << 10)

void smmuv3_forget_tlb(struct smmuv3 *s, uint64_t vmid, uint64_t ipa)
{
    for (unsigned i = 0; i < SMMUV3_TLBS; i++) {
        struct smmuv3_tlb *t = &s->tlb[i];
        if ((vmid == SMMUV3_ALL || t->vmid == vmid) && (ipa == SMMUV3_ALL || ipa - t->ipa < t->size)) {
            memset(t, 0, sizeof *t);
        }
    }
}

void smmuv3_forget_ste(struct smmuv3 *s, uint32_t first, uint32_t last)
{
    for (unsigned i = 0; i < SMMUV3_STES; i++) {
        uint64_t stream = s->ste[i].key - 1;
        if (s->ste[i].key && stream >= first && stream <= last) {
            memset(&s->ste[i], 0, sizeof s->ste[i]);
        }
    }
}

static enum seam_result refuse(struct vdev *dev, struct smmuv3_event *e, enum smmuv3_event_id id, uint64_t addr)
{
    e->id = id;
    e->addr = addr;
    smmuv3_record(dev, e);
    return SEAM_DENIED;
}

static bool fits(const uint64_t w[4])
{
    unsigned t0sz = STE_S2T0SZ(w), bits = 64 - t0sz, level = 2 - STE_S2SL0(w);
    unsigned resolved = 12 + 9 * (4 - level);       /* by one table at the first level; up to 16 may lie side by side (Arm ARM D5.2.6) */
    return STE_S2AA64(w) && !STE_S2TG(w) && !STE_S2ENDI(w) && !STE_S2S(w) && STE_S2SL0(w) < 3 && t0sz >= 64 - OAS && t0sz <= 39 &&
           bits > resolved - 9 && bits <= resolved + 4;
}

static bool usable(const uint64_t w[4])
{
    unsigned config = STE_CONFIG(w);
    return w[0] & STE_VALID && (config <= CONFIG_ABORT_MAX || config == CONFIG_BYPASS || (config == CONFIG_S2 && fits(w)));
}

/* 3.3: where a stream's entry lies. False: nowhere, and *bad is the event. */
static bool find_ste(struct vdev *dev, uint32_t stream, uint64_t *at, enum smmuv3_event_id *bad)
{
    const struct smmuv3 *s = dev->state;
    unsigned bits = s->strtab_base_cfg & SMMUV3_STRTAB_BASE_CFG_LOG2SIZE;
    unsigned split = (s->strtab_base_cfg & SMMUV3_STRTAB_BASE_CFG_SPLIT) >> SMMUV3_STRTAB_BASE_CFG_SPLIT_SHIFT;
    unsigned format = (s->strtab_base_cfg & SMMUV3_STRTAB_BASE_CFG_FMT) >> SMMUV3_STRTAB_BASE_CFG_FMT_SHIFT;
    uint64_t base = s->strtab_base & SMMUV3_STRTAB_BASE_ADDR, entry;

    *bad = C_BAD_STREAMID;
    if ((uint64_t)stream >> (bits > SIDSIZE ? SIDSIZE : bits)) {
        return false;
    }
    if (format == 0) {
        *at = base + stream * 64ull;
        return true;
    }
    split = split == 8 || split == 10 ? split : 6;          /* 6.3.25: others are taken as 6 */
    *at = base + (stream >> split) * 8ull;
    if (vdev_dma_read(dev, *at, &entry, sizeof entry) != SEAM_OK) {
        *bad = F_STE_FETCH;
        return false;
    }
    unsigned span = entry & 31;                             /* 5.1: 0: none; else 2^(span-1) entries */
    if (!span || (stream & ((1u << split) - 1)) >> (span - 1)) {
        return false;
    }
    *at = (entry & SMMUV3_STRTAB_BASE_ADDR) + (stream & ((1u << split) - 1)) * 64ull;
    return true;
}

/* The stream's entry, from the cache or from memory; NULL: refused and recorded. Only usable ones are kept. */
static const uint64_t *ste_of(struct vdev *dev, struct smmuv3_event *e)
{
    struct smmuv3 *s = dev->state;
    struct smmuv3_ste *c = &s->ste[e->stream % SMMUV3_STES];
    uint64_t at = 0, words[4];
    enum smmuv3_event_id bad;

    if (c->key == e->stream + 1ull) {
        return c->word;
    }
    if (!find_ste(dev, e->stream, &at, &bad)) {
        if (bad != C_BAD_STREAMID || s->cr2 & SMMUV3_CR2_RECINVSID) {
            refuse(dev, e, bad, at);
        }
    } else if (vdev_dma_read(dev, at, words, sizeof words) != SEAM_OK) {
        refuse(dev, e, F_STE_FETCH, at);
    } else if (!usable(words)) {
        refuse(dev, e, C_BAD_STE, 0);
    } else {
        c->key = e->stream + 1ull;
        memcpy(c->word, words, sizeof words);
        return c->word;
    }
    return NULL;
}

static unsigned output_bits(const uint64_t w[4])
{
    static const unsigned bits[8] = { 32, 36, 40, 42, 44, 48, 48, 48 };
    return bits[STE_S2PS(w)] < OAS ? bits[STE_S2PS(w)] : OAS;
}

/* The translation of a page, by a walk (Arm ARM D5.2, 4 KiB granule). 0, or the event; *at: what could not be read. */
static enum smmuv3_event_id walk(struct vdev *dev, const uint64_t w[4], uint64_t ipa, struct smmuv3_tlb *found, uint64_t *at)
{
    uint64_t table = STE_S2TTB(w) & ADDR_47_12, descriptor;

    if (ipa >> (64 - STE_S2T0SZ(w))) {
        return F_TRANSLATION;
    }
    for (unsigned level = 2 - STE_S2SL0(w), first = 1;; level++, first = 0) {
        unsigned shift = 12 + 9 * (3 - level);
        *at = table + (ipa >> shift & (first ? UINT64_MAX : 511)) * 8;
        if (vdev_dma_read(dev, *at, &descriptor, sizeof descriptor) != SEAM_OK) {
            return F_WALK_EABT;
        }
        bool leaf = level == 3 ? (descriptor & 3) == 3 : (descriptor & 3) == 1 && level > 0;
        uint64_t out = descriptor & ADDR_47_12;
        if (!leaf && (level == 3 || (descriptor & 3) != 3)) {
            return F_TRANSLATION;
        }
        if (out >> output_bits(w)) {
            return F_ADDR_SIZE;
        }
        if (leaf) {
            uint64_t size = 1ull << shift;
            *found = (struct smmuv3_tlb){ .size = size, .ipa = ipa & ~(size - 1), .pa = out & ~(size - 1), .vmid = STE_S2VMID(w), .descriptor = descriptor };
            return 0;
        }
        table = out;
    }
}

static enum seam_result stage2(struct vdev *dev, const uint64_t w[4], struct smmuv3_event *e, uint64_t *pa, uint64_t *length)
{
    struct smmuv3 *s = dev->state;
    struct smmuv3_tlb *t = &s->tlb[e->addr >> 12 & (SMMUV3_TLBS - 1)], found;
    uint64_t addr = e->addr, at = 0;
    enum smmuv3_event_id wrong = 0;

    if (!(t->size && t->vmid == STE_S2VMID(w) && addr - t->ipa < t->size)) {
        wrong = walk(dev, w, addr, &found, &at);
        if (!wrong) {
            *t = found;
        }
    }
    if (!wrong && !(t->descriptor & DESC_AF) && !STE_S2AFFD(w)) {
        memset(t, 0, sizeof *t);            /* an entry without its access flag is not kept (Arm ARM D5.4.10) */
        wrong = F_ACCESS;
    }
    if (!wrong && !(t->descriptor & (e->write ? S2AP_WRITE : S2AP_READ))) {
        wrong = F_PERMISSION;
    }
    if (wrong == F_WALK_EABT) {
        return refuse(dev, e, wrong, at);
    }
    if (wrong) {
        return STE_S2R(w) ? refuse(dev, e, wrong, addr) : SEAM_DENIED;
    }
    *pa = t->pa + (addr - t->ipa);
    *length = t->size - (addr - t->ipa);
    return SEAM_OK;
}

enum seam_result smmuv3_translate(struct vdev *dev, uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length)
{
    const struct smmuv3 *s = dev->state;
    struct smmuv3_event e = { .stream = stream, .write = write, .addr = addr };
    const uint64_t *w = NULL;

    *pa = addr;
    *length = UINT64_MAX - addr;
    if (!(s->cr0 & SMMUV3_CR0_SMMUEN)) {
        return s->gbpa & SMMUV3_GBPA_ABORT ? SEAM_DENIED : SEAM_OK;
    }
    w = ste_of(dev, &e);
    if (!w || STE_CONFIG(w) <= CONFIG_ABORT_MAX) {
        return SEAM_DENIED;                 /* 5.2: an entry that aborts records nothing */
    }
    if (addr >> OAS) {
        return refuse(dev, &e, F_ADDR_SIZE, addr);
    }
    return STE_CONFIG(w) == CONFIG_BYPASS ? SEAM_OK : stage2(dev, w, &e, pa, length);
}
