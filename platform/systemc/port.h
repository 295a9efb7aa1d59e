// SPDX-License-Identifier: GPL-2.0-or-later
// What the platform gives to one device: time, interrupt lines, DMA, console, deadlines
#ifndef INGOT_PORT_H
#define INGOT_PORT_H

#include <string>
#include <vector>

#include "platform/rtl/clock.h"
#include "platform/seam/seam.h"

namespace ingot {

class Kernel;
class DevicePort;

// An absolute instant of platform time at which a device wants to run. The constructor registers it with its device;
// devices are built once and live as long as the board.
class Deadline {
public:
    // in_systemc: due() notifies SystemC processes, so SystemC's clock is brought to the instant first.
    Deadline(DevicePort &port, bool in_systemc);
    virtual ~Deadline() = default;
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    void notify(seam_ps at);        // replaces an earlier instant; SEAM_NEVER cancels; the past is refused with a stop
    void cancel() { notify(SEAM_NEVER); }
    seam_ps at() const { return at_; }      // SEAM_NEVER: none. Already cancelled when due() runs

private:
    friend class Kernel;
    virtual void due() = 0;
    bool before(const Deadline &other) const;

    DevicePort &port_;
    const unsigned ordinal_;        // within the device
    const bool in_systemc_;
    seam_ps at_ = SEAM_NEVER;
    size_t slot_ = SIZE_MAX;        // in the kernel's heap
    seam_ps last_ = SEAM_NEVER;     // guard against a loop without progress of time
    unsigned repeats_ = 0;
};

class DevicePort {
public:
    DevicePort(Kernel &kernel, unsigned index, const seam_device_desc &desc, const char *impl, uint64_t window, unsigned lines);

    const std::string name, type, impl;
    const unsigned index, spi, lines;
    const uint32_t stream;
    const uint64_t base, window;
    const seam_ps clock_ps;         // nearest to the clock's period
    const Clock clock;

    seam_ps now() const;
    void irq(unsigned line, bool level);    // only changes are passed on
    bool level(unsigned line) const { return levels_[line]; }
    seam_result dma_read(uint64_t addr, void *buf, size_t len);
    seam_result dma_write(uint64_t addr, const void *buf, size_t len);
    void console(const uint8_t *bytes, size_t len);
    void note(uint32_t code, uint64_t value);
    void stop(const std::string &reason);   // one line; more are joined

    Kernel &kernel;
    void quiesce();                         // power-on: all deadlines cancelled, all lines low
    void save(struct state *out) const;     // levels and deadlines
    void load(struct state *in);

private:
    friend class Deadline;
    std::vector<uint8_t> levels_;
    std::vector<Deadline *> deadlines_;
};

}  // namespace ingot

#endif
