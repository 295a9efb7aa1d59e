// SPDX-License-Identifier: GPL-2.0-or-later
// Device types of the tests: the real ones, and each seeded bug as one more implementation
#include "platform/systemc/device.h"
#include "vdevices/models.h"
#include "vdevices/pulse/pulse_systemc.h"

INGOT_RTL_CORE(dmaq);
INGOT_RTL_CORE(dmaq_zero);
INGOT_RTL_CORE(pulse);
INGOT_RTL_CORE(pulse_more);
extern "C" const vdev_ops dmaq_crc_ops, dmaq_wrap_ops, dmaq_clear_ops, dmaq_page_ops, dmaq_index_ops, uart_thre_ops, uart_trigger_ops;
ingot::NativeDevice *pulse_missed_new(ingot::DevicePort &port);

#define MODEL(type, impl, is_default, ops) { type, impl, is_default, &ops, nullptr, nullptr, 0, 0 }
extern const ingot::DeviceType ingot_device_types[] = {
    MODEL("uart16550", "model", true, uart16550_ops),
    MODEL("uart16550", "thre", false, uart_thre_ops),
    MODEL("uart16550", "trigger", false, uart_trigger_ops),
    MODEL("dmaq", "model", true, dmaq_ops),
    MODEL("dmaq", "crc", false, dmaq_crc_ops),
    MODEL("dmaq", "wrap", false, dmaq_wrap_ops),
    MODEL("dmaq", "clear", false, dmaq_clear_ops),
    MODEL("dmaq", "page", false, dmaq_page_ops),
    MODEL("dmaq", "index", false, dmaq_index_ops),
    { "dmaq", "rtl", false, nullptr, nullptr, ingot_rtl_dmaq, 4096, 1 },
    { "dmaq", "rtl-zero", false, nullptr, nullptr, ingot_rtl_dmaq_zero, 4096, 1 },
    { "pulse", "systemc", true, nullptr, pulse_systemc_new, nullptr, 4096, 1 },
    { "pulse", "missed", false, nullptr, pulse_missed_new, nullptr, 4096, 1 },
    { "pulse", "rtl", false, nullptr, nullptr, ingot_rtl_pulse, 4096, 1 },
    { "pulse", "rtl-more", false, nullptr, nullptr, ingot_rtl_pulse_more, 4096, 1 },
    MODEL("smmuv3", "model", true, smmuv3_ops),
};
extern const size_t ingot_device_type_count = sizeof ingot_device_types / sizeof ingot_device_types[0];
