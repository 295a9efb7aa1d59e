/* SPDX-License-Identifier: GPL-2.0-or-later
 * smmuv3: registers, command queue, event queue (Arm IHI 0070)
 *
 * Commands are taken in the access that makes them available. Interrupts are edges: the line goes up and down at once.
 */
#include "smmuv3.h"

#include <string.h>

enum { LINE_EVENTQ, LINE_GERROR, LINES };
enum { PAGE1 = 0x10000, WINDOW = 0x20000 };
enum { QUEUE_LOG2_MAX = 8, COMMAND = 16, EVENT = 32 };
enum { CERROR_ILL = 1, CERROR_ABT };

#define ADDR_51_5 0xfffffffffffe0ull
#define IDR0 (1u << SMMUV3_IDR0_S2P_SHIFT | 2u << SMMUV3_IDR0_TTF_SHIFT | 1u << SMMUV3_IDR0_COHACC_SHIFT | 2u << SMMUV3_IDR0_TTENDIAN_SHIFT | \
              1u << SMMUV3_IDR0_STALL_MODEL_SHIFT | 1u << SMMUV3_IDR0_TERM_MODEL_SHIFT | 1u << SMMUV3_IDR0_ST_LEVEL_SHIFT)
#define IDR1 (16u << SMMUV3_IDR1_SIDSIZE_SHIFT | QUEUE_LOG2_MAX << SMMUV3_IDR1_EVENTQS_SHIFT | QUEUE_LOG2_MAX << SMMUV3_IDR1_CMDQS_SHIFT)
#define IDR5 (2u << SMMUV3_IDR5_OAS_SHIFT | 1u << SMMUV3_IDR5_GRAN4K_SHIFT)

static const struct vdev_field fields[] = {
    VDEV_FIELD(struct smmuv3, strtab_base), VDEV_FIELD(struct smmuv3, cmdq_base), VDEV_FIELD(struct smmuv3, eventq_base),
    VDEV_FIELD(struct smmuv3, cr0), VDEV_FIELD(struct smmuv3, cr1), VDEV_FIELD(struct smmuv3, cr2), VDEV_FIELD(struct smmuv3, gbpa),
    VDEV_FIELD(struct smmuv3, irq_ctrl), VDEV_FIELD(struct smmuv3, gerror), VDEV_FIELD(struct smmuv3, gerrorn),
    VDEV_FIELD(struct smmuv3, strtab_base_cfg), VDEV_FIELD(struct smmuv3, cmdq_prod), VDEV_FIELD(struct smmuv3, cmdq_cons),
    VDEV_FIELD(struct smmuv3, eventq_prod), VDEV_FIELD(struct smmuv3, eventq_cons), VDEV_FIELD(struct smmuv3, ste),
    VDEV_FIELD(struct smmuv3, tlb),
    { NULL, 0, 0 },
};

/* Queues (3.5): an index, and above it a bit that turns over each time round; equal: empty, equal but for that bit: full. */
static unsigned log2size(uint64_t base) { return base & 31 ? ((base & 31) > QUEUE_LOG2_MAX ? QUEUE_LOG2_MAX : base & 31) : 0; }
static uint32_t both(uint64_t base) { return (2u << log2size(base)) - 1; }
static uint64_t slot(uint64_t base, uint32_t at, unsigned size) { return (base & ADDR_51_5) + (uint64_t)(at & both(base) >> 1) * size; }

static void pulse(struct vdev *dev, unsigned line)
{
    vdev_irq(dev, line, true);
    vdev_irq(dev, line, false);
}

static void global_error(struct vdev *dev, uint32_t error)
{
    struct smmuv3 *s = dev->state;
    if (!((s->gerror ^ s->gerrorn) & error)) {
        s->gerror ^= error;
        if (s->irq_ctrl & SMMUV3_IRQ_CTRL_GERROR_IRQEN) {
            pulse(dev, LINE_GERROR);
        }
    }
}

static bool overflowed(const struct smmuv3 *s) { return (s->eventq_prod ^ s->eventq_cons) >> 31; }

