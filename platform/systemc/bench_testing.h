// SPDX-License-Identifier: GPL-2.0-or-later
// Tests on a bench: SystemC has one kernel a process, so each test, and each part that needs a board of its own, is forked
#ifndef INGOT_BENCH_TESTING_H
#define INGOT_BENCH_TESTING_H

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "platform/systemc/bench.h"

namespace ingot {

// Runs `part` in a forked child, before anything of SystemC exists there, and returns what it returned. Failed expectations
// and exceptions in the child are printed there and fail the calling test.
std::string in_child(const std::function<std::string()> &part);

}  // namespace ingot

// As TEST, in a child process.
#define BENCH_TEST(suite, name)                                                                          \
    static void suite##_##name##_body();                                                                 \
    TEST(suite, name) { ingot::in_child([] { suite##_##name##_body(); return std::string(); }); }        \
    static void suite##_##name##_body()

#endif
