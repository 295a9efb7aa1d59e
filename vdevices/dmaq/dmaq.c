/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq: the model
 *
 * Each bus access of the engine happens at the end of its own time, so a checkpoint in the middle of a transfer is
 * really in the middle: some bursts done, one perhaps in the buffer.
 */
#include <endian.h>
#include <string.h>

#include "dmaq_regs.h"
#include "vdevices/models.h"

enum { TIMER_ENGINE, TIMER_COALESCE };
enum { PHASE_IDLE, PHASE_FETCH, PHASE_READ, PHASE_WRITE, PHASE_WRITE_BACK };
enum { STATUS_OK = 1, STATUS_LENGTH, STATUS_ALIGNMENT, STATUS_SOURCE, STATUS_DESTINATION };
enum { FLAG_NOTIFY = 1, DESCRIPTOR_SIZE = 32, DESCRIPTOR_STATUS = 24, LENGTH_MAX = 1 << 24, BURST_MAX = 128, PAGE = 4096 };
enum { CLOCKS_BURST = 4, BEAT = 8, COALESCE_UNIT = 64, RING_LOG2_MIN = 1, RING_LOG2_MAX = 10 };

struct descriptor {
    uint64_t source, destination;
    uint32_t length, flags, status, crc;
};

struct dmaq {       /* no holes: each byte is in the field table */
    uint64_t ring;
    uint64_t source, destination;   /* of the next burst */
    uint32_t left;                  /* bytes of the descriptor still to be copied */
    uint32_t flags, status, crc;    /* of the descriptor in work; crc before the final xor */
    uint32_t ring_log2, tail, head;
    uint32_t enable, halted, phase;
    uint32_t irq_status, irq_enable, coalesce, unreported;
    uint32_t completed, err_index;
    uint32_t burst;                 /* bytes of the burst on the bus */
    uint32_t line;                  /* level of the interrupt line */
    uint8_t buffer[BURST_MAX];
};

static const struct vdev_field fields[] = {
    VDEV_FIELD(struct dmaq, ring), VDEV_FIELD(struct dmaq, source), VDEV_FIELD(struct dmaq, destination),
    VDEV_FIELD(struct dmaq, left), VDEV_FIELD(struct dmaq, flags), VDEV_FIELD(struct dmaq, status),
    VDEV_FIELD(struct dmaq, crc), VDEV_FIELD(struct dmaq, ring_log2), VDEV_FIELD(struct dmaq, tail),
    VDEV_FIELD(struct dmaq, head), VDEV_FIELD(struct dmaq, enable), VDEV_FIELD(struct dmaq, halted),
    VDEV_FIELD(struct dmaq, phase), VDEV_FIELD(struct dmaq, irq_status), VDEV_FIELD(struct dmaq, irq_enable),
    VDEV_FIELD(struct dmaq, coalesce), VDEV_FIELD(struct dmaq, unreported), VDEV_FIELD(struct dmaq, completed),
    VDEV_FIELD(struct dmaq, err_index), VDEV_FIELD(struct dmaq, burst), VDEV_FIELD(struct dmaq, line),
    VDEV_FIELD(struct dmaq, buffer),
    { NULL, 0, 0 },
};

/* RFC 3720 B.4, four bits at a time, reflected. */
static uint32_t crc32c(uint32_t crc, const uint8_t *p, size_t len)
{
    static const uint32_t table[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };

    while (len--) {
        crc ^= *p++;
        crc = table[crc & 15] ^ crc >> 4;
        crc = table[crc & 15] ^ crc >> 4;
    }
    return crc;
}

static void update_irq(struct vdev *dev)
{
    struct dmaq *d = dev->state;
    uint32_t level = (d->irq_status & d->irq_enable) != 0;

    if (level != d->line)
        vdev_irq(dev, 0, level);
    d->line = level;
}

static uint64_t descriptor_address(const struct dmaq *d)
{
    return d->ring + (uint64_t)d->head * DESCRIPTOR_SIZE;
}

static uint32_t index_mask(const struct dmaq *d)
{
    return (1u << d->ring_log2) - 1;
}

static void enter(struct vdev *dev, unsigned phase, unsigned bytes)
{
    struct dmaq *d = dev->state;

    d->phase = phase;
    vdev_timer_arm(dev, TIMER_ENGINE, vdev_now(dev) + (CLOCKS_BURST + bytes / BEAT) * dev->clock_ps);
}

static void start(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    if (d->phase == PHASE_IDLE && d->enable && !d->halted && d->head != d->tail)
        enter(dev, PHASE_FETCH, DESCRIPTOR_SIZE);
}

