// SPDX-License-Identifier: GPL-2.0-or-later
// A Verilated core as the platform sees it: pins, one clock, and its whole state as bytes
//
// Fixed pin names: aclk, aresetn; s_axi_* (AXI4-Lite, 32-bit data); optional m_axi_* (AXI4 master, 64-bit data and address,
// INCR bursts); irq; optional idle (1: nothing changes without a bus access) and cycle (input: count of clock edges).
#ifndef INGOT_RTL_CORE_H
#define INGOT_RTL_CORE_H

#include <cstdint>
#include <string>
#include <vector>

// AMBA AXI4-Lite slave side, from the core's view: in = driven by the platform.
struct RtlIn {
    uint32_t s_awaddr, s_wdata, s_araddr;
    uint8_t s_wstrb, s_awvalid, s_wvalid, s_bready, s_arvalid, s_rready;
    uint8_t m_arready, m_rvalid, m_rlast, m_rresp, m_awready, m_wready, m_bvalid, m_bresp;
    uint64_t m_rdata;
    uint64_t cycle;
    uint8_t resetn;
};

struct RtlOut {
    uint32_t s_rdata;
    uint8_t s_awready, s_wready, s_bvalid, s_bresp, s_arready, s_rvalid, s_rresp;
    uint64_t m_araddr, m_awaddr, m_wdata;
    uint8_t m_arvalid, m_arlen, m_rready, m_awvalid, m_awlen, m_wvalid, m_wstrb, m_wlast, m_bready;
    uint8_t irq, idle;
};

class RtlCore {
public:
    virtual ~RtlCore() = default;
    virtual void settle(const RtlIn &in, RtlOut &out) = 0;  // clock low: combinational outputs for these inputs
    virtual void edge(const RtlIn &in, RtlOut &out) = 0;    // rising edge with these inputs, then its outputs
    virtual void save(std::vector<uint8_t> &bytes) = 0;
    virtual void load(const std::vector<uint8_t> &bytes) = 0;
};

#endif
