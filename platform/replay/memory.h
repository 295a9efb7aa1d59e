// SPDX-License-Identifier: GPL-2.0-or-later
// Guest memory as a recording knows it: what the device read there, when, and what it wrote
#ifndef INGOT_REPLAY_MEMORY_H
#define INGOT_REPLAY_MEMORY_H

#include <map>
#include <string>
#include <vector>

#include "platform/replay/recording.h"

namespace ingot {

// Serves a replayed device. A read that the recording has is given its data and its result, each record once and in order; a
// read that is cut otherwise is put together, piece by piece, from the next records of those bytes; what remains comes from
// the memory as far as it is known by then, and from nowhere else: 0.
enum class MemoryOf {
    Each,       // as said above
    First,      // a part of the requests: each byte as it was read first, and then as the device has written it
    FromNow     // ... : each byte as it was read first after the request in work (position())
};

class ReplayMemory {
public:
    ReplayMemory(const Recording &r, MemoryOf of);

    seam_result read(uint64_t addr, void *buf, size_t len);
    seam_result write(uint64_t addr, const void *buf, size_t len);
    void position(size_t request) { position_ = request; }

private:
    struct Transfer {
        size_t index;           // in the recording
        const Transaction *t;
        uint64_t taken = 0;     // bytes served from its beginning
        bool covers(uint64_t addr) const { return addr >= t->address && addr - t->address < t->value; }
    };
    static constexpr size_t page = 256, window = 256;
    struct Page {
        uint8_t byte[page];
        bool known[page];
    };

    Transfer *exact(std::vector<Transfer> &list, size_t &first, uint64_t addr, size_t len);
    static seam_result failed(const std::vector<Transfer> &list, uint64_t addr, size_t len);
    Transfer *piece(uint64_t addr);
    uint64_t end_of_unknown(uint64_t addr, uint64_t end);
    void learn(uint64_t addr, const void *bytes, size_t len);
    void known(uint64_t addr, void *bytes, size_t len) const;

    std::vector<Transfer> reads_, writes_;
    size_t first_read_ = 0, first_write_ = 0, position_ = 0;
    const MemoryOf of_;
    std::map<uint64_t, Page> pages_;
};

}  // namespace ingot

#endif