/* 7.2: an event for which there is no room is lost, and OVFLG says so. The interrupt is that of a queue which is not empty any more. */
void smmuv3_record(struct vdev *dev, const struct smmuv3_event *e)
{
    struct smmuv3 *s = dev->state;
    uint32_t mask = both(s->eventq_base), prod = s->eventq_prod & mask, cons = s->eventq_cons & mask;
    bool empty = prod == cons;
    uint64_t words[4] = { e->id | (uint64_t)e->stream << 32 };

    if (!(s->cr0 & SMMUV3_CR0_EVENTQEN)) {
        vdev_note(dev, SMMUV3_NOTE_LOST, words[0]);
        return;
    }
    if ((prod ^ cons) == (mask >> 1) + 1) {
        vdev_note(dev, SMMUV3_NOTE_LOST, words[0]);
        if (!overflowed(s)) {
            s->eventq_prod ^= SMMUV3_EVENTQ_PROD_OVFLG;
        }
        return;
    }
    if (e->id >= F_TRANSLATION) {       /* 7.3.12 to 7.3.15: RnW 35, S2 39, CLASS 41:40 (2: input address, 1: a table's), input address, IPA */
        words[1] = (uint64_t)!e->write << 35 | 1ull << 39 | (e->walk ? 1ull : 2ull) << 40;
        words[2] = e->addr;
        words[3] = e->addr & 0xffffffffff000ull;
    } else if (e->id == F_WALK_EABT || e->id == F_STE_FETCH) {
        words[3] = e->addr & 0xffffffffffff8ull;
    }
    vdev_note(dev, SMMUV3_NOTE_EVENT, words[0]);
    if (vdev_dma_write(dev, slot(s->eventq_base, prod, EVENT), words, sizeof words) != SEAM_OK) {
        global_error(dev, SMMUV3_GERROR_EVENTQ_ABT_ERR);
        return;
    }
    s->eventq_prod = (s->eventq_prod & SMMUV3_EVENTQ_PROD_OVFLG) | ((prod + 1) & mask);
    if (empty && s->irq_ctrl & SMMUV3_IRQ_CTRL_EVENTQ_IRQEN) {
        pulse(dev, LINE_EVENTQ);
    }
}

/* One command (4.1): false: illegal. What this SMMU has not (stage 1, ATS, PRI, EL2 and EL3 streams) has nothing to forget. */
static bool run_command(struct vdev *dev, const uint64_t c[2])
{
    struct smmuv3 *s = dev->state;
    uint32_t stream = c[0] >> 32, range = c[1] & 31;

    switch (c[0] & 0xff) {
    case 0x01: case 0x02:                   /* CMD_PREFETCH_CONFIG, _ADDR: hints */
        return true;
    case 0x03:                              /* CMD_CFGI_STE */
        smmuv3_forget_ste(s, stream, stream);
        return true;
    case 0x04:                              /* CMD_CFGI_STE_RANGE: 2^(range+1) streams; 31: CMD_CFGI_ALL */
        stream &= range == 31 ? 0 : ~((2u << range) - 1);
        smmuv3_forget_ste(s, stream, range == 31 ? UINT32_MAX : stream + (2u << range) - 1);
        return true;
    case 0x28:                              /* CMD_TLBI_S12_VMALL */
        smmuv3_forget_tlb(s, stream & 0xffff, SMMUV3_ALL);
        return true;
    case 0x2a:                              /* CMD_TLBI_S2_IPA */
        smmuv3_forget_tlb(s, stream & 0xffff, c[1] & 0xffffffffff000ull);
        return true;
    case 0x30:                              /* CMD_TLBI_NSNH_ALL */
        smmuv3_forget_tlb(s, SMMUV3_ALL, SMMUV3_ALL);
        return true;
    case 0x46:                              /* CMD_SYNC: all before it is done already; CS 1 wants an interrupt by MSI, which is not offered */
        return (c[0] >> 12 & 3) != 3;
    default:                                /* 4.1.3: also what needs a feature that IDR0 denies */
        return false;
    }
}

