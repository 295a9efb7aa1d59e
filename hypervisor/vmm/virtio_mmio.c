/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtio over MMIO (virtio 1.2, 4.2.2): version 2, no legacy interface
 *
 * What the driver does against a rule without harm to us is ignored: a read-only register written, a queue changed while
 * it is ready, a status bit taken back.
 */
#include "virtio.h"

#include "mem.h"

enum {      /* 4.2.2 */
    MAGIC_VALUE = 0x000, VERSION = 0x004, DEVICE_ID = 0x008, VENDOR_ID = 0x00c, DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SEL = 0x024, QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034, QUEUE_NUM = 0x038, QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050, INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064, STATUS = 0x070, QUEUE_DESC_LOW = 0x080, QUEUE_DESC_HIGH = 0x084, QUEUE_DRIVER_LOW = 0x090,
    QUEUE_DRIVER_HIGH = 0x094, QUEUE_DEVICE_LOW = 0x0a0, QUEUE_DEVICE_HIGH = 0x0a4, SHM_LEN_LOW = 0x0b0,
    SHM_BASE_HIGH = 0x0bc, CONFIG = 0x100,
};
enum {      /* 2.1 */
    STATUS_DRIVER_OK = 4, STATUS_FEATURES_OK = 8, STATUS_NEEDS_RESET = 64, STATUS_DRIVERS = 0x8f,
};
#define MAGIC 0x74726976u                       /* "virt" */
#define VENDOR 0x6f676e49u                      /* "Ingo" */
#define F_VERSION_1 (UINT64_C(1) << 32)         /* 6 */

static struct virtio *of(struct vmm_device *dev) { return (struct virtio *)dev; }

bool virtio_live(const struct virtio *v)
{
    return (v->status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) == STATUS_DRIVER_OK;
}

void virtio_interrupt(struct virtio *v, uint32_t event)
{
    v->interrupt_status |= event;
    bus_irq(&v->dev, v->interrupt_status);
}

void virtio_break(struct virtio *v)
{
    bool tell = virtio_live(v);

    v->status |= STATUS_NEEDS_RESET;
    if (tell) {
        virtio_interrupt(v, VIRTIO_INT_CONFIG);
    }
}

static void notify(struct virtio *v, uint32_t n)
{
    if (virtio_live(v) && n < v->kind->queue_count && v->queues[n].ready) {
        v->kind->notify(v, n);
    }
}

static void write_status(struct virtio *v, uint32_t value)
{
    uint32_t new_bits = value & STATUS_DRIVERS & ~v->status;

    if (!value) {
        bus_irq(&v->dev, false);
        virtio_reset(&v->dev);
        return;
    }
    /* Features that are not offered, or without VERSION_1, do not become OK (2.2.2, 6.2). */
    if (v->driver_features & ~(v->features | F_VERSION_1) || !(v->driver_features & F_VERSION_1)) {
        new_bits &= ~STATUS_FEATURES_OK;
    }
    if (!((v->status | new_bits) & STATUS_FEATURES_OK)) {
        new_bits &= ~STATUS_DRIVER_OK;          /* comes after FEATURES_OK (3.1.1) */
    }
    v->status |= new_bits;
    if (new_bits & STATUS_DRIVER_OK) {
        for (uint32_t n = 0; n < v->kind->queue_count; n++) {
            notify(v, n);                       /* buffers from before DRIVER_OK */
        }
    }
}

static void write_ready(struct virtio *v, struct virtio_queue *q, uint32_t value)
{
    if (!(value & 1)) {
        q->ready = false;
    } else if (!q->ready) {
        q->available = q->used = 0;
        q->ready = virtio_queue_valid(v, q);
        if (!q->ready) {
            virtio_break(v);
        }
    }
}

static void set_half(uint64_t *address, unsigned high, uint32_t value)
{
    *address = high ? (*address & UINT32_MAX) | (uint64_t)value << 32 : (*address >> 32) << 32 | value;
}

