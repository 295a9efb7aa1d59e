// SPDX-License-Identifier: GPL-2.0-or-later
// AXI4 slave: bursts of a core's master port become DMA of the platform
#include "platform/rtl/axi_memory.h"

#include <cstring>
#include <stdexcept>

namespace ingot {

enum { OKAY = 0, SLVERR = 2, DECERR = 3 };      // AXI4 A3.4.4
constexpr uint64_t INCR = 1, PAGE = 4096, LANES = 8;

static uint8_t response(seam_result r) { return r == SEAM_OK ? OKAY : r == SEAM_SLAVE_ERROR ? SLVERR : DECERR; }

void AxiMemory::reset()
{
    s_ = {};
    *p_.arready = *p_.awready = 1;
    *p_.wready = *p_.rvalid = *p_.rlast = *p_.rresp = *p_.bvalid = *p_.bresp = 0;
    *p_.rdata = 0;
    look();
}

void AxiMemory::look()
{
    working_ = s_.read != IDLE || s_.write != IDLE || s_.wd.valid;
    due_ = (s_.read == LATENCY && s_.r.wait == 1) || (s_.write == LATENCY && s_.w.wait == 1);
}

// A3.2.1: once VALID is asserted it stays, with what it announces, until READY.
void AxiMemory::hold(Waiting &w, bool valid, bool ready, uint64_t value, const char *channel, const char *what)
{
    if (w.valid && !valid) {
        throw std::runtime_error(std::string("m_axi_") + channel + "valid fell before m_axi_" + channel + "ready (AXI A3.2.1)");
    }
    if (w.valid && value != w.value) {
        throw std::runtime_error(std::string("m_axi_") + what + " changed before m_axi_" + channel + "ready (AXI A3.2.1)");
    }
    w = { valid && !ready, value };
}

void AxiMemory::sample_channels()
{
    hold(s_.ar, *p_.arvalid, *p_.arready, *p_.araddr, "ar", "araddr");
    hold(s_.aw, *p_.awvalid, *p_.awready, *p_.awaddr, "aw", "awaddr");
    hold(s_.wd, *p_.wvalid, *p_.wready, *p_.wdata, "w", "wdata");
    ar_ = *p_.arvalid && *p_.arready;
    r_ = *p_.rvalid && *p_.rready;
    aw_ = *p_.awvalid && *p_.awready;
    wd_ = *p_.wvalid && *p_.wready;
    b_ = *p_.bvalid && *p_.bready;
    if (ar_) {
        open(s_.r, "ar", *p_.araddr, *p_.arlen, p_.arsize, p_.arburst);
    }
    if (aw_) {
        open(s_.w, "aw", *p_.awaddr, *p_.awlen, p_.awsize, p_.awburst);
    }
    if (wd_) {
        take_write_beat();
    }
}

void AxiMemory::open(Burst &b, const char *channel, uint64_t addr, unsigned len, const uint8_t *size, const uint8_t *burst)
{
    std::string pin = std::string("m_axi_") + channel;
    uint64_t bytes = size ? uint64_t(1) << *size : LANES, aligned = addr & ~(bytes - 1);
    if (bytes > LANES) {
        throw std::runtime_error(pin + "size is wider than the bus (AXI A3.4.1)");
    }
    if (burst && *burst != INCR) {
        throw std::runtime_error(pin + "burst is not INCR: other bursts are not offered");
    }
    if (aligned / PAGE != (aligned + (len + 1) * bytes - 1) / PAGE) {
        throw std::runtime_error(pin + "addr and len cross a 4 KiB boundary (AXI A3.4.1)");
    }
    b.addr = addr;
    b.offset = addr - aligned;
    b.beats = len + 1;
    b.span = b.beats * bytes;
    b.size = bytes;
    b.beat = 0;
    b.wait = latency - 1;
    memset(b.data, 0, b.span);
    memset(b.strobe, 0, b.span);
}

// Address of the beat's lowest byte, aligned to its size (A3.4.1).
uint64_t AxiMemory::beat_addr(const Burst &b) const { return b.addr - b.offset + b.beat * b.size; }

void AxiMemory::take_write_beat()
{
    Burst &b = s_.w;
    bool last = b.beat + 1 == b.beats;
    if (last != (*p_.wlast != 0)) {
        throw std::runtime_error(last ? "m_axi_wlast is low in the last beat" : "m_axi_wlast is high before the last beat");
    }
    unsigned lane = beat_addr(b) % LANES;
    for (unsigned i = 0; i < LANES; i++) {
        bool strobe = *p_.wstrb >> i & 1;
        if (strobe && (i < lane || i >= lane + b.size || (b.beat == 0 && i < lane + b.offset))) {
            throw std::runtime_error("m_axi_wstrb names a lane outside of the transfer (AXI A3.4.3)");
        }
        if (strobe) {
            uint64_t at = b.beat * b.size + i - lane;
            b.data[at] = *p_.wdata >> 8 * i;
            b.strobe[at] = 1;
        }
    }
    b.beat++;
}

void AxiMemory::finish_write()
{
    Burst &b = s_.w;
    seam_result worst = SEAM_OK;
    for (uint64_t from = 0, to; from < b.span; from = to) {
        to = from + 1;
        if (b.strobe[from]) {
            while (to < b.span && b.strobe[to]) {
                to++;
            }
            seam_result r = dma_.dma_write(b.addr - b.offset + from, b.data + from, to - from);
            worst = worst == SEAM_OK ? r : worst;
        }
    }
    b.resp = response(worst);
}

void AxiMemory::finish_read()
{
    Burst &b = s_.r;
    b.resp = response(dma_.dma_read(b.addr, b.data + b.offset, b.span - b.offset));
    if (b.resp != OKAY) {
        memset(b.data, 0, b.span);
    }
}

void AxiMemory::put_read_beat()
{
    const Burst &b = s_.r;
    unsigned lane = beat_addr(b) % LANES;
    uint64_t data = 0;
    memcpy(reinterpret_cast<uint8_t *>(&data) + lane, b.data + b.beat * b.size, b.size);
    *p_.rdata = data;
    *p_.rresp = b.resp;
    *p_.rlast = b.beat + 1 == b.beats;
    *p_.rvalid = 1;
}

// False where nothing is driven: beats that the core writes, and waiting.
bool AxiMemory::drive_channels()
{
    bool driven = ar_ || r_ || aw_ || b_;
    if (ar_) {
        s_.read = LATENCY;
        *p_.arready = 0;
    } else if (s_.read == LATENCY && --s_.r.wait == 0) {
        finish_read();
        s_.read = DATA;
        put_read_beat();
        driven = true;
    } else if (r_) {
        if (++s_.r.beat == s_.r.beats) {
            s_.read = IDLE;
            *p_.rvalid = *p_.rlast = *p_.rresp = 0;
            *p_.rdata = 0;
            *p_.arready = 1;
        } else {
            put_read_beat();
        }
    }

    if (aw_) {
        s_.write = DATA;
        *p_.awready = 0;
        *p_.wready = 1;
    } else if (wd_ && s_.w.beat == s_.w.beats) {
        s_.write = LATENCY;
        *p_.wready = 0;
        driven = true;
    } else if (s_.write == LATENCY && --s_.w.wait == 0) {
        finish_write();
        s_.write = RESPONSE;
        *p_.bvalid = 1;
        *p_.bresp = s_.w.resp;
        driven = true;
    } else if (b_) {
        s_.write = IDLE;
        *p_.bvalid = *p_.bresp = 0;
        *p_.awready = 1;
    }
    look();
    return driven;
}

// Of a burst, what it has; of none, nothing.
void AxiMemory::copy(Burst &to, const Burst &from)
{
    memcpy(&to, &from, offsetof(Burst, data));
    memcpy(to.data, from.data, from.span);
    memcpy(to.strobe, from.strobe, from.span);
}

void AxiMemory::mark(unsigned slot) { copy(marked_[slot], s_); }

void AxiMemory::back(unsigned slot)
{
    copy(s_, marked_[slot]);
    look();
}

void AxiMemory::copy(State &to, const State &from)
{
    to.read = from.read;
    to.write = from.write;
    to.ar = from.ar;
    to.aw = from.aw;
    to.wd = from.wd;
    if (from.read != IDLE) {
        copy(to.r, from.r);
    }
    if (from.write != IDLE) {
        copy(to.w, from.w);
    }
}

// What an ended burst has left is not state: it depends on what was run ahead and taken back.
void AxiMemory::save(struct state *out) const
{
    State s = {};
    copy(s, s_);
    state_put(out, "m_axi", &s, sizeof s);
}

void AxiMemory::load(struct state *in)
{
    state_get(in, "m_axi", &s_, sizeof s_);
    look();
}

}  // namespace ingot