static void run_commands(struct vdev *dev)
{
    struct smmuv3 *s = dev->state;
    uint32_t mask = both(s->cmdq_base);

    while (s->cr0 & SMMUV3_CR0_CMDQEN && !((s->gerror ^ s->gerrorn) & SMMUV3_GERROR_CMDQ_ERR) && (s->cmdq_cons & mask) != (s->cmdq_prod & mask)) {
        uint64_t command[2];
        unsigned error = 0;
        if (vdev_dma_read(dev, slot(s->cmdq_base, s->cmdq_cons, COMMAND), command, sizeof command) != SEAM_OK) {
            error = CERROR_ABT;
        } else if (!run_command(dev, command)) {
            error = CERROR_ILL;
        }
        if (error) {                        /* 7.1: RD stays at the command that is wrong */
            s->cmdq_cons = (s->cmdq_cons & mask) | error << SMMUV3_CMDQ_CONS_ERR_SHIFT;
            global_error(dev, SMMUV3_GERROR_CMDQ_ERR);
            return;
        }
        vdev_note(dev, SMMUV3_NOTE_COMMAND, command[0]);
        s->cmdq_cons = (s->cmdq_cons + 1) & mask;
    }
}

/* Registers of 64 bits may be accessed by halves (6.2). */
static uint64_t *wide(struct smmuv3 *s, uint64_t offset)
{
    switch (offset & ~7ull) {
    case SMMUV3_STRTAB_BASE: return &s->strtab_base;
    case SMMUV3_CMDQ_BASE: return &s->cmdq_base;
    case SMMUV3_EVENTQ_BASE: return &s->eventq_base;
    default: return NULL;
    }
}

/* A register of 64 bits: those above, and the addresses of messages (GERROR_IRQ_CFG0, EVENTQ_IRQ_CFG0), RES0 as IDR0.MSI is 0. */
static bool takes(const struct vdev *dev, uint64_t offset, unsigned size)
{
    return offset % size == 0 && (size == 4 || (size == 8 && (wide(dev->state, offset) || offset == 0x68 || offset == 0xb0)));
}

static uint32_t read32(const struct smmuv3 *s, uint64_t offset)
{
    const uint64_t *w = wide((struct smmuv3 *)s, offset);
    if (w) {
        return *w >> (offset & 4) * 8;
    }
    switch (offset) {
    case SMMUV3_IDR0: return IDR0;
    case SMMUV3_IDR1: return IDR1;
    case SMMUV3_IDR5: return IDR5;
    case SMMUV3_CR0: case SMMUV3_CR0ACK: return s->cr0;
    case SMMUV3_CR1: return s->cr1;
    case SMMUV3_CR2: return s->cr2;
    case SMMUV3_GBPA: return s->gbpa;
    case SMMUV3_IRQ_CTRL: case SMMUV3_IRQ_CTRLACK: return s->irq_ctrl;
    case SMMUV3_GERROR: return s->gerror;
    case SMMUV3_GERRORN: return s->gerrorn;
    case SMMUV3_STRTAB_BASE_CFG: return s->strtab_base_cfg;
    case SMMUV3_CMDQ_PROD: return s->cmdq_prod;
    case SMMUV3_CMDQ_CONS: return s->cmdq_cons;
    case SMMUV3_EVENTQ_PROD: case SMMUV3_EVENTQ_PROD - PAGE1: return s->eventq_prod;
    case SMMUV3_EVENTQ_CONS: case SMMUV3_EVENTQ_CONS - PAGE1: return s->eventq_cons;
    default: return 0;
    }
}

static void write_wide(struct smmuv3 *s, uint64_t *w, uint64_t offset, uint64_t value, uint64_t mask)
{
    static const uint64_t strtab = SMMUV3_STRTAB_BASE_ADDR | SMMUV3_STRTAB_BASE_RA;
    static const uint64_t queue = SMMUV3_CMDQ_BASE_LOG2SIZE | SMMUV3_CMDQ_BASE_ADDR | SMMUV3_CMDQ_BASE_RA;
    uint32_t fixed = w == &s->strtab_base ? SMMUV3_CR0_SMMUEN : w == &s->cmdq_base ? SMMUV3_CR0_CMDQEN : SMMUV3_CR0_EVENTQEN;
    if (!(s->cr0 & fixed)) {
        *w = ((*w & ~mask) | (value << (offset & 4) * 8 & mask)) & (w == &s->strtab_base ? strtab : queue);
    }
}

