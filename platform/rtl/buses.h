// SPDX-License-Identifier: GPL-2.0-or-later
// The bus adapters that a core's pins ask for
#ifndef INGOT_BUSES_H
#define INGOT_BUSES_H

#include <memory>

#include "platform/rtl/core.h"
#include "platform/rtl/memory_bus.h"
#include "platform/rtl/register_bus.h"

namespace ingot {

std::unique_ptr<RegisterBus> register_bus_of(const RtlPins &pins);
std::unique_ptr<MemoryBus> memory_bus_of(const RtlPins &pins, Dma &dma);    // null: the core has no master port

}  // namespace ingot

#endif
