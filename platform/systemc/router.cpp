// SPDX-License-Identifier: GPL-2.0-or-later
// The router: address decoding by window, TLM-2.0 loosely timed
#include "platform/systemc/router.h"

namespace ingot {

Router::Router(sc_core::sc_module_name name) : sc_module(name), cpu("cpu"), in("in")
{
    in.register_b_transport(this, &Router::b_transport);
    cpu.bind(in);
}

void Router::attach(Device &device, uint64_t base, uint64_t size)
{
    std::string name = "to_" + device.context().name;
    windows_.push_back({base, size, std::make_unique<tlm_utils::simple_initiator_socket<Router>>(name.c_str())});
    windows_.back().out->bind(device.socket);
}

void Router::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    uint64_t addr = payload.get_address();
    for (auto &w : windows_) {
        if (addr - w.base < w.size && payload.get_data_length() <= w.size - (addr - w.base)) {
            payload.set_address(addr - w.base);
            (*w.out)->b_transport(payload, delay);
            payload.set_address(addr);
            return;
        }
    }
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

seam_result Router::access(bool write, uint64_t addr, unsigned size, uint64_t *value, sc_core::sc_time &delay)
{
    payload_.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload_.set_address(addr);
    payload_.set_data_ptr(reinterpret_cast<unsigned char *>(value));
    payload_.set_data_length(size);
    payload_.set_streaming_width(size);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_dmi_allowed(false);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    cpu->b_transport(payload_, delay);
    switch (payload_.get_response_status()) {
    case tlm::TLM_OK_RESPONSE: return SEAM_OK;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE: return SEAM_DECODE_ERROR;
    default: return SEAM_SLAVE_ERROR;
    }
}

}  // namespace ingot
