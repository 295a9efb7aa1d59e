// SPDX-License-Identifier: GPL-2.0-or-later
// The bus: address decoding and the CPU's transactions
#include "platform/systemc/router.h"

#include <algorithm>

namespace ingot {

Router::Router(sc_core::sc_module_name name, const std::vector<NativeDevice *> &devices) : sc_module(name), from_cpu("from_cpu")
{
    for (NativeDevice *d : devices) {
        attach(*d);
    }
    from_cpu.register_b_transport(this, &Router::b_transport);
    from_cpu.register_transport_dbg(this, &Router::transport_dbg);
}

void Router::attach(NativeDevice &device)
{
    const DevicePort &p = device.port();
    auto at = std::find_if(windows_.begin(), windows_.end(), [&](const Window &w) { return w.base > p.base; });
    auto out = std::make_unique<tlm_utils::simple_initiator_socket<Router>>(("to_" + p.name).c_str());
    out->bind(device.socket);
    windows_.insert(at, Window{ p.base, p.window, std::move(out) });
}

const Router::Window *Router::decode(const tlm::tlm_generic_payload &payload) const
{
    uint64_t addr = payload.get_address();
    auto next = std::upper_bound(windows_.begin(), windows_.end(), addr, [](uint64_t a, const Window &w) { return a < w.base; });
    if (next == windows_.begin()) {
        return nullptr;
    }
    const Window &w = *(next - 1);
    return addr - w.base < w.size && payload.get_data_length() <= w.size - (addr - w.base) ? &w : nullptr;
}

void Router::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    const Window *w = decode(payload);
    if (!w) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    uint64_t addr = payload.get_address();
    payload.set_address(addr - w->base);
    (*w->out)->b_transport(payload, delay);
    payload.set_address(addr);
}

unsigned Router::transport_dbg(tlm::tlm_generic_payload &payload)
{
    const Window *w = decode(payload);
    if (!w) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    uint64_t addr = payload.get_address();
    payload.set_address(addr - w->base);
    unsigned done = (*w->out)->transport_dbg(payload);
    payload.set_address(addr);
    return done;
}

CpuPort::CpuPort(sc_core::sc_module_name name) : sc_module(name), bus("bus") {}

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

static void prepare(tlm::tlm_generic_payload &p, bool write, uint64_t addr, unsigned size, uint64_t *value)
{
    p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(addr);
    p.set_data_ptr(reinterpret_cast<unsigned char *>(value));
    p.set_data_length(size);
    p.set_streaming_width(size);
    p.set_byte_enable_ptr(nullptr);
    p.set_dmi_allowed(false);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

seam_result CpuPort::access(bool write, uint64_t addr, unsigned size, uint64_t *value, sc_core::sc_time &delay)
{
    prepare(payload_, write, addr, size, value);
    bus->b_transport(payload_, delay);
    return result(payload_);
}

seam_result CpuPort::peek(uint64_t addr, unsigned size, uint64_t *value)
{
    tlm::tlm_generic_payload payload;
    prepare(payload, false, addr, size, value);
    unsigned done = bus->transport_dbg(payload);
    return done == size ? SEAM_OK : result(payload) == SEAM_DECODE_ERROR ? SEAM_DECODE_ERROR : SEAM_SLAVE_ERROR;
}

}  // namespace ingot
