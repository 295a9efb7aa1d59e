// SPDX-License-Identifier: GPL-2.0-or-later
// A device with RAM, driven by a script, and what crossed the seam meanwhile: a recording without QEMU
#ifndef INGOT_RECORDER_H
#define INGOT_RECORDER_H

#include <string>
#include <vector>

#include "platform/replay/recording.h"

namespace ingot {

// One mishap, at the nth occasion (from 0), between driver and device: the same for every device and driver.
struct Mutation {
    enum What {
        None,
        DropWrite, WriteTwice, FlipWrite, ExtraRead,                                    // the driver's
        FlipRead, AccessError, DropEdge, SpuriousEdge, FlipDma, DmaElsewhere, FlipConsole   // the device's
    } what = None;
    unsigned nth = 0;
    bool by_driver() const { return what <= ExtraRead; }
};

class Recorder {
public:
    static constexpr uint64_t ram_base = 0x40000000;
    static constexpr size_t ram_size = 1 << 18;

    Recorder(const std::string &type, const std::string &impl, Mutation mutation = {});
    ~Recorder() { seam_devices_free(devices_); }
    Recorder(const Recorder &) = delete;

    // A driver's instructions take time: 100 ns an access.
    uint64_t read(uint64_t offset, unsigned size = 4);
    void write(uint64_t offset, uint64_t value, unsigned size = 4);
    void input(const std::string &bytes);
    void reset();
    void pass(seam_ps ps);
    bool wait_irq(seam_ps limit_ps);            // false: it did not rise
    uint8_t *ram(uint64_t address) { return &ram_.at(address - ram_base); }
    bool level() const { return level_; }

    bool mutated() const { return mutated_; }   // the occasion came

    Recording recording;                        // ends at the last action

private:
    static Recorder &of(void *o) { return *static_cast<Recorder *>(o); }
    bool now_comes(Mutation::What what);
    void edge(bool level, unsigned line);
    uint64_t plain_read(uint64_t offset, unsigned size);
    void plain_write(uint64_t offset, uint64_t value, unsigned size);
    void answer(Transaction t);
    void run_until(seam_ps to);
    void served(Transaction t, seam_ps delay);
    seam_result dma(Kind kind, uint64_t address, void *bytes, size_t len);

    seam_cpu cpu_ = {};
    seam_devices *devices_;
    std::vector<uint8_t> ram_;
    std::vector<Transaction> effects_;
    seam_ps now_ = 0;
    bool serving_ = false, level_ = false, mutated_ = false;
    const Mutation mutation_;
    unsigned occasions_ = 0;
};

}  // namespace ingot

#endif
