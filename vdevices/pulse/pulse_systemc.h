// SPDX-License-Identifier: GPL-2.0-or-later
// pulse: its SystemC-native implementation
#ifndef INGOT_PULSE_SYSTEMC_H
#define INGOT_PULSE_SYSTEMC_H

namespace ingot {
class DevicePort;
class NativeDevice;
}  // namespace ingot

// The device lives as long as the board; `port` outlives it.
ingot::NativeDevice *pulse_systemc_new(ingot::DevicePort &port);

#endif
