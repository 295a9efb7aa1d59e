// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in: requests against a recording, and its answers in their time
#include "platform/replay/stand_in.h"

#include <algorithm>

namespace ingot {

StandIn::StandIn(Recording recording, Held held, Client &client) : r_(std::move(recording)), held_(held), client_(client)
{
    for (const Transaction &t : r_.all) {
        if (t.kind == Kind::DmaRead || t.kind == Kind::DmaWrite) {
            starts_[t.address] = t.address;
            starts_.emplace(t.address & UINT32_MAX, t.address);
        }
    }
}

void StandIn::power_on()
{
    next_ = 0;
    now_ps_ = then_ps_ = 0;
    poll_first_ = poll_ = none;
    other_reads_ = 0;
    moves_.clear();
    departed_ = false;
    due();
}

bool StandIn::polls(const Transaction &t) const
{
    return t.kind == Kind::Read && std::find(r_.polled.begin(), r_.polled.end(), t.address) != r_.polled.end();
}

// Another read of the register that is being polled.
bool StandIn::same_poll(const Transaction &t) const
{
    return poll_first_ != none && t.kind == Kind::Read && t.address == r_.all[poll_first_].address && t.size == r_.all[poll_first_].size;
}

// All answers whose time has come. A recorded read of the polled register needs no read of today.
void StandIn::due()
{
    while (!departed_ && next_ < r_.all.size()) {
        const Transaction &t = r_.all[next_];
        if (!t.by_driver()) {
            const seam_ps at = std::max(client_.now(), now_ps_ + (t.time_ps - then_ps_));
            if (at > client_.now()) {
                client_.wake(at);
                return;
            }
            perform(t);
        } else if (!same_poll(t)) {
            break;
        }
        next_++;
    }
    client_.wake(SEAM_NEVER);
}

// What the register held at this distance from the first read.
const Transaction *StandIn::polled_again()
{
    for (size_t i = poll_ + 1; i < next_ && r_.all[i].time_ps - then_ps_ <= client_.now() - now_ps_; i++) {
        poll_ = same_poll(r_.all[i]) ? i : poll_;
    }
    return &r_.all[poll_];
}

static bool same_request(const Transaction &a, const Transaction &b)
{
    return a.kind == b.kind && a.address == b.address && a.size == b.size && (a.kind == Kind::Read || a.value == b.value);
}

// The address that a recorded word is, or 0: it is none.
uint64_t StandIn::address_of(uint64_t recorded, size_t size) const
{
    auto at = held_ == Held::Effects && recorded && size >= 4 ? starts_.find(recorded) : starts_.end();
    return at != starts_.end() && (size == 8 ? at->second == recorded : (at->second & UINT32_MAX) == recorded) ? at->second : 0;
}

bool StandIn::is(const Transaction &recorded, const Transaction &now) const
{
    Transaction other = now;
    other.value = now.kind == Kind::Write && address_of(recorded.value, recorded.size) ? recorded.value : now.value;
    return same_request(recorded, other);
}

uint64_t StandIn::moved(uint64_t address) const
{
    auto above = moves_.upper_bound(address);
    return above == moves_.begin() ? address : address - std::prev(above)->first + std::prev(above)->second;
}

static uint64_t word(const std::string &bytes, size_t at, size_t size)
{
    uint64_t w = 0;
    for (size_t i = size; i-- > 0;) {
        w = w << 8 | static_cast<uint8_t>(bytes[at + i]);
    }
    return w;
}

// What the device has read: addresses are learnt, and are as recorded then.
void StandIn::reconcile(const Transaction &t, std::string &now)
{
    for (size_t at = (8 - t.address % 8) % 8; at + 4 <= now.size();) {
        size_t size = at + 8 <= now.size() && (t.address + at) % 8 == 0 && address_of(word(t.data, at, 8), 8) ? 8 : 4;
        if (const uint64_t address = address_of(word(t.data, at, size), size)) {
            moves_[address] = (size == 8 ? 0 : address & ~uint64_t(UINT32_MAX)) | word(now, at, size);
            now.replace(at, size, t.data, at, size);
        }
        at += size;
    }
}

// Where the recording has this request, as the next one that is held to it; none: nowhere.
size_t StandIn::find(const Transaction &now) const
{
    for (size_t i = next_; i < r_.all.size(); i++) {
        const Transaction &t = r_.all[i];
        if (!t.by_driver() || same_poll(t)) {
            continue;
        }
        if (is(t, now)) {
            return i;
        }
        if (held_ == Held::All || t.kind != Kind::Read) {
            break;
        }
    }
    return none;
}

// What was read there last; or next, where nothing was.
const Transaction *StandIn::free_read(const Transaction &now)
{
    for (size_t i = next_; i-- > 0;) {
        if (same_request(r_.all[i], now)) {
            return &r_.all[i];
        }
    }
    for (size_t i = next_; i < r_.all.size(); i++) {
        if (same_request(r_.all[i], now)) {
            return &r_.all[i];
        }
    }
    return nullptr;
}

// The recorded transaction that this request is, or nullptr.
const Transaction *StandIn::request(const Transaction &now)
{
    if (departed_) {
        return nullptr;
    }
    if (same_poll(now)) {
        return polled_again();
    }
    const size_t found = find(now), at = found == none ? waits_for() : found;
    if (found == none && held_ == Held::Effects && now.kind == Kind::Read) {
        if (const Transaction *t = free_read(now)) {
            other_reads_++;
            return t;
        }
    }
    for (; !departed_ && next_ < at; next_++) {     // all that is recorded before it comes before it
        if (!r_.all[next_].by_driver()) {
            perform(r_.all[next_]);
        } else {
            other_reads_ += !same_poll(r_.all[next_]);
        }
    }
    poll_first_ = poll_ = none;
    if (departed_) {
        return nullptr;
    }
    if (found == none) {
        depart(at, now);
        return nullptr;
    }
    const Transaction &t = r_.all[next_++];
    now_ps_ = client_.now();
    then_ps_ = t.time_ps;
    if (const uint64_t address = t.kind == Kind::Write ? address_of(t.value, t.size) : 0) {
        moves_[address] = (t.size == 8 ? 0 : address & ~uint64_t(UINT32_MAX)) | now.value;
    }
    if (polls(t)) {
        poll_first_ = poll_ = at;
    }
    due();
    return &t;
}

// The access that departs reads 0, so that a debugger finds the core behind it; later ones fail.
seam_result StandIn::access(const Transaction &now, uint64_t *value, seam_ps *delay_ps)
{
    const bool answers = !departed_;
    const Transaction *t = request(now);
    if (value) {
        *value = t ? t->value : 0;
    }
    *delay_ps = t ? t->bus_ps : 0;
    return t ? t->result : answers ? SEAM_OK : SEAM_SLAVE_ERROR;
}

seam_result StandIn::read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps)
{
    return access({ 0, Kind::Read, static_cast<uint8_t>(size), SEAM_OK, offset, 0 }, value, delay_ps);
}

