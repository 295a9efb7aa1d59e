// SPDX-License-Identifier: GPL-2.0-or-later
// pulse: SystemC-native TLM-2.0 target, exact to the picosecond
#include "vdevices/pulse/pulse_systemc.h"

#include <algorithm>

#include "platform/systemc/native.h"

#include "pulse_regs.h"

namespace {

// All registers; the alarm and the line's level are saved by the platform. Times in ps of platform time.
struct PulseState {
    uint64_t raise_ps, ack_ps;
    uint32_t periodic, delay, count, remaining, pending, raised, missed, latency, latency_min, latency_max, now_high;
    uint32_t armed;
};
static_assert(sizeof(PulseState) == 2 * 8 + 12 * 4, "no holes: the whole struct is saved");

class Pulse final : public ingot::NativeDevice {
public:
    SC_HAS_PROCESS(Pulse);

    Pulse(sc_core::sc_module_name name, ingot::DevicePort &port) : NativeDevice(name, port), alarm_(*this)
    {
        SC_METHOD(fire);
        sensitive << alarm_.event();
        dont_initialize();
    }

    void reset() override
    {
        s_ = {};
        s_.delay = 1;
        s_.latency_min = UINT32_MAX;
    }

    seam_result peek(uint64_t offset, unsigned size, uint64_t *value) override
    {
        if (size != 4) {
            return SEAM_SLAVE_ERROR;
        }
        *value = read_register(offset);
        return SEAM_OK;
    }

    seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *) override
    {
        seam_result result = peek(offset, size, value);
        if (result == SEAM_OK && offset == PULSE_NOW_LO) {
            s_.now_high = now_ns() >> 32;
        }
        return result;
    }

    seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *) override
    {
        if (size != 4) {
            return SEAM_SLAVE_ERROR;
        }
        write_register(offset, static_cast<uint32_t>(value));
        return SEAM_OK;
    }

    bool save(state *out, std::string &) const override
    {
        state_put(out, "pulse", &s_, sizeof(s_));
        return true;
    }

    bool load(state *in, std::string &) override
    {
        state_get(in, "pulse", &s_, sizeof(s_));
        return !in->bad;
    }

private:
    uint64_t now_ns() const { return now() / SEAM_PS_PER_NS; }

    uint32_t read_register(uint64_t offset) const
    {
        switch (offset) {
        case PULSE_ID:       return 0x50554c53;
        case PULSE_CTRL:     return (s_.armed ? PULSE_CTRL_START : 0) | (s_.periodic ? PULSE_CTRL_PERIODIC : 0);
        case PULSE_DELAY:    return s_.delay;
        case PULSE_COUNT:    return s_.count;
        case PULSE_STATUS:   return s_.pending;
        case PULSE_RAISED:   return s_.raised;
        case PULSE_MISSED:   return s_.missed;
        case PULSE_RAISE_LO: return static_cast<uint32_t>(s_.raise_ps / SEAM_PS_PER_NS);
        case PULSE_RAISE_HI: return s_.raise_ps / SEAM_PS_PER_NS >> 32;
        case PULSE_ACK_LO:   return static_cast<uint32_t>(s_.ack_ps / SEAM_PS_PER_NS);
        case PULSE_ACK_HI:   return s_.ack_ps / SEAM_PS_PER_NS >> 32;
        case PULSE_LATENCY:  return s_.latency;
        case PULSE_LAT_MIN:  return s_.latency_min;
        case PULSE_LAT_MAX:  return s_.latency_max;
        case PULSE_NOW_LO:   return static_cast<uint32_t>(now_ns());
        case PULSE_NOW_HI:   return s_.now_high;
        default:             return 0;
        }
    }

    void write_register(uint64_t offset, uint32_t value)
    {
        switch (offset) {
        case PULSE_CTRL:
            s_.armed = value & PULSE_CTRL_START;
            s_.periodic = (value & PULSE_CTRL_PERIODIC) != 0;
            s_.remaining = s_.periodic ? s_.count : 1;
            if (s_.armed) {
                alarm_.notify(now() + delay_ps());
            } else {
                alarm_.cancel();
            }
            break;
        case PULSE_DELAY:
            s_.delay = std::max(value, UINT32_C(1));
            break;
        case PULSE_COUNT:
            s_.count = value;
            break;
        case PULSE_STATUS:
            if (value & PULSE_STATUS_PENDING && s_.pending) {
                acknowledge();
            }
            break;
        default:
            break;
        }
    }

    seam_ps delay_ps() const { return static_cast<seam_ps>(s_.delay) * SEAM_PS_PER_NS; }

    void acknowledge()
    {
        s_.pending = 0;
        s_.ack_ps = now();
        s_.latency = static_cast<uint32_t>(std::min<uint64_t>((s_.ack_ps - s_.raise_ps) / SEAM_PS_PER_NS, UINT32_MAX));
        s_.latency_min = std::min(s_.latency_min, s_.latency);
        s_.latency_max = std::max(s_.latency_max, s_.latency);
        irq(0, false);
    }

    void fire()
    {
        s_.raised++;
        if (s_.pending) {
            s_.missed++;
        } else {
            s_.pending = 1;
            s_.raise_ps = now();
            irq(0, true);
        }
        s_.armed = s_.remaining != 1;   // 0: endless
        if (s_.remaining) {
            s_.remaining--;
        }
        if (s_.armed) {
            alarm_.notify(now() + delay_ps());
        }
    }

    PulseState s_ = {};
    ingot::Alarm alarm_;
};

}  // namespace

ingot::NativeDevice *pulse_systemc_new(ingot::DevicePort &port) { return new Pulse(port.name.c_str(), port); }
