// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a Verilated core: the exact reference adapter, which runs each clock edge at its own time
#include "platform/rtl/rtl_host.h"

#include <cstring>

namespace ingot {

enum { AXI_OKAY = 0, AXI_SLVERR = 2, AXI_DECERR = 3 };     // AXI4 A3.4.4

static uint8_t axi_resp(seam_result r)
{
    return r == SEAM_OK ? AXI_OKAY : r == SEAM_SLAVE_ERROR ? AXI_SLVERR : AXI_DECERR;
}

RtlHost::RtlHost(const DeviceContext &context, RtlCore *core) : Device(context), core_(core), alarm_(*this, [this] { on_alarm(); }) {}

void RtlHost::reset()
{
    alarm_.disarm();
    irqs_.clear();
    memory_ = {};
    in_ = {};
    broken_ = false;
    next_ = (now() + context().clock_ps - 1) / context().clock_ps;
    for (int i = 0; i < 4; i++) {   // reset is held for four clocks that take no time of the platform
        core_->settle(in_, out_);
        core_->edge(in_, out_);
    }
    in_.resetn = 1;
    core_->settle(in_, out_);
    if (irq_) {
        irq(0, false);
    }
    irq_ = 0;
    schedule();
}

void RtlHost::broken(const char *what)
{
    broken_ = true;
    stop(std::string("RTL: ") + what + " at clock edge " + std::to_string(next_));
}

/* What the memory drives before the edge: its state decides, as a registered slave's would. */
void RtlHost::memory_before(RtlIn &in)
{
    in.m_arready = memory_.read_beat == memory_.read_beats;
    in.m_rvalid = memory_.read_beat < memory_.read_beats;
    in.m_rdata = in.m_rvalid ? memory_.read_data[memory_.read_beat] : 0;
    in.m_rlast = in.m_rvalid && memory_.read_beat + 1 == memory_.read_beats;
    in.m_rresp = in.m_rvalid ? memory_.read_resp : 0;
    in.m_awready = !memory_.write_open && !memory_.write_resp_due;
    in.m_wready = memory_.write_open;
    in.m_bvalid = memory_.write_resp_due;
    in.m_bresp = memory_.write_resp_due ? memory_.write_resp : 0;
}

/* The handshakes of the edge: VALID and READY as they stood before it (out_ is still that of settle). */
void RtlHost::memory_after()
{
    if (in_.m_rvalid && out_.m_rready) {
        memory_.read_beat++;
    }
    if (in_.m_arready && out_.m_arvalid) {
        memory_.read_beats = out_.m_arlen + 1u;
        memory_.read_beat = 0;
        memory_.read_resp = axi_resp(dma_read(out_.m_araddr, memory_.read_data, memory_.read_beats * 8));
        if (memory_.read_resp != AXI_OKAY) {
            memset(memory_.read_data, 0, sizeof memory_.read_data);
        }
    }
    if (in_.m_bvalid && out_.m_bready) {
        memory_.write_resp_due = 0;
    }
    if (in_.m_awready && out_.m_awvalid) {
        memory_.write_open = 1;
        memory_.write_addr = out_.m_awaddr;
        memory_.write_beats = out_.m_awlen + 1u;
        memory_.write_beat = 0;
    } else if (in_.m_wready && out_.m_wvalid) {
        if (out_.m_wstrb != 0xff) {
            broken("m_axi_wstrb is not 0xff: only whole beats are supported");
        }
        memory_.write_data[memory_.write_beat++] = out_.m_wdata;
        bool last = memory_.write_beat == memory_.write_beats;
        if (last != (out_.m_wlast != 0)) {
            broken("m_axi_wlast does not agree with m_axi_awlen");
        }
        if (last) {
            memory_.write_open = 0;
            memory_.write_resp_due = 1;
            memory_.write_resp = axi_resp(dma_write(memory_.write_addr, memory_.write_data, memory_.write_beats * 8));
        }
    }
}

void RtlHost::clock()
{
    in_.cycle = next_;
    memory_before(in_);
    core_->settle(in_, out_);
    bool ar = out_.m_arvalid && !in_.m_arready, aw = out_.m_awvalid && !in_.m_awready, w = out_.m_wvalid && !in_.m_wready;
    memory_after();
    core_->edge(in_, out_);
    /* A3.2.1: once VALID is asserted it stays until the handshake. */
    if ((ar && !out_.m_arvalid) || (aw && !out_.m_awvalid) || (w && !out_.m_wvalid)) {
        broken("m_axi: VALID fell without READY");
    }
    if (out_.irq != irq_) {
        irq_ = out_.irq;
        seam_ps at = next_ * context().clock_ps;
        if (at > now() || !irqs_.empty()) {
            irqs_.emplace_back(at, irq_ != 0);
        } else {
            irq(0, irq_ != 0);
        }
    }
    next_++;
}

void RtlHost::schedule()
{
    seam_ps at = SEAM_NEVER;
    if (!irqs_.empty()) {
        at = irqs_.front().first;
    }
    if (!out_.idle && !broken_) {
        at = std::min(at, next_ * context().clock_ps);
    }
    if (at != alarm_.deadline()) {
        alarm_.restore(at);
    }
}

void RtlHost::on_alarm()
{
    while (!irqs_.empty() && irqs_.front().first <= now()) {
        irq(0, irqs_.front().second);
        irqs_.pop_front();
    }
    while (!out_.idle && !broken_ && next_ * context().clock_ps <= now()) {
        clock();
    }
    schedule();
}

seam_result RtlHost::access(bool write, uint64_t offset, uint32_t &value, seam_ps &cost)
{
    if (broken_) {
        return SEAM_SLAVE_ERROR;
    }
    uint64_t first = (now() + context().clock_ps - 1) / context().clock_ps;
    next_ = std::max(next_, first);     // edges that an idle core slept through
    bool address = true, data = true;
    seam_result r = SEAM_SLAVE_ERROR;
    for (unsigned n = 0;; n++) {
        if (n == answer_limit) {
            broken(write ? "no answer to a register write (s_axi_awready, s_axi_wready, s_axi_bvalid)"
                         : "no answer to a register read (s_axi_arready, s_axi_rvalid)");
            break;
        }
        in_.s_awvalid = write && address;
        in_.s_awaddr = offset;
        in_.s_wvalid = write && data;
        in_.s_wdata = value;
        in_.s_wstrb = 0xf;
        in_.s_bready = write;
        in_.s_arvalid = !write && address;
        in_.s_araddr = offset;
        in_.s_rready = !write;
        memory_before(in_);
        in_.cycle = next_;
        RtlOut settled;
        core_->settle(in_, settled);
        clock();
        if (write) {
            address = address && !settled.s_awready;
            data = data && !settled.s_wready;
        } else {
            address = address && !settled.s_arready;
        }
        if (write ? settled.s_bvalid : settled.s_rvalid) {
            uint8_t resp = write ? settled.s_bresp : settled.s_rresp;
            r = resp == AXI_OKAY ? SEAM_OK : resp == AXI_DECERR ? SEAM_DECODE_ERROR : SEAM_SLAVE_ERROR;
            value = write ? value : settled.s_rdata;
            break;
        }
    }
    in_.s_awvalid = in_.s_wvalid = in_.s_bready = in_.s_arvalid = in_.s_rready = 0;
    cost += (next_ - 1) * context().clock_ps - now();
    schedule();
    return r;
}

void RtlHost::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    transport_as_number(payload, delay, [this](bool write, uint64_t offset, unsigned size, uint64_t &value, seam_ps &cost) {
        uint32_t word = value;
        if (size != 4 || offset % 4) {
            return SEAM_SLAVE_ERROR;    // AXI4-Lite: whole words only (B1.1.1)
        }
        seam_result r = access(write, offset, word, cost);
        value = word;
        return r;
    });
}

