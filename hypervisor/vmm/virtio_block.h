/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtio block device: state
 */
#ifndef VMM_VIRTIO_BLOCK_H
#define VMM_VIRTIO_BLOCK_H

#include "virtio.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { VIRTIO_BLOCK_ID = 20 };          /* bytes of a disk's name */

/* What a disk is made of. */
struct virtio_block_disk {
    void *at;                           /* the monitor's memory, not the VM's; lives as long as the device */
    uint64_t size;                      /* bytes; of a last sector that is not whole, nothing is seen */
    bool read_only;
    char id[VIRTIO_BLOCK_ID];           /* padded with zeroes */
};

struct virtio_block {
    struct virtio virtio;
    struct virtio_block_disk disk;
};

/* Attaches it. False: as bus_attach. */
bool virtio_block_init(struct virtio_block *b, struct vmm_bus *bus, const struct vmm_place *place,
                       const struct virtio_block_disk *disk);

#ifdef __cplusplus
}
#endif
#endif
