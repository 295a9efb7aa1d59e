/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which room may include what: the arrows of STYLE.md, rule 3
 *
 * cli -> engine -> board -> seam <- systemc <- rtl, and qemu -> seam; cli -> replay -> seam; cli -> view -> traces. Nothing
 * includes what is above it.
 */
#include "layering_rules.h"

#include <regex>
#include <vector>

#include "tree.h"

/* Foreign headers, by whose they are. The first row that matches decides; the C library is what remains in <>. */
struct Family {
    const char *name, *pattern;
};
static const Family families[] = {
    { "freestanding", "device_(rows|cores|types)\\.inc" },                /* tables from vdevices' descriptions */
    { "registers",    "(.*/)?[a-z0-9]+_regs\\.h" },     /* regsgen's, from regs.xml */
    { "gtest",        "g(test|mock)/.*" },
    { "systemc",      "systemc(\\.h)?|tlm(\\.h)?|(tlm_utils|tlm_core|sysc)/.*" },
    { "verilator",    "verilated.*|gtkwave/.*|V[a-z0-9_]+\\.h|svdpi\\.h" },
    { "libvirt",      "libvirt/.*" },
    { "libxml",       "libxml/.*" },
    { "zstd",         "zstd(_errors)?\\.h" },
    { "sqlite",       "sqlite3\\.h" },
    { "lua",          "(lua|lauxlib|lualib|luaconf)\\.h" },
    { "fdt",          "(libfdt|fdt)\\.h" },
    { "glib",         "(glib|gio|gmodule)[-/.].*" },
    { "kernel",       "(linux|asm|uapi)/.*" },
    { "qemu",         "(accel|block|chardev|exec|hw|io|migration|monitor|qapi|qemu|qom|softmmu|standard-headers|sysemu|target|tcg|trace|ui)/.*"
                      "|(cpu|cpregs|internals|qemu-[a-z]+|config-[a-z]+)\\.h" },
    { "freestanding", "std(int|bool|def|arg|align|noreturn)\\.h|(float|limits|iso646)\\.h" },
};

/* A room. `files`: whose row it is, as an expression over the path; the first row that matches is the file's. `folder`
 * is always open to it; `opens`: paths (folders or files) that it may include besides; `foreign`: families besides
 * freestanding ones. */
struct Room {
    const char *files, *folder;
    std::vector<std::string> opens, foreign;
};
static const std::vector<Room> rooms = {
    /* The boundary, and what lies below it: nobody's headers but C's. */
    { "platform/seam/.*",      "platform/seam", {}, { "C" } },
    { "traces/(writer\\.c|cursor\\.c|robust_test\\.cpp)", "traces", {}, { "C", "zstd" } },
    { "traces/.*",             "traces", {}, { "C" } },

    /* The devices' side. A model sees vdev.h alone; a core does not know SystemC; one table knows all implementations. */
    { "vdevices/regs[a-z]*\\.[ch]", "vdevices", {}, { "C", "libxml" } },
    { "vdevices/registry\\.cpp", "vdevices", { "platform/systemc/device.h", "platform/systemc/native.h" }, { "C" } },
    { "vdevices/.*_systemc\\.(cpp|h)", "vdevices", { "platform/systemc/native.h" }, { "C", "systemc", "registers" } },
    { "vdevices/.*(_test\\.cpp|test(ing)?\\.h)", "vdevices",
      { "platform/systemc/bench.h", "platform/systemc/bench_testing.h", "platform/replay/replay_testing.h", "platform/seam", "traces/trace.h" },
      { "C", "libxml", "registers" } },
    { "vdevices/.*",           "vdevices", { "platform/seam/vdev.h" }, { "C", "registers" } },
    { "platform/rtl/.*",       "platform/rtl", { "platform/seam" }, { "C", "verilator" } },
    { "platform/systemc/.*",   "platform/systemc", { "platform/seam", "platform/rtl", "platform/replay/stand_in.h" }, { "C", "systemc" } },

    /* A device without a CPU: the seam on one side, a recording on the other. */
    { "platform/replay/test/.*", "platform/replay", { "platform/seam", "platform/systemc/device.h", "traces/trace.h", "vdevices" }, { "C", "registers" } },
    { "platform/replay/.*",    "platform/replay", { "platform/seam", "traces", "vdevices/regs.h" }, { "C", "libxml" } },

    /* The CPU's side: QEMU's module knows the devices through the seam only. */
    { "platform/qemu/.*",      "platform/qemu", { "platform/seam", "traces" }, { "C", "qemu", "glib" } },

    /* Traces with the registers' names: shown, counted, converted. */
    { "platform/view/(fst\\.c|waves_test\\.cpp)", "platform/view", { "traces" }, { "C", "verilator" } },
    { "platform/view/(sqlite\\.c|.*_test\\.cpp)", "platform/view", { "traces", "vdevices/regs.h" }, { "C", "sqlite" } },
    { "platform/view/fuzz/.*", "platform/view", { "traces" }, { "C", "zstd" } },
    { "platform/view/.*",      "platform/view", { "traces", "vdevices/regs.h" }, { "C" } },

    /* Above: board, engine, command. */
    { "platform/board/.*",     "platform/board", { "traces" }, { "C", "libxml", "libvirt" } },
    { "scenarios/engine/.*",   "scenarios/engine", { "platform/board", "traces" }, { "C", "lua", "glib" } },
    { "platform/bench/.*",     "platform/bench", { "platform/rtl/core.h", "platform/qemu/test", "traces" }, { "C" } },
    { "platform/cli/.*",       "platform/cli", { "scenarios/engine", "platform/bench", "platform/board", "platform/replay", "platform/view", "traces" }, { "C", "libxml" } },

    /* The hypervisor. Its runtime is freestanding and includes nothing of the platform but registers; forge is a host tool. */
    { "hypervisor/forge/check/.*", "hypervisor/forge/check", { "hypervisor/include" }, { "C", "libxml" } },     /* shares nothing with what it checks */
    { "hypervisor/forge/.*",   "hypervisor/forge", { "hypervisor/include", "platform/board/system.h" }, { "C", "libxml", "fdt" } },
    { "hypervisor/(include|core|arch)/.*", "hypervisor/include", {}, { "registers" } },
    { "hypervisor/vmm/monitor.*", "hypervisor/vmm", { "hypervisor/include/layout.h", "hypervisor/include/monitor.h" }, {} },  /* how the monitor calls the hypervisor */
    { "hypervisor/vmm/restart\\.S", "hypervisor/vmm", { "hypervisor/include/control.h" }, {} },     /* what it finds where */
    { "hypervisor/vmm/.*",     "hypervisor/vmm", {}, {} },          /* the monitor's devices know nothing of EL2 */
    { "hypervisor/test/.*",    "hypervisor/test", { "hypervisor/include" }, { "registers" } },   /* guests that check the runtime */

    /* What runs in the guests knows the devices' registers and nothing else of ours. */
    { "drivers-under-test/linux/([^/]+)/.*", "drivers-under-test/linux", {}, { "C", "kernel", "registers" } },
    { "drivers-under-test/bare/.*", "drivers-under-test/bare", {}, { "registers" } },

    { "tests/.*", "tests", { "platform/seam", "platform/board", "platform/systemc/bench.h", "platform/systemc/bench_testing.h", "traces",
                             "scenarios/engine" }, { "C", "registers" } },
};

