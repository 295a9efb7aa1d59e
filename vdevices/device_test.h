// SPDX-License-Identifier: GPL-2.0-or-later
// Conformance tests: the same test for each implementation of a device, each run in a process of its own
#ifndef INGOT_DEVICE_TEST_H
#define INGOT_DEVICE_TEST_H

#include "platform/systemc/bench_testing.h"

// An implementation of a device: "dmaq", "rtl".
struct Implementation {
    const char *type, *impl;
};

inline void PrintTo(const Implementation &i, std::ostream *out) { *out << i.type << "/" << i.impl; }
inline std::string implementation_name(const testing::TestParamInfo<Implementation> &info)
{
    return std::string(info.param.type) + "_" + info.param.impl;
}

// `device` is the Implementation under test. Use in a suite declared with DEVICE_SUITE.
#define DEVICE_TEST(suite, name)                                                                        \
    static void suite##_##name##_body(const Implementation &device);                                    \
    TEST_P(suite, name)                                                                                 \
    {                                                                                                   \
        ingot::in_child([] { suite##_##name##_body(GetParam()); return std::string(); });               \
    }                                                                                                   \
    static void suite##_##name##_body([[maybe_unused]] const Implementation &device)

#define DEVICE_SUITE(suite, ...)                                                                        \
    class suite : public testing::TestWithParam<Implementation> {};                                     \
    INSTANTIATE_TEST_SUITE_P(, suite, testing::Values(__VA_ARGS__), implementation_name)

#endif
