// SPDX-License-Identifier: GPL-2.0-or-later
// Recordings: which kind of file it is, and what makes two transactions equal
#include "platform/replay/recording.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ingot {

static const char text_magic[] = "ingot-recording ";

bool Transaction::same_but_time(const Transaction &o) const
{
    return kind == o.kind && size == o.size && result == o.result && address == o.address && value == o.value && data == o.data;
}

const char *kind_name(Kind k)
{
    static const char *const names[kind_count] = { "read", "write", "input", "reset", "irq", "dma-read", "dma-write", "console", "note", "stop" };
    return names[static_cast<unsigned>(k)];
}

const char *result_name(seam_result r)
{
    static const char *const names[] = { "ok", "slave-error", "decode-error", "denied" };
    return r <= SEAM_DENIED ? names[r] : "unknown";
}

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
