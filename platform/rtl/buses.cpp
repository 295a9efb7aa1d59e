// SPDX-License-Identifier: GPL-2.0-or-later
// The bus adapters that a core's pins ask for
#include "platform/rtl/buses.h"

#include "platform/rtl/apb.h"
#include "platform/rtl/axi_lite.h"
#include "platform/rtl/axi_memory.h"
#include "platform/rtl/wishbone.h"
#include "platform/rtl/wishbone_memory.h"

namespace ingot {

std::unique_ptr<RegisterBus> register_bus_of(const RtlPins &pins)
{
    switch (pins.registers) {
    case RegisterProtocol::apb:
        return std::make_unique<Apb>(pins.apb);
    case RegisterProtocol::wishbone:
        return std::make_unique<Wishbone>(pins.wb);
    default:
        return std::make_unique<AxiLite>(pins.s_axi);
    }
}

std::unique_ptr<MemoryBus> memory_bus_of(const RtlPins &pins, Dma &dma)
{
    switch (pins.memory) {
    case MemoryProtocol::axi:
        return std::make_unique<AxiMemory>(pins.m_axi, dma);
    case MemoryProtocol::wishbone:
        return std::make_unique<WishboneMemory>(pins.m_wb, dma);
    default:
        return nullptr;
    }
}

}  // namespace ingot
