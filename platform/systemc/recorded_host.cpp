// SPDX-License-Identifier: GPL-2.0-or-later
// Hosts a stand-in: the recording is read when the board is built
#include "platform/systemc/recorded_host.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ingot {

static std::string text_of(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    if (!in) {
        throw std::runtime_error(path + ": " + strerror(errno) + ": name a recording as text (ingot replay-device --save)");
    }
    return all.str();
}

static uint64_t fnv(const std::string &text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (unsigned char c : text) {
        h = (h ^ c) * 0x100000001b3u;
    }
    return h;
}

RecordedHost::RecordedHost(sc_core::sc_module_name name, DevicePort &p, const std::string &path, StandIn::Held held) : NativeDevice(name, p), answer_(*this)
{
    const std::string text = text_of(path);
    Recording r = recording_parse(text, path, "");
    if (r.type != p.type) {
        throw std::runtime_error(path + ": " + r.device + " is a " + r.type + ", and " + p.name + " is a " + p.type + ": name a recording of one");
    }
    fingerprint_ = fnv(text);
    stand_in_.reset(new StandIn(std::move(r), held, *this));
}

// The first is no event of the board: power-on.
void RecordedHost::reset()
{
    if (now() == 0) {
        stand_in_->power_on();
    } else {
        stand_in_->reset();
    }
}

seam_result RecordedHost::read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps) { return stand_in_->read(offset, size, value, delay_ps); }
seam_result RecordedHost::write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps) { return stand_in_->write(offset, size, value, delay_ps); }
seam_result RecordedHost::peek(uint64_t offset, unsigned size, uint64_t *value) { return stand_in_->peek(offset, size, value); }

size_t RecordedHost::input(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        stand_in_->input(bytes[i]);
    }
    return len;
}

bool RecordedHost::save(struct state *out, std::string &) const
{
    state_put_u64(out, "recording", fingerprint_);
    stand_in_->save(out);
    return true;
}

bool RecordedHost::load(struct state *in, std::string &why)
{
    if (state_get_u64(in, "recording") != fingerprint_) {
        why = "the state was taken with another recording: restore it with that one, unchanged";
        return false;
    }
    stand_in_->load(in);
    return !in->bad;
}

}  // namespace ingot
