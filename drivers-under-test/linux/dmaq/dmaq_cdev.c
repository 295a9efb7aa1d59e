/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: character device; a copy goes from the caller's pages to the caller's pages
 */
#include <linux/capability.h>
#include <linux/crc32.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dmaq.h"

static DEFINE_IDA(dmaq_ids);

/* The caller's memory, pinned and mapped for the engine. */
struct dmaq_pages {
	struct page **pages;
	int pinned;
	struct sg_table sg;
	enum dma_data_direction direction;
};

/* A place in mapped memory: `left` bytes from `address` on in segment `sg`. */
struct dmaq_cursor {
	struct scatterlist *sg;
	dma_addr_t address;
	u32 left;
};

static void dmaq_cursor_init(struct dmaq_cursor *cursor, struct scatterlist *sg)
{
	cursor->sg = sg;
	cursor->address = sg_dma_address(sg);
	cursor->left = sg_dma_len(sg);
}

static void dmaq_cursor_move(struct dmaq_cursor *cursor, u32 bytes)
{
	cursor->address += bytes;
	cursor->left -= bytes;
	if (!cursor->left && !sg_is_last(cursor->sg))
		dmaq_cursor_init(cursor, sg_next(cursor->sg));
}

static void dmaq_unpin(struct dmaq_pages *p)
{
	unpin_user_pages_dirty_lock(p->pages, p->pinned, p->direction == DMA_FROM_DEVICE);
	kvfree(p->pages);
}

static int dmaq_map(struct dmaq *dmaq, struct dmaq_pages *p, u64 address, size_t length,
		    enum dma_data_direction direction)
{
	unsigned int offset = offset_in_page(address);
	int count = DIV_ROUND_UP(offset + length, PAGE_SIZE);
	int err;

	p->direction = direction;
	p->pages = kvmalloc_array(count, sizeof(*p->pages), GFP_KERNEL);
	if (!p->pages)
		return -ENOMEM;
	p->pinned = pin_user_pages_fast(address & PAGE_MASK, count, direction == DMA_FROM_DEVICE ? FOLL_WRITE : 0,
					p->pages);
	if (p->pinned != count) {
		err = p->pinned < 0 ? p->pinned : -EFAULT;
		p->pinned = max(p->pinned, 0);
		goto unpin;
	}
	err = sg_alloc_table_from_pages(&p->sg, p->pages, count, offset, length, GFP_KERNEL);
	if (err)
		goto unpin;
	err = dma_map_sgtable(dmaq->dev, &p->sg, direction, 0);
	if (err)
		goto free;
	return 0;
free:
	sg_free_table(&p->sg);
unpin:
	dmaq_unpin(p);
	return err;
}

static void dmaq_unmap(struct dmaq *dmaq, struct dmaq_pages *p)
{
	dma_unmap_sgtable(dmaq->dev, &p->sg, p->direction, 0);
	sg_free_table(&p->sg);
	dmaq_unpin(p);
}

/* As many descriptors as one batch holds, each as long as both sides are contiguous. */
static u32 dmaq_fill(struct dmaq_descriptor *batch, struct dmaq_cursor *source, struct dmaq_cursor *destination, u64 *left)
{
	u32 n;

	for (n = 0; n < DMAQ_BATCH_MAX && *left; n++) {
		u32 bytes = min(source->left, destination->left);

		batch[n] = (struct dmaq_descriptor) {
			.source = cpu_to_le64(source->address),
			.destination = cpu_to_le64(destination->address),
			.length = cpu_to_le32(bytes),
		};
		dmaq_cursor_move(source, bytes);
		dmaq_cursor_move(destination, bytes);
		*left -= bytes;
	}
	return n;
}

/* Adds a batch's answers to the copy's: the CRC of all is that of its parts, each shifted by the lengths after it. */
static void dmaq_collect(struct dmaq_copy *copy, const struct dmaq_descriptor *batch, u32 n)
{
	u32 i;

	for (i = 0; i < n && copy->status == DMAQ_OK; i++) {
		copy->status = le32_to_cpu(batch[i].status);
		copy->crc = __crc32c_le_combine(copy->crc, le32_to_cpu(batch[i].crc), le32_to_cpu(batch[i].length));
	}
	copy->descriptors += n;
	if (copy->status != DMAQ_OK)
		copy->crc = 0;
}

