// SPDX-License-Identifier: GPL-2.0-or-later
// The registry: which devices there are, and how each implementation is built
//
// The table is defined in vdevices/registry.cpp (library target ingot_registry, which ingot_devices links when it
// exists). A core that ingot_verilate(NAME dmaq …) has built is one line: declare INGOT_RTL_CORE(dmaq) and put
// ingot_rtl_dmaq into the table.
#ifndef INGOT_DEVICE_H
#define INGOT_DEVICE_H

#include "platform/seam/vdev.h"

namespace ingot {

class DevicePort;
class NativeDevice;
class RtlCore;

struct DeviceType {
    const char *type, *impl;                    // "dmaq", "rtl"; impl is "model", "systemc" or "rtl"
    bool is_default;                            // of its type, when a board names no impl
    const struct vdev_ops *model;               // exactly one of these three; the others are nullptr
    NativeDevice *(*native)(DevicePort &port);  // [](DevicePort &p) -> NativeDevice * { return new Pulse(p.name.c_str(), p); }
    RtlCore *(*rtl)(const char *name);
    uint64_t window;                            // bytes, multiple of 4096; 0 with model: the model's own
    unsigned lines;                             // interrupt lines; ignored with model: the model's own
};

}  // namespace ingot

extern const ingot::DeviceType ingot_device_types[];
extern const size_t ingot_device_type_count;

#define INGOT_RTL_CORE(name) ingot::RtlCore *ingot_rtl_##name(const char *instance)

#endif
