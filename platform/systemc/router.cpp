// SPDX-License-Identifier: GPL-2.0-or-later
// The bus: the CPU's transactions
#include "platform/systemc/router.h"

namespace ingot {

Router::Router(sc_core::sc_module_name name, const std::vector<NativeDevice *> &devices) : sc_module(name)
{
    for (NativeDevice *d : devices) {
        auto out = std::make_unique<tlm_utils::simple_initiator_socket<Router>>(("to_" + d->port().name).c_str());
        out->bind(d->socket);
        ways_.push_back({ d->port().window, std::move(out), nullptr });
    }
}

void Router::end_of_elaboration()
{
    for (Way &w : ways_) {
        w.target = w.out->operator->();
    }
}

static seam_result result(const tlm::tlm_generic_payload &payload)
{
    switch (payload.get_response_status()) {
    case tlm::TLM_OK_RESPONSE:
        return SEAM_OK;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
        return SEAM_DECODE_ERROR;
    default:
        return SEAM_SLAVE_ERROR;
    }
}

static void prepare(tlm::tlm_generic_payload &p, bool write, uint64_t offset, unsigned size, uint64_t *value)
{
    p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(offset);
    p.set_data_ptr(reinterpret_cast<unsigned char *>(value));
    p.set_data_length(size);
    p.set_streaming_width(size);
    p.set_byte_enable_ptr(nullptr);
    p.set_dmi_allowed(false);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

seam_result Router::access(bool write, unsigned device, uint64_t offset, unsigned size, uint64_t *value, sc_core::sc_time &delay)
{
    const Way &w = ways_[device];
    if (offset >= w.size || size > w.size - offset) {
        return SEAM_DECODE_ERROR;
    }
    prepare(payload_, write, offset, size, value);
    w.target->b_transport(payload_, delay);
    return result(payload_);
}

seam_result Router::peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    const Way &w = ways_[device];
    tlm::tlm_generic_payload payload;
    if (offset >= w.size || size > w.size - offset) {
        return SEAM_DECODE_ERROR;
    }
    prepare(payload, false, offset, size, value);
    unsigned done = w.target->transport_dbg(payload);
    return done == size ? SEAM_OK : result(payload) == SEAM_DECODE_ERROR ? SEAM_DECODE_ERROR : SEAM_SLAVE_ERROR;
}

}  // namespace ingot
