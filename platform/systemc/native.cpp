// SPDX-License-Identifier: GPL-2.0-or-later
// A device behind the router: from TLM-2.0 payloads to register accesses
#include "platform/systemc/native.h"

#include <cstring>

#include "platform/systemc/kernel.h"

namespace ingot {

NativeDevice::NativeDevice(sc_core::sc_module_name name, DevicePort &port) : sc_module(name), socket("socket"), port_(port)
{
    socket.register_b_transport(this, &NativeDevice::b_transport);
    socket.register_transport_dbg(this, &NativeDevice::transport_dbg);
}

static bool is_register_access(const tlm::tlm_generic_payload &p)
{
    unsigned size = p.get_data_length();
    return (size == 1 || size == 2 || size == 4 || size == 8) && !p.get_byte_enable_ptr() && p.get_streaming_width() >= size &&
           !p.is_response_ok() && (p.is_read() || p.is_write());
}

static tlm::tlm_response_status status(seam_result r)
{
    return r == SEAM_OK ? tlm::TLM_OK_RESPONSE
           : r == SEAM_DECODE_ERROR ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

// Payload bytes are in the host's order (IEEE 1666 14.18), and so is a number of fewer than 8 bytes at its low end.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the conversion below is for little-endian hosts");

void NativeDevice::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    if (!is_register_access(payload)) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    unsigned size = payload.get_data_length();
    uint64_t value = 0;
    seam_ps cost = 0;
    seam_result r;
    if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
        r = write(payload.get_address(), size, value, &cost);
    } else {
        r = read(payload.get_address(), size, &value, &cost);
        memcpy(payload.get_data_ptr(), &value, size);
    }
    if (cost) {
        delay += Kernel::time_of(cost);
    }
    payload.set_response_status(status(r));
}

unsigned NativeDevice::transport_dbg(tlm::tlm_generic_payload &payload)
{
    uint64_t value = 0;
    if (!payload.is_read() || !is_register_access(payload)) {
        return 0;
    }
    seam_result r = peek(payload.get_address(), payload.get_data_length(), &value);
    payload.set_response_status(status(r));
    if (r != SEAM_OK) {
        return 0;
    }
    memcpy(payload.get_data_ptr(), &value, payload.get_data_length());
    return payload.get_data_length();
}

seam_result NativeDevice::read(uint64_t, unsigned, uint64_t *, seam_ps *) { return SEAM_SLAVE_ERROR; }
seam_result NativeDevice::write(uint64_t, unsigned, uint64_t, seam_ps *) { return SEAM_SLAVE_ERROR; }
seam_result NativeDevice::peek(uint64_t, unsigned, uint64_t *) { return SEAM_SLAVE_ERROR; }
size_t NativeDevice::input(const uint8_t *, size_t) { return 0; }

seam_result NativeDevice::translate(uint32_t, uint64_t, bool, uint64_t *, uint64_t *) { return SEAM_DENIED; }

bool NativeDevice::save(struct state *, std::string &why) const
{
    why = "it has no save: a checkpoint cannot be taken with it on the board";
    return false;
}

bool NativeDevice::waves(const std::string &, seam_ps, seam_ps, std::string &why)
{
    why = "it is no RTL, so it has no signals: choose its implementation rtl";
    return false;
}

void NativeDevice::waves_end(bool) {}

bool NativeDevice::load(struct state *, std::string &why)
{
    why = "it has no load";
    return false;
}

}  // namespace ingot