static int dmaq_copy_mapped(struct dmaq *dmaq, struct dmaq_copy *copy, struct dmaq_pages *from, struct dmaq_pages *to)
{
	struct dmaq_cursor source, destination;
	struct dmaq_descriptor *batch;
	u64 left = copy->length;
	int err = 0;

	batch = kvmalloc_array(DMAQ_BATCH_MAX, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	copy->status = DMAQ_OK;
	copy->crc = 0;
	copy->descriptors = 0;
	dmaq_cursor_init(&source, from->sg.sgl);
	dmaq_cursor_init(&destination, to->sg.sgl);
	while (left && copy->status == DMAQ_OK && !err) {
		u32 n = dmaq_fill(batch, &source, &destination, &left);

		mutex_lock(&dmaq->lock);
		err = dmaq_ring_run(dmaq, batch, n);
		mutex_unlock(&dmaq->lock);
		if (!err)
			dmaq_collect(copy, batch, n);
	}
	kvfree(batch);
	return err;
}

static int dmaq_ioctl_copy(struct dmaq *dmaq, struct dmaq_copy *copy)
{
	struct dmaq_pages from, to;
	int err;

	if (!copy->length || copy->length > DMAQ_LENGTH_MAX || copy->reserved ||
	    (copy->source | copy->destination | copy->length) % DMAQ_ALIGN)
		return -EINVAL;
	err = dmaq_map(dmaq, &from, copy->source, copy->length, DMA_TO_DEVICE);
	if (err)
		return err;
	err = dmaq_map(dmaq, &to, copy->destination, copy->length, DMA_FROM_DEVICE);
	if (!err) {
		err = dmaq_copy_mapped(dmaq, copy, &from, &to);
		dmaq_unmap(dmaq, &to);
	}
	dmaq_unmap(dmaq, &from);
	return err;
}

static int dmaq_ioctl_raw(struct dmaq *dmaq, struct dmaq_raw *raw)
{
	struct dmaq_descriptor d = {
		.source = cpu_to_le64(raw->source),
		.destination = cpu_to_le64(raw->destination),
		.length = cpu_to_le32(raw->length),
	};
	int err;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (raw->flags & ~(DMAQ_RAW_SOURCE_SCRATCH | DMAQ_RAW_DESTINATION_SCRATCH))
		return -EINVAL;
	if (raw->flags & DMAQ_RAW_SOURCE_SCRATCH) {
		if (raw->source >= DMAQ_SCRATCH_SIZE)
			return -EINVAL;
		d.source = cpu_to_le64(dmaq->scratch_dma + raw->source);
	}
	if (raw->flags & DMAQ_RAW_DESTINATION_SCRATCH) {
		if (raw->destination >= DMAQ_SCRATCH_SIZE)
			return -EINVAL;
		d.destination = cpu_to_le64(dmaq->scratch_dma + raw->destination);
	}
	mutex_lock(&dmaq->lock);
	err = dmaq_ring_run(dmaq, &d, 1);
	mutex_unlock(&dmaq->lock);
	raw->status = le32_to_cpu(d.status);
	raw->crc = le32_to_cpu(d.crc);
	return err;
}

static void dmaq_ioctl_statistics(struct dmaq *dmaq, struct dmaq_statistics *statistics)
{
	mutex_lock(&dmaq->lock);
	*statistics = dmaq->statistics;
	mutex_unlock(&dmaq->lock);
	spin_lock_irq(&dmaq->irq_lock);
	statistics->interrupts = dmaq->interrupts;
	spin_unlock_irq(&dmaq->irq_lock);
}

static long dmaq_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct dmaq *dmaq = container_of(file->private_data, struct dmaq, misc);
	union {
		struct dmaq_copy copy;
		struct dmaq_raw raw;
		struct dmaq_statistics statistics;
	} u;
	int err = 0;

	if (command != DMAQ_COPY && command != DMAQ_RAW && command != DMAQ_STATISTICS)
		return -ENOTTY;
	if (_IOC_DIR(command) & _IOC_WRITE && copy_from_user(&u, (void __user *)arg, _IOC_SIZE(command)))
		return -EFAULT;
	if (command == DMAQ_COPY)
		err = dmaq_ioctl_copy(dmaq, &u.copy);
	else if (command == DMAQ_RAW)
		err = dmaq_ioctl_raw(dmaq, &u.raw);
	else
		dmaq_ioctl_statistics(dmaq, &u.statistics);
	if (!err && copy_to_user((void __user *)arg, &u, _IOC_SIZE(command)))
		return -EFAULT;
	return err;
}

static const struct file_operations dmaq_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dmaq_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static void dmaq_free_id(void *data)
{
	struct dmaq *dmaq = data;

	ida_free(&dmaq_ids, dmaq->id);
}

static void dmaq_deregister(void *data)
{
	struct dmaq *dmaq = data;

	misc_deregister(&dmaq->misc);
}

int dmaq_cdev_init(struct dmaq *dmaq)
{
	int err;

	dmaq->id = ida_alloc(&dmaq_ids, GFP_KERNEL);
	if (dmaq->id < 0)
		return dmaq->id;
	err = devm_add_action_or_reset(dmaq->dev, dmaq_free_id, dmaq);
	if (err)
		return err;
	dmaq->misc.minor = MISC_DYNAMIC_MINOR;
	dmaq->misc.fops = &dmaq_fops;
	dmaq->misc.parent = dmaq->dev;
	dmaq->misc.name = devm_kasprintf(dmaq->dev, GFP_KERNEL, "dmaq%d", dmaq->id);
	if (!dmaq->misc.name)
		return -ENOMEM;
	err = misc_register(&dmaq->misc);
	if (err)
		return dev_err_probe(dmaq->dev, err, "no device node\n");
	return devm_add_action_or_reset(dmaq->dev, dmaq_deregister, dmaq);
}
