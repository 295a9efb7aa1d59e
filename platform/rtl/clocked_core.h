// SPDX-License-Identifier: GPL-2.0-or-later
// A core with its clocks and busses: one instant after the other, forwards, or back to a mark
#ifndef INGOT_CLOCKED_CORE_H
#define INGOT_CLOCKED_CORE_H

#include <memory>
#include <string>
#include <vector>

#include "platform/rtl/buses.h"

namespace ingot {

// An instant is one at which at least one clock rises. Knows nothing of the platform's time but the clocks' own.
// What may throw passes on what the core or a bus threw: a broken rule, $finish, $stop, $fatal.
class ClockedCore {
public:
    static constexpr unsigned reset_clocks = 16;
    static constexpr unsigned lines_max = 8;

    ClockedCore(std::unique_ptr<RtlCore> core, Clock bus_clock, unsigned lines, Dma &dma);

    void reset(seam_ps now);            // takes no time, and its clocks have no number; may throw
    void step();                        // the next instant; may throw, and the core is then broken
    void skip(seam_ps now);             // instants at or before now have not been run, and need not be

    seam_ps next_at() const { return next_at_; }        // the instant to come
    seam_ps at() const { return at_; }                  // the last one that was run since the load
    uint64_t next_edge() const { return next_; }        // number of the bus clock's edge to come
    bool single_clock() const { return others_.empty(); }
    // It says so itself: nothing changes until the next bus access.
    bool idle() const { return ((pins_.idle && *pins_.idle) || (pins_.qactive && !*pins_.qactive)) && quiet(); }
    bool quiet() const { return !memory_ || memory_->quiet(); }
    // The instant to come does DMA.
    bool dma_due() const { return memory_ && memory_->due() && edge_at_ == next_at_; }
    uint8_t irq() const { return pins_.irq ? *pins_.irq & irq_mask_ : 0; }
    RegisterBus &registers() { return *registers_; }
    // Inputs that tell the time would change a core that does nothing.
    bool sees_time() const { return pins_.cycle || pins_.edge_ns; }

    static constexpr unsigned marks = RtlCore::marks;
    void mark(unsigned slot);
    void back(unsigned slot);
    bool same(unsigned a, unsigned b) const { return core_->same(a, b); }

    // A waveform of the instants from `from` to `to` that are run from now on; hidden ones (run ahead) are not in it.
    bool waves_open(const std::string &path, seam_ps from, seam_ps to, std::string &why);
    void waves_close();
    bool waves() const { return shown_to_ != 0; }
    void hide(bool hidden) { hidden_ = hidden; }

    void save(struct state *out) const;
    bool load(struct state *in);        // false: of another core, or another build of it

private:
    struct Rising { uint8_t *pin; Clock clock; uint64_t next; seam_ps at; };
    struct Mark { uint64_t next; seam_ps edge_at, next_at, at; std::vector<Rising> others; };

    void drive_clocks(uint8_t level);
    void drive_reset(bool active);
    void step_bus();
    void step_all();
    void tell_time();
    void look();
    void show(seam_ps at);

    const std::unique_ptr<RtlCore> core_;
    const RtlPins &pins_;
    const Clock clock_;
    const uint8_t irq_mask_;
    const std::unique_ptr<RegisterBus> registers_;
    const std::unique_ptr<MemoryBus> memory_;       // null: the core does no DMA
    uint64_t next_ = 1;                 // bus clock: number of the edge to come, and its time
    seam_ps edge_at_ = 0;
    std::vector<Rising> others_;        // the other clocks
    seam_ps next_at_ = 0, at_ = 0;
    bool hidden_ = false;
    bool touched_ = true;               // inputs may have changed since the last evaluation
    seam_ps shown_from_ = 0, shown_to_ = 0, shown_ = 0;     // the waveform's window (to 0: none), and its last time
    Mark marked_[marks];
};

}  // namespace ingot

#endif
