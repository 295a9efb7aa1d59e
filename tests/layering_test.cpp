/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arrows point one way: every #include of the repository against the rules
 */
#include <regex>

#include <gtest/gtest.h>

#include "layering_rules.h"
#include "tree.h"

static bool is_code(const std::string &file)
{
    for (const char *ext : { ".c", ".h", ".cpp", ".S" })
        if (ends_with(file, ext))
            return true;
    return false;
}

TEST(Layering, EveryIncludePointsTheRightWay)
{
    static const std::regex include_line(R"rx(\s*#\s*include\s*([<"])([^>"]+)[>"].*)rx");
    std::vector<std::string> problems;
    size_t seen = 0;
    for (const std::string &file : tree_files()) {
        if (!is_code(file))
            continue;
        std::vector<std::string> lines = tree_lines(file);
        for (size_t i = 0; i < lines.size(); i++) {
            std::smatch m;
            if (!std::regex_match(lines[i], m, include_line))
                continue;
            seen++;
            std::string why = layering_refusal(file, m[2], m[1] == "<");
            if (!why.empty())
                problems.push_back(file + ":" + std::to_string(i + 1) + ": " + why);
        }
    }
    EXPECT_GT(seen, 100u) << "the tree at " INGOT_ROOT " was not read";
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

TEST(Layering, EverySourceFileIsInARoom)
{
    std::vector<std::string> problems;
    for (const std::string &file : tree_files())
        if (is_code(file) && !layering_knows(file))
            problems.push_back(file + ":1: in no room: move it, or add a row to tests/layering_rules.cpp");
    EXPECT_TRUE(problems.empty()) << joined(problems);
}

/* The rules bite: lines that must never pass. */
TEST(Layering, RulesRefuseWhatTheyMust)
{
    const struct {
        const char *file, *include;
        bool angled;
    } bad[] = {
        { "platform/seam/seam.h", "hw/irq.h", false },
        { "platform/seam/seam.h", "systemc", true },
        { "platform/seam/seam.h", "verilated.h", true },
        { "platform/seam/state.c", "traces/trace.h", false },
        { "traces/writer.c", "platform/seam/seam.h", false },
        { "traces/compare.c", "zstd.h", true },
        { "traces/compare.c", "vdevices/regs.h", false },
        { "traces/compare.c", "platform/view/view.h", false },
        { "platform/view/show.c", "platform/seam/seam.h", false },
        { "platform/qemu/record.c", "zstd.h", true },
        { "vdevices/dmaq/dmaq.c", "platform/seam/seam.h", false },
        { "vdevices/dmaq/dmaq.c", "qemu/timer.h", false },
        { "vdevices/dmaq/dmaq.c", "systemc", true },
        { "vdevices/pulse/pulse_systemc.cpp", "verilated.h", true },
        { "vdevices/pulse/pulse_systemc.cpp", "platform/rtl/core.h", false },
        { "vdevices/registry.cpp", "verilated.h", true },
        { "platform/rtl/core.h", "systemc", true },
        { "platform/rtl/core.h", "platform/systemc/native.h", false },
        { "platform/systemc/devices.cpp", "traces/trace.h", false },
        { "platform/systemc/devices.cpp", "hw/irq.h", false },
        { "platform/qemu/bridge.c", "systemc", true },
        { "platform/qemu/bridge.c", "platform/systemc/router.h", false },
        { "platform/qemu/bridge.c", "platform/board/system.h", false },
        { "platform/qemu/bridge.c", "libvirt/libvirt.h", true },
        { "platform/board/system.c", "qemu/osdep.h", false },
        { "platform/board/system.c", "platform/qemu/module.h", false },
        { "hypervisor/core/main.c", "stdio.h", true },
        { "hypervisor/core/main.c", "platform/seam/seam.h", false },
        { "hypervisor/core/main.c", "../../platform/board/system.h", false },
        { "hypervisor/forge/forge.c", "platform/seam/seam.h", false },
        { "drivers-under-test/linux/dmaq/dmaq.c", "platform/seam/vdev.h", false },
        { "drivers-under-test/bare/rt/main.c", "hypervisor/include/tables.h", false },
        { "nowhere/x.c", "stdint.h", true },
    };
    for (const auto &b : bad)
        EXPECT_NE(layering_refusal(b.file, b.include, b.angled), "") << b.file << " including " << b.include;
}

TEST(Layering, RulesAllowTheArrows)
{
    const struct {
        const char *file, *include;
        bool angled;
    } good[] = {
        { "platform/seam/vdev.h", "seam.h", false },
        { "vdevices/dmaq/dmaq.c", "platform/seam/vdev.h", false },
        { "vdevices/dmaq/dmaq.c", "dmaq_regs.h", false },
        { "platform/qemu/bridge.c", "platform/seam/seam.h", false },
        { "platform/qemu/bridge.c", "hw/irq.h", false },
        { "platform/systemc/devices.cpp", "platform/seam/seam.h", false },
        { "platform/systemc/devices.cpp", "systemc", true },
        { "platform/systemc/devices.cpp", "platform/rtl/core.h", false },
        { "vdevices/pulse/pulse_systemc.cpp", "platform/systemc/native.h", false },
        { "vdevices/registry.cpp", "platform/systemc/device.h", false },
        { "hypervisor/core/main.c", "stdint.h", true },
        { "hypervisor/core/main.c", "hypervisor/include/tables.h", false },
        { "hypervisor/forge/forge.c", "platform/board/system.h", false },
        { "platform/cli/main.c", "platform/board/system.h", false },
        { "platform/view/show.c", "vdevices/regs.h", false },
        { "platform/cli/trace.c", "platform/view/view.h", false },
        { "traces/trace_test.cpp", "gtest/gtest.h", true },
    };
    for (const auto &g : good)
        EXPECT_EQ(layering_refusal(g.file, g.include, g.angled), "") << g.file << " including " << g.include;
}
