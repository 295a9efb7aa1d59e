// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a device model in C: its timers are alarms, its state is what its field table names
#include "platform/systemc/vdev_host.h"

#include <cstring>

namespace ingot {

const vdev_host VdevHost::services = {
    [](vdev *d) { return of(d).now(); },
    [](vdev *d, unsigned n, seam_ps at) { of(d).timers_[n]->arm(at); },
    [](vdev *d, unsigned n) { of(d).timers_[n]->disarm(); },
    [](vdev *d, unsigned line, bool level) { of(d).irq(line, level); },
    [](vdev *d, uint64_t a, void *b, size_t n) { return of(d).dma_read(a, b, n); },
    [](vdev *d, uint64_t a, const void *b, size_t n) { return of(d).dma_write(a, b, n); },
    [](vdev *d, const uint8_t *b, size_t n) { of(d).console(b, n); },
    [](vdev *d, uint32_t code, uint64_t v) { of(d).note(code, v); },
    [](vdev *d, const char *reason) { of(d).stop(reason); },
};

VdevHost::VdevHost(const DeviceContext &context, const vdev_ops *ops)
    : Device(context), ops_(ops), state_((ops->state_size + 7) / 8),
      dev_{ops, &services, this, state_.data(), context.clock_ps}
{
    for (unsigned n = 0; n < ops->timers; n++) {
        timers_.push_back(std::make_unique<Alarm>(*this, [this, n] { ops_->timer(&dev_, n); }));
    }
}

void VdevHost::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay)
{
    transport_as_number(payload, delay, [this](bool write, uint64_t offset, unsigned size, uint64_t &value, seam_ps &cost) {
        return write ? ops_->write(&dev_, offset, size, value, &cost) : ops_->read(&dev_, offset, size, &value, &cost);
    });
}

void VdevHost::reset()
{
    for (auto &t : timers_) {
        t->disarm();
    }
    std::fill(state_.begin(), state_.end(), 0);
    ops_->reset(&dev_);
}

seam_result VdevHost::peek(uint64_t offset, unsigned size, uint64_t *value)
{
    return ops_->peek ? ops_->peek(&dev_, offset, size, value) : SEAM_SLAVE_ERROR;
}

size_t VdevHost::input(const uint8_t *bytes, size_t len) { return ops_->input ? ops_->input(&dev_, bytes, len) : 0; }

bool VdevHost::save(struct state *s, std::string &)
{
    for (const vdev_field *f = ops_->fields; f->name; f++) {
        state_put(s, f->name, reinterpret_cast<const char *>(state_.data()) + f->offset, f->size);
    }
    for (auto &t : timers_) {
        state_put_u64(s, "timer", t->deadline());
    }
    return true;
}

bool VdevHost::load(struct state *s, std::string &)
{
    for (const vdev_field *f = ops_->fields; f->name; f++) {
        state_get(s, f->name, reinterpret_cast<char *>(state_.data()) + f->offset, f->size);
    }
    for (auto &t : timers_) {
        t->restore(state_get_u64(s, "timer"));
    }
    return true;
}

}  // namespace ingot
