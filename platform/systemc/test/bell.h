// SPDX-License-Identifier: GPL-2.0-or-later
// bell: a SystemC-native device, and one of the kind that cannot be saved
#ifndef INGOT_TEST_BELL_H
#define INGOT_TEST_BELL_H

#include "platform/systemc/native.h"

ingot::NativeDevice *new_bell(ingot::DevicePort &port);
ingot::NativeDevice *new_unsavable(ingot::DevicePort &port);

#endif
