// SPDX-License-Identifier: GPL-2.0-or-later
// The devices' side of the board: what struct seam_devices is
#ifndef INGOT_SYSTEMC_BOARD_H
#define INGOT_SYSTEMC_BOARD_H

#include <memory>
#include <vector>

#include "platform/replay/stand_in.h"
#include "platform/systemc/device.h"
#include "platform/systemc/kernel.h"
#include "platform/systemc/router.h"

// Members throw std::exception with the text for the user; seam.cpp keeps that from the C side.
struct seam_devices {
    explicit seam_devices(const seam_cpu *cpu) : kernel(cpu) {}

    unsigned add(const seam_device_desc &desc);
    void elaborate();
    void reset(seam_ps now);
    seam_result access(bool write, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps);
    seam_result peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value);
    seam_result translate(uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length);
    size_t input(unsigned device, seam_ps now, const uint8_t *bytes, size_t len);
    const ingot::StandIn *stand_in(unsigned device) const;     // nullptr: the device is there
    void waves(unsigned device, const std::string &path, seam_ps now, seam_ps from, seam_ps to);
    void waves_end(seam_ps now);
    void save(seam_ps now, struct state *out);
    void load(seam_ps now, struct state *in);

    struct Entry {
        const ingot::DeviceType *type;
        std::string recording;      // "", or the one that answers in the device's place
        std::unique_ptr<ingot::DevicePort> port;
        std::unique_ptr<ingot::NativeDevice> device;        // after elaborate
    };
    ingot::Kernel kernel;
    std::vector<Entry> entries;
    std::unique_ptr<ingot::Router> router;
    int iommu = -1;             // index, or none
    bool in_call = false;       // a device is being run: its DMA must not come back as a register access
};

#endif