/* Registers of the queue that QueueSel names. */
static void write_queue(struct virtio *v, uint32_t offset, uint32_t value)
{
    struct virtio_queue *q = &v->queues[v->queue_sel];

    if (offset == QUEUE_READY) {
        write_ready(v, q, value);
        return;
    }
    if (q->ready) {
        return;
    }
    switch (offset) {
    case QUEUE_NUM:
        q->num = value;
        break;
    case QUEUE_DESC_LOW:
    case QUEUE_DESC_HIGH:
        set_half(&q->desc, offset & 4, value);
        break;
    case QUEUE_DRIVER_LOW:
    case QUEUE_DRIVER_HIGH:
        set_half(&q->driver, offset & 4, value);
        break;
    case QUEUE_DEVICE_LOW:
    case QUEUE_DEVICE_HIGH:
        set_half(&q->device, offset & 4, value);
        break;
    }
}

static void write(struct virtio *v, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        v->device_features_sel = value;
        break;
    case DRIVER_FEATURES:
        if (v->driver_features_sel < 2 && !(v->status & STATUS_FEATURES_OK)) {
            set_half(&v->driver_features, v->driver_features_sel, value);
        }
        break;
    case DRIVER_FEATURES_SEL:
        v->driver_features_sel = value;
        break;
    case QUEUE_SEL:
        v->queue_sel = value;
        break;
    case QUEUE_NOTIFY:
        notify(v, value);
        break;
    case INTERRUPT_ACK:
        v->interrupt_status &= ~value;
        bus_irq(&v->dev, v->interrupt_status);
        break;
    case STATUS:
        write_status(v, value);
        break;
    default:
        if (v->queue_sel < v->kind->queue_count) {
            write_queue(v, offset, value);
        }
    }
}

static uint32_t read_features(const struct virtio *v)
{
    uint64_t features = v->features | F_VERSION_1;

    return v->device_features_sel < 2 ? (uint32_t)(features >> v->device_features_sel * 32) : 0;
}

static uint32_t read(const struct virtio *v, uint32_t offset)
{
    bool queue = v->queue_sel < v->kind->queue_count;

    switch (offset) {
    case MAGIC_VALUE:
        return MAGIC;
    case VERSION:
        return 2;
    case DEVICE_ID:
        return v->kind->id;
    case VENDOR_ID:
        return VENDOR;
    case DEVICE_FEATURES:
        return read_features(v);
    case QUEUE_NUM_MAX:
        return queue ? VIRTIO_QUEUE_SIZE : 0;
    case QUEUE_READY:
        return queue && v->queues[v->queue_sel].ready;
    case INTERRUPT_STATUS:
        return v->interrupt_status;
    case STATUS:
        return v->status;
    default:                                    /* no shared memory region exists; ConfigGeneration stays 0 */
        return offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH ? ~0u : 0;
    }
}

static uint64_t read_config(const struct virtio *v, uint32_t offset, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; v->kind->config && i < size; i++) {
        value |= (uint64_t)v->kind->config(v, offset + i) << i * 8;
    }
    return value;
}

enum vmm_result virtio_mmio(struct vmm_device *dev, struct vmm_mmio *m)
{
    uint32_t offset;

    if (!bus_offset(dev, m, &offset)) {
        return VMM_ELSEWHERE;
    }
    if (offset % m->size || (offset < CONFIG && m->size != 4)) {
        return VMM_REFUSED;
    }
    if (offset >= CONFIG) {
        if (!m->write) {
            m->value = read_config(of(dev), offset - CONFIG, m->size);
        }
    } else if (m->write) {
        write(of(dev), offset, (uint32_t)m->value);
    } else {
        m->value = read(of(dev), offset);
    }
    return VMM_DONE;
}

void virtio_reset(struct vmm_device *dev)
{
    struct virtio *v = of(dev);

    v->driver_features = 0;
    v->device_features_sel = v->driver_features_sel = v->queue_sel = 0;
    v->status = v->interrupt_status = 0;
    memset(v->queues, 0, sizeof v->queues);
    memset(&v->chain, 0, sizeof v->chain);
}