static void halt(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    d->phase = PHASE_IDLE;
    d->halted = 1;
    d->err_index = d->head;
    d->irq_status |= DMAQ_IRQ_STATUS_ERROR;
}

static void report(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    d->irq_status |= DMAQ_IRQ_STATUS_DONE;
    d->unreported = 0;
    vdev_timer_disarm(dev, TIMER_COALESCE);
}

static void complete(struct vdev *dev)
{
    struct dmaq *d = dev->state;
    uint32_t count = (d->coalesce & DMAQ_COALESCE_COUNT) >> DMAQ_COALESCE_COUNT_SHIFT;
    uint32_t timeout = (d->coalesce & DMAQ_COALESCE_TIMEOUT) >> DMAQ_COALESCE_TIMEOUT_SHIFT;

    if (d->status != STATUS_OK) {
        d->err_index = d->head;
        d->irq_status |= DMAQ_IRQ_STATUS_ERROR;
    }
    d->head = (d->head + 1) & index_mask(d);
    d->completed++;
    d->unreported++;
    if (d->status != STATUS_OK || d->flags & FLAG_NOTIFY || d->unreported >= count)
        report(dev);
    else if (d->unreported == 1 && timeout)
        vdev_timer_arm(dev, TIMER_COALESCE, vdev_now(dev) + (seam_ps)timeout * COALESCE_UNIT * dev->clock_ps);
    d->phase = PHASE_IDLE;
    start(dev);
}

static void finish(struct vdev *dev, unsigned status)
{
    struct dmaq *d = dev->state;

    d->status = status;
    enter(dev, PHASE_WRITE_BACK, BEAT);
}

/* AXI4 A3.4.1: no burst crosses a 4 KiB boundary, here on neither side. */
static void next_burst(struct vdev *dev)
{
    struct dmaq *d = dev->state;
    uint32_t n = d->left < BURST_MAX ? d->left : BURST_MAX;
    uint32_t source_room = PAGE - d->source % PAGE, destination_room = PAGE - d->destination % PAGE;

    n = n < source_room ? n : source_room;
    d->burst = n < destination_room ? n : destination_room;
    enter(dev, PHASE_READ, d->burst);
}

static void fetched(struct vdev *dev)
{
    struct dmaq *d = dev->state;
    struct descriptor in;

    if (vdev_dma_read(dev, descriptor_address(d), &in, sizeof(in)) != SEAM_OK) {
        halt(dev);
        return;
    }
    d->source = le64toh(in.source);
    d->destination = le64toh(in.destination);
    d->left = le32toh(in.length);
    d->flags = le32toh(in.flags);
    d->crc = UINT32_MAX;
    if (!d->left || d->left % BEAT || d->left > LENGTH_MAX)
        finish(dev, STATUS_LENGTH);
    else if (d->source % BEAT || d->destination % BEAT)
        finish(dev, STATUS_ALIGNMENT);
    else
        next_burst(dev);
}

static void was_read(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    if (vdev_dma_read(dev, d->source, d->buffer, d->burst) != SEAM_OK) {
        finish(dev, STATUS_SOURCE);
        return;
    }
    d->crc = crc32c(d->crc, d->buffer, d->burst);
    enter(dev, PHASE_WRITE, d->burst);
}

static void written(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    if (vdev_dma_write(dev, d->destination, d->buffer, d->burst) != SEAM_OK) {
        finish(dev, STATUS_DESTINATION);
        return;
    }
    d->source += d->burst;
    d->destination += d->burst;
    d->left -= d->burst;
    if (d->left)
        next_burst(dev);
    else
        finish(dev, STATUS_OK);
}

static void write_back(struct vdev *dev)
{
    const struct dmaq *d = dev->state;
    uint32_t out[2] = { htole32(d->status), htole32(d->status == STATUS_OK ? ~d->crc : 0) };

    if (vdev_dma_write(dev, descriptor_address(d) + DESCRIPTOR_STATUS, out, sizeof(out)) == SEAM_OK)
        complete(dev);
    else
        halt(dev);
}

static void dmaq_timer(struct vdev *dev, unsigned n)
{
    static void (*const done[])(struct vdev *) = {
        [PHASE_FETCH] = fetched, [PHASE_READ] = was_read, [PHASE_WRITE] = written, [PHASE_WRITE_BACK] = write_back,
    };
    const struct dmaq *d = dev->state;

    if (n == TIMER_ENGINE)
        done[d->phase](dev);
    else
        report(dev);
    update_irq(dev);
}

