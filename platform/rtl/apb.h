// SPDX-License-Identifier: GPL-2.0-or-later
// APB3 and APB4 requester (AMBA APB, IHI 0024): one transfer at a time
#ifndef INGOT_APB_H
#define INGOT_APB_H

#include "platform/rtl/core.h"
#include "platform/rtl/register_bus.h"

namespace ingot {

// PREADY and PSLVERR may be missing (APB2), PSTRB and PPROT are APB4's.
class Apb final : public RegisterBus {
public:
    explicit Apb(const ApbPins &pins);

    void release() override;
    bool carries(bool write, uint64_t offset, unsigned size) const override;
    void start(bool write, uint64_t offset, unsigned size, uint64_t data) override;
    const char *missing() const override { return "pready"; }

private:
    void sample_access() override;
    void drive_access() override;

    const ApbPins p_;
    bool write_ = false;
    unsigned shift_ = 0;        // of the access's lowest bit on the bus
};

}  // namespace ingot

#endif
