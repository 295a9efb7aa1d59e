// SPDX-License-Identifier: GPL-2.0-or-later
// A device behind the router: a TLM-2.0 target with exact alarms, interrupt lines, DMA, and a state that can be saved
#ifndef INGOT_SYSTEMC_DEVICE_H
#define INGOT_SYSTEMC_DEVICE_H

#ifndef SC_INCLUDE_DYNAMIC_PROCESSES
#define SC_INCLUDE_DYNAMIC_PROCESSES
#endif
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

#include "platform/seam/seam.h"
#include "platform/seam/vdev.h"

class RtlCore;

namespace ingot {

// Platform time and the way to the CPU, shared by all devices. SystemC's own time cannot go back, so after a load it
// differs from platform time by a constant.
class Kernel {
public:
    explicit Kernel(const seam_cpu *cpu) : cpu(cpu) {}
    const seam_cpu *cpu;
    seam_ps now = 0;            // of the call or event being run
    seam_ps offset = 0;         // platform time minus sc_time_stamp()
    seam_ps stamp() const { return sc_core::sc_time_stamp().value() + offset; }

    // Interrupt levels are passed on when SystemC's scheduler is not running, in the order in which they changed.
    void irq(unsigned device, unsigned spi, bool level);
    void flush_irqs();

private:
    struct Edge { unsigned device, spi; bool level; };
    std::vector<Edge> edges_;
};

// What a device is told about itself at construction.
struct DeviceContext {
    Kernel *kernel;
    unsigned index;
    std::string name, type, impl;
    unsigned spi;
    uint32_t stream;
    seam_ps clock_ps;
    uint64_t window;
    unsigned lines;
};

class Device : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Device> socket;

    explicit Device(const DeviceContext &context);
    const DeviceContext &context() const { return context_; }

    // TLM-2.0 loosely timed: the access happens at sc_time_stamp() + delay; on return delay has grown by what it cost.
    virtual void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) = 0;
    virtual void reset() = 0;
    virtual seam_result peek(uint64_t offset, unsigned size, uint64_t *value);
    virtual size_t input(const uint8_t *bytes, size_t len);
    // save: false and a reason if the device cannot. load: s->bad or false if it does not fit. Alarms included.
    virtual bool save(struct state *s, std::string &why) = 0;
    virtual bool load(struct state *s, std::string &why) = 0;

protected:
    seam_ps now() const { return context_.kernel->now; }
    void irq(unsigned line, bool level) { context_.kernel->irq(context_.index, context_.spi + line, level); }
    seam_result dma_read(uint64_t addr, void *buf, size_t len);
    seam_result dma_write(uint64_t addr, const void *buf, size_t len);
    void console(const uint8_t *bytes, size_t len);
    void note(uint32_t code, uint64_t value);
    void stop(const std::string &reason);

    // A deadline in platform time; the handler runs exactly then. Its deadline is state: save and load it.
    class Alarm {
    public:
        Alarm(Device &device, std::function<void()> handler);
        void arm(seam_ps deadline);
        void disarm();
        seam_ps deadline() const { return deadline_; }      // SEAM_NEVER: not armed
        void restore(seam_ps deadline);                     // into a fresh device: arms, or disarms for SEAM_NEVER
    private:
        void fire();
        Device &device_;
        std::function<void()> handler_;
        sc_core::sc_event event_;
        seam_ps deadline_ = SEAM_NEVER;
    };

private:
    DeviceContext context_;
};

// Bridges a payload of 1, 2, 4 or 8 bytes to a number and back; anything else gets a TLM error response. Returns the
// value for reads through `value`, and sets the response from `access`'s result.
void transport_as_number(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay,
                         const std::function<seam_result(bool write, uint64_t offset, unsigned size, uint64_t &value, seam_ps &delay)> &access);

// The registry, filled in by vdevices/registry.cpp.
struct DeviceType {
    const char *type, *impl;
    bool is_default;                                                // of its type
    uint64_t window;                                                // bytes, multiple of 4096
    unsigned lines;
    const struct vdev_ops *model;                                   // exactly one of these three
    Device *(*native)(const DeviceContext &);
    RtlCore *(*rtl)();
};

}  // namespace ingot

extern const ingot::DeviceType ingot_device_types[];
extern const size_t ingot_device_type_count;

#endif
