// SPDX-License-Identifier: GPL-2.0-or-later
// A recording against a device, or against another recording: the verdict, with its report in words
#ifndef INGOT_JUDGE_H
#define INGOT_JUDGE_H

#include "platform/replay/divergence.h"
#include "platform/replay/replay.h"

namespace ingot {

struct Judgement {
    Verdict verdict = Verdict::Same;
    std::string report;                 // ends with a line's end
};

// To the letter: verdict Same, or Device with the first difference. Any other time is a difference, too.
Judgement judge_exact(const Recording &recorded, const Replay &how, unsigned context);
// As the rules allow. how.waves: a waveform around the divergence.
Judgement judge_device(const Recording &recorded, Replay how, const Rules &rules, unsigned context);
Judgement judge_recordings(const Recording &a, const Recording &b, const Rules &rules, unsigned context);
// What the device answers today to the recorded requests at their recorded times.
Recording record_again(const Recording &recorded, const std::string &impl);

}  // namespace ingot

#endif
