// SPDX-License-Identifier: GPL-2.0-or-later
// The recorder: answers stand behind the access that caused them, as platform/qemu/record.c has it
#include "platform/replay/test/recorder.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace ingot {

static constexpr unsigned spi = 200;
static constexpr seam_ps access_ps = 100000;

Recorder::Recorder(const std::string &type, const std::string &impl, Mutation mutation) : ram_(ram_size), mutation_(mutation)
{
    char err[256];
    cpu_.opaque = this;
    cpu_.irq = [](void *o, unsigned, unsigned n, bool level) {
        of(o).edge(level, n - spi);
    };
    cpu_.dma_read = [](void *o, unsigned, uint32_t, uint64_t a, void *b, size_t n) { return of(o).dma(Kind::DmaRead, a, b, n); };
    cpu_.dma_write = [](void *o, unsigned, uint32_t, uint64_t a, const void *b, size_t n) { return of(o).dma(Kind::DmaWrite, a, const_cast<void *>(b), n); };
    cpu_.console = [](void *o, unsigned, const uint8_t *b, size_t n) {
        for (size_t i = 0; i < n; i++) {
            const uint64_t byte = b[i] ^ of(o).now_comes(Mutation::FlipConsole);
            of(o).answer({ 0, Kind::Console, 0, SEAM_OK, 0, byte, "" });
        }
    };
    cpu_.note = [](void *o, unsigned, uint32_t code, uint64_t value) { of(o).answer({ 0, Kind::Note, 0, SEAM_OK, code, value, "" }); };
    cpu_.stop = [](void *, unsigned, const char *reason) { throw std::runtime_error(reason); };
    recording.path = type + "=" + impl;
    recording.device = type + "0";
    recording.type = type;
    recording.impl = impl;
    seam_device_desc desc = { recording.device.c_str(), type.c_str(), impl.c_str(), 0x0b000000, 0, spi, 1, 10000, 0 };
    devices_ = seam_devices_new(&cpu_, err, sizeof err);
    if (!devices_ || seam_devices_add(devices_, &desc, err, sizeof err) < 0 || seam_devices_elaborate(devices_, err, sizeof err) < 0) {
        throw std::runtime_error(err);
    }
}

bool Recorder::now_comes(Mutation::What what)
{
    const bool it_is = mutation_.what == what && occasions_++ == mutation_.nth;
    mutated_ |= it_is;
    return it_is;
}

void Recorder::edge(bool level, unsigned line)
{
    if (!now_comes(Mutation::DropEdge) && level != level_) {
        level_ = level;
        answer({ 0, Kind::Irq, 0, SEAM_OK, line, level, "" });
    }
}

void Recorder::answer(Transaction t)
{
    t.time_ps = now_;
    (serving_ ? effects_ : recording.all).push_back(std::move(t));
}

seam_result Recorder::dma(Kind kind, uint64_t address, void *bytes, size_t len)
{
    std::string other;
    address += now_comes(Mutation::DmaElsewhere) ? 8 : 0;
    if (kind == Kind::DmaWrite && now_comes(Mutation::FlipDma)) {
        other.assign(static_cast<char *>(bytes), len);
        other[0] ^= 1;
        bytes = other.data();
    }
    const bool inside = address >= ram_base && len <= ram_size && address - ram_base <= ram_size - len;
    if (inside) {
        uint8_t *there = ram(address);
        kind == Kind::DmaRead ? memcpy(bytes, there, len) : memcpy(there, bytes, len);
    }
    seam_result r = inside ? SEAM_OK : SEAM_DENIED;
    answer({ 0, kind, 0, r, address, len, inside ? std::string(static_cast<char *>(bytes), len) : "" });
    return r;
}

void Recorder::run_until(seam_ps to)
{
    for (seam_ps next; (next = seam_next_event(devices_)) <= to && next != SEAM_NEVER;) {
        now_ = next;
        seam_advance(devices_, next);
    }
    now_ = std::max(now_, to);
    recording.end_ps = now_;
}

void Recorder::served(Transaction t, seam_ps delay)
{
    serving_ = false;
    t.time_ps = now_;
    t.bus_ps = static_cast<uint32_t>(delay);
    recording.all.push_back(t);
    recording.all.insert(recording.all.end(), effects_.begin(), effects_.end());
    effects_.clear();
    if (now_comes(Mutation::SpuriousEdge)) {
        edge(!level_, 0);
    }
    run_until(now_ + std::max(delay, access_ps));
}

uint64_t Recorder::read(uint64_t offset, unsigned size)
{
    if (now_comes(Mutation::ExtraRead)) {
        plain_read(4, size);
    }
    return plain_read(offset, size);
}

void Recorder::write(uint64_t offset, uint64_t value, unsigned size)
{
    if (now_comes(Mutation::DropWrite)) {
        return;
    }
    if (now_comes(Mutation::WriteTwice)) {
        plain_write(offset, value, size);
    }
    plain_write(offset, value ^ now_comes(Mutation::FlipWrite), size);
}

uint64_t Recorder::plain_read(uint64_t offset, unsigned size)
{
    seam_ps delay = 0;
    uint64_t value = 0;
    serving_ = true;
    seam_result r = seam_read(devices_, 0, offset, size, now_, &value, &delay);
    value ^= now_comes(Mutation::FlipRead);
    r = now_comes(Mutation::AccessError) ? SEAM_SLAVE_ERROR : r;
    served({ 0, Kind::Read, static_cast<uint8_t>(size), r, offset, value, "" }, delay);
    return value;
}

void Recorder::plain_write(uint64_t offset, uint64_t value, unsigned size)
{
    seam_ps delay = 0;
    serving_ = true;
    seam_result r = seam_write(devices_, 0, offset, size, now_, value, &delay);
    r = now_comes(Mutation::AccessError) ? SEAM_SLAVE_ERROR : r;
    served({ 0, Kind::Write, static_cast<uint8_t>(size), r, offset, value, "" }, delay);
}

void Recorder::input(const std::string &bytes)
{
    for (char c : bytes) {
        serving_ = true;
        const uint8_t byte = static_cast<uint8_t>(c);
        seam_input(devices_, 0, now_, &byte, 1);
        served({ 0, Kind::Input, 0, SEAM_OK, 0, byte, "" }, 0);
    }
}

void Recorder::reset()
{
    serving_ = true;
    seam_reset(devices_, now_);
    served({ 0, Kind::Reset, 0, SEAM_OK, 0, 0, "" }, 0);
}

void Recorder::pass(seam_ps ps) { run_until(now_ + ps); }

bool Recorder::wait_irq(seam_ps limit_ps)
{
    for (seam_ps limit = now_ + limit_ps; !level_;) {
        seam_ps next = seam_next_event(devices_);
        if (next > limit) {
            run_until(limit);
            return false;
        }
        run_until(next);
    }
    return true;
}

}  // namespace ingot
