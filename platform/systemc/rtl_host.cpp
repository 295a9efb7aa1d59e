// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a Verilated core: edges become deadlines, as many at once as nobody else is in between
#include "platform/systemc/rtl_host.h"

#include "platform/systemc/kernel.h"

namespace ingot {

static std::unique_ptr<RtlAdapter> adapter_of(bool edges, RtlCore *core, const DevicePort &p, RtlAdapter::Client &client)
{
    std::unique_ptr<RtlCore> owned(core);
    if (edges) {
        return std::make_unique<RtlAdapter>(std::move(owned), p.clock, p.lines, client);
    }
    return std::make_unique<RunAhead>(std::move(owned), p.clock, p.lines, client);
}

RtlHost::RtlHost(sc_core::sc_module_name name, DevicePort &port, RtlCore *core, bool edges)
    : NativeDevice(name, port), adapter_(adapter_of(edges, core, port, *this)), edge_(*this)
{
}

void RtlHost::reset()
{
    adapter_->reset(now());
    edge_.notify(adapter_->next_event());
}

void RtlHost::run()
{
    running_ = true;
    adapter_->run(port().kernel.horizon());
    running_ = false;
    edge_.notify(adapter_->next_event());
}

seam_result RtlHost::access(bool write, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    seam_result r = adapter_->access(write, offset, size, now(), value, delay_ps);
    edge_.notify(adapter_->next_event());
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

seam_result RtlHost::peek(uint64_t offset, unsigned size, uint64_t *value)
{
    seam_result r = adapter_->peek(offset, size, now(), value);
    edge_.notify(adapter_->next_event());
    return r;
}

// What the core does in run() happens at the edge being run; ahead of time, in an access, at the access.
void RtlHost::at_edge()
{
    if (running_) {
        port().kernel.move(adapter_->next_at());
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

bool RtlHost::waves(const std::string &path, seam_ps from, seam_ps to, std::string &why)
{
    bool done = adapter_->waves(path, now(), from, to, why);
    edge_.notify(adapter_->next_event());
    return done;
}

void RtlHost::waves_end(bool settled)
{
    if (!settled) {
        adapter_->waves_drop();
        return;
    }
    adapter_->waves_end(now());
    edge_.notify(adapter_->next_event());
}

bool RtlHost::save(struct state *out, std::string &) const
{
    adapter_->save(now(), out);
    return true;
}

bool RtlHost::load(struct state *in, std::string &why)
{
    if (!adapter_->load(in, why)) {
        return false;
    }
    edge_.notify(adapter_->next_event());
    return true;
}

}  // namespace ingot
