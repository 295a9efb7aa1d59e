// SPDX-License-Identifier: GPL-2.0-or-later
// seam.h on SystemC: the board's devices, their clock, and their state
#include <cstring>

#include "platform/rtl/rtl_host.h"
#include "platform/systemc/device.h"
#include "platform/systemc/router.h"
#include "platform/systemc/vdev_host.h"

using namespace ingot;

// libsystemc wants one; the platform elaborates and runs by hand.
int sc_main(int, char *[]) { return 0; }

struct seam_devices {
    explicit seam_devices(const seam_cpu *cpu) : kernel(cpu) {}
    struct Entry {
        DeviceContext context;
        const DeviceType *type;
        uint64_t base;
        std::unique_ptr<Device> device;
    };
    Kernel kernel;
    std::vector<Entry> entries;
    std::unique_ptr<Router> router;
};

static bool kernel_in_use;

static int fail(char *err, size_t len, const std::string &text)
{
    snprintf(err, len, "%s", text.c_str());
    return -1;
}

// What escapes from SystemC or a device would end QEMU: it becomes a stop that names the device.
template <class F>
static void guarded(seam_devices *d, int device, F call)
{
    try {
        call();
    } catch (const std::exception &e) {
        d->kernel.cpu->stop(d->kernel.cpu->opaque, device < 0 ? 0 : device, e.what());
    }
}

seam_devices *seam_devices_new(const seam_cpu *cpu, char *err, size_t err_len)
{
    if (kernel_in_use) {
        fail(err, err_len, "SystemC has one kernel a process, and it is in use: start another process");
        return nullptr;
    }
    kernel_in_use = true;
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ERROR, sc_core::SC_THROW);
    sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
    return new seam_devices(cpu);
}

void seam_devices_free(seam_devices *d) { delete d; }

static std::string known_types()
{
    std::string list;
    for (size_t i = 0; i < ingot_device_type_count; i++) {
        const DeviceType &t = ingot_device_types[i];
        list += std::string(i ? ", " : "") + t.type + "/" + t.impl;
    }
    return list;
}

int seam_devices_add(seam_devices *d, const seam_device_desc *desc, char *err, size_t err_len)
{
    std::string name = desc->name;
    for (const auto &e : d->entries) {
        if (e.context.name == name) {
            return fail(err, err_len, name + ": there is a device of this name already: choose another");
        }
    }
    for (size_t i = 0; i < ingot_device_type_count; i++) {
        const DeviceType &t = ingot_device_types[i];
        if (strcmp(t.type, desc->type) || (desc->impl ? strcmp(t.impl, desc->impl) != 0 : !t.is_default)) {
            continue;
        }
        unsigned index = d->entries.size();
        uint64_t window = desc->size ? desc->size : t.window;
        if (window % 4096 || window < t.window) {
            return fail(err, err_len, name + ": size must be a multiple of 4096 and at least " + std::to_string(t.window));
        }
        for (const auto &e : d->entries) {
            if (desc->base < e.base + e.context.window && e.base < desc->base + window) {
                return fail(err, err_len, name + ": its window overlaps that of " + e.context.name + ": move one of them");
            }
        }
        DeviceContext context = {&d->kernel, index, name, t.type, t.impl, desc->spi, desc->stream,
                                 desc->clock_ps ? desc->clock_ps : 10000, window, t.lines};
        d->entries.push_back({context, &t, desc->base, nullptr});
        return index;
    }
    return fail(err, err_len, name + ": unknown device '" + desc->type + (desc->impl ? std::string("/") + desc->impl : "") +
                "'; known: " + known_types());
}

int seam_devices_elaborate(seam_devices *d, char *err, size_t err_len)
{
    try {
        sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
        d->router = std::make_unique<Router>("router");
        for (auto &e : d->entries) {
            e.device.reset(e.type->model ? new VdevHost(e.context, e.type->model)
                           : e.type->rtl ? new RtlHost(e.context, e.type->rtl()) : e.type->native(e.context));
            d->router->attach(*e.device, e.base, e.context.window);
        }
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        seam_reset(d, 0);
        return 0;
    } catch (const std::exception &e) {
        return fail(err, err_len, std::string("SystemC elaboration: ") + e.what());
    }
}

