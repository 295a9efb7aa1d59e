// SPDX-License-Identifier: GPL-2.0-or-later
// bell: rings at an exact time, in an SC_METHOD
#include "platform/systemc/test/bell.h"

#include <stdexcept>

#include "platform/systemc/kernel.h"
#include "platform/systemc/test/devices.h"

using namespace ingot;

namespace {

class Bell : public NativeDevice {
public:
    SC_HAS_PROCESS(Bell);
    Bell(sc_core::sc_module_name name, DevicePort &p) : NativeDevice(name, p), alarm_(*this)
    {
        SC_METHOD(ring);
        sensitive << alarm_.event();
        dont_initialize();
        SC_METHOD(own);
        sensitive << own_;
        dont_initialize();
    }

    void reset() override { word_ = 0x5678, fired_ = cost_ = how_ = 0; }

    seam_result read(uint64_t offset, unsigned, uint64_t *value, seam_ps *delay_ps) override
    {
        *delay_ps += cost_;
        *value = offset == REG_WORD ? word_ : offset == REG_FIRED_LO ? static_cast<uint32_t>(fired_) : offset == REG_FIRED_HI ? fired_ >> 32 : 0;
        return SEAM_OK;
    }

    seam_result write(uint64_t offset, unsigned, uint64_t value, seam_ps *delay_ps) override
    {
        *delay_ps += cost_;
        switch (offset) {
        case REG_AFTER: alarm_.notify(now() + value); break;
        case REG_ACK: irq(0, false); break;
        case REG_WORD: word_ = value; break;
        case REG_COST: cost_ = value; break;
        case REG_MISBEHAVE: misbehave(value); break;
        }
        return SEAM_OK;
    }

    bool save(struct state *out, std::string &) const override
    {
        state_put_u64(out, "word", word_);
        state_put_u64(out, "fired", fired_);
        state_put_u64(out, "cost", cost_);
        return true;
    }
    bool load(struct state *in, std::string &) override
    {
        word_ = state_get_u64(in, "word");
        fired_ = state_get_u64(in, "fired");
        cost_ = state_get_u64(in, "cost");
        return true;
    }

private:
    void misbehave(uint64_t how)
    {
        how_ = how;
        switch (how) {
        case THROW: throw std::runtime_error("thrown by the model");
        case THROW_IN_PROCESS: alarm_.notify(now() + 1000); break;
        case OWN_EVENT: own_.notify(10, sc_core::SC_NS); break;
        case DELTA_LOOP: own_.notify(sc_core::SC_ZERO_TIME); break;
        case WARN: SC_REPORT_ERROR("bell", "an error report"); break;
        case SC_STOP: sc_core::sc_stop(); own_.notify(sc_core::SC_ZERO_TIME); break;
        }
    }
    void ring()
    {
        if (how_ == THROW_IN_PROCESS) {
            throw std::runtime_error("thrown in a process");
        }
        fired_ = now();
        if (port().kernel.lag() != sc_core::SC_ZERO_TIME) {
            port().note(1, sc_core::sc_time_stamp().value());
        }
        irq(0, true);
    }
    void own()
    {
        if (how_ == DELTA_LOOP) {
            own_.notify(sc_core::SC_ZERO_TIME);
        } else {
            port().note(2, now());
        }
    }

    Alarm alarm_;
    sc_core::sc_event own_;
    uint64_t word_ = 0, fired_ = 0, cost_ = 0, how_ = 0;
};

class Unsavable : public NativeDevice {
public:
    using NativeDevice::NativeDevice;
    void reset() override {}
};

}  // namespace

NativeDevice *new_bell(DevicePort &port) { return new Bell(port.name.c_str(), port); }
NativeDevice *new_unsavable(DevicePort &port) { return new Unsavable(port.name.c_str(), port); }
