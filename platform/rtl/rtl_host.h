// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a Verilated core as a device: clock, bus adapters, edge by edge
#ifndef INGOT_RTL_HOST_H
#define INGOT_RTL_HOST_H

#include <deque>

#include "platform/rtl/rtl_core.h"
#include "platform/systemc/device.h"

namespace ingot {

class RtlHost : public Device {
public:
    RtlHost(const DeviceContext &context, RtlCore *core);   // owns core
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
    void reset() override;
    bool save(struct state *s, std::string &why) override;
    bool load(struct state *s, std::string &why) override;

    static constexpr unsigned answer_limit = 1024;          // clocks until a silent core is a bus error
    static constexpr unsigned burst_max = 256;              // beats of 8 bytes (AXI4 A3.4.1)

private:
    // The memory end of the core's AXI4 master port. A burst is one DMA access of the platform.
    struct Memory {
        uint64_t read_data[burst_max], write_data[burst_max];
        uint64_t write_addr;
        uint32_t read_beat, read_beats, write_beats, write_beat;
        uint8_t read_resp, write_open, write_resp_due, write_resp;
    };
    seam_result access(bool write, uint64_t offset, uint32_t &value, seam_ps &cost);
    void clock();                       // runs edge next_
    void memory_before(RtlIn &in);
    void memory_after();
    void broken(const char *what);
    void on_alarm();
    void schedule();

    std::unique_ptr<RtlCore> core_;
    RtlIn in_ = {};
    RtlOut out_ = {};
    Memory memory_ = {};
    uint64_t next_ = 0;                 // number of the next rising edge; edge k is at k * clock_ps
    uint8_t irq_ = 0;                   // as last told, or queued
    bool broken_ = false;
    std::deque<std::pair<seam_ps, bool>> irqs_;     // levels of edges that ran ahead of now
    Alarm alarm_;
};

}  // namespace ingot

#endif
