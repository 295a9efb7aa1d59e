/* SPDX-License-Identifier: GPL-2.0-or-later
 * Registers of the test devices
 */
#ifndef INGOT_TEST_DEVICES_H
#define INGOT_TEST_DEVICES_H

#include "platform/seam/vdev.h"

/* Both devices: write AFTER: the line goes up so many ps later (0: at once, by a timer); ACK: down. */
enum { REG_AFTER = 0x00, REG_ACK = 0x04, REG_WORD = 0x08, REG_FIRED_LO = 0x10, REG_FIRED_HI = 0x14,
       REG_COST = 0x18,         /* each access costs so many ps */
       REG_DMA = 0x1c,          /* write: copies 8 bytes from IPA value to value + 8; read: both results */
       REG_MISBEHAVE = 0x20, REG_REFUSE = 0x24, REG_PUT = 0x28 };

/* REG_MISBEHAVE. ticker: up to NOTE, and the last two. bell: the others. */
enum { ZERO_DELAY_LOOP = 1, PAST_TIMER, BAD_LINE, BAD_TIMER, STOP, NOTE, THROW, THROW_IN_PROCESS, OWN_EVENT, DELTA_LOOP, WARN, SC_STOP, ASSERT, WILD_POINTER };

#ifdef __cplusplus
extern "C" {
#endif
extern const struct vdev_ops ticker_ops;
#ifdef __cplusplus
}
#endif

#endif
