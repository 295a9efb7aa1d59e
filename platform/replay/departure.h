// SPDX-License-Identifier: GPL-2.0-or-later
// The driver alone: what its stand-in is given, and where it departed from the recording, in words
#ifndef INGOT_DEPARTURE_H
#define INGOT_DEPARTURE_H

#include "platform/replay/recording.h"

namespace ingot {

// The device's part of a trace or recording, for a stand-in (stand_in.h): with the polled registers of vdevices/TYPE/diff.xml. `remark` is what
// the user should know of it, or "". Throws what cannot be used: another type of device, nothing that it was asked, damage.
Recording departure_prepare(const std::string &path, const std::string &device, const std::string &type, std::string &remark);

// Transaction `at` of the recording did not come; `now` came instead, as a line of a recording; "": nothing, until the board's end.
std::string departure_words(const Recording &r, size_t at, const std::string &now, unsigned context);

}  // namespace ingot

#endif
