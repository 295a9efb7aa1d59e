// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4 slave: the memory at the end of a core's master port, with the master's rules checked
#ifndef INGOT_AXI_MEMORY_H
#define INGOT_AXI_MEMORY_H

#include <string>

#include "platform/rtl/core.h"
#include "platform/rtl/memory_bus.h"

namespace ingot {

class AxiMemory final : public MemoryBus {
public:
    // Edges from the handshake of AR (of the last W) to the first at which R (B) can be taken.
    static constexpr unsigned latency = 4;

    AxiMemory(const AxiMasterPins &pins, Dma &dma) : MemoryBus(pins.arvalid, pins.awvalid, pins.wvalid), p_(pins), dma_(dma) {}

    void reset() override;
    void mark(unsigned slot) override;
    void back(unsigned slot) override;
    void save(struct state *out) const override;
    void load(struct state *in) override;

private:
    enum { IDLE, LATENCY, DATA, RESPONSE };     // reads: IDLE LATENCY DATA; writes: IDLE DATA LATENCY RESPONSE
    enum { BURST_MAX = 2048 };                  // bytes: 256 beats of 8 (AXI4 A3.4.1)
    struct Burst {
        uint64_t addr, offset, span;            // first byte; where the first beat's lane 0 lies; bytes from there
        uint64_t beats, beat, size, wait, resp;
        uint8_t data[BURST_MAX], strobe[BURST_MAX];     // from the aligned address of the first beat
    };
    struct Waiting { uint64_t valid, value; };  // VALID without READY at the last edge, and what it said
    struct State {                              // no holes: saved as it is
        uint64_t read, write;
        Burst r, w;
        Waiting ar, aw, wd;
    };

    void sample_channels() override;
    bool drive_channels() override;
    void look();
    static void copy(Burst &to, const Burst &from);
    static void copy(State &to, const State &from);
    void open(Burst &b, const char *channel, uint64_t addr, unsigned len, const uint8_t *size, const uint8_t *burst);
    static void hold(Waiting &w, bool valid, bool ready, uint64_t value, const char *channel, const char *what);
    uint64_t beat_addr(const Burst &b) const;
    void take_write_beat();
    void put_read_beat();
    void finish_read();
    void finish_write();

    const AxiMasterPins p_;
    Dma &dma_;
    State s_ = {}, marked_[marks] = {};
    bool ar_ = false, r_ = false, aw_ = false, wd_ = false, b_ = false;     // handshakes of the edge being run
};

}  // namespace ingot

#endif
