/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtio block device (virtio 1.2, 5.2): a disk in the monitor's memory
 *
 * A chain without room for header or status breaks the device; a request that asks for what there is not fails alone.
 */
#include "virtio_block.h"

enum { DEVICE_ID = 2, REQUESTQ = 0, QUEUE_COUNT = 1 };                                  /* 5.2.1, 5.2.2 */
enum { F_SEG_MAX = 1 << 2, F_RO = 1 << 5, F_FLUSH = 1 << 9 };                           /* 5.2.3 */
enum { T_IN = 0, T_OUT = 1, T_FLUSH = 4, T_GET_ID = 8, S_OK = 0, S_IOERR = 1, S_UNSUPP = 2 };   /* 5.2.6 */
enum { SECTOR = 512, SEG_MAX = VIRTIO_QUEUE_SIZE - 2 };                                 /* less header and status */

struct header {
    uint32_t type, reserved;
    uint64_t sector;
};

/* 5.2.4, as far as features are offered */
struct config {
    uint64_t capacity;
    uint32_t size_max, seg_max;
};

static struct virtio_block *of(const struct virtio *v) { return (struct virtio_block *)v; }

/* The disk's bytes of a request. NULL: not whole sectors, or not all of them are there. */
static uint8_t *sectors(const struct virtio_block *b, uint64_t sector, uint64_t len)
{
    uint64_t capacity = b->disk.size / SECTOR;

    if (len % SECTOR || sector > capacity || len / SECTOR > capacity - sector) {
        return NULL;
    }
    return (uint8_t *)b->disk.at + sector * SECTOR;
}

/* Data in: len bytes before the status. Returns how many there are. */
static uint64_t give(struct virtio_block *b, const void *bytes, uint64_t len, uint8_t *status)
{
    *status = bytes && virtio_write(&b->virtio, 0, bytes, len) ? S_OK : S_IOERR;
    return *status == S_OK ? len : 0;
}

static void keep(struct virtio_block *b, uint64_t sector, uint8_t *status)
{
    uint64_t len = b->virtio.chain.readable - sizeof(struct header);
    uint8_t *at = sectors(b, sector, len);

    *status = at && !b->disk.read_only && virtio_read(&b->virtio, sizeof(struct header), at, len) ? S_OK : S_IOERR;
}

/* Runs the request in the chain. False: the chain cannot hold one. */
static bool request(struct virtio_block *b)
{
    struct virtio *v = &b->virtio;
    struct header header;
    uint64_t room = v->chain.writable - 1, written = 0;
    uint8_t status = S_OK;

    if (!v->chain.writable || v->chain.readable < sizeof header || !virtio_read(v, 0, &header, sizeof header)) {
        return false;
    }
    switch (header.type) {
    case T_IN:
        written = give(b, sectors(b, header.sector, room), room, &status);
        break;
    case T_OUT:
        keep(b, header.sector, &status);
        break;
    case T_FLUSH:                               /* memory is where it stays */
        break;
    case T_GET_ID:
        written = give(b, room < VIRTIO_BLOCK_ID ? NULL : b->disk.id, VIRTIO_BLOCK_ID, &status);
        break;
    default:
        status = S_UNSUPP;
    }
    if (!virtio_write(v, room, &status, 1)) {
        return false;
    }
    virtio_give(v, REQUESTQ, (uint32_t)(written == room ? room + 1 : written));    /* without a gap (2.7.8.2) */
    return true;
}

/* At most a queue's requests a notification: what the guest adds meanwhile, it notifies us of. */
static void block_notify(struct virtio *v, uint32_t n)
{
    for (uint32_t i = 0; i < VIRTIO_QUEUE_SIZE && virtio_take(v, n); i++) {
        if (!request(of(v))) {
            virtio_break(v);
        }
    }
}

static uint8_t block_config(const struct virtio *v, uint32_t offset)
{
    struct config config = { .capacity = of(v)->disk.size / SECTOR, .seg_max = SEG_MAX };

    return offset < sizeof config ? ((const uint8_t *)&config)[offset] : 0;
}

static const struct virtio_kind kind = {
    .id = DEVICE_ID, .queue_count = QUEUE_COUNT, .config = block_config, .notify = block_notify,
};

static const struct vmm_model model = { .name = "virtio_block", .reset = virtio_reset, .mmio = virtio_mmio };

bool virtio_block_init(struct virtio_block *b, struct vmm_bus *bus, const struct vmm_place *place,
                       const struct virtio_block_disk *disk)
{
    b->disk = *disk;
    b->virtio.kind = &kind;
    b->virtio.features = F_SEG_MAX | F_FLUSH | (disk->read_only ? F_RO : 0);
    return bus_attach(bus, &b->virtio.dev, &model, place);
}
