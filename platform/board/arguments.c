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

/* Slots from 0x10 up: libvirt and the machine use the low ones. */
static void pcie_device(const struct sink *to, const struct system_device *d, const char *impl, unsigned long slot)
{
    char clock[64] = "";
    if (d->clock_ps) {
        snprintf(clock, sizeof clock, ",clock-ps=%" PRIu64, d->clock_ps);
    }
    if (d->clock_hz) {
        snprintf(clock + strlen(clock), sizeof clock - strlen(clock), ",clock-hz=%" PRIu64, d->clock_hz);
    }
    arg(to, "-device");
    char text[4096];
    arg(to, "ingot-pci,id=%s,vdev=%s,bus=pcie.0,addr=0x%lx%s%s%s", d->name, d->type, slot, impl ? ",impl=" : "", impl ? escaped(impl, text) : "", clock);
}

static void devices(const struct sink *to, const struct system *s, const struct domain_options *o)
{
    for (size_t i = 0; i < s->device_count; i++) {
        const struct system_device *d = &s->devices[i];
        if (d->pcie) {
            pcie_device(to, d, o->impl[i] ? o->impl[i] : d->impl, 0x10 + i);
            continue;
        }
        const char *impl = o->impl[i] ? o->impl[i] : d->impl;
        char extra[128] = "", text[4096] = "";
        if (d->stream) {
            snprintf(extra + strlen(extra), sizeof extra - strlen(extra), ",stream=%u", d->stream);
        }
        if (d->clock_hz) {
            snprintf(extra + strlen(extra), sizeof extra - strlen(extra), ",clock-hz=%" PRIu64, d->clock_hz);
        }
        if (d->clock_ps) {
            snprintf(extra + strlen(extra), sizeof extra - strlen(extra), ",clock-ps=%" PRIu64, d->clock_ps);
        }
        arg(to, "-device");
        arg(to, "ingot-vdev,id=%s,vdev=%s,addr=0x%" PRIx64 ",size=0x%" PRIx64 ",spi=%u%s%s%s", d->name, d->type, d->base, d->size, d->spi,
            impl ? ",impl=" : "", impl ? escaped(impl, text) : "", extra);
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
    char control[4096], trace[4096];
    arg(&sink, "%s", escaped(o->module, control));
    arg(&sink, "-device");
    arg(&sink, "ingot-board,id=board%s%s%s%s%s", o->clone ? ",clone=on" : "", o->control ? ",control=" : "", o->control ? escaped(o->control, control) : "",
        o->trace ? ",trace=" : "", o->trace ? escaped(o->trace, trace) : "");
    devices(&sink, s, o);
}
