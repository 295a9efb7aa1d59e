// SPDX-License-Identifier: GPL-2.0-or-later
// A core with its clocks and busses
#include "platform/rtl/clocked_core.h"

#include <algorithm>

namespace ingot {

ClockedCore::ClockedCore(std::unique_ptr<RtlCore> core, Clock bus_clock, unsigned lines, Dma &dma)
    : core_(std::move(core)), pins_(core_->pins()), clock_(bus_clock), irq_mask_((1u << lines) - 1),
      registers_(register_bus_of(pins_)), memory_(memory_bus_of(pins_, dma))
{
    for (const RtlClock &c : pins_.clocks) {
        others_.push_back({ c.pin, c.clock, 1, c.clock.edge(1) });
    }
}

void ClockedCore::look()
{
    edge_at_ = next_at_ = clock_.edge(next_);
    for (const Rising &r : others_) {
        next_at_ = std::min(next_at_, r.at);
    }
}

void ClockedCore::tell_time()
{
    if (pins_.cycle) {
        *pins_.cycle = next_;
    }
    if (pins_.edge_ns) {
        *pins_.edge_ns = edge_at_ / SEAM_PS_PER_NS;
    }
}

void ClockedCore::skip(seam_ps now)
{
    touched_ = true;        // what begins then drives its pins
    next_ = std::max(next_, clock_.last(now) + 1);
    for (Rising &r : others_) {
        r.next = std::max(r.next, r.clock.last(now) + 1);
        r.at = r.clock.edge(r.next);
    }
    look();
}

void ClockedCore::drive_reset(bool active)
{
    if (pins_.aresetn) {
        *pins_.aresetn = active == pins_.reset_high;
    }
}

void ClockedCore::drive_clocks(uint8_t level)
{
    *pins_.aclk = level;
    for (Rising &r : others_) {
        *r.pin = level;
    }
}

void ClockedCore::reset(seam_ps now)
{
    next_ = 1;
    for (Rising &r : others_) {
        r.next = 1;
    }
    skip(now);
    at_ = now;
    registers_->release();
    if (memory_) {
        memory_->reset();
    }
    tell_time();
    drive_reset(true);
    for (unsigned i = 0; i < reset_clocks; i++) {
        drive_clocks(0);
        core_->eval();
        drive_clocks(1);
        core_->eval();
    }
    drive_clocks(0);
    drive_reset(false);
    core_->eval();
}

bool ClockedCore::waves_open(const std::string &path, seam_ps from, seam_ps to, std::string &why)
{
    waves_close();
    if (!core_->waves_open(path, why)) {
        return false;
    }
    touched_ = true;
    shown_from_ = from;
    shown_to_ = to;
    shown_ = 0;
    return true;
}

void ClockedCore::waves_close()
{
    if (waves()) {
        core_->waves_close();
        shown_to_ = 0;
    }
}

// Times in the file go up; what would be the same ps as the last one is left out.
void ClockedCore::show(seam_ps at)
{
    if (!hidden_ && at >= shown_from_ && at <= shown_to_ && (at > shown_ || shown_ == 0)) {
        core_->waves_show(at);
        shown_ = at;
    }
}

inline void ClockedCore::step_bus()
{
    tell_time();
    if (touched_ || !core_->fall()) {
        *pins_.aclk = 0;
        core_->eval();
    }
    if (waves()) {
        show(edge_at_ - clock_.half());
    }
    registers_->sample();
    if (memory_) {
        memory_->sample();
    }
    *pins_.aclk = 1;
    core_->eval();
    if (waves()) {
        show(edge_at_);
    }
    touched_ = registers_->drive() || waves() || sees_time();
    if (memory_) {
        touched_ |= memory_->drive();
    }
    at_ = edge_at_;
    next_++;
    edge_at_ = next_at_ = clock_.edge(next_);
}

// Clocks that rise together rise in one evaluation.
void ClockedCore::step_all()
{
    const bool bus = edge_at_ == next_at_;
    if (bus) {
        tell_time();
        *pins_.aclk = 0;
    }
    for (Rising &r : others_) {
        *r.pin = r.at == next_at_ ? 0 : *r.pin;
    }
    core_->eval();
    if (waves()) {
        show(next_at_ - std::min(clock_.half(), (next_at_ - at_) / 2));
    }
    if (bus) {
        registers_->sample();
        if (memory_) {
            memory_->sample();
        }
        *pins_.aclk = 1;
    }
    for (Rising &r : others_) {
        *r.pin = r.at == next_at_ ? 1 : *r.pin;
    }
    core_->eval();
    if (waves()) {
        show(next_at_);
    }
    if (bus) {
        registers_->drive();
        if (memory_) {
            memory_->drive();
        }
        next_++;
    }
    for (Rising &r : others_) {
        if (r.at == next_at_) {
            r.at = r.clock.edge(++r.next);
        }
    }
    at_ = next_at_;
    look();
}

void ClockedCore::step()
{
    if (others_.empty()) {
        step_bus();
    } else {
        step_all();
    }
}

void ClockedCore::mark(unsigned slot)
{
    core_->mark(slot);
    if (memory_) {
        memory_->mark(slot);
    }
    Mark &m = marked_[slot];
    m.next = next_;
    m.edge_at = edge_at_;
    m.next_at = next_at_;
    m.at = at_;
    m.others = others_;
}

void ClockedCore::back(unsigned slot)
{
    core_->back(slot);
    if (memory_) {
        memory_->back(slot);
    }
    const Mark &m = marked_[slot];
    next_ = m.next;
    edge_at_ = m.edge_at;
    next_at_ = m.next_at;
    at_ = m.at;
    others_ = m.others;
    touched_ = true;
}

void ClockedCore::save(struct state *out) const
{
    std::vector<uint8_t> bytes;
    core_->save(bytes);
    state_put(out, "core", bytes.data(), bytes.size());
    if (memory_) {
        memory_->save(out);
    }
    state_put_u64(out, "edge", next_);
    for (const Rising &r : others_) {
        state_put_u64(out, "edge", r.next);
    }
}

bool ClockedCore::load(struct state *in)
{
    size_t size = state_next(in, "core");
    std::vector<uint8_t> bytes(size == SIZE_MAX ? 0 : size);
    state_get(in, "core", bytes.data(), bytes.size());
    if (in->bad || !core_->restore(bytes)) {
        return false;
    }
    if (memory_) {
        memory_->load(in);
    }
    touched_ = true;
    next_ = state_get_u64(in, "edge");
    at_ = 0;
    for (Rising &r : others_) {
        r.next = state_get_u64(in, "edge");
        r.at = r.clock.edge(r.next);
    }
    look();
    return true;
}

}  // namespace ingot
