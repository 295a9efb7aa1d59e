// SPDX-License-Identifier: GPL-2.0-or-later
// The replay of one device on the seam
#include "platform/replay/replay.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace ingot {

namespace {

constexpr unsigned spi = 176;               // any: lines are counted from 0 in recordings
constexpr uint64_t base = 0x0b000000;
constexpr uint32_t stream = 1;
constexpr seam_ps grace_ps = 100000000;     // an answer may be so much later, and
constexpr unsigned grace_factor = 16;       // ... so many times the recorded time: then it is missing

class Player {
public:
    Player(const Recording &recorded, const Replay &how) : want_(recorded), how_(how), memory_(recorded, how.memory)
    {
        result_.run = recorded;
        result_.run.all.clear();
        result_.run.impl = how.impl.empty() ? recorded.impl : how.impl;
        cpu_ = callbacks(this);
        char err[256];
        const std::string &impl = result_.run.impl;
        if (impl.compare(0, 8, "recorded") == 0) {
            throw std::runtime_error(recorded.path + ": " + want_.device + " was no device there, a recording answered: name one that answers now, --device " +
                                     want_.device + "=IMPL");
        }
        seam_device_desc desc = { want_.device.c_str(), want_.type.c_str(), impl.empty() || impl == "-" ? nullptr : impl.c_str(),
                                  base, 0, spi, stream, want_.clock_ps, want_.clock_hz };
        devices_.reset(seam_devices_new(&cpu_, err, sizeof err));
        if (!devices_ || seam_devices_add(devices_.get(), &desc, err, sizeof err) < 0 || seam_devices_elaborate(devices_.get(), err, sizeof err) < 0) {
            throw std::runtime_error(err);
        }
        if (seam_iommu(devices_.get()) >= 0) {
            throw std::runtime_error(want_.device + ": an IOMMU decides over other devices' DMA, which is not recorded: it cannot be replayed alone");
        }
        for (const Transaction &t : recorded.all) {
            outputs_.push_back(outputs_.empty() ? 0 : outputs_.back() + !(&t)[-1].by_driver());
        }
        outputs_.push_back(outputs_.empty() ? 0 : outputs_.back() + !recorded.all.back().by_driver());
        if (!how.waves.empty() && seam_waves(devices_.get(), 0, how.waves.c_str(), 0, how.waves_from_ps, how.waves_to_ps, err, sizeof err) < 0) {
            result_.no_waves = err;
        }
    }

    Replayed play()
    {
        if (how_.pace == Pace::Exact) {
            exact();
        } else {
            elastic();
        }
        result_.run.end_ps = now_;
        if (!how_.waves.empty()) {
            seam_waves_end(devices_.get(), now_);
        }
        return std::move(result_);
    }

private:
    static seam_cpu callbacks(Player *p)
    {
        seam_cpu c = {};
        c.opaque = p;
        c.irq = [](void *o, unsigned, unsigned n, bool level) { of(o).answer({ 0, Kind::Irq, 0, SEAM_OK, n - spi, level, "" }); };
        c.dma_read = [](void *o, unsigned, uint32_t, uint64_t addr, void *buf, size_t len) {
            seam_result r = of(o).memory_.read(addr, buf, len);
            of(o).answer({ 0, Kind::DmaRead, 0, r, addr, len, r == SEAM_OK ? std::string(static_cast<char *>(buf), len) : "" });
            return r;
        };
        c.dma_write = [](void *o, unsigned, uint32_t, uint64_t addr, const void *buf, size_t len) {
            seam_result r = of(o).memory_.write(addr, buf, len);
            of(o).answer({ 0, Kind::DmaWrite, 0, r, addr, len, r == SEAM_OK ? std::string(static_cast<const char *>(buf), len) : "" });
            return r;
        };
        c.console = [](void *o, unsigned, const uint8_t *bytes, size_t len) {
            for (size_t i = 0; i < len; i++) {
                of(o).answer({ 0, Kind::Console, 0, SEAM_OK, 0, bytes[i], "" });
            }
        };
        c.note = [](void *o, unsigned, uint32_t code, uint64_t value) { of(o).answer({ 0, Kind::Note, 0, SEAM_OK, code, value, "" }); };
        c.stop = [](void *o, unsigned, const char *reason) { of(o).answer({ 0, Kind::Stop, 0, SEAM_OK, 0, 0, reason }); };
        return c;
    }
    static Player &of(void *o) { return *static_cast<Player *>(o); }

    // What an access causes stands behind it, at its time, as in a trace.
    void answer(Transaction t)
    {
        t.time_ps = now_;
        answers_++;
        if (serving_) {
            effects_.push_back(std::move(t));
        } else {
            put(std::move(t));
        }
    }

    void put(Transaction t)
    {
        if (!how_.until_difference) {
            result_.run.all.push_back(std::move(t));
        } else if (result_.differs) {
            return;
        } else if (result_.same < want_.all.size() && want_.all[result_.same] == t) {
            result_.same++;
        } else {
            result_.differs = true;
            result_.instead = std::move(t);
        }
    }

    seam_ps next_event() { return seam_next_event(devices_.get()); }

    void step(seam_ps to)
    {
        now_ = to;
        seam_advance(devices_.get(), to);
        if (next_event() <= to) {
            throw std::runtime_error(want_.device + ": its next event does not move past " + std::to_string(to) + " ps: it arms a timer at its own instant");
        }
    }

