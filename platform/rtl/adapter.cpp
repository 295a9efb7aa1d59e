// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core edge by edge at exact times
#include "platform/rtl/adapter.h"

#include <algorithm>
#include <stdexcept>

namespace ingot {

RtlAdapter::RtlAdapter(std::unique_ptr<RtlCore> core, seam_ps clock_ps, unsigned lines, Client &client)
    : core_(std::move(core)), pins_(core_->pins()), clock_ps_(clock_ps), irq_mask_((1u << lines) - 1), client_(client),
      registers_(register_bus_of(pins_)), memory_(memory_bus_of(pins_, client))
{
}

// Reset takes no time of the platform, and its clocks have no number.
void RtlAdapter::clock_in_reset()
{
    *pins_.aclk = 0;
    core_->eval();
    *pins_.aclk = 1;
    core_->eval();
}

void RtlAdapter::reset(seam_ps now)
{
    changes_.clear();
    irq_ = 0;
    broken_ = false;
    next_ = now / clock_ps_ + 1;
    registers_->release();
    if (memory_) {
        memory_->reset();
    }
    if (pins_.cycle) {
        *pins_.cycle = next_;
    }
    try {
        *pins_.aresetn = 0;
        for (unsigned i = 0; i < reset_clocks; i++) {
            clock_in_reset();
        }
        *pins_.aclk = 0;
        *pins_.aresetn = 1;
        core_->eval();
    } catch (const std::exception &e) {
        break_down(e.what());
    }
    watch_irq(now);
}

void RtlAdapter::break_down(const std::string &what)
{
    broken_ = true;
    registers_->release();
    client_.broken(what + " at clock edge " + std::to_string(next_));
}

void RtlAdapter::watch_irq(seam_ps at)
{
    if (!pins_.irq) {
        return;
    }
    uint8_t now = *pins_.irq & irq_mask_, changed = now ^ irq_;
    irq_ = now;
    for (unsigned line = 0; changed; line++, changed >>= 1) {
        if (!(changed & 1)) {
            continue;
        }
        if (ahead_) {
            changes_.push_back({ at, line, (now >> line & 1) != 0 });
        } else {
            client_.irq(at, line, now >> line & 1);
        }
    }
}

void RtlAdapter::step()
{
    if (pins_.cycle) {
        *pins_.cycle = next_;
    }
    *pins_.aclk = 0;
    core_->eval();
    registers_->sample();
    if (memory_) {
        memory_->sample();
    }
    *pins_.aclk = 1;
    core_->eval();
    registers_->drive();
    if (memory_) {
        memory_->drive();
    }
    if (pins_.irq && (*pins_.irq & irq_mask_) != irq_) {
        watch_irq(next_ * clock_ps_);
    }
    next_++;
}

void RtlAdapter::run(seam_ps to)
{
    while (!changes_.empty() && changes_.front().at <= to) {
        Change c = changes_.front();
        changes_.pop_front();
        client_.irq(c.at, c.line, c.level);
    }
    try {
        for (uint64_t last = to / clock_ps_; next_ <= last && !asleep();) {
            step();
        }
    } catch (const std::exception &e) {
        break_down(e.what());
    }
}

seam_ps RtlAdapter::next_event() const
{
    if (!changes_.empty()) {
        return changes_.front().at;
    }
    return asleep() ? SEAM_NEVER : next_ * clock_ps_;
}

seam_result RtlAdapter::access(bool write, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps)
{
    if (broken_ || !registers_->carries(write, offset, size)) {
        return SEAM_SLAVE_ERROR;
    }
    next_ = std::max(next_, now / clock_ps_ + 1);       // edges that a sleeping core need not run
    ahead_ = true;
    registers_->start(write, offset, size, *value);
    seam_result r = SEAM_SLAVE_ERROR;
    try {
        for (unsigned n = 0; n < answer_limit && !registers_->done(); n++) {
            step();
        }
        if (registers_->done()) {
            r = registers_->result();
            *value = write ? *value : registers_->data();
        } else {
            break_down(std::string("no ") + registers_->missing() + " within " + std::to_string(answer_limit) + " clocks of a " +
                       (write ? "write" : "read"));
        }
    } catch (const std::exception &e) {
        break_down(e.what());
    }
    ahead_ = false;
    seam_ps end = (next_ - 1) * clock_ps_;
    *delay_ps += end > now ? end - now : 0;
    return r;
}

void RtlAdapter::save(struct state *out) const
{
    std::vector<uint8_t> bytes;
    core_->save(bytes);
    state_put(out, "core", bytes.data(), bytes.size());
    if (memory_) {
        memory_->save(out);
    }
    state_put_u64(out, "edge", next_);
    state_put_u64(out, "irq", irq_);
    state_put_u64(out, "broken", broken_);
    state_put_u64(out, "changes", changes_.size());
    for (const Change &c : changes_) {
        state_put_u64(out, "at", c.at);
        state_put_u64(out, "line", c.line);
        state_put_u64(out, "level", c.level);
    }
}

bool RtlAdapter::load(struct state *in, std::string &why)
{
    size_t size = state_next(in, "core");
    std::vector<uint8_t> bytes(size == SIZE_MAX ? 0 : size);
    state_get(in, "core", bytes.data(), bytes.size());
    if (in->bad || !core_->restore(bytes)) {
        why = "the state is of another core, or of another build of it: save it again with this one";
        return false;
    }
    if (memory_) {
        memory_->load(in);
    }
    next_ = state_get_u64(in, "edge");
    irq_ = state_get_u64(in, "irq");
    broken_ = state_get_u64(in, "broken");
    changes_.clear();
    for (uint64_t n = state_get_u64(in, "changes"); n && !in->bad; n--) {
        seam_ps at = state_get_u64(in, "at");
        unsigned line = state_get_u64(in, "line");
        changes_.push_back({ at, line, state_get_u64(in, "level") != 0 });
    }
    return !in->bad;
}

}  // namespace ingot
