// SPDX-License-Identifier: GPL-2.0-or-later
// A Verilated core as the platform sees it: its pins, evaluation, and its whole state in memory
#ifndef INGOT_CORE_H
#define INGOT_CORE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "platform/rtl/clock.h"
#include "platform/rtl/pin.h"

namespace ingot {

// AXI4 master port: the core asks, the platform is the memory (AMBA AXI4, A2). Absent pins are null.
struct AxiMasterPins {
    uint64_t *araddr;
    uint8_t *arlen, *arsize, *arburst, *arvalid, *arready;      // arsize, arburst optional: 8 bytes, INCR
    uint64_t *rdata;
    uint8_t *rresp, *rlast, *rvalid, *rready;
    uint64_t *awaddr;
    uint8_t *awlen, *awsize, *awburst, *awvalid, *awready;      // awsize, awburst optional
    uint64_t *wdata;
    uint8_t *wstrb, *wlast, *wvalid, *wready;
    uint8_t *bresp, *bvalid, *bready;
};

// AXI4-Lite slave port: the platform asks, the core answers (B1).
struct AxiLitePins {
    uint16_t *awaddr;                                           // 12 bits
    uint8_t *awvalid, *awready;
    uint32_t *wdata;
    uint8_t *wstrb, *wvalid, *wready;
    uint8_t *bresp, *bvalid, *bready;
    uint16_t *araddr;
    uint8_t *arvalid, *arready;
    uint32_t *rdata;
    uint8_t *rresp, *rvalid, *rready;
};

// APB completer (IHI 0024). pready, pslverr, pstrb and pprot may be missing.
struct ApbPins {
    Pin paddr, psel, penable, pwrite, pwdata, prdata, pready, pslverr, pstrb, pprot;
};

// Wishbone slave (B3, B4), the signals from its side. cyc, sel, err and rty may be missing.
struct WishbonePins {
    Pin adr, dat_i, dat_o, we, sel, stb, cyc, ack, err, rty;
    bool word_address;          // adr_i counts words, not bytes
};

// Wishbone master, the signals from its side. we, dat_o, sel, cyc, err and cti may be missing.
struct WishboneMasterPins {
    Pin adr, dat_i, dat_o, we, sel, stb, cyc, ack, err, cti;
    bool word_address;
};

enum class RegisterProtocol { axi_lite, apb, wishbone };
enum class MemoryProtocol { none, axi, wishbone };

// A clock besides the bus's: its own pin, its own period.
struct RtlClock {
    const char *name;
    uint8_t *pin;
    Clock clock;
};

struct RtlPins {
    uint8_t *aclk, *aresetn;    // of the register bus, whatever the core calls them; aresetn may be null
    bool reset_high;            // aresetn is active high
    RegisterProtocol registers;
    MemoryProtocol memory;
    ApbPins apb;
    WishbonePins wb;
    WishboneMasterPins m_wb;
    std::vector<RtlClock> clocks;   // besides aclk
    AxiLitePins s_axi;
    AxiMasterPins m_axi;
    uint8_t *irq, *idle;        // optional; bit n of irq is line n (at most 8)
    uint8_t *qactive;           // optional: Q-Channel's QACTIVE (AMBA LPI, IHI 0068), low is idle
    uint64_t *cycle;            // optional input: number of the edge of aclk to come
    uint64_t *edge_ns;          // optional input: its time in ns, rounded down
};

// The pins stay where they are as long as the core lives. eval may throw std::exception ($finish, $stop, a fatal error).
class RtlCore {
public:
    virtual ~RtlCore() = default;
    const RtlPins &pins() const { return pins_; }
    virtual void eval() = 0;
    // aclk is low, when no input has changed since the last eval: true, and eval need not be called for it.
    virtual bool fall() = 0;
    virtual void save(std::vector<uint8_t> &bytes) = 0;         // replaces the content
    virtual bool restore(const std::vector<uint8_t> &bytes) = 0;    // false: of another core, or another build of it
    // The state now, kept inside, and back to it. Slots 0 to marks - 1; far cheaper than save and restore.
    static constexpr unsigned marks = 4;
    virtual void mark(unsigned slot) = 0;
    virtual void back(unsigned slot) = 0;
    virtual bool same(unsigned a, unsigned b) const = 0;        // two marks are equal
    // A waveform of all signals (FST). open: false and the reason; shown at times that go up; closed by the destructor too.
    virtual bool waves_open(const std::string &path, std::string &why) = 0;
    virtual void waves_show(seam_ps at) = 0;
    virtual void waves_close() = 0;

protected:
    RtlPins pins_ = {};
};

}  // namespace ingot

#endif
