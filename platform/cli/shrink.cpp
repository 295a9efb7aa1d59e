// SPDX-License-Identifier: GPL-2.0-or-later
// ingot shrink TRACE: the fewest requests that still fail, as a conformance test
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "platform/cli/commands.h"
#include "platform/cli/replay_options.h"
#include "platform/replay/shrink.h"

using namespace ingot;

static void write_out(const std::string &path, const std::string &text)
{
    if (path.empty()) {
        fputs(text.c_str(), stdout);
        return;
    }
    std::ofstream out(path);
    out << text;
    out.close();
    if (!out) {
        throw std::runtime_error(path + ": " + strerror(errno) + ": the test is not written");
    }
    fprintf(stderr, "ingot: %s: written; put it into vdevices/TYPE/ and its name into vdevices/CMakeLists.txt\n", path.c_str());
}

int command_shrink(int argc, char **argv)
{
    ReplayOptions o;
    replay_options(argc, argv, "dtpzToa", "TRACE", "Of a recording on which one implementation (--device NAME=IMPL) answers otherwise than another (--against), "
                   "leaves the fewest requests for which it still does, by delta debugging, and writes them as a conformance test.", 1, 1, &o);
    return replay_guarded([&] {
        Recording r = o.load(0);
        if (o.impl.empty() || o.test.empty()) {
            throw std::runtime_error("shrink: --device NAME=IMPL, the implementation that fails, and --test SUITE.NAME are needed");
        }
        r.impl = r.impl == o.impl ? "" : r.impl;        // recorded on the one that fails: the type's default is right
        const std::string right = !o.against.empty() ? o.against : r.impl;
        conformance_test(r, o.test, right, o.impl);     // its name is checked before the work is done
        const Shrunk s = shrink(r, right, o.impl, rules_load(r.type, Registers(r.type)));
        fprintf(stderr, "%singot: %zu requests of %zu are left, after %zu replays\n", s.report.c_str(), s.requests, s.requests_before, s.replays);
        write_out(o.output, conformance_test(s.recording, o.test, right, o.impl));
        return 0;
    });
}
