// SPDX-License-Identifier: GPL-2.0-or-later
// Conformance tests out of recordings: each implementation answers as the recording says; other times are no difference
#ifndef INGOT_REPLAY_TESTING_H
#define INGOT_REPLAY_TESTING_H

#include <gtest/gtest.h>

#include "platform/replay/shrink.h"

// REPLAY_TEST(DmaqRing, WrapsAtItsEnd, "dmaq", text, "model", "rtl"): one test, on these implementations.
#define REPLAY_TEST(suite, name, type, recording, ...)                                                  \
    TEST(suite, name)                                                                                   \
    {                                                                                                   \
        ingot::replay_devices_folder(INGOT_VDEVICES);                                                   \
        for (const char *impl : { __VA_ARGS__ }) {                                                      \
            EXPECT_EQ(ingot::replays(type, impl, recording), "") << type << "=" << impl;                \
        }                                                                                               \
    }

#endif
