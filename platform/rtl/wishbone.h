// SPDX-License-Identifier: GPL-2.0-or-later
// Wishbone B3 and B4 master, classic single cycles
#ifndef INGOT_WISHBONE_H
#define INGOT_WISHBONE_H

#include "platform/rtl/core.h"
#include "platform/rtl/register_bus.h"

namespace ingot {

// Data of 8 to 64 bits; without SEL_I whole words only. ERR_O is SLAVE_ERROR; after RTY_O the cycle is tried again.
class Wishbone final : public RegisterBus {
public:
    explicit Wishbone(const WishbonePins &pins);

    void release() override;
    bool carries(bool write, uint64_t offset, unsigned size) const override;
    void start(bool write, uint64_t offset, unsigned size, uint64_t data) override;
    const char *missing() const override { return "ack_o"; }

private:
    void sample_access() override;
    void drive_access() override;

    const WishbonePins p_;
    bool write_ = false, retry_ = false;
    unsigned shift_ = 0;
    uint64_t mask_ = 0;
};

}  // namespace ingot

#endif
