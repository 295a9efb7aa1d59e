// SPDX-License-Identifier: GPL-2.0-or-later
// The devices' side of the board: set-up and accesses
#include "platform/systemc/board.h"

#include <cstring>
#include <stdexcept>

#include "platform/systemc/recorded_host.h"
#include "platform/systemc/rtl_host.h"
#include "platform/systemc/vdev_host.h"

using namespace ingot;

static constexpr unsigned spi_end = 988;        // INTID 1019 - 32 + 1 (GICv3 2.2.1)
static constexpr uint64_t page = 4096;
static const std::string rtl_edges = "rtl-edges";       // any core, edge by edge: for comparison
static const std::string recorded = "recorded:", recorded_loose = "recorded-loose:";     // and FILE: any device, by a recording of it

[[noreturn]] static void refuse(const std::string &text) { throw std::runtime_error(text); }

static std::string hex(uint64_t v)
{
    char text[20];
    snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(v));
    return text;
}

static const DeviceType &find_type(const std::string &name, const char *type, const char *impl)
{
    std::string types, impls;
    for (size_t i = 0; i < ingot_device_type_count; i++) {
        const DeviceType &t = ingot_device_types[i];
        if (!strcmp(t.type, type)) {
            if (impl ? !strcmp(t.impl, impl) || (t.rtl && impl == rtl_edges) : t.is_default) {
                return t;
            }
            impls += (impls.empty() ? "" : ", ") + std::string(t.impl);
        }
        if (types.find(t.type) == std::string::npos) {
            types += (types.empty() ? "" : ", ") + std::string(t.type);
        }
    }
    if (impls.empty()) {
        refuse(name + ": unknown type '" + type + "'; known: " + types);
    }
    refuse(name + ": type " + type + (impl ? " has no impl '" + std::string(impl) + "'" : " has no default") + "; known: " + impls);
}

static void check_name(const std::string &name)
{
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != std::string::npos) {
        refuse("'" + name + "': not a device's name: use letters, digits, _ and -");
    }
}

unsigned seam_devices::add(const seam_device_desc &desc)
{
    std::string name = desc.name ? desc.name : "";
    check_name(name);
    if (router) {
        refuse(name + ": the board is fixed already: add devices before it is elaborated");
    }
    const std::string impl = desc.impl ? desc.impl : "";
    const std::string kind = impl.substr(0, impl.find(':') + 1);
    const bool is_recorded = kind == recorded || kind == recorded_loose;
    if ((is_recorded && impl == kind) || impl + ":" == recorded || impl + ":" == recorded_loose) {
        refuse(name + ": impl " + impl + ": it has no recording: write " + recorded + "FILE");
    }
    const DeviceType &t = find_type(name, desc.type ? desc.type : "", is_recorded ? nullptr : desc.impl);
    uint64_t own = t.model && !t.window ? t.model->window : t.window, window = desc.size ? desc.size : own;
    unsigned lines = t.model ? t.model->lines : t.lines;

    if (window % page || window < own) {
        refuse(name + ": size " + hex(window) + ": must be a multiple of 4096 and at least " + hex(own));
    }
    if (desc.base % page || desc.base + window < desc.base) {
        refuse(name + ": base " + hex(desc.base) + ": must be a multiple of 4096, and the window below 2^64");
    }
    if (desc.spi >= spi_end || lines > spi_end - desc.spi) {
        refuse(name + ": spi " + std::to_string(desc.spi) + ": its " + std::to_string(lines) + " lines must be below " + std::to_string(spi_end));
    }
    bool translates = t.model && t.model->translate;
    if (is_recorded && translates) {
        refuse(name + ": an IOMMU decides over other devices' DMA, which no recording of it has: choose its model");
    }
    if (translates && iommu >= 0) {
        refuse(name + ": there is an IOMMU already, " + entries[iommu].port->name + ": a board has one at most");
    }
    for (const Entry &e : entries) {
        const DevicePort &o = *e.port;
        if (o.name == name) {
            refuse(name + ": there is a device of this name already: choose another");
        }
        if (desc.base < o.base + o.window && o.base < desc.base + window) {
            refuse(name + ": its window at " + hex(desc.base) + " overlaps that of " + o.name + ": move one of them");
        }
        if (desc.spi < o.spi + o.lines && o.spi < desc.spi + lines) {
            refuse(name + ": spi " + std::to_string(desc.spi) + " overlaps the lines of " + o.name + ": choose others");
        }
    }
    // Without the path: traces and states name it
    const std::string told = is_recorded ? kind.substr(0, kind.size() - 1) : desc.impl ? desc.impl : t.impl;
    entries.push_back({ &t, is_recorded ? impl.substr(kind.size()) : "",
                        std::make_unique<DevicePort>(kernel, entries.size(), desc, told.c_str(), window, lines), nullptr });
    iommu = translates ? static_cast<int>(entries.size()) - 1 : iommu;
    return entries.size() - 1;
}