uint64_t seam_devices_window(const seam_devices *d, unsigned device) { return d->entries[device].context.window; }
unsigned seam_devices_lines(const seam_devices *d, unsigned device) { return d->entries[device].context.lines; }

static seam_result access(seam_devices *d, bool write, unsigned device, uint64_t offset, unsigned size, seam_ps now,
                          uint64_t *value, seam_ps *delay)
{
    seam_result r = SEAM_SLAVE_ERROR;
    auto before = sc_core::sc_time::from_value(now - d->kernel.stamp());
    auto after = before;
    d->kernel.now = now;
    guarded(d, device, [&] { r = d->router->access(write, d->entries[device].base + offset, size, value, after); });
    *delay = (after - before).value();
    d->kernel.flush_irqs();
    return r;
}

seam_result seam_read(seam_devices *d, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay)
{
    *value = 0;
    return access(d, false, device, offset, size, now, value, delay);
}

seam_result seam_write(seam_devices *d, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t value, seam_ps *delay)
{
    return access(d, true, device, offset, size, now, &value, delay);
}

seam_result seam_peek(seam_devices *d, unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    seam_result r = SEAM_SLAVE_ERROR;
    guarded(d, device, [&] { r = d->entries[device].device->peek(offset, size, value); });
    return r;
}

size_t seam_input(seam_devices *d, unsigned device, seam_ps now, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;
    d->kernel.now = now;
    guarded(d, device, [&] { taken = d->entries[device].device->input(bytes, len); });
    d->kernel.flush_irqs();
    return taken;
}

seam_ps seam_next_event(seam_devices *d)
{
    if (!sc_core::sc_pending_activity()) {
        return SEAM_NEVER;
    }
    return d->kernel.stamp() + sc_core::sc_time_to_pending_activity().value();
}

void seam_advance(seam_devices *d, seam_ps to)
{
    guarded(d, -1, [&] {
        for (seam_ps next; (next = seam_next_event(d)) <= to;) {
            if (next > d->kernel.stamp()) {
                sc_core::sc_start(sc_core::sc_time::from_value(next - d->kernel.stamp()), sc_core::SC_RUN_TO_TIME);
            }
            for (unsigned rounds = 0; sc_core::sc_pending_activity_at_current_time(); rounds++) {
                if (rounds == 100000) {
                    throw std::runtime_error("events at one instant without end: a device arms an alarm at its own time");
                }
                sc_core::sc_start(sc_core::SC_ZERO_TIME);
            }
            d->kernel.flush_irqs();
        }
    });
    d->kernel.flush_irqs();
}

void seam_reset(seam_devices *d, seam_ps now)
{
    d->kernel.now = now;
    for (auto &e : d->entries) {
        guarded(d, e.context.index, [&] { e.device->reset(); });
    }
    d->kernel.flush_irqs();
}

int seam_save(seam_devices *d, seam_ps now, struct state *out, char *err, size_t err_len)
{
    d->kernel.now = now;
    state_put_u64(out, "devices", d->entries.size());
    for (auto &e : d->entries) {
        std::string why, what = e.context.name + ":" + e.context.type + "/" + e.context.impl;
        state_put(out, what.c_str(), nullptr, 0);
        if (!e.device->save(out, why)) {
            return fail(err, err_len, e.context.name + ": " + why);
        }
    }
    return 0;
}

int seam_load(seam_devices *d, seam_ps now, struct state *in, char *err, size_t err_len)
{
    d->kernel.now = now;
    d->kernel.offset = now - sc_core::sc_time_stamp().value();
    if (state_get_u64(in, "devices") != d->entries.size() || in->bad) {
        return fail(err, err_len, "the state is of a board with other devices: start it with the same ones");
    }
    for (auto &e : d->entries) {
        std::string why, what = e.context.name + ":" + e.context.type + "/" + e.context.impl;
        state_get(in, what.c_str(), nullptr, 0);
        if (in->bad) {
            return fail(err, err_len, "the state is not of a board whose next device is " + what + ": start it with the same devices");
        }
        if (!e.device->load(in, why) || in->bad) {
            return fail(err, err_len, e.context.name + ": " + (why.empty() ? "its state does not fit this version of the device" : why));
        }
    }
    d->kernel.flush_irqs();
    return 0;
}
