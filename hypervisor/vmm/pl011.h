/* SPDX-License-Identifier: GPL-2.0-or-later
 * PrimeCell UART (PL011): state
 */
#ifndef VMM_PL011_H
#define VMM_PL011_H

#include "bus.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PL011_FIFO = 16, PL011_CLOCK_HZ = 24000000 };    /* UARTCLK, as the VM's device tree says */

struct pl011 {
    struct vmm_device dev;
    uint16_t ibrd, cr, imsc, ris;
    uint8_t fbrd, lcr_h, ifls, ilpr, dmacr, rsr;
    bool overrun;               /* DR.OE, until there is room */
    uint8_t head, count;
    uint8_t fifo[PL011_FIFO];   /* receive */
};

/* Attaches it. False: as bus_attach. */
bool pl011_init(struct pl011 *u, struct vmm_bus *bus, const struct vmm_place *place);

#ifdef __cplusplus
}
#endif
#endif
