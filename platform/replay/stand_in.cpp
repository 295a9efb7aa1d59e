// SPDX-License-Identifier: GPL-2.0-or-later
// The stand-in: requests against a recording, and its answers in their time
#include "platform/replay/stand_in.h"

#include <algorithm>

namespace ingot {

void StandIn::power_on()
{
    next_ = 0;
    now_ps_ = then_ps_ = 0;
    poll_first_ = poll_ = none;
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

// The recorded transaction that this request is, or nullptr.
const Transaction *StandIn::request(const Transaction &now)
{
    if (same_poll(now) && !departed_) {
        return polled_again();
    }
    for (; !departed_ && next_ < r_.all.size() && (!r_.all[next_].by_driver() || same_poll(r_.all[next_])); next_++) {
        if (!r_.all[next_].by_driver()) {
            perform(r_.all[next_]);
        }
    }
    poll_first_ = poll_ = none;
    if (departed_) {
        return nullptr;
    }
    const size_t at = next_;
    const Transaction *t = at < r_.all.size() ? &r_.all[at] : nullptr;
    if (!t || t->kind != now.kind || t->address != now.address || t->size != now.size || (t->kind != Kind::Read && t->value != now.value)) {
        depart(at, now);
        return nullptr;
    }
    next_++;
    now_ps_ = client_.now();
    then_ps_ = t->time_ps;
    if (polls(*t)) {
        poll_first_ = poll_ = at;
    }
    due();
    return t;
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
        now.result = t.kind == Kind::DmaRead ? client_.dma_read(t.address, now.data.data(), now.data.size())
                                             : client_.dma_write(t.address, now.data.data(), now.data.size());
        if (now.result != SEAM_OK) {
            now.data.clear();
        }
        if (!now.same_but_time(t)) {
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
    while (at < r_.all.size() && (!r_.all[at].by_driver() || same_poll(r_.all[at]))) {
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
    state_put_u64(out, "departed", departed_);
}

void StandIn::load(struct state *in)
{
    next_ = state_get_u64(in, "next");
    now_ps_ = state_get_u64(in, "now");
    then_ps_ = state_get_u64(in, "then");
    poll_first_ = state_get_u64(in, "poll-first");
    poll_ = state_get_u64(in, "poll");
    departed_ = state_get_u64(in, "departed");
    const bool fits = next_ <= r_.all.size() && (poll_first_ == none) == (poll_ == none) && (poll_ == none || (poll_first_ <= poll_ && poll_ < next_));
    in->bad |= !fits;
}

}  // namespace ingot