    void run_until(seam_ps to)
    {
        for (seam_ps next; !result_.differs && (next = next_event()) <= to && next != SEAM_NEVER;) {
            step(next);
        }
        now_ = std::max(now_, to);
    }

    // Bytes that arrived together arrive together again.
    size_t together(size_t index) const
    {
        size_t n = 1;
        const Transaction &first = want_.all[index];
        while (first.kind == Kind::Input && index + n < want_.all.size() && want_.all[index + n].kind == Kind::Input && want_.all[index + n].time_ps == first.time_ps) {
            n++;
        }
        return n;
    }

    // Performs `count` requests at once: one, or bytes of input. Returns how long the bus was occupied.
    seam_ps request(size_t index, size_t count)
    {
        Transaction t = want_.all[index];
        seam_ps delay = 0;
        memory_.position(index);
        serving_ = true;
        t.time_ps = now_;
        if (t.kind == Kind::Read) {
            t.result = seam_read(devices_.get(), 0, t.address, t.size, now_, &t.value, &delay);
        } else if (t.kind == Kind::Write) {
            t.result = seam_write(devices_.get(), 0, t.address, t.size, now_, t.value, &delay);
        } else if (t.kind == Kind::Reset) {
            seam_reset(devices_.get(), now_);
        } else {
            std::string bytes;
            for (size_t n = 0; n < count; n++) {
                bytes += static_cast<char>(want_.all[index + n].value);
            }
            count = seam_input(devices_.get(), 0, now_, reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
        }
        serving_ = false;
        for (size_t n = 0; n < count; n++) {
            t.value = t.kind == Kind::Input ? want_.all[index + n].value : t.value;
            t.bus_ps = static_cast<uint32_t>(std::min<seam_ps>(delay, UINT32_MAX));
            put(t);
        }
        for (Transaction &e : effects_) {
            put(std::move(e));
        }
        effects_.clear();
        return delay;
    }

    void exact()
    {
        for (size_t i = 0, next; i < want_.all.size() && !result_.differs; i = next) {
            const Transaction &t = want_.all[i];
            next = i + together(i);
            if (!t.by_driver()) {
                continue;
            }
            run_until(t.time_ps);
            if (how_.until_difference && !result_.differs && result_.same < i) {
                result_.differs = true;         // an answer is missing before this request
            } else if (!result_.differs) {
                request(i, next - i);
            }
        }
        run_until(std::max(now_, want_.end_ps));
        if (how_.until_difference && result_.same < want_.all.size()) {
            result_.differs = true;
        }
    }

    // Until as many answers have come as the recording has before `index`, and then as long as it took there.
    bool wait_for(size_t index, seam_ps recorded_ps, seam_ps earliest)
    {
        const size_t needed = how_.requests ? 0 : outputs_[index];
        seam_ps target, limit;
        auto aim = [&] {
            seam_ps gap = recorded_ps > common_recorded_ ? recorded_ps - common_recorded_ : 0;
            target = std::max(std::max(now_, earliest), common_now_ + gap);
            limit = target + grace_ps + grace_factor * gap;
        };
        for (aim(); answers_ < needed;) {
            seam_ps next = next_event();
            if (next == SEAM_NEVER || next > limit) {
                run_until(limit);
                return false;
            }
            size_t before = answers_;
            step(next);
            if (answers_ != before && answers_ <= needed) {
                common_now_ = now_;
                common_recorded_ = time_of_answer(answers_ - 1);
                aim();
            }
        }
        run_until(target);
        return true;
    }

    seam_ps time_of_answer(size_t n)
    {
        while (outputs_[answer_index_ + 1] <= n) {
            answer_index_++;
        }
        return want_.all[answer_index_].time_ps;
    }

    void elastic()
    {
        seam_ps earliest = 0;
        size_t listed = 0;
        for (size_t i = 0, next; i < want_.all.size(); i = next) {
            if (how_.requests) {
                if (listed == how_.requests->size()) {
                    break;
                }
                i = (*how_.requests)[listed++];
            }
            next = i + (how_.requests ? 1 : together(i));
            const Transaction &t = want_.all[i];
            if (!t.by_driver()) {
                continue;
            }
            if (!wait_for(i, t.time_ps, earliest)) {
                return;                         // what is missing is the divergence: nothing after it counts
            }
            common_now_ = now_;
            common_recorded_ = t.time_ps;
            earliest = now_ + request(i, next - i);
        }
        wait_for(want_.all.size(), std::max(want_.end_ps, common_recorded_), earliest);
    }

    struct Free {
        void operator()(seam_devices *d) const { seam_devices_free(d); }
    };
    const Recording &want_;
    const Replay &how_;
    ReplayMemory memory_;
    seam_cpu cpu_;
    std::unique_ptr<seam_devices, Free> devices_;
    Replayed result_;
    std::vector<size_t> outputs_;       // answers of the recording before each transaction
    size_t answers_ = 0, answer_index_ = 0;
    seam_ps now_ = 0, common_now_ = 0, common_recorded_ = 0;
    bool serving_ = false;
    std::vector<Transaction> effects_;
};

}  // namespace

Replayed replay(const Recording &recorded, const Replay &how) { return Player(recorded, how).play(); }

}  // namespace ingot
