/* SPDX-License-Identifier: GPL-2.0-or-later
 * A virtio device (virtio 1.2): state of the MMIO transport and of its split virtqueues
 *
 * The guest's memory is little endian, and so are we. It may change while we look at it: what is checked was copied first.
 */
#ifndef VMM_VIRTIO_H
#define VMM_VIRTIO_H

#include "bus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { VIRTIO_QUEUES = 2, VIRTIO_QUEUE_SIZE = 128 };    /* of a device; of a queue, at most */

struct virtio_queue {
    uint64_t desc, driver, device;      /* guest physical: descriptor table, available ring, used ring */
    uint32_t num;                       /* entries; a power of 2 while ready */
    uint16_t available, used;           /* the next entry of each ring, counted since ready */
    bool ready;
};

/* The descriptor chain that was taken last: copied, each part within the VM's memory. */
struct virtio_chain {
    uint64_t readable, writable;        /* bytes */
    uint16_t head, count, readable_count;
    struct {
        uint64_t gpa;
        uint32_t len;
    } parts[VIRTIO_QUEUE_SIZE];         /* those that the device reads, then those that it writes */
};

struct virtio {
    struct vmm_device dev;
    const struct virtio_kind *kind;
    uint64_t features;                  /* of `kind`, for this device */
    uint64_t driver_features;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    uint32_t status, interrupt_status;
    struct virtio_queue queues[VIRTIO_QUEUES];
    struct virtio_chain chain;
};

/* What makes a virtio device a console or a disk. */
struct virtio_kind {
    uint32_t id;                        /* DeviceID (5) */
    uint32_t queue_count;
    /* A byte of the configuration space; 0 beyond its end. Nothing of it can be written. NULL: it is empty. */
    uint8_t (*config)(const struct virtio *v, uint32_t offset);
    /* Queue `n` is ready and may have buffers. */
    void (*notify)(struct virtio *v, uint32_t n);
};

/* virtio_mmio.c: for the models' own struct vmm_model */
void virtio_reset(struct vmm_device *dev);
enum vmm_result virtio_mmio(struct vmm_device *dev, struct vmm_mmio *m);
/* The driver has said DRIVER_OK, and nothing is broken. */
bool virtio_live(const struct virtio *v);
/* The guest broke a rule that we cannot work without: DEVICE_NEEDS_RESET (2.1.2), and nothing moves until then. */
void virtio_break(struct virtio *v);
void virtio_interrupt(struct virtio *v, uint32_t event);
enum { VIRTIO_INT_USED = 1, VIRTIO_INT_CONFIG = 2 };

/* virtio_queue.c
 * virtio_queue_valid: size, alignment and place of its three parts.
 * virtio_take: the next chain is in v->chain. False: there is none, the queue does not run, or it is broken just now.
 * virtio_give: the chain in v->chain was used, its first `written` writable bytes were written.
 * virtio_read, virtio_write: bytes [from, from + len) of the chain's readable or writable part, which must have them.
 * virtio_part: where part n of the chain is. NULL: it is in the VM's memory no more. */
bool virtio_queue_valid(const struct virtio *v, const struct virtio_queue *q);
bool virtio_take(struct virtio *v, uint32_t n);
void virtio_give(struct virtio *v, uint32_t n, uint32_t written);
bool virtio_read(const struct virtio *v, uint64_t from, void *to, uint64_t len);
bool virtio_write(const struct virtio *v, uint64_t from, const void *bytes, uint64_t len);
void *virtio_part(const struct virtio *v, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
