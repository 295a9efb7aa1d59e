// SPDX-License-Identifier: GPL-2.0-or-later
// Divergence: requests and answers are compared as two streams, and the earlier of their first differences counts
//
// Streams, because another implementation may answer a little earlier or later than a request that has nothing to do with it.
#include "platform/replay/divergence.h"

#include <algorithm>
#include <optional>

namespace ingot {

namespace {

// One side's transactions, apart by who made them.
struct Side {
    const Recording &r;
    std::vector<size_t> requests, irqs, answers;    // irqs: only where their order is free
    std::vector<size_t> answers_before;             // of each transaction

    Side(const Recording &recording, const Rules &rules) : r(recording)
    {
        size_t count = 0;
        for (size_t i = 0; i < r.all.size(); i++) {
            const Transaction &t = r.all[i];
            answers_before.push_back(count);
            if (!t.by_driver()) {
                (rules.free_irqs && t.kind == Kind::Irq ? irqs : answers).push_back(i);
                count++;
            } else {
                // Another read of the polled register takes the place of the one before it
                if (!requests.empty() && t.kind == Kind::Read && rules.polls(t.address)) {
                    const Transaction &last = r.all[requests.back()];
                    if (last.kind == Kind::Read && last.address == t.address) {
                        requests.pop_back();
                    }
                }
                requests.push_back(i);
            }
        }
    }
    seam_ps time(size_t i) const { return i < r.all.size() ? r.all[i].time_ps : SEAM_NEVER; }
    static bool by_itself(const Transaction &t) { return !t.by_driver() && !(t.kind == Kind::Irq && !t.value); }
    // To the nearest answer that the device gave by itself: a line falls because the driver said so
    seam_ps calm(size_t i) const
    {
        seam_ps least = SEAM_NEVER, at = r.all[i].time_ps;
        for (size_t k = i; k-- > 0;) {
            if (by_itself(r.all[k])) {
                least = at - r.all[k].time_ps;
                break;
            }
        }
        for (size_t k = i + 1; k < r.all.size(); k++) {
            if (by_itself(r.all[k])) {
                return std::min(least, r.all[k].time_ps - at);
            }
        }
        return least;
    }
};

struct Difference {
    Verdict verdict;
    size_t a, b;
    std::string what;
};

class Comparison {
public:
    Comparison(const Recording &a, const Recording &b, const Rules &rules, const Registers &registers, bool replayed)
        : a_(a, rules), b_(b, rules), rules_(rules), registers_(registers), replayed_(replayed)
    {
        while (equal_ < a.all.size() && equal_ < b.all.size() && a.all[equal_] == b.all[equal_]) {
            equal_++;
        }
    }

    Divergence first()
    {
        std::vector<Difference> found;
        add(found, stream(a_.requests, b_.requests));
        add(found, stream(a_.answers, b_.answers));
        add(found, stream(a_.irqs, b_.irqs));
        Divergence d;
        if (found.empty()) {
            return times();
        }
        const Difference *first = &found[0];
        for (const Difference &f : found) {
            first = before(f, *first) ? &f : first;
        }
        d.verdict = first->verdict;
        d.a = first->a;
        d.b = first->b;
        d.what = first->what;
        return d;
    }

private:
    static void add(std::vector<Difference> &found, std::optional<Difference> d)
    {
        if (d) {
            found.push_back(*d);
        }
    }

    std::optional<Difference> stream(const std::vector<size_t> &a, const std::vector<size_t> &b)
    {
        for (size_t k = 0; k < std::max(a.size(), b.size()); k++) {
            size_t i = k < a.size() ? a[k] : a_.r.all.size(), j = k < b.size() ? b[k] : b_.r.all.size();
            auto d = k < a.size() && k < b.size() ? pair(i, j) : lonely(i, j);
            if (d) {
                return d;
            }
            matched_.push_back({ i, j });
        }
        return {};
    }

