// SPDX-License-Identifier: GPL-2.0-or-later
// Device types of the tests
#include "platform/systemc/device.h"
#include "platform/systemc/test/bell.h"
#include "platform/systemc/test/devices.h"

INGOT_RTL_CORE(probe);

extern const ingot::DeviceType ingot_device_types[] = {
    { "ticker", "model", true, &ticker_ops, nullptr, nullptr, 0, 0 },
    { "ticker", "systemc", false, nullptr, new_bell, nullptr, 4096, 2 },
    { "bell", "systemc", true, nullptr, new_bell, nullptr, 8192, 1 },
    { "unsavable", "systemc", true, nullptr, new_unsavable, nullptr, 4096, 0 },
    { "probe", "rtl", true, nullptr, nullptr, ingot_rtl_probe, 4096, 2 },
};
extern const size_t ingot_device_type_count = sizeof ingot_device_types / sizeof ingot_device_types[0];
