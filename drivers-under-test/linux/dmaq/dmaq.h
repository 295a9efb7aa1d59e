/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: the engine, as its ring and its character device share it
 */
#ifndef DMAQ_H
#define DMAQ_H

#include <linux/completion.h>
#include <linux/device.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "dmaq_ioctl.h"

#define DMAQ_RING_LOG2 8
#define DMAQ_RING_COUNT (1u << DMAQ_RING_LOG2)
#define DMAQ_BATCH_MAX (DMAQ_RING_COUNT - 1)	/* HEAD == TAIL is the empty ring */
#define DMAQ_SCRATCH_SIZE 4096u

/* As the engine reads it */
struct dmaq_descriptor {
	__le64 source, destination;
	__le32 length, flags;
	__le32 status, crc;
};

#define DMAQ_DESCRIPTOR_NOTIFY 1u

struct dmaq {
	struct device *dev;
	void __iomem *regs;
	struct dmaq_descriptor *ring;		/* coherent */
	dma_addr_t ring_dma;
	void *scratch;				/* coherent, for DMAQ_RAW */
	dma_addr_t scratch_dma;

	struct mutex lock;			/* one batch at a time; guards tail and statistics */
	u32 tail;				/* where the next batch starts: the engine is idle, so its HEAD too */
	struct dmaq_statistics statistics;

	spinlock_t irq_lock;			/* guards what the handler shares: */
	bool running;				/* a batch is with the engine, ring_tail its end */
	bool halted;
	u32 ring_tail;
	u64 interrupts;
	struct completion done;

	struct miscdevice misc;
	int id;
};

/* Engine and interrupt, at probe. */
int dmaq_ring_init(struct dmaq *dmaq, int irq);
/* Gives n <= DMAQ_BATCH_MAX descriptors to the engine and waits; status and crc are its answers. With the lock held.
 * -ETIMEDOUT, -EIO: no answer, the engine has been reset and works again. */
int dmaq_ring_run(struct dmaq *dmaq, struct dmaq_descriptor *batch, u32 n);

/* /dev/dmaqN */
int dmaq_cdev_init(struct dmaq *dmaq);

#endif
