// SPDX-License-Identifier: GPL-2.0-or-later
// Wishbone slave: cycles of a core's master port become DMA
#include "platform/rtl/wishbone_memory.h"

#include <stdexcept>

namespace ingot {

enum { NOTHING, ACK, ERR };
constexpr uint64_t INCREMENTING = 2;        // CTI_O (B4 4.2)

WishboneMemory::WishboneMemory(const WishboneMasterPins &pins, Dma &dma) : MemoryBus(pins.stb.byte(), pins.stb.byte(), pins.stb.byte()), p_(pins), dma_(dma)
{
    if (!p_.stb || !p_.adr || !p_.dat_i || !p_.ack) {
        throw std::runtime_error("a Wishbone master needs stb_o, adr_o, dat_i and ack_i");
    }
}

void WishboneMemory::reset()
{
    s_ = {};
    p_.ack.set(0);
    p_.err.set(0);
    p_.dat_i.set(0);
    look();
}

void WishboneMemory::look()
{
    working_ = s_.wait || s_.answer;
    due_ = s_.wait == 1;
}

static void unchanged(bool same, const char *what)
{
    if (!same) {
        throw std::runtime_error(std::string(what) + " before ack_i (Wishbone B4 3.1.3, rules 3.25 and 3.60)");
    }
}

void WishboneMemory::sample_channels()
{
    const bool stb = p_.stb.get() && (!p_.cyc || p_.cyc.get());
    if (s_.wait) {
        unchanged(stb, "m_wb_stb_o or m_wb_cyc_o fell");
        unchanged(p_.adr.get() == s_.adr, "m_wb_adr_o changed");
        unchanged(p_.we.get() == s_.we, "m_wb_we_o changed");
        unchanged(!s_.we || p_.dat_o.get() == s_.dat, "m_wb_dat_o changed");
    } else if (!s_.answer && stb) {
        uint64_t all = (1u << p_.dat_i.bytes()) - 1;
        s_ = { s_.burst ? 1u : latency - 1, NOTHING, p_.adr.get(), p_.we.get(), p_.sel ? p_.sel.get() & all : all, p_.dat_o.get(), s_.burst };
        s_.wait++;      // this edge has seen it
    }
    if (!stb && !s_.answer) {
        s_.burst = 0;
    }
}

void WishboneMemory::transfer()
{
    unsigned first = __builtin_ctzll(s_.sel | 0x100), count = __builtin_popcountll(s_.sel);
    if (!s_.sel || s_.sel != ((1u << count) - 1) << first) {
        throw std::runtime_error("m_wb_sel_o names no neighbouring bytes");
    }
    uint64_t at = (p_.word_address ? s_.adr * p_.dat_i.bytes() : s_.adr - s_.adr % p_.dat_i.bytes()) + first, word = s_.dat >> first * 8;
    seam_result r;
    if (s_.we) {
        r = dma_.dma_write(at, &word, count);
    } else {
        word = 0;
        r = dma_.dma_read(at, &word, count);
        p_.dat_i.set(r == SEAM_OK ? word << first * 8 : 0);
    }
    s_.answer = r == SEAM_OK ? ACK : ERR;
}

// Little-endian hosts only: the word's bytes are the lanes' (as everywhere here).
bool WishboneMemory::drive_channels()
{
    bool driven = false;
    if (s_.answer) {
        s_.burst = p_.cti && p_.cti.get() == INCREMENTING;
        s_.answer = NOTHING;
        p_.ack.set(0);
        p_.err.set(0);
        driven = true;
    } else if (s_.wait && --s_.wait == 0) {
        transfer();
        p_.ack.set(s_.answer == ACK);
        p_.err.set(s_.answer == ERR);
        driven = true;
    }
    look();
    return driven;
}

void WishboneMemory::back(unsigned slot)
{
    s_ = marked_[slot];
    look();
}

void WishboneMemory::save(struct state *out) const { state_put(out, "m_wb", &s_, sizeof s_); }

void WishboneMemory::load(struct state *in)
{
    state_get(in, "m_wb", &s_, sizeof s_);
    look();
}

}  // namespace ingot
