// SPDX-License-Identifier: GPL-2.0-or-later
// What replay-device, diff and shrink have in common: a recording, its device, an implementation
#ifndef INGOT_REPLAY_OPTIONS_H
#define INGOT_REPLAY_OPTIONS_H

#include <argp.h>

#include <functional>
#include <string>
#include <vector>

#include "platform/replay/judge.h"

struct ReplayOptions {
    std::vector<std::string> files;
    std::string device, impl;       // of --device NAME[=IMPL]
    std::string type, waves, save, output, test, against;
    uint64_t clock_ps = 0, clock_hz = 0;
    unsigned context = 6;
    bool ignore_timing = false;

    ingot::Recording load(size_t file) const;   // with type and clock as the options say
};

// The options that a command takes are those of its letters: d(evice) t(ype) p(s) z(hz) w(aves) s(ave) c(ontext) i(gnore) o(utput) T(est) a(gainst)
void replay_options(int argc, char **argv, const char *letters, const char *args, const char *doc, size_t files_min, size_t files_max, ReplayOptions *options);
// Runs it; an error is told on stderr and gives 1.
int replay_guarded(const std::function<int()> &command);

#endif
