// SPDX-License-Identifier: GPL-2.0-or-later
// A register bus seen from its master, the platform: one access at a time
#ifndef INGOT_REGISTER_BUS_H
#define INGOT_REGISTER_BUS_H

#include "platform/seam/seam.h"

namespace ingot {

// Per edge of the bus clock: sample() when inputs have settled before it, drive() after it. Both throw std::runtime_error,
// with the signal and the rule, for a core that breaks the protocol. Nothing to save: between the platform's calls no
// access is in work, and the pins' levels are part of the core.
class RegisterBus {
public:
    virtual ~RegisterBus() = default;

    virtual void release() = 0;             // no access: all of the master's outputs at rest
    // What the bus can carry; another access is refused without a clock.
    virtual bool carries(bool write, uint64_t offset, unsigned size) const = 0;
    virtual void start(bool write, uint64_t offset, unsigned size, uint64_t data) = 0;
    virtual const char *missing() const = 0;        // signal that an unfinished access waits for
    bool done() const { return done_; }
    seam_result result() const { return result_; }
    uint64_t data() const { return data_; }         // of a read, in the low bits

    void sample()
    {
        if (active_ || *answer_[0] || *answer_[1]) {
            sample_access();
        }
    }
    bool drive()                            // true: pins may have changed
    {
        if (active_) {
            drive_access();
            return true;
        }
        return false;
    }

protected:
    // Pins with which the core answers: high without an access is looked at too. A bus with one passes it twice.
    RegisterBus(const uint8_t *answer, const uint8_t *other) : answer_{answer, other} {}
    virtual void sample_access() = 0;
    virtual void drive_access() = 0;

    bool active_ = false, done_ = false;
    seam_result result_ = SEAM_OK;
    uint64_t data_ = 0;

private:
    const uint8_t *const answer_[2];
};

}  // namespace ingot

#endif
