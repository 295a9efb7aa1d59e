// SPDX-License-Identifier: GPL-2.0-or-later
// APB requester: setup phase, access phase, wait states (IHI 0024 3.1, 3.2)
#include "platform/rtl/apb.h"

#include <stdexcept>

namespace ingot {

// A completer's PREADY means nothing outside of a transfer, so there is no pin to look at then.
Apb::Apb(const ApbPins &pins) : RegisterBus(Pin().byte(), Pin().byte()), p_(pins)
{
    if (!p_.psel || !p_.penable || !p_.paddr || !p_.pwrite || !p_.pwdata || !p_.prdata) {
        throw std::runtime_error("an APB core needs psel, penable, paddr, pwrite, pwdata and prdata");
    }
}

void Apb::release()
{
    p_.psel.set(0);
    p_.penable.set(0);
    active_ = false;
}

// Parts of a word: writes where PSTRB says which bytes (3.4), reads always.
bool Apb::carries(bool write, uint64_t offset, unsigned size) const
{
    unsigned width = p_.pwdata.bytes();
    return size <= width && offset % size == 0 && (!write || size == width || p_.pstrb);
}

void Apb::start(bool write, uint64_t offset, unsigned size, uint64_t data)
{
    unsigned lane = offset % p_.pwdata.bytes();
    shift_ = lane * 8;
    p_.paddr.set(offset - lane);
    p_.pwrite.set(write);
    p_.pwdata.set(write ? data << shift_ : 0);
    p_.pstrb.set(write ? ((1u << size) - 1) << lane : 0);       // low for reads (3.4.3)
    p_.pprot.set(0);
    p_.psel.set(1);
    p_.penable.set(0);
    active_ = true;
    write_ = write;
    done_ = false;
}

void Apb::sample_access()
{
    if (!p_.penable.get() || (p_.pready && !p_.pready.get())) {
        return;
    }
    result_ = p_.pslverr.get() ? SEAM_SLAVE_ERROR : SEAM_OK;
    data_ = write_ ? 0 : p_.prdata.get() >> shift_;
    done_ = true;
}

void Apb::drive_access()
{
    if (done_) {
        release();
    } else {
        p_.penable.set(1);
    }
}

}  // namespace ingot
