// SPDX-License-Identifier: GPL-2.0-or-later
// A device behind the router: TLM-2.0 target, interrupt lines, DMA, alarms, and a state that can be saved
//
// VdevHost (models in C) and RtlHost (Verilated cores) are such devices; SystemC-native models derive from NativeDevice
// themselves. SystemC's own time lags behind between events (temporal decoupling): ask now(), not sc_time_stamp().
#ifndef INGOT_NATIVE_H
#define INGOT_NATIVE_H

#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "platform/systemc/port.h"

namespace ingot {

class NativeDevice : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<NativeDevice> socket;

    // A derived class passes its own sc_module_name parameter on; `port` outlives the device.
    NativeDevice(sc_core::sc_module_name name, DevicePort &port);

    // Power-on values of all registers. Before the call alarms are cancelled and lines are low.
    virtual void reset() = 0;

    // TLM-2.0 loosely timed: the access is at now() == sc_time_stamp() + delay; delay grows by what it costs. These two
    // turn payloads of 1, 2, 4 or 8 bytes into read, write and peek below; override them for anything else.
    virtual void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    virtual unsigned transport_dbg(tlm::tlm_generic_payload &payload);

    // As in vdev_ops (platform/seam/vdev.h); the defaults refuse with SEAM_SLAVE_ERROR.
    virtual seam_result read(uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps);
    virtual seam_result write(uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps);
    virtual seam_result peek(uint64_t offset, unsigned size, uint64_t *value);
    virtual size_t input(const uint8_t *bytes, size_t len);     // serial input; default takes none
    virtual seam_result translate(uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length);  // an IOMMU's

    // Registers of the device; its alarms and the levels of its lines are saved for it. save: false and a reason if
    // the device cannot (the default). load: into a device just built; false and a reason, or out->bad, if unfit.
    virtual bool save(struct state *out, std::string &why) const;
    virtual bool load(struct state *in, std::string &why);

    // A waveform of its signals (seam_waves); the default has none. end: it is whole up to now() (settled), or as it is.
    virtual bool waves(const std::string &path, seam_ps from, seam_ps to, std::string &why);
    virtual void waves_end(bool settled);

    DevicePort &port() const { return port_; }

protected:
    seam_ps now() const { return port_.now(); }
    void irq(unsigned line, bool level) { port_.irq(line, level); }

private:
    DevicePort &port_;
};

// An instant of platform time at which a device's SC_METHODs run: make them sensitive to event(). Its time is saved and
// restored by the platform. Alarms due at one instant run in the order of devices, then of construction.
class Alarm final : public Deadline {
public:
    explicit Alarm(NativeDevice &device) : Deadline(device.port(), true) {}
    const sc_core::sc_event &event() const { return event_; }

private:
    void due() override { event_.notify(sc_core::SC_ZERO_TIME); }
    sc_core::sc_event event_;
};

}  // namespace ingot

#endif
