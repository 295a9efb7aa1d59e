// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a device model in C (vdev.h)
#ifndef INGOT_VDEV_HOST_H
#define INGOT_VDEV_HOST_H

#include <memory>
#include <vector>

#include "platform/seam/vdev.h"
#include "platform/systemc/native.h"

namespace ingot {

class VdevHost final : public NativeDevice {
public:
    VdevHost(sc_core::sc_module_name name, DevicePort &port, const vdev_ops &ops);

    void reset() override;
    seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps) override;
    seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps) override;
    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) override;
    size_t input(const uint8_t *bytes, size_t len) override;
    seam_result translate(uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length) override;
    bool save(struct state *out, std::string &why) const override;
    bool load(struct state *in, std::string &why) override;

private:
    struct Timer final : Deadline {
        Timer(VdevHost &host, unsigned n) : Deadline(host.port(), false), host(host), n(n) {}
        void due() override { host.ops_.timer(&host.dev_, n); }
        VdevHost &host;
        const unsigned n;
    };
    static VdevHost &of(vdev *dev) { return *static_cast<VdevHost *>(dev->host_data); }
    static void set_timer(vdev *dev, unsigned n, seam_ps at);
    static const vdev_host services;
    uint8_t *bytes() { return reinterpret_cast<uint8_t *>(state_.data()); }

    const vdev_ops &ops_;
    std::vector<std::max_align_t> state_;
    vdev dev_;
    std::vector<std::unique_ptr<Timer>> timers_;
};

}  // namespace ingot

#endif
