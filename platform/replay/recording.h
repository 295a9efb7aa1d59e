// SPDX-License-Identifier: GPL-2.0-or-later
// What one device was asked and what it answered, in the order of cause
//
// A recording is cut out of a trace (traces/trace.h), or read from a text file (recording_text.cpp), the form in which golden
// traces are kept. Errors throw std::runtime_error, "FILE:LINE: what is wrong: what to do".
#ifndef INGOT_RECORDING_H
#define INGOT_RECORDING_H

#include <cstdint>
#include <string>
#include <vector>

#include "platform/seam/seam.h"

namespace ingot {

enum class Kind : uint8_t { Read, Write, Input, Reset, Irq, DmaRead, DmaWrite, Console, Note, Stop };
constexpr unsigned kind_count = 10;

struct Transaction {
    seam_ps time_ps = 0;
    Kind kind = Kind::Read;
    uint8_t size = 0;               // Read, Write: 1, 2, 4, 8
    seam_result result = SEAM_OK;   // of an access or a transfer
    uint64_t address = 0;           // Read, Write: offset in the window; Irq: line; Dma*: IPA; Note: code
    uint64_t value = 0;             // Read, Write; Irq: level; Input, Console: byte; Dma*: length in bytes; Note
    std::string data = "";          // Dma*, if result is SEAM_OK: value bytes. Stop: the reason
    uint32_t bus_ps = 0;            // Read, Write: how long the bus was occupied. No part of what is compared

    bool by_driver() const { return kind <= Kind::Reset; }     // or by the board; the others the device does by itself
    bool same_but_time(const Transaction &o) const;
    bool operator==(const Transaction &o) const { return time_ps == o.time_ps && same_but_time(o); }
    bool operator!=(const Transaction &o) const { return !(*this == o); }
};

constexpr seam_ps recording_longest_ps = UINT64_C(1000000000000000000);     // eleven days: what is later is damage

struct Recording {
    std::string path;               // for messages
    std::string device, type, impl; // "dmaq0", "dmaq", "model"; type and impl may be ""
    seam_ps clock_ps = 0;           // 0: the type's default
    uint64_t clock_hz = 0;
    seam_ps end_ps = 0;             // the recording covers [0, end_ps]
    std::vector<Transaction> all;
    bool cut = false;               // the trace ends without its index: its run was killed
    std::vector<uint64_t> polled;   // offsets of registers that a driver may read more or fewer times in a row (StandIn)
};

// `path` may be "a+b": trace b is of a run that went on from a checkpoint of a.
// `device` may be "" where the file has one device only. A device that the file does not have is told with those that it has.
Recording recording_load(const std::string &path, const std::string &device);
Recording recording_parse(const std::string &text, const std::string &path, const std::string &device);
Recording recording_from_trace(const std::string &path, const std::string &device);
std::string recording_text(const Recording &r);
std::string transaction_text(const Transaction &t);         // its line, without the names
Transaction transaction_parse(const std::string &line);
void recording_save(const Recording &r, const std::string &path);

const char *kind_name(Kind k);      // "read", "dma-write"
const char *result_name(seam_result r);
std::string bytes_in_hex(const std::string &bytes);

}  // namespace ingot

#endif
