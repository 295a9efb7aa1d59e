/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtio console: state
 */
#ifndef VMM_VIRTIO_CONSOLE_H
#define VMM_VIRTIO_CONSOLE_H

#include "virtio.h"

#ifdef __cplusplus
extern "C" {
#endif

struct virtio_console {
    struct virtio virtio;
};

/* Attaches it. False: as bus_attach. */
bool virtio_console_init(struct virtio_console *c, struct vmm_bus *bus, const struct vmm_place *place);

#ifdef __cplusplus
}
#endif
#endif
