// SPDX-License-Identifier: GPL-2.0-or-later
// A recording for the driver alone, and its first difference in words
#include "platform/replay/departure.h"

#include <algorithm>
#include <stdexcept>

#include "platform/replay/rules.h"

namespace ingot {

Recording departure_prepare(const std::string &path, const std::string &device, const std::string &type, std::string &remark)
{
    Recording r = recording_load(path, device);
    if (!r.type.empty() && r.type != type) {
        throw std::runtime_error(path + ": " + device + " is a " + r.type + " there, and a " + type + " on this board: name a recording of such a device");
    }
    r.type = type;
    if (std::none_of(r.all.begin(), r.all.end(), [](const Transaction &t) { return t.by_driver(); })) {
        throw std::runtime_error(path + ": nothing was asked of " + device + " in it: record a run whose driver uses it");
    }
    for (const Rules::Register &rule : rules_load(type, Registers(type)).registers) {
        if (rule.poll) {
            r.polled.push_back(rule.offset);
        }
    }
    remark = r.cut ? path + ": it has no end, the run was killed or the file is cut: it answers until " + time_words(r.end_ps) : "";
    return r;
}

// The driver's other request; or other data, where the device read its memory.
static std::string difference(const Registers &registers, const Transaction &was, const Transaction &is)
{
    if (was.kind == Kind::Write && is.kind == Kind::Write && was.address == is.address && was.size == is.size) {
        return "written: " + registers.difference(was, is) + "\n";
    }
    if (was.kind == Kind::DmaRead && was.result == SEAM_OK && is.result == SEAM_OK && is.address >= was.address && is.address - was.address < was.data.size()) {
        const std::string then = was.data.substr(is.address - was.address, is.data.size());
        return "the memory that the device reads: " + bytes_in_hex(is.data) + " instead of " + bytes_in_hex(then) + "\n";
    }
    return "";
}

std::string departure_words(const Recording &r, size_t at, const std::string &now, unsigned context)
{
    const Registers registers(r.type);
    return printed([&](FILE *out) {
        fprintf(out, "%s (%s): the driver is not as recorded, from transaction %zu of %zu on\n", r.device.c_str(), r.type.c_str(), at, r.all.size());
        for (size_t i = at > context ? at - context : 0; i < std::min(r.all.size(), at + 1); i++) {
            fprintf(out, "%s%s\n", i == at ? "recorded  " : "          ", transaction_words(registers, r.all[i]).c_str());
        }
        if (at >= r.all.size()) {
            fprintf(out, "recorded  (nothing more until %s: for more, record a longer run)\n", time_words(r.end_ps).c_str());
        }
        if (now.empty()) {
            fprintf(out, "now       (nothing more until the board's end)\n");
            return;
        }
        const Transaction is = transaction_parse(now);
        fprintf(out, "now       %s\n%s", transaction_words(registers, is).c_str(), at < r.all.size() ? difference(registers, r.all[at], is).c_str() : "");
    });
}

}  // namespace ingot
