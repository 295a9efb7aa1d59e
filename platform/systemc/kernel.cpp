// SPDX-License-Identifier: GPL-2.0-or-later
// Platform time: deadlines in order, SystemC brought along when it has something to do
#include "platform/systemc/kernel.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

// libsystemc wants one; the platform elaborates and runs by hand.
int sc_main(int, char *[]) { return 0; }

namespace ingot {

// Information is dropped, a warning is told, an error is thrown: nothing ends the process (IEEE 1666 8.3).
static void report(const sc_core::sc_report &r, const sc_core::sc_actions &)
{
    if (r.get_severity() == sc_core::SC_WARNING) {
        fprintf(stderr, "systemc: %s: %s\n", r.get_msg_type(), r.get_msg());
    } else if (r.get_severity() != sc_core::SC_INFO) {
        throw sc_core::sc_report(r);
    }
}

Kernel::Kernel(const seam_cpu *cpu) : cpu_(cpu)
{
    sc_core::sc_report_handler::set_handler(report);
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    if (time_of(123456789) != sc_core::sc_time::from_value(123456789)) {
        throw std::runtime_error("this SystemC keeps its times in another way: build with 2.3.4");
    }
}

void Kernel::elaborate()
{
    in_systemc_ = true;
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    in_systemc_ = false;
    run_systemc(nullptr);
    if (dead_) {
        throw std::runtime_error("the SystemC models did not get through their initialization");
    }
}

/* The heap of deadlines: each knows its slot, so it can be moved or taken out. */

void Kernel::place(size_t slot, Deadline *d)
{
    heap_[slot] = d;
    d->slot_ = slot;
}

void Kernel::sift(size_t slot)
{
    Deadline *d = heap_[slot];
    for (size_t up; slot && d->before(*heap_[up = (slot - 1) / 2]); slot = up) {
        place(slot, heap_[up]);
    }
    for (size_t down; (down = slot * 2 + 1) < heap_.size(); slot = down) {
        if (down + 1 < heap_.size() && heap_[down + 1]->before(*heap_[down])) {
            down++;
        }
        if (!heap_[down]->before(*d)) {
            break;
        }
        place(slot, heap_[down]);
    }
    place(slot, d);
}

void Kernel::schedule(Deadline &d, seam_ps at)
{
    size_t slot = d.slot_;
    d.at_ = at;
    if (at != SEAM_NEVER) {
        if (slot == SIZE_MAX) {
            slot = heap_.size();
            heap_.push_back(&d);
        }
        sift(slot);
    } else if (slot != SIZE_MAX) {
        Deadline *last = heap_.back();
        heap_.pop_back();
        d.slot_ = SIZE_MAX;
        if (last != &d) {
            heap_[slot] = last;
            sift(slot);
        }
    }
}

/* Running */

void Kernel::look()
{
    if (dead_) {
        systemc_next_ = SEAM_NEVER;
    } else if (sc_core::sc_pending_activity_at_current_time()) {
        systemc_next_ = stamp_;
    } else {
        systemc_next_ = sc_core::sc_pending_activity_at_future_time() ? stamp_ + sc_core::sc_time_to_pending_activity().value() : SEAM_NEVER;
    }
}

void Kernel::advance(seam_ps to)
{
    for (;;) {
        seam_ps at = next_event();
        if (at == SEAM_NEVER || at > to) {
            return;
        }
        limit_ = to;
        now_ = std::max(now_, at);
        if (systemc_next_ == at) {
            run_systemc(nullptr);
        } else {
            run(*heap_[0]);
        }
    }
}

seam_ps Kernel::horizon() const
{
    seam_ps last = limit_;
    if (!heap_.empty()) {
        const Deadline &other = *heap_[0];
        bool mine_first = running_->port_.index < other.port_.index ||
                          (&running_->port_ == &other.port_ && running_->ordinal_ < other.ordinal_);
        last = std::min(last, mine_first ? other.at_ : other.at_ - 1);
    }
    if (systemc_next_ != SEAM_NEVER) {
        last = std::min(last, systemc_next_ - 1);
    }
    return std::max(last, now_);
}

void Kernel::run(Deadline &d)
{
    schedule(d, SEAM_NEVER);
    d.repeats_ = d.last_ == now_ ? d.repeats_ + 1 : 0;
    d.last_ = now_;
    if (d.repeats_ > repeats_max) {
        d.port_.stop("it arms a timer at its own instant, again and again: the timer is cancelled");
        return;
    }
    running_ = &d;
    active = &d.port_;
    try {
        if (d.in_systemc_) {
            run_systemc(&d);
        } else {
            d.due();
        }
    } catch (const std::exception &e) {
        d.port_.stop(e.what());
    }
    running_ = nullptr;
    active = nullptr;
}

void Kernel::run_deltas()
{
    for (unsigned n = 0; sc_core::sc_pending_activity_at_current_time(); n++) {
        if (n > repeats_max) {
            throw std::runtime_error("SystemC processes wake one another without end at one instant");
        }
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
    if (sc_core::sc_get_status() & (sc_core::SC_STOPPED | sc_core::SC_END_OF_SIMULATION)) {
        throw std::runtime_error("a SystemC model has called sc_stop");
    }
}

// After an exception in a process SystemC's scheduler never runs again (IEEE 1666 4.5.2): models in C and cores go on.
void Kernel::run_systemc(Deadline *d)
{
    std::string failure;
    in_systemc_ = true;
    try {
        if (!dead_ && now_ > stamp_) {
            sc_core::sc_time step = lag();
            stamp_ = now_;
            sc_core::sc_start(step, sc_core::SC_RUN_TO_TIME);
        }
        if (!dead_ && d) {
            d->due();
        }
        if (!dead_) {
            run_deltas();
        }
    } catch (const sc_core::sc_report &e) {
        failure = std::string(e.get_msg_type()) + ": " + e.get_msg();
    } catch (const std::exception &e) {
        failure = e.what();
    }
    in_systemc_ = false;
    look();
    for (size_t i = 0; i < later_.size(); i++) {
        later_[i]();
    }
    later_.clear();
    if (!failure.empty()) {
        dead_ = true;
        look();
        failure += "; SystemC's scheduler is at its end, its models stand still";
        if (d) {
            d->port_.stop(failure);
        } else {
            cpu_->stop(cpu_->opaque, 0, ("a SystemC model: " + failure).c_str());
        }
    }
}

void Kernel::restore(seam_ps now)
{
    now_ = stamp_ = now;
    look();
}

}  // namespace ingot