    // One side has a transaction where the other has none.
    std::optional<Difference> lonely(size_t i, size_t j)
    {
        bool only_a = i < a_.r.all.size();
        const Transaction &t = only_a ? a_.r.all[i] : b_.r.all[j];
        if (t.by_driver()) {
            if (replayed_) {
                return {};      // the replay ended at an answer that did not come
            }
            return Difference{ Verdict::Driver, i, j, std::string(only_a ? "missing: " : "one too many: ") + kind_name(t.kind) + " " + words(t) };
        }
        return Difference{ Verdict::Device, i, j, std::string(only_a ? "missing: " : "one too many: ") + words(t) };
    }

    std::string words(const Transaction &t) const
    {
        std::string w = transaction_words(registers_, t);
        return w.substr(w.find("  ") + 2);
    }

    std::optional<Difference> pair(size_t i, size_t j)
    {
        const Transaction &a = a_.r.all[i], &b = b_.r.all[j];
        if (a.by_driver()) {
            bool same = a.kind == b.kind && a.address == b.address && a.size == b.size && (a.kind == Kind::Read || a.value == b.value);
            if (!same) {
                bool value = a.kind == b.kind && a.address == b.address && a.size == b.size && a.kind == Kind::Write;
                return Difference{ Verdict::Driver, i, j, value ? "written: " + registers_.difference(a, b) : "the driver's request is " + words(b) + " instead of " + words(a) };
            }
            if (a.result != b.result) {
                return Difference{ Verdict::Device, i, j, registers_.name(a) + ": the response is " + result_name(b.result) + " instead of " + result_name(a.result) };
            }
            if (a.kind == Kind::Read && a.value != b.value) {
                const bool same_answers = a_.answers_before[i] == b_.answers_before[j];
                uint64_t mask = in_full(i, j) ? UINT64_MAX : rules_.compared(a.address, same_answers ? std::min(a_.calm(i), b_.calm(j)) : 0);
                if ((a.value ^ b.value) & mask) {
                    return Difference{ Verdict::Device, i, j, "read: " + registers_.difference(a, b) };
                }
            }
            return {};
        }
        if (a.same_but_time(b)) {
            if ((caused(a_, a) && before_its_cause(a_, i, b_, j)) || (caused(b_, b) && before_its_cause(b_, j, a_, i))) {
                return Difference{ Verdict::Device, i, j, words(b) + ", but not at the same request" };
            }
            return {};
        }
        if (a.kind == b.kind && a.address == b.address && a.value == b.value && a.result == b.result && a.kind == Kind::DmaRead && !replayed_) {
            return Difference{ Verdict::Driver, i, j, "the memory that the device reads: " + bytes(a, b) };
        }
        if (a.kind == b.kind && a.address == b.address && a.value == b.value && a.result == b.result) {
            return Difference{ Verdict::Device, i, j, std::string(kind_name(a.kind)) + ": " + bytes(a, b) };
        }
        return Difference{ Verdict::Device, i, j, words(b) + " instead of " + words(a) };
    }

    // The same implementation, and all before is equal, times too: no rule excuses another value.
    bool in_full(size_t i, size_t j) const { return i == j && i == equal_ && a_.r.impl == b_.r.impl && a_.time(i) == b_.time(j); }

    // Only a request makes these come. In the middle of an RTL core's access a rising edge can come by chance.
    static bool caused(const Side &x, const Transaction &t)
    {
        return t.kind == Kind::Console || (t.kind == Kind::Irq && (!t.value || x.r.impl == "model" || x.r.impl == "systemc"));
    }

    // x's answer i was caused by a request at its own instant; y's j came before that request.
    static bool before_its_cause(const Side &x, size_t i, const Side &y, size_t j)
    {
        size_t cause = i;
        while (cause > 0 && !x.r.all[cause].by_driver() && x.r.all[cause - 1].time_ps == x.r.all[i].time_ps) {
            cause--;
        }
        auto at = std::lower_bound(x.requests.begin(), x.requests.end(), cause);
        size_t ordinal = static_cast<size_t>(at - x.requests.begin());
        return x.r.all[cause].by_driver() && at != x.requests.end() && *at == cause && ordinal < y.requests.size() && j < y.requests[ordinal];
    }

