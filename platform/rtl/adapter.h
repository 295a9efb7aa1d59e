// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core edge by edge at exact times: the reference that any faster way must equal
#ifndef INGOT_ADAPTER_H
#define INGOT_ADAPTER_H

#include <deque>
#include <memory>
#include <string>

#include "platform/rtl/buses.h"

namespace ingot {

// Timing rules: README.md. Rising edge k is at k * clock_ps.
class RtlAdapter {
public:
    static constexpr unsigned answer_limit = 1024;  // clocks to the answer of a register access
    static constexpr unsigned reset_clocks = 16;
    static constexpr unsigned lines_max = 8;

    class Client : public Dma {
    public:
        virtual void irq(seam_ps at, unsigned line, bool level) = 0;    // in order of time, at its own time
        virtual void broken(const std::string &what) = 0;               // once; signal and rule
    };

    RtlAdapter(std::unique_ptr<RtlCore> core, seam_ps clock_ps, unsigned lines, Client &client);

    void reset(seam_ps now);
    // All edges at or before `now` have been run (run). Runs ahead to the response; *delay_ps is its edge minus now.
    seam_result access(bool write, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps);
    // Next edge or outstanding change of an interrupt line, or SEAM_NEVER.
    seam_ps next_event() const;
    // Everything at or before `to`, each at its own time.
    void run(seam_ps to);

    uint64_t next_edge() const { return next_; }
    bool is_broken() const { return broken_; }
    void save(struct state *out) const;
    bool load(struct state *in, std::string &why);

private:
    struct Change { seam_ps at; unsigned line; bool level; };

    void step();                // one clock: edge next_
    void clock_in_reset();
    bool asleep() const { return broken_ || (pins_.idle && *pins_.idle && (!memory_ || memory_->quiet())); }
    void break_down(const std::string &what);
    void watch_irq(seam_ps at);

    const std::unique_ptr<RtlCore> core_;
    const RtlPins &pins_;
    const seam_ps clock_ps_;
    const uint8_t irq_mask_;
    Client &client_;
    const std::unique_ptr<RegisterBus> registers_;
    const std::unique_ptr<MemoryBus> memory_;       // null: the core does no DMA
    uint64_t next_ = 0;         // number of the first edge that has not been run
    uint8_t irq_ = 0;           // lines as the core drives them
    bool ahead_ = false;        // edges being run are later than the platform's time
    bool broken_ = false;
    std::deque<Change> changes_;    // of edges that ran ahead
};

}  // namespace ingot

#endif
