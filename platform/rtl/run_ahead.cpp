// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core ahead of platform time, and takes it back
#include "platform/rtl/run_ahead.h"

#include <algorithm>
#include <stdexcept>

namespace ingot {

void RunAhead::run(seam_ps to)
{
    deliver(to);
    if (ahead_ && to < core_.at()) {
        return;
    }
    if (silent_) {
        expected_ = horizon_;
        horizon_ = std::min(horizon_ * 2, horizon_max);
    }
    commit();
    RtlAdapter::run(to);
    speculate();
}

void RunAhead::restart()
{
    fixed_ = ahead_ = silent_ = false;
    speculate();
}

// Runs on to the next thing that the platform sees, or to the horizon: next_event is then the first instant not run.
void RunAhead::speculate()
{
    silent_ = silent_ && !fixed_;
    if (asleep() || !changes_.empty() || core_.dma_due()) {
        silent_ = false;
        return;
    }
    if (horizon_ < horizon_min) {       // it is being polled: each edge by itself is cheaper
        silent_ = true;
        return;
    }
    core_.mark(START);
    core_.hide(true);
    length_ = later_ = 0;
    try {
        fixed_ = rests();
        run_batch();
    } catch (const std::exception &) {
        // It breaks at its own time: up to there it is run, silently, again.
        core_.back(START);
        changes_.clear();
        for (unsigned n = 0; n < length_; n++) {
            core_.step();
        }
    }
    core_.hide(false);
    ahead_ = length_ != 0;
    silent_ = length_ == horizon_;
    counts_.batches++;
    counts_.ahead += length_;
}

// The batch has happened. A waveform shows only what has: it is run once more, for the file.
void RunAhead::commit()
{
    if (ahead_ && core_.waves()) {
        core_.back(START);
        for (unsigned n = 0; n < length_; n++) {
            core_.step();
        }
    }
    ahead_ = false;
}

void RunAhead::run_batch()
{
    while (length_ < horizon_ && changes_.empty() && !asleep() && !core_.dma_due()) {
        if (length_ == expected_) {
            core_.mark(LATER);
            later_ = length_;
            later_at_ = core_.at();
        }
        step(true);
        length_++;
    }
}

// Two equal states one clock edge apart, and no input that changes by itself: nothing happens until it is touched. (A
// waveform shall show its clock nevertheless.)
bool RunAhead::rests()
{
    if (!silent_ || core_.waves() || !core_.single_clock() || core_.sees_time() || !core_.quiet()) {
        return false;
    }
    core_.step();
    core_.mark(PROBE);
    bool same = core_.quiet() && core_.same(START, PROBE);      // a request may wait without changing the core
    core_.back(START);
    return same;
}

void RunAhead::settle(seam_ps now)
{
    if (fixed_) {
        core_.skip(now);
    }
    if (!ahead_ || now >= core_.at()) {
        horizon_ = horizon_ < horizon_min ? 1 : horizon_;
        commit();
        return;
    }
    ahead_ = false;
    unsigned used = later_ && later_at_ <= now && !core_.waves() ? later_ : 0, again = 0;
    core_.back(used ? LATER : START);
    while (core_.next_at() <= now) {
        core_.step();
        again++;
    }
    if (!changes_.empty()) {
        changes_.clear();       // of the batch's last instant, which is still to come
        irq_ = core_.irq();
    }
    used += again;
    counts_.taken_back++;
    counts_.again += again;
    expected_ = std::max(used - used / 8, horizon_min / 2);
    horizon_ = used < horizon_min / 2 ? 1 : std::clamp(used + used / 8 + 2, horizon_min, horizon_max);
}

}  // namespace ingot
