// SPDX-License-Identifier: GPL-2.0-or-later
// A clock's rising edges on platform time, without drift
#ifndef INGOT_CLOCK_H
#define INGOT_CLOCK_H

#include <string>

#include "platform/seam/seam.h"

namespace ingot {

// Edge k (1, 2, …) is at k times the period, rounded down to the ps; edge 0 is power-on. The period is a whole number of
// ps, or 10^12 / Hz exactly: 33.333 MHz does not drift. Edges up to 2^40 times 10^12 / Hz or so are exact (128 bits).
class Clock {
public:
    static Clock of_period(seam_ps ps) { return Clock(ps, 1); }                // ps >= 1
    static Clock of_hz(uint64_t hz) { return Clock(1000000000000u, hz); }      // 1 <= hz <= 10^12

    seam_ps edge(uint64_t k) const { return den_ == 1 ? k * num_ : seam_ps(wide(k) * num_ / den_); }
    // Number of the last edge at or before `at`.
    uint64_t last(seam_ps at) const { return den_ == 1 ? at / num_ : uint64_t(((wide(at) + 1) * den_ + num_ - 1) / num_ - 1); }
    seam_ps half() const { return num_ / den_ / 2; }
    std::string text() const { return den_ == 1 ? std::to_string(num_) + "ps" : std::to_string(num_) + "/" + std::to_string(den_) + "ps"; }
    bool operator==(const Clock &o) const { return num_ == o.num_ && den_ == o.den_; }

private:
    __extension__ typedef unsigned __int128 wide;
    Clock(uint64_t num, uint64_t den) : num_(num % den ? num : num / den), den_(num % den ? den : 1) {}

    uint64_t num_, den_;
};

}  // namespace ingot

#endif
