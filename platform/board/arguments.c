/* SPDX-License-Identifier: GPL-2.0-or-later
 * The part of QEMU's command line that makes it our board: exact time, the module, and one -device a device and DMA window
 */
#include "domain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct sink {
    void (*put)(void *to, const char *argument);
    void *to;
};

static void arg(const struct sink *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void arg(const struct sink *to, const char *fmt, ...)
{
    char text[8192];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    to->put(to->to, text);
}

/* A path as the value of a QEMU option: its commas are doubled. */
static const char *escaped(const char *path, char out[4096])
{
    size_t n = 0;
    for (const char *p = path; *p && n < 4094; p++) {
        out[n++] = *p;
        if (*p == ',') {
            out[n++] = ',';
        }
    }
    out[n] = 0;
    return out;
}

/* "linux/0/1:rt/2": VMIDs are in the order of the VMs, hypervisor/forge gives them so. */
static const char *vms(const struct system *s, char *out, size_t len)
{
    size_t n = 0;
    out[0] = 0;
    for (size_t v = 0; v < s->vm_count && n < len; v++) {
        const struct system_vm *vm = &s->vms[v];
        n += (size_t)snprintf(out + n, len - n, "%s%s", v ? ":" : "", vm->name);
        for (unsigned c = 0; c < (s->bare ? s->cores : vm->core_count) && n < len; c++) {
            n += (size_t)snprintf(out + n, len - n, "/%u", s->bare ? c : vm->cores[c]);
        }
    }
    return out;
}

/* Whose it is for a trace: a monitor's console, which no VM may touch, is that of the monitor's VM. Or NULL. */
static const char *owner_of(const struct system *s, size_t device)
{
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line && s->vms[v].monitor.console == (int)device) {
            return s->vms[v].name;
        }
    }
    int owner = s->devices[device].owner;
    return owner >= 0 ? s->vms[owner].name : owner == SYSTEM_OWNER_HYPERVISOR ? "hypervisor" : NULL;
}

/* What both kinds of device are told. */
#define PARTICULARS 4608

static const char *particulars(const struct system *s, size_t device, const char *impl, char out[PARTICULARS])
{
    const struct system_device *d = &s->devices[device];
    const char *owner = owner_of(s, device);
    size_t n = 0;
    char text[4096];
    out[0] = 0;
#define ADD(...) n += (size_t)snprintf(out + n, PARTICULARS - n, __VA_ARGS__)      /* names are short: all of it fits */
    if (impl) {
        ADD(",impl=%s", escaped(impl, text));
    }
    if (d->stream && !d->pcie) {
        ADD(",stream=%u", d->stream);
    }
    if (d->clock_hz) {
        ADD(",clock-hz=%" PRIu64, d->clock_hz);
    }
    if (d->clock_ps) {
        ADD(",clock-ps=%" PRIu64, d->clock_ps);
    }
    if (owner) {
        ADD(",owner=%s", owner);
    }
#undef ADD
    return out;
}

static void devices(const struct sink *to, const struct system *s, const struct domain_options *o)
{
    for (size_t i = 0; i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        char extra[PARTICULARS];
        particulars(s, i, o->impl[i] ? o->impl[i] : d->impl, extra);
        arg(to, "-device");
        if (d->pcie) {      /* slots from 0x10 up: libvirt and the machine use the low ones */
            arg(to, "ingot-pci,id=%s,vdev=%s,bus=pcie.0,addr=0x%lx%s", d->name, d->type, 0x10 + (unsigned long)i, extra);
            continue;
        }
        arg(to, "ingot-vdev,id=%s,vdev=%s,addr=0x%" PRIx64 ",size=0x%" PRIx64 ",spi=%u%s", d->name, d->type, d->base, d->size, d->spi, extra);
        if (d->stream && d->owner >= 0 && system_find_iommu(s) < 0) {
            const struct system_vm *vm = &s->vms[d->owner];
            arg(to, "-device");
            arg(to, "ingot-window,stream=%u,ipa=0x%" PRIx64 ",pa=0x%" PRIx64 ",size=0x%" PRIx64, d->stream, vm->ipa, vm->pa, vm->size);
        }
    }
}

void board_arguments(const struct system *s, const struct domain_options *o, void (*put)(void *to, const char *argument), void *to)
{
    const struct sink sink = { put, to };
    const char *fixed[] = {
        "-machine", s->bare && s->el == 1 ? "dtb-randomness=off" : "virtualization=on,dtb-randomness=off", "-icount", "shift=0,sleep=off",
        "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1", "-plugin" };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        arg(&sink, "%s", fixed[i]);
    }
    char control[4096], trace[4096], whose[512], last[80] = "";
    if (o->trace && o->trace_last_ps) {
        snprintf(last, sizeof last, ",last-ps=%" PRIu64 ",room=%" PRIu64, o->trace_last_ps, o->trace_room);
    }
    arg(&sink, "%s", escaped(o->module, control));
    arg(&sink, "-device");
    arg(&sink, "ingot-board,id=board%s%s%s%s%s%s%s%s%s%s", o->clone ? ",clone=on" : "", o->control ? ",control=" : "",
        o->control ? escaped(o->control, control) : "", o->trace ? ",system=" : "", o->trace ? s->name : "", o->trace ? ",vms=" : "",
        o->trace ? vms(s, whose, sizeof whose) : "", o->trace ? ",trace=" : "", o->trace ? escaped(o->trace, trace) : "", last);
    devices(&sink, s, o);
}
