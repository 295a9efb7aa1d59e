/* SPDX-License-Identifier: GPL-2.0-or-later
 * PrimeCell Real Time Clock (PL031): state
 */
#ifndef VMM_PL031_H
#define VMM_PL031_H

#include "bus.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pl031 {
    struct vmm_device dev;
    uint32_t start_s;           /* the counter where the time bus says 0, after a reset */
    uint32_t offset_s;          /* the same, as the guest has set it */
    uint32_t mr, lr;
    bool imsc, ris;
};

/* Attaches it. start_s: the counter (by custom, seconds since 1970) where the time bus says 0. False: as bus_attach. */
bool pl031_init(struct pl031 *r, struct vmm_bus *bus, const struct vmm_place *place, uint32_t start_s);

#ifdef __cplusplus
}
#endif
#endif
