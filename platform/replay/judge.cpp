// SPDX-License-Identifier: GPL-2.0-or-later
// Judgements: replays in processes of their own, and their reports
#include "platform/replay/judge.h"

#include <algorithm>
#include <memory>

namespace ingot {

static constexpr seam_ps waves_around_ps = 2000000;

// A process gives back text: the verdict is its first character.
static std::string packed(Verdict v, const std::string &report) { return static_cast<char>('0' + static_cast<int>(v)) + report; }
static Judgement unpacked(const std::string &text) { return { static_cast<Verdict>(text.at(0) - '0'), text.substr(1) }; }

static std::string impl_of(const Recording &r, const Replay &how)
{
    return !how.impl.empty() ? how.impl : r.impl.empty() || r.impl == "-" ? "default" : r.impl;
}

Judgement judge_exact(const Recording &recorded, const Replay &how, unsigned context)
{
    return unpacked(in_process([&] {
        const Registers registers(recorded.type);
        Replay exact = how;
        exact.pace = Pace::Exact;
        exact.until_difference = true;
        const Replayed r = replay(recorded, exact);
        const std::string who = recorded.device + " (" + recorded.type + "=" + impl_of(recorded, how) + ")";
        if (!r.differs) {
            return packed(Verdict::Same, who + ": as recorded: " + std::to_string(recorded.all.size()) + " transactions, until " + time_words(recorded.end_ps) + "\n");
        }
        return packed(Verdict::Device, printed([&](FILE *out) {
            fprintf(out, "%s: not as recorded, from transaction %zu of %zu on\n", who.c_str(), r.same, recorded.all.size());
            for (size_t i = r.same > context ? r.same - context : 0; i < std::min(recorded.all.size(), r.same + 1); i++) {
                fprintf(out, "%s%s\n", i == r.same ? "recorded  " : "          ", transaction_words(registers, recorded.all[i]).c_str());
            }
            if (r.same == recorded.all.size()) {
                fprintf(out, "recorded  (nothing more until %s)\n", time_words(recorded.end_ps).c_str());
            }
            fprintf(out, "now       %s\n", r.instead ? transaction_words(registers, *r.instead).c_str() : "(nothing)");
            if (r.instead && r.same < recorded.all.size() && r.instead->kind == Kind::Read && recorded.all[r.same].kind == Kind::Read) {
                fprintf(out, "%s\n", registers.difference(recorded.all[r.same], *r.instead).c_str());
            }
        }));
    }));
}

// The waveform is of a second run, when it is known where to look.
static std::string waves(const Recording &recorded, const Replay &how, seam_ps at)
{
    return in_process([&] {
        Replay again = how;
        again.waves_from_ps = at > waves_around_ps ? at - waves_around_ps : 0;
        again.waves_to_ps = at + waves_around_ps;
        const Replayed r = replay(recorded, again);
        return r.no_waves.empty() ? "waveform: " + how.waves + "\n" : "no waveform: " + r.no_waves + "\n";
    });
}

Judgement judge_device(const Recording &recorded, Replay how, const Rules &rules, unsigned context)
{
    Judgement exact = judge_exact(recorded, { how.impl, Pace::Exact, true, nullptr, MemoryOf::Each, "", 0, 0 }, context);
    if (exact.verdict == Verdict::Same) {
        return exact;
    }
    seam_ps at = 0;
    std::string text = in_process([&] {
        const Registers registers(recorded.type);
        Replay elastic = how;
        elastic.pace = Pace::Elastic;
        elastic.waves = "";
        const Recording run = replay(recorded, elastic).run;
        const Divergence d = diverge(recorded, run, rules, registers, true);
        at = d.b < run.all.size() ? run.all[d.b].time_ps : run.end_ps;
        return std::to_string(at) + "\n" + packed(d.verdict, printed([&](FILE *out) {
            divergence_print(out, recorded, "recorded:", run, (recorded.type + "=" + impl_of(recorded, how) + ":").c_str(), d, registers, context);
        }));
    });
    at = std::stoull(text);
    Judgement j = unpacked(text.substr(text.find('\n') + 1));
    if (!how.waves.empty() && j.verdict != Verdict::Same) {
        how.pace = Pace::Elastic;
        j.report += waves(recorded, how, at);
    }
    return j;
}

Judgement judge_recordings(const Recording &a, const Recording &b, const Rules &rules, unsigned context)
{
    const Registers registers(a.type);
    const Divergence d = diverge(a, b, rules, registers, false);
    return { d.verdict, printed([&](FILE *out) {
        divergence_print(out, a, (a.path + ":").c_str(), b, (b.path + ":").c_str(), d, registers, context);
    }) };
}

Recording record_again(const Recording &recorded, const std::string &impl)
{
    std::string text = in_process([&] {
        Replay how;
        how.impl = impl;
        Recording run = replay(recorded, how).run;
        run.end_ps = recorded.end_ps;
        return recording_text(run);
    });
    return recording_parse(text, recorded.path, recorded.device);
}

}  // namespace ingot
