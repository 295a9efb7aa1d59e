// SPDX-License-Identifier: GPL-2.0-or-later
// ingot replay-device TRACE: one device alone, to the letter; ingot diff: with tolerance, and a verdict
#include <cstdio>
#include <stdexcept>

#include "platform/cli/commands.h"
#include "platform/cli/replay_options.h"

using namespace ingot;

int command_replay_device(int argc, char **argv)
{
    ReplayOptions o;
    replay_options(argc, argv, "dtpzsc", "TRACE", "Builds one device, gives it the recorded accesses and input at their times and its DMA reads from the "
                   "recording, and compares all that it answers. 0: as recorded; 1: the first difference is printed.", 1, 1, &o);
    return replay_guarded([&] {
        Recording r = o.load(0);
        r.impl = o.impl.empty() ? r.impl : o.impl;
        if (!o.save.empty()) {
            recording_save(r, o.save);
        }
        const Judgement j = judge_exact(r, Replay(), o.context);
        fputs(j.report.c_str(), stdout);
        return j.verdict == Verdict::Same ? 0 : 1;
    });
}

int command_diff(int argc, char **argv)
{
    ReplayOptions o;
    replay_options(argc, argv, "dtpzwci", "TRACE [TRACE]", "Finds the first divergence of two recordings of a device, or of a recording and another "
                   "implementation (--device dmaq0=rtl), and says whose it is: the driver's, the device's, or timing only. vdevices/TYPE/diff.xml says what "
                   "may differ between implementations. 0: nothing else does; 1: a divergence.", 1, 2, &o);
    return replay_guarded([&] {
        const Recording a = o.load(0);
        const Rules rules = rules_load(a.type, Registers(a.type));
        bool other = !o.impl.empty() && o.impl != a.impl;
        Judgement j;
        if (o.files.size() == 2) {
            if (!o.impl.empty() || !o.waves.empty()) {
                throw std::runtime_error("diff: two recordings are compared as they are: leave out " + (o.impl.empty() ? std::string("--waves") : "=" + o.impl));
            }
            const Recording b = o.load(1);
            if (a.type != b.type) {
                throw std::runtime_error(b.path + ": " + b.device + " is a " + b.type + ", and not a " + a.type + ": compare devices of one type");
            }
            other = a.impl != b.impl;
            j = judge_recordings(a, b, rules, o.context);
        } else {
            Replay how;
            how.impl = o.impl;
            how.waves = o.waves;
            j = judge_device(a, how, rules, o.context);
        }
        fputs(j.report.c_str(), stdout);
        return j.verdict == Verdict::Same || (j.verdict == Verdict::Timing && (o.ignore_timing || (other && rules.ignore_timing))) ? 0 : 1;
    });
}
