/* SPDX-License-Identifier: GPL-2.0-or-later
 * Split virtqueues, the device's side (virtio 1.2, 2.7)
 */
#include "virtio.h"

#include "mem.h"

enum { DESC_SIZE = 16, DESC_F_NEXT = 1, DESC_F_WRITE = 2, DESC_F_INDIRECT = 4 };    /* 2.7.5 */
enum { AVAIL_F_NO_INTERRUPT = 1 };                                                  /* 2.7.6 */

struct desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags, next;
};

struct used_elem {
    uint32_t id, len;
};

_Static_assert(sizeof(struct desc) == DESC_SIZE && sizeof(struct used_elem) == 8, "2.7.5, 2.7.8");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "virtio's le16, le32 and le64 are read as they are");

/* The rings: flags, idx, entries, and a word for VIRTIO_F_EVENT_IDX, which belongs to them though it is not offered. */
static volatile uint16_t *avail_ring(const struct virtio *v, const struct virtio_queue *q)
{
    return bus_memory(&v->dev, q->driver, 6 + 2 * (uint64_t)q->num);
}

static volatile uint16_t *used_ring(const struct virtio *v, const struct virtio_queue *q)
{
    return bus_memory(&v->dev, q->device, 6 + 8 * (uint64_t)q->num);
}

static const volatile struct desc *desc_table(const struct virtio *v, const struct virtio_queue *q)
{
    return bus_memory(&v->dev, q->desc, DESC_SIZE * (uint64_t)q->num);
}

bool virtio_queue_valid(const struct virtio *v, const struct virtio_queue *q)
{
    return q->num && q->num <= VIRTIO_QUEUE_SIZE && !(q->num & (q->num - 1)) &&
           q->desc % 16 == 0 && q->driver % 2 == 0 && q->device % 4 == 0 &&
           desc_table(v, q) && avail_ring(v, q) && used_ring(v, q);
}

/* One descriptor, read once, at the end of the chain. */
static bool add_part(struct virtio *v, const struct desc *d)
{
    struct virtio_chain *chain = &v->chain;
    bool readable = !(d->flags & DESC_F_WRITE);

    if (d->flags & DESC_F_INDIRECT || !bus_memory(&v->dev, d->addr, d->len)) {
        return false;                           /* not offered; outside of memory, or empty */
    }
    if (readable && chain->count > chain->readable_count) {
        return false;                           /* readable ones come first (2.7.4.2) */
    }
    chain->parts[chain->count].gpa = d->addr;
    chain->parts[chain->count++].len = d->len;
    chain->readable_count += readable;
    *(readable ? &chain->readable : &chain->writable) += d->len;
    return chain->readable + chain->writable <= UINT32_MAX;     /* 2.7.5.2, less one: used.len is 32 bits */
}

/* False: a chain that is malformed. A loop is one that has more descriptors than the table (2.7.5.2). */
static bool walk(struct virtio *v, const struct virtio_queue *q, uint16_t head)
{
    const volatile struct desc *table = desc_table(v, q);
    struct desc d = { .next = head, .flags = DESC_F_NEXT };

    v->chain.head = head;
    v->chain.count = v->chain.readable_count = 0;
    v->chain.readable = v->chain.writable = 0;
    while (d.flags & DESC_F_NEXT) {
        if (!table || d.next >= q->num || v->chain.count == q->num) {
            return false;
        }
        const volatile struct desc *from = &table[d.next];
        d = (struct desc){ .addr = from->addr, .len = from->len, .flags = from->flags, .next = from->next };
        if (!add_part(v, &d)) {
            return false;
        }
    }
    return true;
}

bool virtio_take(struct virtio *v, uint32_t n)
{
    struct virtio_queue *q = &v->queues[n];

    if (!virtio_live(v) || !q->ready) {
        return false;
    }
    volatile uint16_t *ring = avail_ring(v, q);
    uint16_t waiting = ring ? __atomic_load_n(&ring[1], __ATOMIC_ACQUIRE) - q->available : 0;
    if (ring && !waiting) {
        return false;
    }
    /* Not more than there are entries, and never fewer than before (2.7.6.1) */
    if (!ring || waiting > q->num || !walk(v, q, ring[2 + q->available % q->num])) {
        virtio_break(v);
        return false;
    }
    q->available++;
    return true;
}

void virtio_give(struct virtio *v, uint32_t n, uint32_t written)
{
    struct virtio_queue *q = &v->queues[n];
    volatile uint16_t *used = used_ring(v, q);
    volatile uint16_t *avail = avail_ring(v, q);

    if (!used || !avail) {
        virtio_break(v);
        return;
    }
    volatile struct used_elem *elem = (volatile struct used_elem *)(used + 2) + q->used % q->num;
    elem->id = v->chain.head;
    elem->len = written;
    q->used++;
    __atomic_store_n(&used[1], q->used, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);    /* idx before flags: the driver sets flags, then looks at idx (2.7.7) */
    if (!(avail[0] & AVAIL_F_NO_INTERRUPT)) {
        virtio_interrupt(v, VIRTIO_INT_USED);
    }
}

void *virtio_part(const struct virtio *v, uint32_t n)
{
    return bus_memory(&v->dev, v->chain.parts[n].gpa, v->chain.parts[n].len);
}

/* Bytes [from, from + len) of parts first, first + 1, ..., end - 1: to `to`, or there from `bytes`. */
static bool move(const struct virtio *v, uint32_t first, uint32_t end, uint64_t from, uint8_t *to, const uint8_t *bytes,
                 uint64_t len)
{
    for (uint32_t n = first; n < end && len; n++) {
        uint64_t size = v->chain.parts[n].len;
        if (from >= size) {
            from -= size;
            continue;
        }
        uint8_t *at = virtio_part(v, n);
        uint64_t now = size - from < len ? size - from : len;
        if (!at) {
            return false;
        }
        if (to) {
            memcpy(to, at + from, now);
            to += now;
        } else {
            memcpy(at + from, bytes, now);
            bytes += now;
        }
        len -= now;
        from = 0;
    }
    return !len;
}

bool virtio_read(const struct virtio *v, uint64_t from, void *to, uint64_t len)
{
    return move(v, 0, v->chain.readable_count, from, to, NULL, len);
}

bool virtio_write(const struct virtio *v, uint64_t from, const void *bytes, uint64_t len)
{
    return move(v, v->chain.readable_count, v->chain.count, from, NULL, bytes, len);
}
