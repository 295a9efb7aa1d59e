// SPDX-License-Identifier: GPL-2.0-or-later
// pulse: its SystemC-native implementation
#ifndef INGOT_PULSE_SYSTEMC_H
#define INGOT_PULSE_SYSTEMC_H

#include "platform/systemc/device.h"

ingot::NativeDevice *pulse_systemc_new(ingot::DevicePort &port);

#endif
