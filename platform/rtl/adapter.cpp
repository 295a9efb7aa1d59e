// SPDX-License-Identifier: GPL-2.0-or-later
// Runs a Verilated core edge by edge at exact times
#include "platform/rtl/adapter.h"

#include <stdexcept>

namespace ingot {

RtlAdapter::RtlAdapter(std::unique_ptr<RtlCore> core, Clock bus_clock, unsigned lines, Client &client)
    : core_(std::move(core), bus_clock, lines, client), client_(client)
{
}

void RtlAdapter::reset(seam_ps now)
{
    settle(now);        // what a reset does not reach stays as it is now
    changes_.clear();
    irq_ = 0;
    broken_ = false;
    try {
        core_.reset(now);
    } catch (const std::exception &e) {
        break_down(e.what());
    }
    watch_irq(now, false);
    restart();
}

void RtlAdapter::break_down(const std::string &what)
{
    broken_ = true;
    core_.registers().release();
    client_.broken(what + " at clock edge " + std::to_string(core_.next_edge()));
}

void RtlAdapter::watch_irq(seam_ps at, bool ahead)
{
    uint8_t now = core_.irq(), changed = now ^ irq_;
    irq_ = now;
    for (unsigned line = 0; changed; line++, changed >>= 1) {
        bool level = now >> line & 1;
        if (changed & 1 && ahead) {
            changes_.push_back({ at, line, level });
        } else if (changed & 1) {
            client_.irq(at, line, level);
        }
    }
}

void RtlAdapter::step(bool ahead)
{
    core_.step();
    if (core_.irq() != irq_) {
        watch_irq(core_.at(), ahead);
    }
}

void RtlAdapter::deliver(seam_ps to)
{
    while (!changes_.empty() && changes_.front().at <= to) {
        Change c = changes_.front();
        changes_.pop_front();
        client_.irq(c.at, c.line, c.level);
    }
}

void RtlAdapter::run(seam_ps to)
{
    deliver(to);
    try {
        while (core_.next_at() <= to && !asleep()) {
            step(false);
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
    return asleep() ? SEAM_NEVER : core_.next_at();
}

seam_result RtlAdapter::access(bool write, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps)
{
    RegisterBus &bus = core_.registers();
    if (broken_ || !bus.carries(write, offset, size)) {
        return SEAM_SLAVE_ERROR;
    }
    settle(now);
    core_.skip(now);        // instants that a sleeping core need not run
    bus.start(write, offset, size, *value);
    seam_result r = SEAM_SLAVE_ERROR;
    try {
        for (uint64_t last = core_.next_edge() + answer_limit; core_.next_edge() < last && !bus.done();) {
            step(true);
        }
        if (bus.done()) {
            r = bus.result();
            *value = write ? *value : bus.data();
        } else {
            break_down(std::string("no ") + bus.missing() + " within " + std::to_string(answer_limit) + " clocks of a " +
                       (write ? "write" : "read"));
        }
    } catch (const std::exception &e) {
        break_down(e.what());
    }
    *delay_ps += core_.at() > now ? core_.at() - now : 0;
    restart();
    return r;
}

seam_result RtlAdapter::peek(uint64_t offset, unsigned size, seam_ps now, uint64_t *value)
{
    constexpr unsigned slot = ClockedCore::marks - 1;       // nobody else's
    RegisterBus &bus = core_.registers();
    if (broken_ || !bus.carries(false, offset, size)) {
        return SEAM_SLAVE_ERROR;
    }
    settle(now);
    core_.mark(slot);
    core_.hide(true);
    core_.skip(now);
    bus.start(false, offset, size, 0);
    seam_result r = SEAM_SLAVE_ERROR;
    try {
        for (unsigned n = 0; n < answer_limit && !bus.done() && !core_.dma_due(); n++) {
            core_.step();
        }
        if (bus.done()) {
            r = bus.result();
            *value = bus.data();
        }
    } catch (const std::exception &) {
        // a core that such a read would break is not broken by it
    }
    bus.release();
    core_.back(slot);
    core_.hide(false);
    restart();
    return r;
}

bool RtlAdapter::waves(const std::string &path, seam_ps now, seam_ps from, seam_ps to, std::string &why)
{
    settle(now);
    bool done = core_.waves_open(path, from, to, why);
    restart();
    return done;
}

void RtlAdapter::waves_end(seam_ps now)
{
    settle(now);
    core_.waves_close();
    restart();
}

void RtlAdapter::save(seam_ps now, struct state *out)
{
    settle(now);
    core_.save(out);
    state_put_u64(out, "irq", irq_);
    state_put_u64(out, "broken", broken_);
    state_put_u64(out, "changes", changes_.size());
    for (const Change &c : changes_) {
        state_put_u64(out, "at", c.at);
        state_put_u64(out, "line", c.line);
        state_put_u64(out, "level", c.level);
    }
    restart();
}

bool RtlAdapter::load(struct state *in, std::string &why)
{
    if (!core_.load(in)) {
        why = "the state is of another core, or of another build of it: save it again with this one";
        return false;
    }
    irq_ = state_get_u64(in, "irq");
    broken_ = state_get_u64(in, "broken");
    changes_.clear();
    for (uint64_t n = state_get_u64(in, "changes"); n && !in->bad; n--) {
        seam_ps at = state_get_u64(in, "at");
        unsigned line = state_get_u64(in, "line");
        changes_.push_back({ at, line, state_get_u64(in, "level") != 0 });
    }
    restart();
    return !in->bad;
}

}  // namespace ingot
