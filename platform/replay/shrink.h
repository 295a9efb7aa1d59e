// SPDX-License-Identifier: GPL-2.0-or-later
// Shrinking: the fewest requests for which an implementation still answers otherwise than the right one
#ifndef INGOT_SHRINK_H
#define INGOT_SHRINK_H

#include "platform/replay/judge.h"

namespace ingot {

struct Shrunk {
    Recording recording;            // those requests, and what the right implementation answers; ends there
    size_t requests_before = 0, requests = 0, replays = 0;
    std::string report;             // the divergence that is left
};

// Delta debugging (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, ddmin) over the requests of `recorded`.
// Both implementations get the same requests and the same memory. Throws if they do not differ, or in their times only.
Shrunk shrink(const Recording &recorded, const std::string &right, const std::string &wrong, const Rules &rules);

// A conformance test: C++ source with the recording in it, for vdevices/TYPE/. name: "DmaqRing.WrapsAtItsEnd".
// Both implementations have to pass it.
std::string conformance_test(const Recording &r, const std::string &name, const std::string &right, const std::string &wrong);

// The verdict of such a test: "" or the report of a divergence; times do not count.
std::string replays(const std::string &type, const std::string &impl, const std::string &recording);

}  // namespace ingot

#endif
