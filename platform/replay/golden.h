// SPDX-License-Identifier: GPL-2.0-or-later
// Golden traces: small recordings as text (traces/golden/*.rec) that today's devices must answer to the letter
#ifndef INGOT_GOLDEN_H
#define INGOT_GOLDEN_H

#include "platform/replay/judge.h"

namespace ingot {

// Paths of a folder's golden traces, sorted; with names ("dmaq-ring"), those only, and an unknown one throws with all that there are.
std::vector<std::string> golden_paths(const std::string &folder, const std::vector<std::string> &names);
// Today's answers are those of the file, and the file is as ingot would write it.
Judgement golden_check(const std::string &path);
// Writes today's answers. Returns the change as a text diff, "" if there is none.
std::string golden_accept(const std::string &path);

// Lines that differ, with `context` lines around them: "-" of old, "+" of now.
std::string lines_diff(const std::string &old, const std::string &now, unsigned context);

}  // namespace ingot

#endif
