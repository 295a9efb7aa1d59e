// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core ahead of platform time, and takes it back when somebody touches it
#ifndef INGOT_RUN_AHEAD_H
#define INGOT_RUN_AHEAD_H

#include "platform/rtl/adapter.h"

namespace ingot {

// Equal to RtlAdapter in everything but the events it asks for: next_event is the next instant at which the core does
// something that the platform sees (an interrupt line, DMA, a broken rule), or the horizon. What is run ahead has no
// effect outside, so an access before then goes back to a mark and runs the core to its instant again.
class RunAhead final : public RtlAdapter {
public:
    using RtlAdapter::RtlAdapter;

    void run(seam_ps to) override;

    // Instants: run ahead of time, and of these run again because somebody came earlier.
    struct Counts { uint64_t batches, ahead, taken_back, again; };
    const Counts &counts() const { return counts_; }

private:
    static constexpr unsigned horizon_min = 8, horizon_max = 4096;  // instants
    enum { START, LATER, PROBE };       // marks; peek has the last one

    void settle(seam_ps now) override;
    void restart() override;
    bool asleep() const override { return fixed_ || RtlAdapter::asleep(); }
    void speculate();
    void commit();
    void run_batch();
    bool rests();

    bool ahead_ = false;                // the core may stand later than the platform
    bool fixed_ = false;                // another clock edge would change nothing
    bool silent_ = false;               // the last batch ended at its horizon, with nothing to see
    unsigned horizon_ = 64;             // instants a batch has at most
    unsigned expected_ = 64;            // how far the last one was needed: there is a second mark
    unsigned length_ = 0, later_ = 0;   // instants that the batch has, and before its second mark (0: none)
    seam_ps later_at_ = 0;
    Counts counts_ = {};
};

}  // namespace ingot

#endif
