// SPDX-License-Identifier: GPL-2.0-or-later
// A device behind the router: services of the platform
#include "platform/systemc/device.h"

#include <cstring>

namespace ingot {

void Kernel::irq(unsigned device, unsigned spi, bool level) { edges_.push_back({device, spi, level}); }

void Kernel::flush_irqs()
{
    for (size_t i = 0; i < edges_.size(); i++) {
        cpu->irq(cpu->opaque, edges_[i].device, edges_[i].spi, edges_[i].level);
    }
    edges_.clear();
}

Device::Device(const DeviceContext &context)
    : sc_module(sc_core::sc_module_name(context.name.c_str())), socket("socket"), context_(context)
{
    socket.register_b_transport(this, &Device::b_transport);
}

seam_result Device::peek(uint64_t, unsigned, uint64_t *) { return SEAM_SLAVE_ERROR; }
size_t Device::input(const uint8_t *, size_t) { return 0; }

seam_result Device::dma_read(uint64_t addr, void *buf, size_t len)
{
    const seam_cpu *c = context_.kernel->cpu;
    return c->dma_read(c->opaque, context_.index, context_.stream, addr, buf, len);
}

seam_result Device::dma_write(uint64_t addr, const void *buf, size_t len)
{
    const seam_cpu *c = context_.kernel->cpu;
    return c->dma_write(c->opaque, context_.index, context_.stream, addr, buf, len);
}

void Device::console(const uint8_t *bytes, size_t len)
{
    const seam_cpu *c = context_.kernel->cpu;
    c->console(c->opaque, context_.index, bytes, len);
}

void Device::note(uint32_t code, uint64_t value)
{
    const seam_cpu *c = context_.kernel->cpu;
    c->note(c->opaque, context_.index, code, value);
}

void Device::stop(const std::string &reason)
{
    const seam_cpu *c = context_.kernel->cpu;
    c->stop(c->opaque, context_.index, reason.c_str());
}

Device::Alarm::Alarm(Device &device, std::function<void()> handler) : device_(device), handler_(std::move(handler))
{
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&event_);
    sc_core::sc_spawn([this] { fire(); }, sc_core::sc_gen_unique_name("alarm"), &options);
}

void Device::Alarm::arm(seam_ps deadline)
{
    event_.cancel();
    deadline_ = deadline;
    seam_ps stamp = device_.context_.kernel->stamp();
    event_.notify(sc_core::sc_time::from_value(deadline > stamp ? deadline - stamp : 0));
}

void Device::Alarm::disarm()
{
    event_.cancel();
    deadline_ = SEAM_NEVER;
}

void Device::Alarm::restore(seam_ps deadline)
{
    if (deadline == SEAM_NEVER) {
        disarm();
    } else {
        arm(deadline);
    }
}

void Device::Alarm::fire()
{
    device_.context_.kernel->now = device_.context_.kernel->stamp();
    deadline_ = SEAM_NEVER;
    handler_();
}

void transport_as_number(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay,
                         const std::function<seam_result(bool, uint64_t, unsigned, uint64_t &, seam_ps &)> &access)
{
    unsigned size = payload.get_data_length();
    uint64_t value = 0;
    seam_ps cost = 0;
    if ((size != 1 && size != 2 && size != 4 && size != 8) || payload.get_byte_enable_ptr() || payload.get_streaming_width() < size) {
        payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    if (payload.is_write()) {
        memcpy(&value, payload.get_data_ptr(), size);
    }
    seam_result r = access(payload.is_write(), payload.get_address(), size, value, cost);
    if (payload.is_read()) {
        memcpy(payload.get_data_ptr(), &value, size);
    }
    delay += sc_core::sc_time::from_value(cost);
    payload.set_response_status(r == SEAM_OK ? tlm::TLM_OK_RESPONSE
                                : r == SEAM_DECODE_ERROR ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

}  // namespace ingot
