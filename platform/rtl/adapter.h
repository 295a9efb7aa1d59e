// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core edge by edge at exact times: the reference that any faster way must equal
#ifndef INGOT_ADAPTER_H
#define INGOT_ADAPTER_H

#include <deque>
#include <memory>
#include <string>

#include "platform/rtl/clocked_core.h"

namespace ingot {

// Timing rules: README.md.
class RtlAdapter {
public:
    static constexpr unsigned answer_limit = 1024;  // clocks to the answer of a register access

    class Client : public Dma {
    public:
        virtual void irq(seam_ps at, unsigned line, bool level) = 0;    // in order of time, at its own time
        virtual void broken(const std::string &what) = 0;               // once; signal and rule
    };

    RtlAdapter(std::unique_ptr<RtlCore> core, Clock bus_clock, unsigned lines, Client &client);
    virtual ~RtlAdapter() = default;

    void reset(seam_ps now);
    // Everything at or before `now` has happened (run). Runs to the response; *delay_ps is its edge minus now.
    seam_result access(bool write, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps);
    // What a read at `now` would return; the core is as before. SLAVE_ERROR: it would do DMA, or does not answer.
    seam_result peek(uint64_t offset, unsigned size, seam_ps now, uint64_t *value);
    // Next instant at which something must be done, or SEAM_NEVER.
    seam_ps next_event() const;
    // Everything at or before `to`, each at its own time.
    virtual void run(seam_ps to);

    seam_ps next_at() const { return core_.next_at(); }     // while it runs: the instant being run
    bool is_broken() const { return broken_; }
    // A waveform (FST) of every clock edge from `from` to `to`, of those not yet run; replaces an earlier one. false and why.
    bool waves(const std::string &path, seam_ps now, seam_ps from, seam_ps to, std::string &why);
    void waves_end(seam_ps now);        // what has happened is in the file
    void waves_drop() { core_.waves_close(); }      // in the middle of a call too: the last instants may be missing
    void save(seam_ps now, struct state *out);              // everything at or before `now` has happened
    bool load(struct state *in, std::string &why);

protected:
    struct Change { seam_ps at; unsigned line; bool level; };

    // For a faster way: settle brings the core to the platform's time, from restart on it may run ahead again.
    virtual void settle(seam_ps) {}
    virtual void restart() {}
    virtual bool asleep() const { return broken_ || core_.idle(); }
    void deliver(seam_ps to);
    void step(bool ahead);              // the next instant; ahead: of the platform's time
    void break_down(const std::string &what);

    ClockedCore core_;
    bool broken_ = false;
    uint8_t irq_ = 0;                   // lines as the core drives them
    std::deque<Change> changes_;        // of instants that ran ahead: not yet told

private:
    void watch_irq(seam_ps at, bool ahead);

    Client &client_;
};

}  // namespace ingot

#endif