static bool within(const std::string &path, const std::string &place)
{
    return starts_with(path, place) && (path.size() == place.size() || path[place.size()] == '/');
}

static const Room *room_of(const std::string &file)
{
    for (const Room &r : rooms)
        if (std::regex_match(file, std::regex(r.files)))
            return &r;
    return nullptr;
}

bool layering_knows(const std::string &file) { return room_of(file) != nullptr; }

static bool is_test(const std::string &file)
{
    return ends_with(file, "_test.cpp") || ends_with(file, "testing.h") || ends_with(file, "_test.h") || ends_with(file, "_bench.cpp");
}

static std::string family_of(const std::string &include, bool angled)
{
    for (const Family &f : families)
        if (std::regex_match(include, std::regex(f.pattern)))
            return f.name;
    return angled ? "C" : "";
}

/* Path from the root of the file of ours that is meant, or "": beside the includer, from the root, or in a folder
 * that the room has on its include path. */
static std::string ours(const std::string &file, const std::string &include)
{
    for (const std::string &from : { folder_of(file) + "/", std::string(), std::string("hypervisor/include/"),
                                     std::string("platform/seam/") })
        if (tree_has(from + include))
            return from + include;
    return "";
}

std::string layering_refusal(const std::string &file, const std::string &include, bool angled)
{
    const Room *room = room_of(file);
    if (!room)
        return "the file is in no room of the rules: add its room's row to tests/layering_rules.cpp";
    if (include.find("../") != std::string::npos)
        return "an include climbs out of its folder: name the path from the repository's root";

    std::string target = angled ? "" : ours(file, include);
    if (!target.empty()) {
        if (within(target, room->folder))
            return "";
        for (const std::string &open : room->opens)
            if (within(target, open))
                return "";
        return std::string(room->folder) + " may not include " + target + ": move what is needed below the arrow, or pass it in";
    }

    std::string family = family_of(include, angled);
    if (family.empty())
        return include + " is neither in the repository nor a known foreign header: correct the path, or add its "
               "family to tests/layering_rules.cpp";
    if (family == "freestanding" || (is_test(file) && (family == "gtest" || family == "C")))
        return "";
    for (const std::string &f : room->foreign)
        if (f == family)
            return "";
    return std::string(room->folder) + " may not include " + include + " (" + family + "): keep it in the room that owns that library";
}
