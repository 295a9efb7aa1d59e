/* SPDX-License-Identifier: GPL-2.0-or-later
 * ticker: a model in C that uses every service of its host
 */
#include <stdlib.h>

#include "platform/systemc/test/devices.h"

struct ticker {
    uint64_t word, fired, cost, dma, misbehave;
};

static const struct vdev_field fields[] = {
    VDEV_FIELD(struct ticker, word), VDEV_FIELD(struct ticker, fired), VDEV_FIELD(struct ticker, cost),
    VDEV_FIELD(struct ticker, dma), VDEV_FIELD(struct ticker, misbehave), { NULL, 0, 0 },
};

static void reset(struct vdev *dev)
{
    struct ticker *t = dev->state;
    t->word = 0x1234;
}

static enum seam_result peek(const struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct ticker *t = dev->state;
    uint64_t v = offset == REG_WORD ? t->word : offset == REG_FIRED_LO ? (uint32_t)t->fired
                 : offset == REG_FIRED_HI ? t->fired >> 32 : offset == REG_DMA ? t->dma : 0;
    *value = size == 8 ? v : v & ((1ull << size * 8) - 1);
    return offset == REG_REFUSE ? SEAM_SLAVE_ERROR : SEAM_OK;
}

static enum seam_result read(struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    const struct ticker *t = dev->state;
    *delay_ps += t->cost;
    return peek(dev, offset, size, value);
}

static void misbehave(struct vdev *dev, uint64_t how)
{
    struct ticker *t = dev->state;
    t->misbehave = how;
    switch (how) {
    case ZERO_DELAY_LOOP: vdev_timer_arm(dev, 0, vdev_now(dev)); break;
    case PAST_TIMER: vdev_timer_arm(dev, 0, vdev_now(dev) - 1); break;
    case BAD_LINE: vdev_irq(dev, 2, true); break;
    case BAD_TIMER: vdev_timer_arm(dev, 2, vdev_now(dev)); break;
    case STOP: vdev_stop(dev, "asked\nfor"); break;
    case NOTE: vdev_note(dev, 7, 77); break;
    case ASSERT: abort(); break;
    case WILD_POINTER: *(volatile int *)(uintptr_t)dev->clock_ps = 1; break;
    }
}

static enum seam_result write(struct vdev *dev, uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    struct ticker *t = dev->state;
    uint64_t data = 0;
    uint8_t byte = value;
    (void)size;
    *delay_ps += t->cost;
    switch (offset) {
    case REG_AFTER: vdev_timer_arm(dev, 0, vdev_now(dev) + value); break;
    case REG_ACK: vdev_irq(dev, 0, false); break;
    case REG_WORD: t->word = value; break;
    case REG_COST: t->cost = value; break;
    case REG_DMA:
        t->dma = vdev_dma_read(dev, value, &data, 8);
        t->dma |= vdev_dma_write(dev, value + 8, &data, 8) << 4;
        break;
    case REG_MISBEHAVE: misbehave(dev, value); break;
    case REG_REFUSE: return SEAM_SLAVE_ERROR;
    case REG_PUT: vdev_console(dev, &byte, 1); break;
    }
    return SEAM_OK;
}

static void timer(struct vdev *dev, unsigned n)
{
    struct ticker *t = dev->state;
    (void)n;
    t->fired = vdev_now(dev);
    vdev_irq(dev, 0, true);
    if (t->misbehave == ZERO_DELAY_LOOP) {
        vdev_timer_arm(dev, 0, vdev_now(dev));
    }
}

static size_t input(struct vdev *dev, const uint8_t *bytes, size_t len)
{
    size_t taken = len < 4 ? len : 4;
    vdev_console(dev, bytes, taken);
    return taken;
}

const struct vdev_ops ticker_ops = {
    .type = "ticker", .state_size = sizeof(struct ticker), .fields = fields, .window = 4096, .lines = 2, .timers = 2,
    .reset = reset, .read = read, .write = write, .peek = peek, .timer = timer, .input = input,
};
