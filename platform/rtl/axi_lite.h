// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4-Lite master: one register access at a time, with the slave's rules checked
#ifndef INGOT_AXI_LITE_H
#define INGOT_AXI_LITE_H

#include "platform/rtl/core.h"
#include "platform/rtl/register_bus.h"

namespace ingot {

class AxiLite final : public RegisterBus {
public:
    explicit AxiLite(const AxiLitePins &pins) : RegisterBus(pins.bvalid, pins.rvalid), p_(pins) {}

    void release() override;
    bool carries(bool, uint64_t offset, unsigned size) const override { return size == 4 && offset % 4 == 0; }
    void start(bool write, uint64_t offset, unsigned size, uint64_t data) override;
    const char *missing() const override;

private:
    void sample_access() override;
    void drive_access() override;

    const AxiLitePins p_;
    bool write_ = false, takes_addr_ = false, takes_data_ = false;
};

}  // namespace ingot

#endif