    static std::string bytes(const Transaction &a, const Transaction &b)
    {
        size_t at = 0;
        while (at < a.data.size() && at < b.data.size() && a.data[at] == b.data[at]) {
            at++;
        }
        char address[32];
        snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(a.address + at));
        return std::string("from ") + address + " on " + bytes_in_hex(b.data.substr(at, 8)) + " instead of " + bytes_in_hex(a.data.substr(at, 8));
    }

    // Times of both sides count from the last transaction that both have before any difference.
    seam_ps since(const Difference &d) const
    {
        size_t last_a = 0, last_b = 0;
        bool any = false;
        for (auto [i, j] : matched_) {
            if (i < limit_a_ && j < limit_b_ && (!any || i > last_a)) {
                last_a = i;
                last_b = j;
                any = true;
            }
        }
        seam_ps a = a_.time(d.a), b = b_.time(d.b), from_a = any ? a_.time(last_a) : 0, from_b = any ? b_.time(last_b) : 0;
        a = a == SEAM_NEVER ? a : a > from_a ? a - from_a : 0;
        b = b == SEAM_NEVER ? b : b > from_b ? b - from_b : 0;
        return std::min(a, b);
    }
    bool before(const Difference &x, const Difference &y)
    {
        limit_a_ = std::min(x.a, y.a);
        limit_b_ = std::min(x.b, y.b);
        seam_ps tx = since(x), ty = since(y);
        if (tx != ty) {
            return tx < ty;
        }
        return x.a != y.a ? x.a < y.a : x.b < y.b;
    }

    // Nothing but times can differ, or what the rules allow.
    Divergence times()
    {
        Divergence d;
        std::sort(matched_.begin(), matched_.end());
        for (auto [i, j] : matched_) {
            if (a_.time(i) != b_.time(j)) {
                d.verdict = Verdict::Timing;
                d.a = i;
                d.b = j;
                d.what = std::string(a_.r.all[i].by_driver() ? "driver: " : "device: ") + words(a_.r.all[i]) + (b_.time(j) > a_.time(i) ? " comes later by " : " comes earlier by ") +
                         time_words(b_.time(j) > a_.time(i) ? b_.time(j) - a_.time(i) : a_.time(i) - b_.time(j));
                return d;
            }
        }
        return d;
    }

    const Side a_, b_;
    const Rules &rules_;
    const Registers &registers_;
    const bool replayed_;
    std::vector<std::pair<size_t, size_t>> matched_;
    size_t limit_a_ = 0, limit_b_ = 0;
    size_t equal_ = 0;      // so many leading transactions of both are equal, times too
};

}  // namespace

Divergence diverge(const Recording &a, const Recording &b, const Rules &rules, const Registers &registers, bool replayed)
{
    return Comparison(a, b, rules, registers, replayed).first();
}

const char *verdict_name(Verdict v)
{
    static const char *const names[] = { "same", "timing only", "device", "driver" };
    return names[static_cast<unsigned>(v)];
}

static void print_side(FILE *out, const Recording &r, const char *label, size_t at, const Registers &registers, unsigned context)
{
    size_t from = at > context ? at - context : 0, to = std::min(r.all.size(), at + context + 1);
    fprintf(out, "%s\n", label);
    for (size_t i = from; i < to; i++) {
        fprintf(out, "%c %6zu  %s\n", i == at ? '>' : ' ', i, transaction_words(registers, r.all[i]).c_str());
    }
    if (at >= r.all.size()) {
        fprintf(out, ">         (nothing more until %s)\n", time_words(r.end_ps).c_str());
    }
}

void divergence_print(FILE *out, const Recording &a, const char *label_a, const Recording &b, const char *label_b, const Divergence &d,
                      const Registers &registers, unsigned context)
{
    static const char *const because[] = { "", "the same requests and answers, at other times", "the same requests, another answer", "the driver's side differs" };
    if (d.verdict == Verdict::Same) {
        fprintf(out, "verdict: same: %zu transactions\n", a.all.size());
        return;
    }
    fprintf(out, "verdict: %s: %s\n%s\n\n", verdict_name(d.verdict), because[static_cast<unsigned>(d.verdict)], d.what.c_str());
    print_side(out, a, label_a, d.a, registers, context);
    print_side(out, b, label_b, d.b, registers, context);
}

}  // namespace ingot