void seam_devices::elaborate()
{
    if (router) {
        refuse("the board is fixed already");
    }
    std::vector<NativeDevice *> devices;
    for (Entry &e : entries) {
        DevicePort &p = *e.port;
        const char *name = p.name.c_str();
        if (!e.recording.empty()) {
            e.device = std::make_unique<RecordedHost>(name, p, e.recording, p.impl + ":" == recorded ? StandIn::Held::All : StandIn::Held::Effects);
        } else if (e.type->model) {
            e.device = std::make_unique<VdevHost>(name, p, *e.type->model);
        } else if (e.type->rtl) {
            e.device = std::make_unique<RtlHost>(name, p, e.type->rtl(name), p.impl == rtl_edges);
        } else {
            e.device.reset(e.type->native(p));
        }
        devices.push_back(e.device.get());
    }
    router = std::make_unique<Router>("router", devices);
    kernel.elaborate();
    reset(0);
}

void seam_devices::reset(seam_ps now)
{
    kernel.call(now);
    for (Entry &e : entries) {
        e.port->quiesce();
        try {
            e.device->reset();
        } catch (const std::exception &failure) {
            e.port->stop(failure.what());
        }
    }
    kernel.look();
    kernel.settle();
}

seam_result seam_devices::access(bool write, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps)
{
    const Entry &e = entries[device];
    *delay_ps = 0;
    if (in_call) {
        return SEAM_SLAVE_ERROR;
    }
    in_call = true;
    kernel.call(now);
    kernel.active = e.port.get();
    const sc_core::sc_time before = kernel.lag();
    sc_core::sc_time delay = before;
    seam_result r = router->access(write, device, offset, size, value, delay);
    if (e.type->native) {
        kernel.look();
    }
    if (delay > before) {
        *delay_ps = (delay - before).value();
    }
    kernel.active = nullptr;
    kernel.settle();
    in_call = false;
    return r;
}

seam_result seam_devices::peek(unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    return router->peek(device, offset, size, value);
}

// In the middle of another device's call, at its time.
seam_result seam_devices::translate(uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length)
{
    const DevicePort *before = kernel.active;
    kernel.active = entries[iommu].port.get();
    seam_result r = entries[iommu].device->translate(stream, addr, write, pa, length);
    kernel.active = before;
    return r;
}

size_t seam_devices::input(unsigned device, seam_ps now, const uint8_t *bytes, size_t len)
{
    kernel.call(now);
    size_t taken = entries[device].device->input(bytes, len);
    kernel.look();
    kernel.settle();
    return taken;
}

const StandIn *seam_devices::stand_in(unsigned device) const
{
    const Entry &e = entries[device];
    return e.recording.empty() ? nullptr : &static_cast<const RecordedHost &>(*e.device).stand_in();
}

void seam_devices::waves(unsigned device, const std::string &path, seam_ps now, seam_ps from, seam_ps to)
{
    std::string why;
    kernel.call(now);
    if (!entries[device].device->waves(path, from, to, why)) {
        refuse(entries[device].port->name + ": " + why);
    }
}

void seam_devices::waves_end(seam_ps now)
{
    if (now != SEAM_NEVER) {
        kernel.call(now);
    }
    for (Entry &e : entries) {
        if (e.device) {
            e.device->waves_end(now != SEAM_NEVER);
        }
    }
}
