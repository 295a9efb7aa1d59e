/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtio console (virtio 1.2, 5.3): one port, nothing of what is optional
 *
 * It keeps no bytes: those that come in wait outside until the driver has given a buffer.
 */
#include "virtio_console.h"

enum { DEVICE_ID = 3, RECEIVEQ = 0, TRANSMITQ = 1, QUEUE_COUNT = 2 };     /* 5.3.1, 5.3.2 */

/* False: not a chain that can be sent. */
static bool transmit(struct virtio *v)
{
    if (v->chain.writable) {                    /* 5.3.6.1 */
        return false;
    }
    for (uint32_t i = 0; i < v->chain.count; i++) {
        const uint8_t *bytes = virtio_part(v, i);
        if (!bytes) {
            return false;
        }
        bus_output(&v->dev, bytes, v->chain.parts[i].len);
    }
    virtio_give(v, TRANSMITQ, 0);
    return true;
}

/* At most a queue's chains a notification: what the guest adds meanwhile, it notifies us of. */
static void console_notify(struct virtio *v, uint32_t n)
{
    for (uint32_t i = 0; n == TRANSMITQ && i < VIRTIO_QUEUE_SIZE && virtio_take(v, TRANSMITQ); i++) {
        if (!transmit(v)) {
            virtio_break(v);
        }
    }
}

/* A buffer is given back as soon as it has something (5.3.6). */
static size_t console_input(struct vmm_device *dev, const uint8_t *bytes, size_t len)
{
    struct virtio *v = (struct virtio *)dev;
    size_t taken = 0;

    for (uint32_t i = 0; i < VIRTIO_QUEUE_SIZE && taken < len && virtio_take(v, RECEIVEQ); i++) {
        uint64_t now = len - taken < v->chain.writable ? len - taken : v->chain.writable;
        if (v->chain.readable || !virtio_write(v, 0, bytes + taken, now)) {    /* 5.3.6.1 */
            virtio_break(v);
            break;
        }
        taken += now;
        virtio_give(v, RECEIVEQ, (uint32_t)now);
    }
    return taken;
}

static const struct virtio_kind kind = { .id = DEVICE_ID, .queue_count = QUEUE_COUNT, .notify = console_notify };

static const struct vmm_model model = {
    .name = "virtio_console", .reset = virtio_reset, .mmio = virtio_mmio, .input = console_input,
};

bool virtio_console_init(struct virtio_console *c, struct vmm_bus *bus, const struct vmm_place *place)
{
    c->virtio.kind = &kind;
    c->virtio.features = 0;
    return bus_attach(bus, &c->virtio.dev, &model, place);
}
