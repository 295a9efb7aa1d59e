// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a stand-in: a recording behind the router, in its device's place
#ifndef INGOT_RECORDED_HOST_H
#define INGOT_RECORDED_HOST_H

#include <memory>

#include "platform/replay/stand_in.h"
#include "platform/systemc/native.h"

namespace ingot {

class RecordedHost final : public NativeDevice, private StandIn::Client {
public:
    // path: a recording as text, of a device of that type. Throws what is wrong with it.
    RecordedHost(sc_core::sc_module_name name, DevicePort &port, const std::string &path, StandIn::Held held);

    void reset() override;
    seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps) override;
    seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps) override;
    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) override;
    size_t input(const uint8_t *bytes, size_t len) override;
    bool save(struct state *out, std::string &why) const override;
    bool load(struct state *in, std::string &why) override;

    const StandIn &stand_in() const { return *stand_in_; }

private:
    struct Answer final : Deadline {
        explicit Answer(RecordedHost &host) : Deadline(host.port(), false), host(host) {}
        void due() override { host.stand_in_->due(); }
        RecordedHost &host;
    };
    seam_ps now() const override { return port().now(); }
    void irq(unsigned line, bool level) override { port().irq(line, level); }
    seam_result dma_read(uint64_t addr, void *buf, size_t len) override { return port().dma_read(addr, buf, len); }
    seam_result dma_write(uint64_t addr, const void *buf, size_t len) override { return port().dma_write(addr, buf, len); }
    void console(uint8_t byte) override { port().console(&byte, 1); }
    void note(uint32_t code, uint64_t value) override { port().note(code, value); }
    void wake(seam_ps at) override { answer_.notify(at); }
    void stop(const std::string &reason) override { port().stop(reason); }

    Answer answer_;
    uint64_t fingerprint_ = 0;          // of the recording: a state is of one
    std::unique_ptr<StandIn> stand_in_;
};

}  // namespace ingot

#endif