seam_result StandIn::write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps)
{
    return access({ 0, Kind::Write, static_cast<uint8_t>(size), SEAM_OK, offset, value }, nullptr, delay_ps);
}

void StandIn::input(uint8_t byte) { request({ 0, Kind::Input, 0, SEAM_OK, 0, byte }); }
void StandIn::reset() { request({ 0, Kind::Reset, 0, SEAM_OK }); }

// Of what differs in a transfer, told from the first byte on.
static Transaction from_first_difference(const Transaction &recorded, Transaction now)
{
    const size_t at = static_cast<size_t>(std::mismatch(recorded.data.begin(), recorded.data.end(), now.data.begin(), now.data.end()).first - recorded.data.begin());
    now.data = now.data.substr(std::min(at, now.data.size()), 8);
    now.address += now.data.empty() ? 0 : at;
    now.value = now.data.empty() ? now.value : now.data.size();
    return now;
}

void StandIn::perform(const Transaction &t)
{
    switch (t.kind) {
    case Kind::Irq: client_.irq(static_cast<unsigned>(t.address), t.value); break;
    case Kind::Console: client_.console(static_cast<uint8_t>(t.value)); break;
    case Kind::Note: client_.note(static_cast<uint32_t>(t.address), t.value); break;
    case Kind::Stop: client_.stop(t.data); break;
    case Kind::DmaRead: case Kind::DmaWrite: {
        Transaction now = t;
        now.data = t.kind == Kind::DmaRead || t.result != SEAM_OK ? std::string(t.value, '\0') : t.data;
        now.address = moved(t.address);
        now.result = t.kind == Kind::DmaRead ? client_.dma_read(now.address, now.data.data(), now.data.size())
                                             : client_.dma_write(now.address, now.data.data(), now.data.size());
        if (now.result != SEAM_OK) {
            now.data.clear();
        } else if (t.kind == Kind::DmaRead && t.result == SEAM_OK) {
            reconcile(t, now.data);
        }
        if (now.result != t.result || now.data != t.data) {
            depart(next_, now.result == SEAM_OK && t.result == SEAM_OK ? from_first_difference(t, now) : now);
        }
        break;
    }
    default: break;
    }
}

