// SPDX-License-Identifier: GPL-2.0-or-later
// The router: from the CPU's TLM-2.0 socket to the device whose window holds the address
#ifndef INGOT_ROUTER_H
#define INGOT_ROUTER_H

#include "platform/systemc/device.h"

namespace ingot {

class Router : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Router> cpu;     // the CPU's side calls this one
    tlm_utils::simple_target_socket<Router> in;

    explicit Router(sc_core::sc_module_name name);
    void attach(Device &device, uint64_t base, uint64_t size);
    // One access of the CPU at platform time sc_time_stamp() + *delay.
    seam_result access(bool write, uint64_t addr, unsigned size, uint64_t *value, sc_core::sc_time &delay);

private:
    struct Window {
        uint64_t base, size;
        std::unique_ptr<tlm_utils::simple_initiator_socket<Router>> out;
    };
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    std::vector<Window> windows_;
    tlm::tlm_generic_payload payload_;
};

}  // namespace ingot

#endif
