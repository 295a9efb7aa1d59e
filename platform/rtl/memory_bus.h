// SPDX-License-Identifier: GPL-2.0-or-later
// The platform's memory at the end of a core's master port
#ifndef INGOT_MEMORY_BUS_H
#define INGOT_MEMORY_BUS_H

#include <cstddef>

#include "platform/rtl/core.h"
#include "platform/seam/seam.h"

namespace ingot {

// Where bursts end up: DMA of the platform, at the edge being run.
class Dma {
public:
    virtual ~Dma() = default;
    virtual seam_result dma_read(uint64_t addr, void *buf, size_t len) = 0;
    virtual seam_result dma_write(uint64_t addr, const void *buf, size_t len) = 0;
};

// Per edge of the bus clock: sample() when inputs have settled before it, drive() after it. Both throw std::runtime_error,
// with the signal and the rule, for a core that breaks the protocol. DMA happens in drive() alone.
class MemoryBus {
public:
    virtual ~MemoryBus() = default;

    virtual void reset() = 0;
    bool quiet() const { return !working_; }    // no transfer in work
    bool due() const { return due_; }           // the coming edge's drive() does DMA; known since the edge before
    // The state now, and back to it: a bus that has run ahead. Pins are not part of it: they are the core's.
    static constexpr unsigned marks = RtlCore::marks;
    virtual void mark(unsigned slot) = 0;
    virtual void back(unsigned slot) = 0;
    virtual void save(struct state *out) const = 0;
    virtual void load(struct state *in) = 0;

    void sample()
    {
        busy_ = working_ || *request_[0] || *request_[1] || *request_[2];
        if (busy_) {
            sample_channels();
        }
    }
    bool drive() { return busy_ && drive_channels(); }      // true: pins may have changed

protected:
    // Pins with which the core asks; a bus with fewer repeats one.
    MemoryBus(const uint8_t *a, const uint8_t *b, const uint8_t *c) : request_{a, b, c} {}
    virtual void sample_channels() = 0;
    virtual bool drive_channels() = 0;

    bool working_ = false, due_ = false;    // kept up by drive_channels, reset, back and load

private:
    const uint8_t *const request_[3];
    bool busy_ = false;                     // something to do at the edge being run
};

}  // namespace ingot

#endif