static void write32(struct vdev *dev, uint64_t offset, uint32_t v)
{
    struct smmuv3 *s = dev->state;
    uint64_t *w = wide(s, offset);
    if (w) {
        write_wide(s, w, offset, v, 0xffffffffull << (offset & 4) * 8);
        return;
    }
    switch (offset) {
    case SMMUV3_CR0:
        s->cr0 = v & (SMMUV3_CR0_SMMUEN | SMMUV3_CR0_EVENTQEN | SMMUV3_CR0_CMDQEN);
        run_commands(dev);
        break;
    case SMMUV3_CR1:
        s->cr1 = v & SMMUV3_CR1_ATTRIBUTES;
        break;
    case SMMUV3_CR2:
        s->cr2 = v & SMMUV3_CR2_RECINVSID;
        break;
    case SMMUV3_GBPA:
        if (v & SMMUV3_GBPA_UPDATE) {
            s->gbpa = v & SMMUV3_GBPA_ABORT;
        }
        break;
    case SMMUV3_IRQ_CTRL:
        s->irq_ctrl = v & (SMMUV3_IRQ_CTRL_GERROR_IRQEN | SMMUV3_IRQ_CTRL_EVENTQ_IRQEN);
        break;
    case SMMUV3_GERRORN:
        s->gerrorn = v & (SMMUV3_GERRORN_CMDQ_ERR | SMMUV3_GERRORN_EVENTQ_ABT_ERR);
        run_commands(dev);
        break;
    case SMMUV3_STRTAB_BASE_CFG:
        if (!(s->cr0 & SMMUV3_CR0_SMMUEN)) {
            s->strtab_base_cfg = v & (SMMUV3_STRTAB_BASE_CFG_LOG2SIZE | SMMUV3_STRTAB_BASE_CFG_SPLIT | SMMUV3_STRTAB_BASE_CFG_FMT);
        }
        break;
    case SMMUV3_CMDQ_PROD:
        s->cmdq_prod = v & SMMUV3_CMDQ_PROD_WR;
        run_commands(dev);
        break;
    case SMMUV3_CMDQ_CONS:
        if (!(s->cr0 & SMMUV3_CR0_CMDQEN)) {
            s->cmdq_cons = v & SMMUV3_CMDQ_CONS_RD;
        }
        break;
    case SMMUV3_EVENTQ_PROD: case SMMUV3_EVENTQ_PROD - PAGE1:
        if (!(s->cr0 & SMMUV3_CR0_EVENTQEN)) {
            s->eventq_prod = v & (SMMUV3_EVENTQ_PROD_WR | SMMUV3_EVENTQ_PROD_OVFLG);
        }
        break;
    case SMMUV3_EVENTQ_CONS: case SMMUV3_EVENTQ_CONS - PAGE1:
        s->eventq_cons = v & (SMMUV3_EVENTQ_CONS_RD | SMMUV3_EVENTQ_CONS_OVACKFLG);
        break;
    default:
        break;                              /* 6.2: reserved locations are RES0 */
    }
}

static enum seam_result peek(const struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value)
{
    if (!takes(dev, offset, size)) {
        return SEAM_SLAVE_ERROR;
    }
    *value = read32(dev->state, offset) | (size == 8 ? (uint64_t)read32(dev->state, offset + 4) << 32 : 0);
    return SEAM_OK;
}

static enum seam_result read(struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    (void)delay_ps;
    return peek(dev, offset, size, value);
}

static enum seam_result write(struct vdev *dev, uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    (void)delay_ps;
    uint64_t *w = wide(dev->state, offset);
    if (!takes(dev, offset, size)) {
        return SEAM_SLAVE_ERROR;
    }
    if (size == 8 && w) {
        write_wide(dev->state, w, offset, value, UINT64_MAX);
    } else if (size == 4) {
        write32(dev, offset, value);
    }
    return SEAM_OK;
}

static void reset(struct vdev *dev)
{
    struct smmuv3 *s = dev->state;
    s->gbpa = SMMUV3_GBPA_ABORT;            /* nothing passes before somebody has decided what may */
}

const struct vdev_ops smmuv3_ops = {
    .type = "smmuv3", .state_size = sizeof(struct smmuv3), .fields = fields, .window = WINDOW, .lines = LINES,
    .reset = reset, .read = read, .write = write, .peek = peek, .translate = smmuv3_translate,
};
