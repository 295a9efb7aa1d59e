/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: descriptor ring and interrupt
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/jiffies.h>

#include "dmaq.h"
#include "dmaq_regs.h"

#define BATCH_TIMEOUT (2 * HZ)	/* a call is 16 MiB in all: about 0.1 s at 100 MHz */

static u32 dmaq_read(const struct dmaq *dmaq, u32 reg)
{
	return readl(dmaq->regs + reg);
}

static void dmaq_write(struct dmaq *dmaq, u32 reg, u32 value)
{
	writel(value, dmaq->regs + reg);
}

/* Drops all transfers. A burst that is on the bus still ends, while BUSY reads 1: no DMA is under way when this returns. */
static void dmaq_reset(struct dmaq *dmaq)
{
	u32 status;

	dmaq_write(dmaq, DMAQ_CTRL, DMAQ_CTRL_RESET);
	if (readl_poll_timeout_atomic(dmaq->regs + DMAQ_STATUS, status, !(status & DMAQ_STATUS_BUSY), 1, 1000))
		dev_err(dmaq->dev, "busy 1 ms after a reset: status 0x%x\n", status);
}

/* Interrupts at a batch's end (NOTIFY) and at errors alone: coalescing at its greatest, without a timeout. */
static void dmaq_start(struct dmaq *dmaq)
{
	dmaq_reset(dmaq);
	dmaq_write(dmaq, DMAQ_RING_LO, lower_32_bits(dmaq->ring_dma));
	dmaq_write(dmaq, DMAQ_RING_HI, upper_32_bits(dmaq->ring_dma));
	dmaq_write(dmaq, DMAQ_RING_SIZE, DMAQ_RING_LOG2);
	dmaq_write(dmaq, DMAQ_COALESCE, DMAQ_COALESCE_COUNT);
	dmaq_write(dmaq, DMAQ_IRQ_ENABLE, DMAQ_IRQ_ENABLE_DONE | DMAQ_IRQ_ENABLE_ERROR);
	dmaq_write(dmaq, DMAQ_CTRL, DMAQ_CTRL_ENABLE);
	dmaq->tail = 0;
}

/* An error raises DONE before the batch has ended, and the end may be seen together with it: what counts is HEAD. */
static irqreturn_t dmaq_irq(int irq, void *data)
{
	struct dmaq *dmaq = data;
	u32 pending = dmaq_read(dmaq, DMAQ_IRQ_STATUS);

	if (!pending)
		return IRQ_NONE;
	dmaq_write(dmaq, DMAQ_IRQ_STATUS, pending);

	spin_lock(&dmaq->irq_lock);
	dmaq->interrupts++;
	if (dmaq->running) {
		if (pending & DMAQ_IRQ_STATUS_ERROR)
			dmaq->halted = dmaq_read(dmaq, DMAQ_STATUS) & DMAQ_STATUS_HALTED;
		if (dmaq->halted || dmaq_read(dmaq, DMAQ_HEAD) == dmaq->ring_tail) {
			dmaq->running = false;
			complete(&dmaq->done);
		}
	}
	spin_unlock(&dmaq->irq_lock);
	return IRQ_HANDLED;
}

static void dmaq_submit(struct dmaq *dmaq, const struct dmaq_descriptor *batch, u32 n)
{
	u32 i, end = (dmaq->tail + n) % DMAQ_RING_COUNT;

	for (i = 0; i < n; i++)
		dmaq->ring[(dmaq->tail + i) % DMAQ_RING_COUNT] = batch[i];
	dmaq->ring[(dmaq->tail + n - 1) % DMAQ_RING_COUNT].flags |= cpu_to_le32(DMAQ_DESCRIPTOR_NOTIFY);

	reinit_completion(&dmaq->done);
	spin_lock_irq(&dmaq->irq_lock);
	dmaq->ring_tail = end;
	dmaq->halted = false;
	dmaq->running = true;
	spin_unlock_irq(&dmaq->irq_lock);
	dmaq_write(dmaq, DMAQ_TAIL, end);	/* writel: the descriptors are visible before */
}

static int dmaq_wait(struct dmaq *dmaq)
{
	bool answered = wait_for_completion_timeout(&dmaq->done, BATCH_TIMEOUT);
	bool halted;

	spin_lock_irq(&dmaq->irq_lock);
	answered |= !dmaq->running;		/* at the last moment */
	halted = dmaq->halted;
	dmaq->running = false;
	spin_unlock_irq(&dmaq->irq_lock);
	if (!answered)
		return -ETIMEDOUT;
	return halted ? -EIO : 0;
}

int dmaq_ring_run(struct dmaq *dmaq, struct dmaq_descriptor *batch, u32 n)
{
	u32 i;
	int err;

	lockdep_assert_held(&dmaq->lock);
	dmaq_submit(dmaq, batch, n);
	err = dmaq_wait(dmaq);
	if (err) {
		dev_err(dmaq->dev, "%s at descriptor %u, status 0x%x: engine reset\n",
			err == -EIO ? "ring unreadable" : "no interrupt", dmaq_read(dmaq, DMAQ_HEAD),
			dmaq_read(dmaq, DMAQ_STATUS));
		dmaq->statistics.timeouts += err == -ETIMEDOUT;
		dmaq->statistics.resets++;
		dmaq_start(dmaq);
		return err;
	}
	dma_rmb();
	for (i = 0; i < n; i++) {
		const struct dmaq_descriptor *d = &dmaq->ring[(dmaq->tail + i) % DMAQ_RING_COUNT];

		batch[i].status = d->status;
		batch[i].crc = d->crc;
		dmaq->statistics.descriptors++;
		if (le32_to_cpu(d->status) == DMAQ_OK)
			dmaq->statistics.bytes += le32_to_cpu(d->length);
		else
			dmaq->statistics.errors++;
	}
	dmaq->tail = dmaq->ring_tail;
	return 0;
}

static void dmaq_stop(void *data)
{
	dmaq_reset(data);
}

int dmaq_ring_init(struct dmaq *dmaq, int irq)
{
	struct device *dev = dmaq->dev;
	u32 id = dmaq_read(dmaq, DMAQ_ID), version = dmaq_read(dmaq, DMAQ_VERSION);
	int err;

	if (id != 0x444d4151 || version != 1)
		return dev_err_probe(dev, -ENODEV, "id 0x%08x version %u: not a dmaq of version 1\n", id, version);
	err = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return dev_err_probe(dev, err, "no 64-bit DMA\n");
	dma_set_max_seg_size(dev, DMAQ_LENGTH_MAX);
	dmaq->ring = dmam_alloc_coherent(dev, DMAQ_RING_COUNT * sizeof(*dmaq->ring), &dmaq->ring_dma, GFP_KERNEL);
	dmaq->scratch = dmam_alloc_coherent(dev, DMAQ_SCRATCH_SIZE, &dmaq->scratch_dma, GFP_KERNEL);
	if (!dmaq->ring || !dmaq->scratch)
		return -ENOMEM;

	mutex_init(&dmaq->lock);
	spin_lock_init(&dmaq->irq_lock);
	init_completion(&dmaq->done);
	dmaq_reset(dmaq);
	err = devm_add_action_or_reset(dev, dmaq_stop, dmaq);	/* before the ring is freed */
	if (err)
		return err;
	err = devm_request_irq(dev, irq, dmaq_irq, 0, dev_name(dev), dmaq);
	if (err)
		return dev_err_probe(dev, err, "interrupt %d\n", irq);
	dmaq_start(dmaq);
	return 0;
}
