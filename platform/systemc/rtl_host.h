// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a Verilated core: its adapter behind the router
#ifndef INGOT_RTL_HOST_H
#define INGOT_RTL_HOST_H

#include "platform/rtl/run_ahead.h"
#include "platform/systemc/native.h"

namespace ingot {

class RtlHost final : public NativeDevice, private RtlAdapter::Client {
public:
    // Owns the core. edges: every clock edge is an event, nothing is run ahead (the reference).
    RtlHost(sc_core::sc_module_name name, DevicePort &port, RtlCore *core, bool edges);

    void reset() override;
    seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps) override;
    seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps) override;
    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) override;
    bool waves(const std::string &path, seam_ps from, seam_ps to, std::string &why) override;
    void waves_end(bool settled) override;
    bool save(struct state *out, std::string &why) const override;
    bool load(struct state *in, std::string &why) override;

private:
    struct Edge final : Deadline {
        explicit Edge(RtlHost &host) : Deadline(host.port(), false), host(host) {}
        void due() override { host.run(); }
        RtlHost &host;
    };
    using NativeDevice::irq;
    void irq(seam_ps at, unsigned line, bool level) override;
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override;
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override;
    void broken(const std::string &what) override;
    seam_result access(bool write, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps);
    void run();
    void at_edge();

    const std::unique_ptr<RtlAdapter> adapter_;
    Edge edge_;
    bool running_ = false;      // in run(): the core is not ahead of platform time
};

}  // namespace ingot

#endif
