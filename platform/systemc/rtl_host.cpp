// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a Verilated core: edges become deadlines, as many at once as nobody else is in between
#include "platform/systemc/rtl_host.h"

#include "platform/systemc/kernel.h"

namespace ingot {

RtlHost::RtlHost(sc_core::sc_module_name name, DevicePort &port, RtlCore *core)
    : NativeDevice(name, port), adapter_(std::unique_ptr<RtlCore>(core), port.clock_ps, port.lines, *this), edge_(*this)
{
}

void RtlHost::reset()
{
    adapter_.reset(now());
    edge_.notify(adapter_.next_event());
}

void RtlHost::run()
{
    running_ = true;
    adapter_.run(port().kernel.horizon());
    running_ = false;
    edge_.notify(adapter_.next_event());
}

seam_result RtlHost::access(bool write, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    seam_result r = adapter_.access(write, offset, size, now(), value, delay_ps);
    edge_.notify(adapter_.next_event());
    return r;
}

seam_result RtlHost::read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    return access(false, offset, size, value, delay_ps);
}

seam_result RtlHost::write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    return access(true, offset, size, &value, delay_ps);
}

// What the core does in run() happens at the edge being run; ahead of time, in an access, at the access.
void RtlHost::at_edge()
{
    if (running_) {
        port().kernel.move(adapter_.next_edge() * port().clock_ps);
    }
}

void RtlHost::irq(seam_ps at, unsigned line, bool level)
{
    port().kernel.move(at);
    irq(line, level);
}

seam_result RtlHost::dma_read(uint64_t addr, void *buf, size_t len)
{
    at_edge();
    return port().dma_read(addr, buf, len);
}

seam_result RtlHost::dma_write(uint64_t addr, const void *buf, size_t len)
{
    at_edge();
    return port().dma_write(addr, buf, len);
}

void RtlHost::broken(const std::string &what)
{
    at_edge();
    port().stop(what);
}

bool RtlHost::save(struct state *out, std::string &) const
{
    adapter_.save(out);
    return true;
}

bool RtlHost::load(struct state *in, std::string &why) { return adapter_.load(in, why); }

}  // namespace ingot
