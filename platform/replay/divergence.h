// SPDX-License-Identifier: GPL-2.0-or-later
// Two recordings of a device: where they part, and whose doing it is
#ifndef INGOT_DIVERGENCE_H
#define INGOT_DIVERGENCE_H

#include <cstdio>

#include "platform/replay/rules.h"

namespace ingot {

enum class Verdict {
    Same,
    Timing,     // the same requests and answers, at other times
    Device,     // the same requests before it, and then another answer
    Driver      // another request, or other data in the memory that the device was told to read
};

struct Divergence {
    Verdict verdict = Verdict::Same;
    size_t a = 0, b = 0;        // index on each side; its size: that side has nothing here
    std::string what;           // "STATUS.BUSY is 0x1 instead of 0x0"
};

// replayed: b's requests are a's, so what differs is the device's; a b that ends early lacks the answer it waited for.
Divergence diverge(const Recording &a, const Recording &b, const Rules &rules, const Registers &registers, bool replayed);

const char *verdict_name(Verdict v);    // "driver"
// The verdict, and `context` transactions before and after it on both sides.
void divergence_print(FILE *out, const Recording &a, const char *label_a, const Recording &b, const char *label_b, const Divergence &d,
                      const Registers &registers, unsigned context);

}  // namespace ingot

#endif
