// SPDX-License-Identifier: GPL-2.0-or-later
// The bus: one initiator for the CPU, a router that decodes addresses, one target a device (TLM-2.0, loosely timed)
#ifndef INGOT_ROUTER_H
#define INGOT_ROUTER_H

#include <memory>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "platform/systemc/native.h"

namespace ingot {

// The device gets addresses relative to its window. An access that is not all inside of one window is an address error.
class Router : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Router> from_cpu;

    // Windows do not overlap: the board has checked.
    Router(sc_core::sc_module_name name, const std::vector<NativeDevice *> &devices);

private:
    struct Window {
        uint64_t base, size;
        std::unique_ptr<tlm_utils::simple_initiator_socket<Router>> out;
    };
    void attach(NativeDevice &device);
    const Window *decode(const tlm::tlm_generic_payload &payload) const;
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    unsigned transport_dbg(tlm::tlm_generic_payload &payload);

    std::vector<Window> windows_;           // by base
};

class CpuPort : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<CpuPort> bus;

    explicit CpuPort(sc_core::sc_module_name name);
    // One access at sc_time_stamp() + delay; delay grows by what the bus and the device take.
    seam_result access(bool write, uint64_t addr, unsigned size, uint64_t *value, sc_core::sc_time &delay);
    seam_result peek(uint64_t addr, unsigned size, uint64_t *value);    // also while an access is in work

private:
    tlm::tlm_generic_payload payload_;
};

}  // namespace ingot

#endif
