// SPDX-License-Identifier: GPL-2.0-or-later
// RtlCore for a class that Verilator wrote: finds the pins by their names, at compile time
#ifndef INGOT_VERILATED_CORE_H
#define INGOT_VERILATED_CORE_H

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <type_traits>
#include <verilated.h>
#include <verilated_fst_c.h>
#include <verilated_save.h>

#include "platform/rtl/core.h"

namespace ingot {

// Verilator's own buffers are large, so these two live as long as their core.
class MemorySerialize final : public VerilatedSerialize {
public:
    MemorySerialize() { m_isOpen = true; }
    ~MemorySerialize() override { bytes_ = nullptr; }
    template <class V> void write(V &top, std::vector<uint8_t> &bytes)
    {
        bytes_ = &bytes;
        bytes.clear();
        m_cp = m_bufp;
        *this << top;
        flush();
    }
    void flush() override
    {
        if (bytes_) {
            bytes_->insert(bytes_->end(), m_bufp, m_cp);
        }
        m_cp = m_bufp;
    }

private:
    std::vector<uint8_t> *bytes_ = nullptr;
};

class MemoryDeserialize final : public VerilatedDeserialize {
public:
    MemoryDeserialize() { m_isOpen = true; }
    template <class V> void read(V &top, const std::vector<uint8_t> &bytes)
    {
        bytes_ = &bytes;
        pos_ = 0;
        m_cp = m_endp = m_bufp;
        fill();
        *this >> top;
    }

private:
    // Verilator wants 16 KiB ahead of each item, also at the end: what the buffer has there nobody reads.
    void fill() override
    {
        size_t left = m_endp - m_cp;
        memmove(m_bufp, m_cp, left);
        size_t more = std::min(bufferSize() - left, bytes_->size() - pos_);
        memcpy(m_bufp + left, bytes_->data() + pos_, more);
        pos_ += more;
        m_cp = m_bufp;
        m_endp = m_bufp + bufferSize();
    }
    const std::vector<uint8_t> *bytes_ = nullptr;
    size_t pos_ = 0;
};

// optional_pin_irq(core) is &core.irq, or a null pointer of type T if the class has no such member.
#define INGOT_OPTIONAL_PIN(pin)                                                                                 \
    template <class T, class V> auto optional_##pin(V &core, int) -> decltype((void)core.pin, static_cast<T *>(nullptr)) { return &core.pin; } \
    template <class T, class V> T *optional_##pin(V &, long) { return nullptr; }
INGOT_OPTIONAL_PIN(irq)
INGOT_OPTIONAL_PIN(idle)
INGOT_OPTIONAL_PIN(qactive)
INGOT_OPTIONAL_PIN(cycle)
INGOT_OPTIONAL_PIN(edge_ns)
INGOT_OPTIONAL_PIN(m_axi_arsize)
INGOT_OPTIONAL_PIN(m_axi_arburst)
INGOT_OPTIONAL_PIN(m_axi_awsize)
INGOT_OPTIONAL_PIN(m_axi_awburst)
#undef INGOT_OPTIONAL_PIN

template <class T, class R> auto last_seen(R &root, int) -> decltype((void)root.__Vtrigrprev__TOP__aclk, static_cast<T *>(nullptr)) { return &root.__Vtrigrprev__TOP__aclk; }
template <class T, class R> T *last_seen(R &, long) { return nullptr; }

template <class V, class = void> struct has_m_axi : std::false_type {};
template <class V> struct has_m_axi<V, std::void_t<decltype(std::declval<V &>().m_axi_araddr)>> : std::true_type {};

// Builds of one core differ in the check value that --savable puts first, or in length. A mark is a copy of the symbol table,
// which holds all of the model's state, where it is plain (all_in_one.cmake), else what --savable writes.
template <class V, class Syms, bool plain, bool rising_only> class RtlCoreImpl final : public RtlCore {
public:
    explicit RtlCoreImpl(const char *name) : context_(with_waves()), top_(std::make_unique<V>(context_.get(), name))
    {
        V &t = *top_;
        pins_.irq = optional_irq<uint8_t>(t, 0);
        pins_.idle = optional_idle<uint8_t>(t, 0);
        pins_.qactive = optional_qactive<uint8_t>(t, 0);
        pins_.cycle = optional_cycle<uint64_t>(t, 0);
        pins_.edge_ns = optional_edge_ns<uint64_t>(t, 0);
    }
    // AXI4-Lite and AXI4 under the names of README.md.
    void bind_axi()
    {
        V &t = *top_;
        pins_.aclk = &t.aclk;
        pins_.aresetn = &t.aresetn;
        pins_.s_axi = { &t.s_axi_awaddr, &t.s_axi_awvalid, &t.s_axi_awready, &t.s_axi_wdata, &t.s_axi_wstrb, &t.s_axi_wvalid,
                        &t.s_axi_wready, &t.s_axi_bresp, &t.s_axi_bvalid, &t.s_axi_bready, &t.s_axi_araddr, &t.s_axi_arvalid,
                        &t.s_axi_arready, &t.s_axi_rdata, &t.s_axi_rresp, &t.s_axi_rvalid, &t.s_axi_rready };
        if constexpr (has_m_axi<V>::value) {
            pins_.memory = MemoryProtocol::axi;
            pins_.m_axi = { &t.m_axi_araddr, &t.m_axi_arlen, optional_m_axi_arsize<uint8_t>(t, 0),
                            optional_m_axi_arburst<uint8_t>(t, 0), &t.m_axi_arvalid, &t.m_axi_arready, &t.m_axi_rdata,
                            &t.m_axi_rresp, &t.m_axi_rlast, &t.m_axi_rvalid, &t.m_axi_rready, &t.m_axi_awaddr, &t.m_axi_awlen,
                            optional_m_axi_awsize<uint8_t>(t, 0), optional_m_axi_awburst<uint8_t>(t, 0), &t.m_axi_awvalid,
                            &t.m_axi_awready, &t.m_axi_wdata, &t.m_axi_wstrb, &t.m_axi_wlast, &t.m_axi_wvalid,
                            &t.m_axi_wready, &t.m_axi_bresp, &t.m_axi_bvalid, &t.m_axi_bready };
        }
    }
    ~RtlCoreImpl() override
    {
        waves_close();
        top_->final();
    }

    V &top() { return *top_; }
    RtlPins &bind() { return pins_; }       // for what verilate.cmake writes
    void add_clock(const char *clock, uint8_t &pin, Clock period) { pins_.clocks.push_back({ clock, &pin, period }); }

    void eval() override { top_->eval(); }

    // Verilator finds an edge by what the clock was in the last evaluation: told that it was low, it need not see it.
    bool fall() override
    {
        uint8_t *seen = rising_only ? last_seen<uint8_t>(*top_->rootp, 0) : nullptr;
        if (seen) {
            *pins_.aclk = *seen = 0;
        }
        return seen;
    }

    void save(std::vector<uint8_t> &bytes) override { out_.write(*top_, bytes); }

    bool restore(const std::vector<uint8_t> &bytes) override
    {
        std::vector<uint8_t> own;
        save(own);
        if (own.size() != bytes.size() || !std::equal(own.begin(), own.begin() + check_bytes, bytes.begin())) {
            return false;
        }
        in_.read(*top_, bytes);
        return true;
    }

    void mark(unsigned slot) override
    {
        if constexpr (plain) {
            marked_[slot].resize(sizeof(Syms));
            memcpy(marked_[slot].data(), symbols(), sizeof(Syms));
        } else {
            out_.write(*top_, marked_[slot]);
        }
    }
    void back(unsigned slot) override
    {
        if constexpr (plain) {
            memcpy(symbols(), marked_[slot].data(), sizeof(Syms));
        } else {
            in_.read(*top_, marked_[slot]);
        }
    }
    bool same(unsigned a, unsigned b) const override { return marked_[a] == marked_[b]; }

    bool waves_open(const std::string &path, std::string &why) override
    {
        errno = 0;
        waves_close();
        if (!waves_) {      // its signals are declared once: the same object writes all files
            waves_ = std::make_unique<VerilatedFstC>();
            top_->trace(waves_.get(), 99);
        }
        waves_->open(path.c_str());
        if (!waves_->isOpen()) {
            why = path + ": " + (errno ? strerror(errno) : "cannot be written");
        }
        return waves_->isOpen();
    }
    void waves_show(seam_ps at) override { waves_->dump(at); }
    void waves_close() override
    {
        if (waves_ && waves_->isOpen()) {
            waves_->close();
        }
    }

private:
    static constexpr size_t check_bytes = 8;
    void *symbols() { return static_cast<Syms *>(top_->rootp->vlSymsp); }
    static std::unique_ptr<VerilatedContext> with_waves()
    {
        auto context = std::make_unique<VerilatedContext>();
        context->traceEverOn(true);
        return context;
    }
    const std::unique_ptr<VerilatedContext> context_;
    std::unique_ptr<V> top_;
    std::unique_ptr<VerilatedFstC> waves_;
    MemorySerialize out_;
    MemoryDeserialize in_;
    std::vector<uint8_t> marked_[marks];
};

}  // namespace ingot

#endif