void StandIn::depart(size_t at, Transaction now)
{
    departed_ = true;
    client_.wake(SEAM_NEVER);
    now.time_ps = client_.now();
    client_.stop("not as recorded: transaction " + std::to_string(at) + " of " + std::to_string(r_.all.size()) + ": now " + transaction_text(now));
}

seam_result StandIn::peek(uint64_t offset, unsigned size, uint64_t *value) const
{
    for (size_t i = next_; i-- > 0;) {
        const Transaction &t = r_.all[i];
        if (t.kind == Kind::Read && t.address == offset && t.size == size) {
            *value = t.value;
            return SEAM_OK;
        }
    }
    return SEAM_SLAVE_ERROR;
}

size_t StandIn::waits_for() const
{
    size_t at = next_;
    while (at < r_.all.size() && (!r_.all[at].by_driver() || same_poll(r_.all[at]) || (held_ == Held::Effects && r_.all[at].kind == Kind::Read))) {
        at++;
    }
    return at;
}

void StandIn::save(struct state *out) const
{
    state_put_u64(out, "next", next_);
    state_put_u64(out, "now", now_ps_);
    state_put_u64(out, "then", then_ps_);
    state_put_u64(out, "poll-first", poll_first_);
    state_put_u64(out, "poll", poll_);
    state_put_u64(out, "other-reads", other_reads_);
    state_put_u64(out, "moves", moves_.size());
    for (auto [from, to] : moves_) {
        state_put_u64(out, "from", from);
        state_put_u64(out, "to", to);
    }
    state_put_u64(out, "departed", departed_);
}

void StandIn::load(struct state *in)
{
    next_ = state_get_u64(in, "next");
    now_ps_ = state_get_u64(in, "now");
    then_ps_ = state_get_u64(in, "then");
    poll_first_ = state_get_u64(in, "poll-first");
    poll_ = state_get_u64(in, "poll");
    other_reads_ = state_get_u64(in, "other-reads");
    moves_.clear();
    for (uint64_t n = state_get_u64(in, "moves"); n-- > 0 && !in->bad;) {
        const uint64_t from = state_get_u64(in, "from");
        moves_[from] = state_get_u64(in, "to");
    }
    departed_ = state_get_u64(in, "departed");
    const bool fits = next_ <= r_.all.size() && (poll_first_ == none) == (poll_ == none) && (poll_ == none || (poll_first_ <= poll_ && poll_ < next_));
    in->bad |= !fits;
}

}  // namespace ingot
