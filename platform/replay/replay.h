// SPDX-License-Identifier: GPL-2.0-or-later
// One device alone, from a recording: its requests again, its memory from the recording, its answers new
#ifndef INGOT_REPLAY_H
#define INGOT_REPLAY_H

#include <functional>
#include <optional>

#include "platform/replay/memory.h"

namespace ingot {

enum class Pace {
    Exact,      // each request at its recorded time
    Elastic     // each as long after what preceded it as in the recording, and after as many answers: for other timing
};

struct Replay {
    std::string impl;               // "": the recording's own, or else the type's default
    Pace pace = Pace::Exact;
    bool until_difference = false;  // Exact: ends at the first answer that is not the recorded one, and keeps no others
    const std::vector<size_t> *requests = nullptr;      // Elastic: these of the recording only (indices, ascending)
    MemoryOf memory = MemoryOf::Each;
    std::string waves;              // RTL: waveform from waves_from_ps to waves_to_ps, into this file
    seam_ps waves_from_ps = 0, waves_to_ps = 0;
};

struct Replayed {
    Recording run;                  // what the device was asked and answered now
    size_t same = 0;                // until_difference: transactions that were as recorded
    bool differs = false;           // ... and the one at index `same` is not
    std::optional<Transaction> instead;     // what came instead; none: nothing came
    std::string no_waves;           // why there is no waveform
};

// One a process (SystemC has one kernel a process): call it in_process. Throws std::runtime_error for what cannot be replayed.
Replayed replay(const Recording &recorded, const Replay &how);

// Runs `part` in a process of its own and returns what it returned; what it threw is thrown here as std::runtime_error.
std::string in_process(const std::function<std::string()> &part);

}  // namespace ingot

#endif
