// SPDX-License-Identifier: GPL-2.0-or-later
// Wishbone master: one classic cycle (B4 3.2)
#include "platform/rtl/wishbone.h"

#include <stdexcept>

namespace ingot {

Wishbone::Wishbone(const WishbonePins &pins) : RegisterBus(pins.ack.byte(), pins.err.byte()), p_(pins)
{
    if (!p_.stb || !p_.adr || !p_.we || !p_.dat_i || !p_.dat_o || !p_.ack) {
        throw std::runtime_error("a Wishbone core needs stb_i, adr_i, we_i, dat_i, dat_o and ack_o");
    }
}

void Wishbone::release()
{
    p_.cyc.set(0);
    p_.stb.set(0);
    p_.we.set(0);
    active_ = retry_ = false;
}

bool Wishbone::carries(bool, uint64_t offset, unsigned size) const
{
    unsigned width = p_.dat_i.bytes();
    return size <= width && offset % size == 0 && (size == width || p_.sel);
}

void Wishbone::start(bool write, uint64_t offset, unsigned size, uint64_t data)
{
    unsigned width = p_.dat_i.bytes(), lane = offset % width;
    shift_ = lane * 8;
    mask_ = size == 8 ? UINT64_MAX : (uint64_t(1) << size * 8) - 1;
    p_.adr.set(p_.word_address ? offset / width : offset - lane);
    p_.we.set(write);
    p_.sel.set(((1u << size) - 1) << lane);
    p_.dat_i.set(write ? data << shift_ : 0);
    p_.cyc.set(1);
    p_.stb.set(1);
    active_ = true;
    write_ = write;
    done_ = retry_ = false;
}

void Wishbone::sample_access()
{
    const bool ack = p_.ack.get(), err = p_.err.get(), rty = p_.rty.get();
    if (!active_ || retry_) {
        if (ack || err) {
            throw std::runtime_error(std::string(ack ? "ack_o" : "err_o") + " without a cycle in work (Wishbone B4 3.1.3, rule 3.35)");
        }
        return;
    }
    if (ack + err + rty > 1) {
        throw std::runtime_error("more than one of ack_o, err_o and rty_o (Wishbone B4 3.1.3, rule 3.45)");
    }
    if (ack || err) {
        result_ = err ? SEAM_SLAVE_ERROR : SEAM_OK;
        data_ = write_ ? 0 : p_.dat_o.get() >> shift_ & mask_;
        done_ = true;
    }
    retry_ = rty;
}

// After RTY_O one clock without STB_I, then the same again.
void Wishbone::drive_access()
{
    if (done_) {
        release();
    } else {
        p_.stb.set(!retry_);
        retry_ = false;
    }
}

}  // namespace ingot
