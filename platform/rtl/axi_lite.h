// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4-Lite master: one register access at a time, with the slave's rules checked
#ifndef INGOT_AXI_LITE_H
#define INGOT_AXI_LITE_H

#include "platform/rtl/core.h"
#include "platform/seam/seam.h"

namespace ingot {

// Per edge: sample() when inputs have settled before it, drive() after it. Both throw std::runtime_error for a core that
// breaks the protocol. Nothing to save: between the platform's calls no access is in work.
class AxiLite {
public:
    explicit AxiLite(const AxiLitePins &pins) : p_(pins) {}

    void release();                                                 // no access: all inputs low
    void start(bool write, uint16_t addr, uint32_t data);
    bool done() const { return done_; }
    seam_result result() const { return result_; }
    uint32_t data() const { return data_; }
    const char *missing() const;                                    // signal that an unfinished access waits for

    void sample()
    {
        if (active_ || *p_.bvalid || *p_.rvalid) {
            sample_access();
        }
    }
    void drive()
    {
        if (active_) {
            drive_access();
        }
    }

private:
    void sample_access();
    void drive_access();

    const AxiLitePins p_;
    bool active_ = false, write_ = false, done_ = false;
    bool takes_addr_ = false, takes_data_ = false;
    seam_result result_ = SEAM_OK;
    uint32_t data_ = 0;
};

}  // namespace ingot

#endif