bool RtlHost::save(struct state *s, std::string &)
{
    std::vector<uint8_t> bytes;
    core_->save(bytes);
    state_put(s, "rtl", bytes.data(), bytes.size());
    state_put(s, "pins-in", &in_, sizeof in_);
    state_put(s, "pins-out", &out_, sizeof out_);
    state_put(s, "memory", &memory_, sizeof memory_);
    state_put_u64(s, "edge", next_);
    state_put_u64(s, "irq", irq_);
    state_put_u64(s, "broken", broken_);
    state_put_u64(s, "irqs", irqs_.size());
    for (auto &i : irqs_) {
        state_put_u64(s, "at", i.first);
        state_put_u64(s, "level", i.second);
    }
    return true;
}

bool RtlHost::load(struct state *s, std::string &why)
{
    size_t size = state_next(s, "rtl");
    std::vector<uint8_t> bytes, mine;
    core_->save(mine);
    if (size != mine.size()) {
        why = "the core's state has another size: it was saved from another RTL";
        return false;
    }
    bytes.resize(size);
    state_get(s, "rtl", bytes.data(), size);
    core_->load(bytes);
    state_get(s, "pins-in", &in_, sizeof in_);
    state_get(s, "pins-out", &out_, sizeof out_);
    state_get(s, "memory", &memory_, sizeof memory_);
    next_ = state_get_u64(s, "edge");
    irq_ = state_get_u64(s, "irq");
    broken_ = state_get_u64(s, "broken");
    irqs_.clear();
    for (uint64_t n = state_get_u64(s, "irqs"); n && !s->bad; n--) {
        seam_ps at = state_get_u64(s, "at");
        irqs_.emplace_back(at, state_get_u64(s, "level") != 0);
    }
    alarm_.disarm();
    schedule();
    return true;
}

}  // namespace ingot
