// SPDX-License-Identifier: GPL-2.0-or-later
// The devices that a board can have, by type and implementation
#include "Vdmaq.h"
#include "Vpulse.h"
#include "platform/rtl/rtl_verilated.h"
#include "platform/systemc/device.h"
#include "vdevices/models.h"
#include "vdevices/pulse/pulse_systemc.h"

template <class V>
static RtlCore *core_new()
{
    return new RtlVerilated<V>();
}

// type, impl, default of its type, window, interrupt lines, then one of: C model, SystemC-native, RTL
extern const ingot::DeviceType ingot_device_types[] = {
    { "uart16550", "model", true, 4096, 1, &uart16550_ops, nullptr, nullptr },
    { "dmaq", "model", true, 4096, 1, &dmaq_ops, nullptr, nullptr },
    { "dmaq", "rtl", false, 4096, 1, nullptr, nullptr, core_new<Vdmaq> },
    { "pulse", "systemc", true, 4096, 1, nullptr, pulse_systemc_new, nullptr },
    { "pulse", "rtl", false, 4096, 1, nullptr, nullptr, core_new<Vpulse> },
};
extern const size_t ingot_device_type_count = sizeof(ingot_device_types) / sizeof(*ingot_device_types);
