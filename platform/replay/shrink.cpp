// SPDX-License-Identifier: GPL-2.0-or-later
// Shrinking by delta debugging
#include "platform/replay/shrink.h"

#include <algorithm>
#include <stdexcept>

namespace ingot {

namespace {

using Requests = std::vector<size_t>;

class Shrinker {
public:
    Shrinker(const Recording &recorded, const std::string &right, const std::string &wrong, const Rules &rules)
        : recorded_(recorded), right_(right), wrong_(wrong), rules_(rules) {}

    Shrunk run()
    {
        Requests all;
        for (size_t i = 0; i < recorded_.all.size(); i++) {
            if (recorded_.all[i].by_driver()) {
                all.push_back(i);
            }
        }
        result_.requests_before = all.size();
        Judgement j = judged(all);
        if (j.verdict != Verdict::Device) {
            memory_ = MemoryOf::FromNow;
            j = judged(all);
        }
        if (j.verdict != Verdict::Device) {
            throw std::runtime_error(recorded_.path + ": " + recorded_.type + "=" + wrong_ + " answers as " + right_ + " does" +
                                     (j.verdict == Verdict::Timing ? ", at other times" : "") + ": there is nothing to shrink");
        }
        wanted_ = seen_;
        all.resize(up_to_the_difference(all));
        all = minimal(all);
        result_.requests = all.size();
        result_.report = judged(all).report;
        result_.recording = from_zero(shown_);
        return std::move(result_);
    }

private:
    // Time begins 1 us before the first request.
    Recording from_zero(Recording r) const
    {
        constexpr seam_ps lead = 1000000;
        const seam_ps first = r.all.empty() ? 0 : r.all.front().time_ps, less = first > lead ? first - lead : 0;
        for (Transaction &t : r.all) {
            t.time_ps -= less;
        }
        r.end_ps -= less;
        r.path = recorded_.path;
        return r;
    }

    // The right one gets these requests at their times; the other one gets what the right one was asked, as ingot diff does it.
    Recording right_run(const Requests &requests)
    {
        result_.replays++;
        std::string text = in_process([&] {
            Replay how;
            how.impl = right_;
            how.pace = Pace::Elastic;
            how.requests = &requests;
            how.memory = memory_;
            return recording_text(replay(until(requests), how).run);
        });
        return recording_parse(text, right_, "");
    }

    Recording wrong_run(const Recording &a)
    {
        result_.replays++;
        std::string text = in_process([&] {
            Replay how;
            how.impl = wrong_;
            how.pace = Pace::Elastic;
            return recording_text(replay(a, how).run);
        });
        return recording_parse(text, wrong_, "");
    }

    // Long enough after its last request for what that causes.
    Recording until(const Requests &requests) const
    {
        constexpr seam_ps enough = 1000000000;      // 1 ms
        Recording r = recorded_;
        size_t next = requests.back() + 1;
        while (next < r.all.size() && !r.all[next].by_driver()) {
            next++;
        }
        seam_ps last = r.all[requests.back()].time_ps, gap = (next < r.all.size() ? r.all[next].time_ps : r.end_ps) - last;
        r.end_ps = last + std::max(gap, enough);
        return r;
    }

    Judgement judged(const Requests &requests)
    {
        Recording a = right_run(requests);
        const Recording b = wrong_run(a);
        const Registers registers(recorded_.type);
        const Divergence d = diverge(a, b, rules_, registers, true);
        const std::string report = printed([&](FILE *out) {
            divergence_print(out, a, (right_ + ":").c_str(), b, (wrong_ + ":").c_str(), d, registers, 8);
        });
        // What follows the difference is no part of a recording that shows it
        const seam_ps on_a = d.a < a.all.size() ? a.all[d.a].time_ps : 0, on_b = d.b < b.all.size() ? b.all[d.b].time_ps : 0;
        a.end_ps = std::min(a.end_ps, std::max(on_a, on_b));
        while (!a.all.empty() && a.all.back().time_ps > a.end_ps) {
            a.all.pop_back();
        }
        shown_ = a;
        seen_ = d.verdict == Verdict::Device ? signature(a, b, d) : "";
        return { d.verdict, report };
    }
    // What is shrunk is this difference, not any: the same kind of answer, of the same register.
    static std::string signature(const Recording &a, const Recording &b, const Divergence &d)
    {
        std::string s;
        for (auto [r, at] : { std::pair(&a, d.a), { &b, d.b } }) {
            const Transaction *t = at < r->all.size() ? &r->all[at] : nullptr;
            s += t ? std::string(kind_name(t->kind)) + (t->by_driver() ? std::to_string(t->address) : "") + " " : "- ";
        }
        return s;
    }
    bool fails(const Requests &requests) { return judged(requests).verdict == Verdict::Device && seen_ == wanted_; }

