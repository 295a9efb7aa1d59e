/* SPDX-License-Identifier: GPL-2.0-or-later
 * The busses of a VM's monitor
 */
#include "bus.h"

/* `always`: the outside's alarm has gone off, and is to be set again even for the same time. */
static void update_alarm(struct vmm_bus *bus, bool always)
{
    uint64_t earliest_ns = VMM_NEVER;

    for (uint32_t i = 0; i < bus->count; i++) {
        if (bus->devices[i]->deadline_ns < earliest_ns) {
            earliest_ns = bus->devices[i]->deadline_ns;
        }
    }
    if (always || earliest_ns != bus->alarm_ns) {
        bus->alarm_ns = earliest_ns;
        bus->outside->alarm(bus->outside->opaque, earliest_ns);
    }
}

static void device_reset(struct vmm_device *dev)
{
    bus_irq(dev, false);
    bus_arm(dev, VMM_NEVER);
    dev->model->reset(dev);
}

void bus_init(struct vmm_bus *bus, const struct vmm_outside *outside)
{
    bus->outside = outside;
    bus->count = 0;
    bus->alarm_ns = VMM_NEVER;
}

static bool collide(const struct vmm_device *dev, const struct vmm_model *model, const struct vmm_place *place)
{
    return dev->place.gpa == place->gpa || dev->place.spi == place->spi ||
           (dev->model->input && model->input && dev->place.line == place->line);
}

bool bus_attach(struct vmm_bus *bus, struct vmm_device *dev, const struct vmm_model *model, const struct vmm_place *place)
{
    if (bus->count == VMM_DEVICES || place->gpa % VMM_WINDOW || place->spi >= VMM_SPIS) {
        return false;
    }
    for (uint32_t i = 0; i < bus->count; i++) {
        if (bus->devices[i] == dev || collide(bus->devices[i], model, place)) {
            return false;
        }
    }
    dev->bus = bus;
    dev->model = model;
    dev->place = *place;
    dev->deadline_ns = VMM_NEVER;
    dev->level = false;
    uint32_t at = bus->count++;
    for (; at && bus->devices[at - 1]->place.gpa > place->gpa; at--) {
        bus->devices[at] = bus->devices[at - 1];
    }
    bus->devices[at] = dev;
    device_reset(dev);
    return true;
}

void bus_reset(struct vmm_bus *bus)
{
    for (uint32_t i = 0; i < bus->count; i++) {
        device_reset(bus->devices[i]);
    }
}

static uint64_t cut(uint64_t value, unsigned size)
{
    return size < 8 ? value & ((UINT64_C(1) << size * 8) - 1) : value;
}

enum vmm_result bus_mmio(struct vmm_bus *bus, struct vmm_mmio *m)
{
    if (m->size != 1 && m->size != 2 && m->size != 4 && m->size != 8) {
        return VMM_REFUSED;
    }
    m->value = m->write ? cut(m->value, m->size) : 0;
    /* The last one that begins at or below the address, by halves: as many steps whatever the address is. */
    struct vmm_device *const *first = bus->devices;
    for (uint32_t n = bus->count; n > 1; n -= n / 2) {
        first += first[n / 2]->place.gpa <= m->gpa ? n / 2 : 0;
    }
    if (!bus->count) {
        return VMM_ELSEWHERE;
    }
    enum vmm_result result = (*first)->model->mmio(*first, m);
    m->value = cut(m->value, m->size);
    return result;
}

size_t bus_input(struct vmm_bus *bus, uint32_t line, const uint8_t *bytes, size_t len)
{
    for (uint32_t i = 0; i < bus->count; i++) {
        struct vmm_device *dev = bus->devices[i];
        if (dev->model->input && dev->place.line == line) {
            return dev->model->input(dev, bytes, len);
        }
    }
    return 0;
}

/* One round: a device that arms for the past again is called by the next one. */
void bus_time(struct vmm_bus *bus)
{
    uint64_t now_ns = bus->outside->now_ns(bus->outside->opaque);

    for (uint32_t i = 0; i < bus->count; i++) {
        struct vmm_device *dev = bus->devices[i];
        if (dev->deadline_ns <= now_ns) {
            dev->deadline_ns = VMM_NEVER;
            dev->model->timer(dev, now_ns);
        }
    }
    update_alarm(bus, true);
}

bool bus_offset(const struct vmm_device *dev, const struct vmm_mmio *m, uint32_t *offset)
{
    if (m->gpa < dev->place.gpa || m->gpa - dev->place.gpa >= VMM_WINDOW) {
        return false;
    }
    *offset = (uint32_t)(m->gpa - dev->place.gpa);
    return true;
}

void bus_irq(struct vmm_device *dev, bool level)
{
    if (level != dev->level) {
        dev->level = level;
        dev->bus->outside->irq(dev->bus->outside->opaque, dev->place.spi, level);
    }
}

void bus_output(struct vmm_device *dev, const uint8_t *bytes, size_t len)
{
    dev->bus->outside->console(dev->bus->outside->opaque, dev->place.line, bytes, len);
}

uint64_t bus_now_ns(const struct vmm_device *dev)
{
    return dev->bus->outside->now_ns(dev->bus->outside->opaque);
}

void bus_arm(struct vmm_device *dev, uint64_t deadline_ns)
{
    dev->deadline_ns = deadline_ns;
    update_alarm(dev->bus, false);
}

void *bus_memory(const struct vmm_device *dev, uint64_t gpa, uint64_t len)
{
    if (!len || gpa + len < gpa) {
        return NULL;
    }
    return dev->bus->outside->memory(dev->bus->outside->opaque, gpa, len);
}

void *vmm_region_at(const struct vmm_region *regions, size_t count, uint64_t gpa, uint64_t len)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t offset = gpa - regions[i].gpa;
        if (gpa >= regions[i].gpa && offset < regions[i].size && len <= regions[i].size - offset) {
            return (uint8_t *)regions[i].at + offset;
        }
    }
    return NULL;
}
