// SPDX-License-Identifier: GPL-2.0-or-later
// seam.h: the C boundary. An exception that got past it would end QEMU: it becomes an error text, or a stop that names the device
#include <cstdio>

#include "platform/systemc/board.h"

static bool kernel_taken;       // SystemC has one kernel a process, and it cannot be started again

static void put_error(char *err, size_t len, const char *text)
{
    if (len) {
        snprintf(err, len, "%s", text);
    }
}

template <class F> static int reported(char *err, size_t err_len, F f)
{
    try {
        f();
        return 0;
    } catch (const sc_core::sc_report &e) {
        put_error(err, err_len, (std::string("SystemC: ") + e.get_msg_type() + ": " + e.get_msg()).c_str());
    } catch (const std::exception &e) {
        put_error(err, err_len, e.what());
    }
    return -1;
}

template <class F> static void stopped(seam_devices *d, unsigned device, F f)
{
    char text[512];
    if (reported(text, sizeof text, f) < 0) {
        d->in_call = false;
        d->kernel.look();
        d->entries[device].port->stop(text);
    }
}

seam_devices *seam_devices_new(const seam_cpu *cpu, char *err, size_t err_len)
{
    seam_devices *d = nullptr;
    if (kernel_taken) {
        put_error(err, err_len, "this process has had its board: SystemC has one kernel a process, start another");
        return nullptr;
    }
    reported(err, err_len, [&] { d = new seam_devices(cpu); });
    kernel_taken = d;
    return d;
}

void seam_devices_free(seam_devices *d) { delete d; }

int seam_devices_add(seam_devices *d, const seam_device_desc *desc, char *err, size_t err_len)
{
    int index = -1;
    reported(err, err_len, [&] { index = d->add(*desc); });
    return index;
}

int seam_devices_elaborate(seam_devices *d, char *err, size_t err_len)
{
    return reported(err, err_len, [&] { d->elaborate(); });
}

uint64_t seam_devices_window(const seam_devices *d, unsigned device) { return d->entries[device].port->window; }
unsigned seam_devices_lines(const seam_devices *d, unsigned device) { return d->entries[device].port->lines; }
const char *seam_devices_impl(const seam_devices *d, unsigned device) { return d->entries[device].port->impl.c_str(); }

seam_result seam_read(seam_devices *d, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t *value, seam_ps *delay_ps)
{
    seam_result r = SEAM_SLAVE_ERROR;
    *value = 0;
    stopped(d, device, [&] { r = d->access(false, device, offset, size, now, value, delay_ps); });
    return r;
}

seam_result seam_write(seam_devices *d, unsigned device, uint64_t offset, unsigned size, seam_ps now, uint64_t value, seam_ps *delay_ps)
{
    seam_result r = SEAM_SLAVE_ERROR;
    stopped(d, device, [&] { r = d->access(true, device, offset, size, now, &value, delay_ps); });
    return r;
}

seam_result seam_peek(seam_devices *d, unsigned device, uint64_t offset, unsigned size, uint64_t *value)
{
    seam_result r = SEAM_SLAVE_ERROR;
    *value = 0;
    stopped(d, device, [&] { r = d->peek(device, offset, size, value); });
    return r;
}

int seam_iommu(const seam_devices *d) { return d->iommu; }

seam_result seam_translate(seam_devices *d, uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length)
{
    return d->translate(stream, addr, write, pa, length);
}

size_t seam_input(seam_devices *d, unsigned device, seam_ps now, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;
    stopped(d, device, [&] { taken = d->input(device, now, bytes, len); });
    return taken;
}

int seam_progress(const seam_devices *d, unsigned device, uint64_t *done, uint64_t *all, uint64_t *other_reads)
{
    const ingot::StandIn *s = d->stand_in(device);
    if (!s) {
        return -1;
    }
    *done = s->waits_for();
    *all = s->recording().all.size();
    *other_reads = s->other_reads();
    return s->departed();
}

void seam_advance(seam_devices *d, seam_ps to)
{
    d->in_call = true;
    if (!d->entries.empty()) {
        stopped(d, 0, [&] { d->kernel.advance(to); });
    }
    d->in_call = false;
}

seam_ps seam_next_event(seam_devices *d) { return d->kernel.next_event(); }

int seam_waves(seam_devices *d, unsigned device, const char *path, seam_ps now, seam_ps from, seam_ps to, char *err, size_t err_len)
{
    return reported(err, err_len, [&] { d->waves(device, path, now, from, to); });
}

void seam_waves_end(seam_devices *d, seam_ps now)
{
    char text[512];
    reported(text, sizeof text, [&] { d->waves_end(now); });
}

const char *seam_running(const seam_devices *d) { return d->kernel.active ? d->kernel.active->name.c_str() : nullptr; }

void seam_reset(seam_devices *d, seam_ps now)
{
    if (!d->entries.empty()) {
        stopped(d, 0, [&] { d->reset(now); });
    }
}

int seam_save(seam_devices *d, seam_ps now, struct state *out, char *err, size_t err_len)
{
    return reported(err, err_len, [&] { d->save(now, out); });
}

int seam_load(seam_devices *d, seam_ps now, struct state *in, char *err, size_t err_len)
{
    return reported(err, err_len, [&] { d->load(now, in); });
}
