// SPDX-License-Identifier: GPL-2.0-or-later
// The bus: the CPU's initiator sockets, one for each device's window (TLM-2.0, loosely timed)
#ifndef INGOT_ROUTER_H
#define INGOT_ROUTER_H

#include <memory>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "platform/systemc/native.h"

namespace ingot {

// QEMU's memory has decoded the address already, so the way to a device is found once, when the board is fixed, and not on
// each access. The device gets addresses relative to its window; an access that is not all inside of it is an address error.
class Router : public sc_core::sc_module {
public:
    Router(sc_core::sc_module_name name, const std::vector<NativeDevice *> &devices);

    // One access at sc_time_stamp() + delay; delay grows by what the bus and the device take.
    seam_result access(bool write, unsigned device, uint64_t offset, unsigned size, uint64_t *value, sc_core::sc_time &delay);
    seam_result peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value);     // also while an access is in work

private:
    struct Way {
        uint64_t size;
        std::unique_ptr<tlm_utils::simple_initiator_socket<Router>> out;
        tlm::tlm_fw_transport_if<> *target;     // what the socket is bound to
    };
    void end_of_elaboration() override;

    std::vector<Way> ways_;
    tlm::tlm_generic_payload payload_;
};

}  // namespace ingot

#endif
