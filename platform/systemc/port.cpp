// SPDX-License-Identifier: GPL-2.0-or-later
// What the platform gives to one device
#include "platform/systemc/port.h"

#include <algorithm>

#include "platform/systemc/kernel.h"

namespace ingot {

Deadline::Deadline(DevicePort &port, bool in_systemc) : port_(port), ordinal_(port.deadlines_.size()), in_systemc_(in_systemc)
{
    port.deadlines_.push_back(this);
}

bool Deadline::before(const Deadline &o) const
{
    if (at_ != o.at_) {
        return at_ < o.at_;
    }
    return port_.index != o.port_.index ? port_.index < o.port_.index : ordinal_ < o.ordinal_;
}

void Deadline::notify(seam_ps at)
{
    if (at < port_.now()) {
        port_.stop("it arms a timer in the past, at " + std::to_string(at) + " ps, now being " + std::to_string(port_.now()) + " ps");
        at = SEAM_NEVER;
    }
    port_.kernel.schedule(*this, at);
}

DevicePort::DevicePort(Kernel &k, unsigned index, const seam_device_desc &d, const char *impl, uint64_t window, unsigned lines)
    : name(d.name), type(d.type), impl(impl), index(index), spi(d.spi), lines(lines), stream(d.stream), base(d.base),
      window(window), clock_ps(d.clock_ps ? d.clock_ps : 10000),
      clock(d.clock_hz ? Clock::of_hz(d.clock_hz) : Clock::of_period(clock_ps)), kernel(k), levels_(lines)
{
}

seam_ps DevicePort::now() const { return kernel.now(); }

void DevicePort::irq(unsigned line, bool level)
{
    if (line >= lines) {
        stop("it drives interrupt line " + std::to_string(line) + " of " + std::to_string(lines));
    } else if (levels_[line] != level) {
        levels_[line] = level;
        if (kernel.in_systemc()) {
            kernel.later([this, line, level] { kernel.cpu().irq(kernel.cpu().opaque, index, spi + line, level); });
        } else {
            kernel.cpu().irq(kernel.cpu().opaque, index, spi + line, level);
        }
    }
}

seam_result DevicePort::dma_read(uint64_t addr, void *buf, size_t len)
{
    return kernel.cpu().dma_read(kernel.cpu().opaque, index, stream, addr, buf, len);
}

seam_result DevicePort::dma_write(uint64_t addr, const void *buf, size_t len)
{
    return kernel.cpu().dma_write(kernel.cpu().opaque, index, stream, addr, buf, len);
}

void DevicePort::console(const uint8_t *bytes, size_t len)
{
    if (kernel.in_systemc()) {
        std::string copy(reinterpret_cast<const char *>(bytes), len);
        kernel.later([this, copy] { console(reinterpret_cast<const uint8_t *>(copy.data()), copy.size()); });
    } else {
        kernel.cpu().console(kernel.cpu().opaque, index, bytes, len);
    }
}

void DevicePort::note(uint32_t code, uint64_t value)
{
    if (kernel.in_systemc()) {
        kernel.later([this, code, value] { note(code, value); });
    } else {
        kernel.cpu().note(kernel.cpu().opaque, index, code, value);
    }
}

void DevicePort::stop(const std::string &reason)
{
    if (kernel.in_systemc()) {
        kernel.later([this, reason] { stop(reason); });
        return;
    }
    std::string line = reason;
    std::replace_if(line.begin(), line.end(), [](unsigned char c) { return c < ' '; }, ' ');
    kernel.cpu().stop(kernel.cpu().opaque, index, line.c_str());
}

void DevicePort::quiesce()
{
    for (Deadline *d : deadlines_) {
        d->cancel();
    }
    for (unsigned line = 0; line < lines; line++) {
        irq(line, false);
    }
}

void DevicePort::save(struct state *out) const
{
    state_put(out, "lines", levels_.data(), levels_.size());
    state_put_u64(out, "deadlines", deadlines_.size());
    for (const Deadline *d : deadlines_) {
        state_put_u64(out, "deadline", d->at());
    }
}

// The CPU's side has levels of its own in its state: it is not told again.
void DevicePort::load(struct state *in)
{
    state_get(in, "lines", levels_.data(), levels_.size());
    if (state_get_u64(in, "deadlines") != deadlines_.size()) {
        in->bad = 1;
    }
    for (Deadline *d : deadlines_) {
        seam_ps at = state_get_u64(in, "deadline");
        kernel.schedule(*d, in->bad ? SEAM_NEVER : at);
    }
}

}  // namespace ingot
