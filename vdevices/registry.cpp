// SPDX-License-Identifier: GPL-2.0-or-later
// The devices that a board can have, by type and implementation
#include "platform/systemc/device.h"
#include "vdevices/models.h"
#include "vdevices/pulse/pulse_systemc.h"

INGOT_RTL_CORE(dmaq);
INGOT_RTL_CORE(pulse);
#include "device_cores.inc"      // those with a device.cmake

// type, impl, default of its type; one of C model, SystemC-native, RTL; window and lines where the model does not say
const ingot::DeviceType ingot_device_types[] = {
    { "uart16550", "model", true, &uart16550_ops, nullptr, nullptr, 0, 0 },
    { "dmaq", "model", true, &dmaq_ops, nullptr, nullptr, 0, 0 },
    { "dmaq", "rtl", false, nullptr, nullptr, ingot_rtl_dmaq, 4096, 1 },
    { "pulse", "systemc", true, nullptr, pulse_systemc_new, nullptr, 4096, 1 },
    { "pulse", "rtl", false, nullptr, nullptr, ingot_rtl_pulse, 4096, 1 },
    { "smmuv3", "model", true, &smmuv3_ops, nullptr, nullptr, 0, 0 },
#include "device_rows.inc"
};
const size_t ingot_device_type_count = sizeof(ingot_device_types) / sizeof(*ingot_device_types);
