// SPDX-License-Identifier: GPL-2.0-or-later
// Wishbone slave: the memory at the end of a core's master port (classic cycles, B3 and B4)
#ifndef INGOT_WISHBONE_MEMORY_H
#define INGOT_WISHBONE_MEMORY_H

#include "platform/rtl/core.h"
#include "platform/rtl/memory_bus.h"

namespace ingot {

// Each beat is one DMA of the bytes that SEL_O names, which are neighbours. CTI_O and BTE_O are not needed: each beat has its
// own address; inside of an incrementing burst (CTI_O 010) the next beat comes after one clock instead of `latency`.
class WishboneMemory final : public MemoryBus {
public:
    static constexpr unsigned latency = 4;      // clocks from STB_O to ACK_I

    WishboneMemory(const WishboneMasterPins &pins, Dma &dma);

    void reset() override;
    void mark(unsigned slot) override { marked_[slot] = s_; }
    void back(unsigned slot) override;
    void save(struct state *out) const override;
    void load(struct state *in) override;

private:
    struct State { uint64_t wait, answer, adr, we, sel, dat, burst; };      // wait 0, answer 0: no cycle in work
    void sample_channels() override;
    bool drive_channels() override;
    void transfer();
    void look();

    const WishboneMasterPins p_;
    Dma &dma_;
    State s_ = {}, marked_[marks] = {};
};

}  // namespace ingot

#endif
