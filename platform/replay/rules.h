// SPDX-License-Identifier: GPL-2.0-or-later
// What may differ between two implementations of a device: vdevices/TYPE/diff.xml
//
//     <diff>
//       <timing ignore="yes"/>                          other times alone are no difference of two implementations
//       <register name="NOW_LO" compare="never"/>       its read values are not compared
//       <register name="STATUS" field="BUSY" compare="settled" slack-ns="500"/>   only when nothing came or comes so near
//       <register name="STATUS" poll="yes"/>            of reads in a row the last one counts
//       <irq order="free"/>                             edges are compared apart from DMA, console and notes
//     </diff>
#ifndef INGOT_REPLAY_RULES_H
#define INGOT_REPLAY_RULES_H

#include <vector>

#include "platform/replay/words.h"

namespace ingot {

struct Rules {
    struct Register {
        uint64_t offset;
        uint64_t mask;          // bits of the value that the rule is about
        bool never, settled, poll;
        seam_ps slack_ps;
    };
    bool ignore_timing = false, free_irqs = false;
    std::vector<Register> registers;

    bool polls(uint64_t offset) const;
    // Bits of a read value that count; `calm_ps`: distance to the nearest answer before and after it, on either side.
    uint64_t compared(uint64_t offset, seam_ps calm_ps) const;
};

// No file: no rule. Throws "FILE:LINE: what is wrong: what to do".
Rules rules_load(const std::string &type, const Registers &registers);
Rules rules_read(const std::string &path, const Registers &registers);

}  // namespace ingot

#endif
