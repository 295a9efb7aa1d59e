// SPDX-License-Identifier: GPL-2.0-or-later
// The bus adapters that a core's pins ask for
#include "platform/rtl/buses.h"

#include "platform/rtl/axi_lite.h"
#include "platform/rtl/axi_memory.h"

namespace ingot {

std::unique_ptr<RegisterBus> register_bus_of(const RtlPins &pins) { return std::make_unique<AxiLite>(pins.s_axi); }

std::unique_ptr<MemoryBus> memory_bus_of(const RtlPins &pins, Dma &dma)
{
    return pins.has_m_axi ? std::make_unique<AxiMemory>(pins.m_axi, dma) : nullptr;
}

}  // namespace ingot
