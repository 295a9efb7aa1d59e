// SPDX-License-Identifier: GPL-2.0-or-later
// Platform time: the queue of the devices' deadlines, SystemC's scheduler under it, and the way out to the CPU
#ifndef INGOT_KERNEL_H
#define INGOT_KERNEL_H

#include <cstring>
#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "platform/systemc/port.h"

namespace ingot {

// SystemC's clock follows platform time only when a SystemC process has to run; an access in between carries the difference
// as its annotated delay. It cannot go back, so after a load it also differs by a constant.
class Kernel {
public:
    explicit Kernel(const seam_cpu *cpu);
    Kernel(const Kernel &) = delete;

    seam_ps now() const { return now_; }
    sc_core::sc_time lag() const { return time_of(now_ - stamp_); }
    // sc_time::from_value is a call into the library, on the path of each access: sc_time is its value (checked at start).
    static sc_core::sc_time time_of(seam_ps ps)
    {
        sc_core::sc_time t;
        static_assert(sizeof t == sizeof ps && std::is_standard_layout_v<sc_core::sc_time>);
        memcpy(static_cast<void *>(&t), &ps, sizeof t);
        return t;
    }

    void call(seam_ps now) { now_ = now; }      // a call of the CPU's side happens at `now`
    seam_ps next_event() const { return heap_.empty() || systemc_next_ < heap_[0]->at_ ? systemc_next_ : heap_[0]->at_; }
    // Code of a SystemC-native model has run outside of SystemC's scheduler: it may have notified events.
    void look();
    // Events at one instant: what SystemC models have scheduled by themselves, then deadlines in the order of devices,
    // then of their construction. The order does not depend on when they were armed, so it survives a load.
    void advance(seam_ps to);
    // After a call at now(): whatever it made due at once.
    void settle()
    {
        if (next_event() <= now_) {
            advance(now_);
        }
    }
    // Elaboration and initialization of the SystemC models, at time 0. Throws.
    void elaborate();
    bool has_systemc_events() const { return systemc_next_ != SEAM_NEVER; }
    void restore(seam_ps now);

    // In due(): the last instant up to which the running device would be the only one to run.
    seam_ps horizon() const;
    void move(seam_ps at) { now_ = at; }        // the running device goes on to `at`, within the horizon

    void schedule(Deadline &d, seam_ps at);

    // The CPU's side must not be called from within SystemC's scheduler: there the call is kept, in order, until it has returned.
    bool in_systemc() const { return in_systemc_; }
    void later(std::function<void()> call) { later_.push_back(std::move(call)); }
    const seam_cpu &cpu() const { return *cpu_; }
    const DevicePort *active = nullptr;         // whose code is being run

private:
    static constexpr unsigned repeats_max = 1000;       // of one deadline, or delta cycles, at one instant

    void run(Deadline &d);
    void run_systemc(Deadline *d);
    void run_deltas();
    void place(size_t slot, Deadline *d);
    void sift(size_t slot);

    const seam_cpu *cpu_;
    seam_ps now_ = 0, limit_ = 0;
    seam_ps stamp_ = 0;                 // platform time at which SystemC's clock stands
    seam_ps systemc_next_ = SEAM_NEVER; // what SystemC models have scheduled by themselves
    std::vector<Deadline *> heap_;      // the earliest first
    const Deadline *running_ = nullptr;
    bool in_systemc_ = false;
    bool dead_ = false;                 // SystemC's scheduler has failed: it does not run any more
    std::vector<std::function<void()>> later_;
};

}  // namespace ingot

#endif
