// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a device model in C (vdev.h) as a TLM-2.0 target
#ifndef INGOT_VDEV_HOST_H
#define INGOT_VDEV_HOST_H

#include "platform/systemc/device.h"

namespace ingot {

class VdevHost : public Device {
public:
    VdevHost(const DeviceContext &context, const vdev_ops *ops);
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
    void reset() override;
    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) override;
    size_t input(const uint8_t *bytes, size_t len) override;
    bool save(struct state *s, std::string &why) override;
    bool load(struct state *s, std::string &why) override;

private:
    static VdevHost &of(vdev *dev) { return *static_cast<VdevHost *>(dev->host_data); }
    static const vdev_host services;
    const vdev_ops *ops_;
    std::vector<uint64_t> state_;
    std::vector<std::unique_ptr<Alarm>> timers_;
    vdev dev_;
};

}  // namespace ingot

#endif
