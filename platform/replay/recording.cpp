// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings as files: which kind it is, and the text that is written
#include "platform/replay/recording.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "platform/replay/words.h"

namespace ingot {

static const char text_magic[] = "ingot-recording ";

Recording recording_load(const std::string &path, const std::string &device)
{
    std::ifstream in(path, std::ios::binary);
    char magic[sizeof text_magic - 1] = "";
    if (!in && path.find('+') != std::string::npos) {
        return recording_from_trace(path, device);
    }
    if (!in) {
        throw std::runtime_error(path + ": " + strerror(errno) + ": name a trace or a recording");
    }
    in.read(magic, sizeof magic);
    if (in.gcount() != sizeof magic || memcmp(magic, text_magic, sizeof magic)) {
        return recording_from_trace(path, device);
    }
    in.seekg(0);
    std::ostringstream all;
    all << in.rdbuf();
    return recording_parse(all.str(), path, device);
}

std::string recording_text(const Recording &r)
{
    const Registers registers(r.type);
    std::string out = "ingot-recording 1\ndevice " + r.device + " " + r.type + " " + (r.impl.empty() ? "-" : r.impl);
    out += r.clock_ps ? " clock-ps " + std::to_string(r.clock_ps) : r.clock_hz ? " clock-hz " + std::to_string(r.clock_hz) : "";
    out += "\n";
    for (uint64_t offset : r.polled) {
        out += "poll " + std::to_string(offset) + "\n";
    }
    for (const Transaction &t : r.all) {
        std::string names = t.kind <= Kind::Write ? registers.words(t) : "";
        out += transaction_text(t) + (names.empty() ? "" : "  # " + names) + "\n";
    }
    return out + std::to_string(r.end_ps) + " end\n";
}

void recording_save(const Recording &r, const std::string &path)
{
    std::ofstream out(path, std::ios::binary);
    out << recording_text(r);
    out.close();
    if (!out) {
        throw std::runtime_error(path + ": " + strerror(errno) + ": the recording is not written: make room, or name another file");
    }
}

}  // namespace ingot
