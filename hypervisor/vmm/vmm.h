/* SPDX-License-Identifier: GPL-2.0-or-later
 * The devices of a VM's monitor: busses and all models, for the runtime that puts them together
 */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include "bus.h"
#include "pl011.h"
#include "pl031.h"
#include "virtio_block.h"
#include "virtio_console.h"

#endif
