// SPDX-License-Identifier: GPL-2.0-or-later
// RtlCore for a class that Verilator generated: pins that a core does not have are left out at compile time
#ifndef INGOT_RTL_VERILATED_H
#define INGOT_RTL_VERILATED_H

#include <cstring>
#include <memory>
#include <type_traits>
#include <verilated.h>
#include <verilated_save.h>

#include "platform/rtl/rtl_core.h"

class MemorySerialize final : public VerilatedSerialize {
public:
    explicit MemorySerialize(std::vector<uint8_t> &bytes) : bytes_(bytes) { m_isOpen = true; }
    ~MemorySerialize() override { MemorySerialize::flush(); }
    void flush() override
    {
        bytes_.insert(bytes_.end(), m_bufp, m_cp);
        m_cp = m_bufp;
    }
private:
    std::vector<uint8_t> &bytes_;
};

class MemoryDeserialize final : public VerilatedDeserialize {
public:
    explicit MemoryDeserialize(const std::vector<uint8_t> &bytes) : bytes_(bytes)
    {
        m_isOpen = true;
        m_cp = m_endp = m_bufp;
    }
private:
    void fill() override
    {
        size_t left = m_endp - m_cp;
        memmove(m_bufp, m_cp, left);
        m_cp = m_bufp;
        size_t more = std::min(bufferSize() - left, bytes_.size() - pos_);
        memcpy(m_bufp + left, bytes_.data() + pos_, more);
        pos_ += more;
        m_endp = m_bufp + left + more;
        memset(m_endp, 0, bufferSize() - left - more);
    }
    const std::vector<uint8_t> &bytes_;
    size_t pos_ = 0;
};

#define INGOT_HAS_PIN(pin)                                                                  \
    template <class V, class = void> struct has_##pin : std::false_type {};                 \
    template <class V> struct has_##pin<V, std::void_t<decltype(std::declval<V &>().pin)>> : std::true_type {};
INGOT_HAS_PIN(m_axi_araddr)
INGOT_HAS_PIN(idle)
INGOT_HAS_PIN(cycle)
#undef INGOT_HAS_PIN

template <class V>
class RtlVerilated final : public RtlCore {
public:
    RtlVerilated() : core_(std::make_unique<V>(&context_, "top"))
    {
        core_->aclk = 0;
        core_->aresetn = 0;
        core_->eval();
    }
    ~RtlVerilated() override { core_->final(); }

    void settle(const RtlIn &in, RtlOut &out) override
    {
        core_->aclk = 0;
        drive(in);
        core_->eval();
        sample(out);
    }
    void edge(const RtlIn &in, RtlOut &out) override
    {
        drive(in);
        core_->aclk = 1;
        core_->eval();
        sample(out);
    }
    void save(std::vector<uint8_t> &bytes) override
    {
        MemorySerialize os(bytes);
        os << *core_;
    }
    void load(const std::vector<uint8_t> &bytes) override
    {
        MemoryDeserialize is(bytes);
        is >> *core_;
    }

private:
    void drive(const RtlIn &in)
    {
        core_->aresetn = in.resetn;
        core_->s_axi_awaddr = in.s_awaddr;
        core_->s_axi_awvalid = in.s_awvalid;
        core_->s_axi_wdata = in.s_wdata;
        core_->s_axi_wstrb = in.s_wstrb;
        core_->s_axi_wvalid = in.s_wvalid;
        core_->s_axi_bready = in.s_bready;
        core_->s_axi_araddr = in.s_araddr;
        core_->s_axi_arvalid = in.s_arvalid;
        core_->s_axi_rready = in.s_rready;
        if constexpr (has_cycle<V>::value) {
            core_->cycle = in.cycle;
        }
        if constexpr (has_m_axi_araddr<V>::value) {
            core_->m_axi_arready = in.m_arready;
            core_->m_axi_rvalid = in.m_rvalid;
            core_->m_axi_rdata = in.m_rdata;
            core_->m_axi_rresp = in.m_rresp;
            core_->m_axi_rlast = in.m_rlast;
            core_->m_axi_awready = in.m_awready;
            core_->m_axi_wready = in.m_wready;
            core_->m_axi_bvalid = in.m_bvalid;
            core_->m_axi_bresp = in.m_bresp;
        }
    }
    void sample(RtlOut &out)
    {
        out.s_awready = core_->s_axi_awready;
        out.s_wready = core_->s_axi_wready;
        out.s_bvalid = core_->s_axi_bvalid;
        out.s_bresp = core_->s_axi_bresp;
        out.s_arready = core_->s_axi_arready;
        out.s_rvalid = core_->s_axi_rvalid;
        out.s_rdata = core_->s_axi_rdata;
        out.s_rresp = core_->s_axi_rresp;
        out.irq = core_->irq;
        out.idle = 0;
        if constexpr (has_idle<V>::value) {
            out.idle = core_->idle;
        }
        if constexpr (has_m_axi_araddr<V>::value) {
            out.m_arvalid = core_->m_axi_arvalid;
            out.m_araddr = core_->m_axi_araddr;
            out.m_arlen = core_->m_axi_arlen;
            out.m_rready = core_->m_axi_rready;
            out.m_awvalid = core_->m_axi_awvalid;
            out.m_awaddr = core_->m_axi_awaddr;
            out.m_awlen = core_->m_axi_awlen;
            out.m_wvalid = core_->m_axi_wvalid;
            out.m_wdata = core_->m_axi_wdata;
            out.m_wstrb = core_->m_axi_wstrb;
            out.m_wlast = core_->m_axi_wlast;
            out.m_bready = core_->m_axi_bready;
        }
    }
    VerilatedContext context_;
    std::unique_ptr<V> core_;
};

#endif