static void set_reset_values(struct dmaq *d)
{
    uint32_t line = d->line;

    *d = (struct dmaq){ .ring_log2 = RING_LOG2_MIN, .line = line };
}

static enum seam_result dmaq_peek(const struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct dmaq *d = dev->state;
    bool busy = d->phase != PHASE_IDLE;

    if (size != 4)
        return SEAM_SLAVE_ERROR;
    switch (offset) {
    case DMAQ_ID:           *value = 0x444d4151; break;
    case DMAQ_VERSION:      *value = 1; break;
    case DMAQ_CTRL:         *value = d->enable ? DMAQ_CTRL_ENABLE : 0; break;
    case DMAQ_STATUS:       *value = (busy ? DMAQ_STATUS_BUSY : 0) | (d->halted ? DMAQ_STATUS_HALTED : 0); break;
    case DMAQ_RING_LO:      *value = (uint32_t)d->ring; break;
    case DMAQ_RING_HI:      *value = d->ring >> 32; break;
    case DMAQ_RING_SIZE:    *value = d->ring_log2; break;
    case DMAQ_TAIL:         *value = d->tail; break;
    case DMAQ_HEAD:         *value = d->head; break;
    case DMAQ_IRQ_STATUS:   *value = d->irq_status; break;
    case DMAQ_IRQ_ENABLE:   *value = d->irq_enable; break;
    case DMAQ_COALESCE:     *value = d->coalesce; break;
    case DMAQ_COMPLETED:    *value = d->completed; break;
    case DMAQ_ERR_INDEX:    *value = d->err_index; break;
    default:                *value = 0;
    }
    return SEAM_OK;
}

static enum seam_result dmaq_read(struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    (void)delay_ps;
    return dmaq_peek(dev, offset, size, value);
}

static void write_ring(struct dmaq *d, uint64_t offset, uint32_t value)
{
    if (d->enable || d->phase != PHASE_IDLE)
        return;
    if (offset == DMAQ_RING_LO) {
        d->ring = (d->ring & ~UINT64_C(0xffffffff)) | (value & DMAQ_RING_LO_BASE);
    } else if (offset == DMAQ_RING_HI) {
        d->ring = (d->ring & UINT64_C(0xffffffff)) | (uint64_t)value << 32;
    } else {
        d->ring_log2 = value < RING_LOG2_MIN ? RING_LOG2_MIN : value > RING_LOG2_MAX ? RING_LOG2_MAX : value;
        d->head = d->tail = 0;
    }
}

static enum seam_result dmaq_write(struct vdev *dev, uint64_t offset, unsigned size, uint64_t value64, seam_ps *delay_ps)
{
    struct dmaq *d = dev->state;
    uint32_t value = (uint32_t)value64;

    (void)delay_ps;
    if (size != 4)
        return SEAM_SLAVE_ERROR;
    switch (offset) {
    case DMAQ_CTRL:
        if (value & DMAQ_CTRL_RESET) {
            set_reset_values(d);
            vdev_timer_disarm(dev, TIMER_ENGINE);
            vdev_timer_disarm(dev, TIMER_COALESCE);
        } else {
            d->enable = value & DMAQ_CTRL_ENABLE;
        }
        break;
    case DMAQ_RING_LO:
    case DMAQ_RING_HI:
    case DMAQ_RING_SIZE:
        write_ring(d, offset, value);
        break;
    case DMAQ_TAIL:
        d->tail = value & index_mask(d);
        break;
    case DMAQ_IRQ_STATUS:
        d->irq_status &= ~value;
        break;
    case DMAQ_IRQ_ENABLE:
        d->irq_enable = value & (DMAQ_IRQ_ENABLE_DONE | DMAQ_IRQ_ENABLE_ERROR);
        break;
    case DMAQ_COALESCE:
        d->coalesce = value & (DMAQ_COALESCE_COUNT | DMAQ_COALESCE_TIMEOUT);
        break;
    default:
        break;
    }
    start(dev);
    update_irq(dev);
    return SEAM_OK;
}

static void dmaq_reset(struct vdev *dev)
{
    struct dmaq *d = dev->state;

    d->line = 0;
    set_reset_values(d);
    vdev_irq(dev, 0, false);
}

const struct vdev_ops dmaq_ops = {
    .type = "dmaq",
    .state_size = sizeof(struct dmaq),
    .fields = fields,
    .window = 4096,
    .lines = 1,
    .timers = 2,
    .reset = dmaq_reset,
    .read = dmaq_read,
    .write = dmaq_write,
    .peek = dmaq_peek,
    .timer = dmaq_timer,
};