    // Halving: what comes after the difference is no part of it.
    size_t up_to_the_difference(const Requests &all)
    {
        size_t good = 0, bad = all.size();
        while (bad - good > 1) {
            size_t middle = good + (bad - good) / 2;
            (fails(Requests(all.begin(), all.begin() + static_cast<long>(middle))) ? bad : good) = middle;
        }
        return bad;
    }

    // ddmin on complements; ends 1-minimal: without any one request it does not fail any more.
    Requests minimal(Requests now)
    {
        for (size_t pieces = 2; now.size() > 1;) {
            bool smaller = false;
            size_t each = (now.size() + pieces - 1) / pieces;
            for (size_t from = 0; from < now.size() && !smaller; from += each) {
                Requests without(now.begin(), now.begin() + static_cast<long>(from));
                without.insert(without.end(), now.begin() + static_cast<long>(std::min(now.size(), from + each)), now.end());
                if (!without.empty() && fails(without)) {
                    now = without;
                    pieces = std::max<size_t>(pieces - 1, 2);
                    smaller = true;
                }
            }
            if (!smaller) {
                if (each == 1) {
                    break;
                }
                pieces = std::min(now.size(), pieces * 2);
            }
        }
        return now;
    }

    const Recording &recorded_;
    const std::string right_, wrong_;
    const Rules &rules_;
    MemoryOf memory_ = MemoryOf::First;
    Recording shown_;       // what the right one did in the last judgement
    std::string seen_, wanted_;     // signatures: of the last judgement, and of the whole recording
    Shrunk result_;
};

}  // namespace

Shrunk shrink(const Recording &recorded, const std::string &right, const std::string &wrong, const Rules &rules)
{
    return Shrinker(recorded, right, wrong, rules).run();
}

std::string conformance_test(const Recording &r, const std::string &name, const std::string &right, const std::string &wrong)
{
    size_t dot = name.find('.');
    if (dot == std::string::npos || name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.") != std::string::npos ||
        name.find('.', dot + 1) != std::string::npos || dot == 0 || dot + 1 == name.size()) {
        throw std::runtime_error("--test " + name + ": a test's name is SUITE.NAME, in letters and digits: DmaqRing.WrapsAtItsEnd");
    }
    std::string suite = name.substr(0, dot), promise = name.substr(dot + 1);
    return "// SPDX-License-Identifier: GPL-2.0-or-later\n"
           "// " + r.type + ": " + suite + " " + promise + ", shrunk from a run by ingot shrink\n"
           "#include \"platform/replay/replay_testing.h\"\n\n"
           "static const char " + suite + promise + "[] = R\"(" + recording_text(r) + ")\";\n\n"
           "REPLAY_TEST(" + suite + ", " + promise + ", \"" + r.type + "\", " + suite + promise + ", \"" + right + "\", \"" + wrong + "\")\n";
}

std::string replays(const std::string &type, const std::string &impl, const std::string &recording)
{
    const Recording r = recording_parse(recording, type, "");
    const Rules rules = rules_load(type, Registers(type));
    Replay how;
    how.impl = impl;
    Judgement j = judge_device(r, how, rules, 8);
    return j.verdict == Verdict::Same || j.verdict == Verdict::Timing ? "" : j.report;
}

}  // namespace ingot
