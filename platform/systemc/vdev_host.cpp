// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a device model in C: services from its port, state from its field table
#include "platform/systemc/vdev_host.h"

#include <cstring>

namespace ingot {

const vdev_host VdevHost::services = {
    [](vdev *d) { return of(d).now(); },
    [](vdev *d, unsigned n, seam_ps at) { set_timer(d, n, at); },
    [](vdev *d, unsigned n) { set_timer(d, n, SEAM_NEVER); },
    [](vdev *d, unsigned line, bool level) { of(d).irq(line, level); },
    [](vdev *d, uint64_t addr, void *buf, size_t len) { return of(d).port().dma_read(addr, buf, len); },
    [](vdev *d, uint64_t addr, const void *buf, size_t len) { return of(d).port().dma_write(addr, buf, len); },
    [](vdev *d, const uint8_t *bytes, size_t len) { of(d).port().console(bytes, len); },
    [](vdev *d, uint32_t code, uint64_t value) { of(d).port().note(code, value); },
    [](vdev *d, const char *reason) { of(d).port().stop(reason); },
};

void VdevHost::set_timer(vdev *d, unsigned n, seam_ps at)
{
    VdevHost &h = of(d);
    if (n >= h.timers_.size()) {
        h.port().stop("it uses timer " + std::to_string(n) + " of " + std::to_string(h.timers_.size()));
    } else {
        h.timers_[n]->notify(at);
    }
}

VdevHost::VdevHost(sc_core::sc_module_name name, DevicePort &port, const vdev_ops &ops)
    : NativeDevice(name, port), ops_(ops), state_((ops.state_size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t)),
      dev_{ &ops, &services, this, state_.data(), port.clock_ps }
{
    for (unsigned n = 0; n < ops.timers; n++) {
        timers_.push_back(std::make_unique<Timer>(*this, n));
    }
}

void VdevHost::reset()
{
    memset(bytes(), 0, ops_.state_size);
    ops_.reset(&dev_);
}

seam_result VdevHost::read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    return ops_.read(&dev_, offset, size, value, delay_ps);
}

seam_result VdevHost::write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    return ops_.write(&dev_, offset, size, value, delay_ps);
}

seam_result VdevHost::peek(uint64_t offset, unsigned size, uint64_t *value)
{
    return ops_.peek ? ops_.peek(&dev_, offset, size, value) : SEAM_SLAVE_ERROR;
}

size_t VdevHost::input(const uint8_t *bytes, size_t len) { return ops_.input ? ops_.input(&dev_, bytes, len) : 0; }

seam_result VdevHost::translate(uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length)
{
    return ops_.translate(&dev_, stream, addr, write, pa, length);
}

bool VdevHost::save(struct state *out, std::string &) const
{
    const uint8_t *bytes = static_cast<const uint8_t *>(dev_.state);
    for (const vdev_field *f = ops_.fields; f->name; f++) {
        state_put(out, f->name, bytes + f->offset, f->size);
    }
    return true;
}

bool VdevHost::load(struct state *in, std::string &why)
{
    for (const vdev_field *f = ops_.fields; f->name; f++) {
        state_get(in, f->name, bytes() + f->offset, f->size);
        if (in->bad) {
            why = std::string("the state has no field ") + f->name + " of " + std::to_string(f->size) +
                  " bytes here: it is of another version of the model";
            return false;
        }
    }
    return true;
}

}  // namespace ingot
