/* SPDX-License-Identifier: GPL-2.0-or-later
 * The busses of a VM's monitor: messages between the models, the guest and what lies outside
 *
 * Five small busses: MMIO, interrupts, console, time, memory. A model knows nothing but them.
 * One thread: what is declared here is called by the monitor's only one, and a function of the outside calls none of it.
 */
#ifndef VMM_BUS_H
#define VMM_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    VMM_DEVICES = 16,           /* on one bus */
    VMM_WINDOW = 4096,          /* bytes of registers that a device has */
    VMM_SPIS = 988,             /* INTIDs 32-1019 (GICv3 2.2.1) */
};
#define VMM_NEVER UINT64_MAX    /* a deadline that does not come */

/* A message of the MMIO bus: one access by the guest. */
struct vmm_mmio {
    uint64_t gpa;               /* guest physical address */
    uint64_t value;             /* to write, or what was read: `size` bytes, zeroes above */
    uint8_t size;               /* bytes: 1, 2, 4 or 8 */
    bool write;
};

enum vmm_result {
    VMM_ELSEWHERE,              /* no device's address */
    VMM_DONE,
    VMM_REFUSED,                /* a device's address, but not in this size or alignment */
};

/* What lies outside. The monitor's runtime fills it in; it outlives the bus. No member may be NULL. */
struct vmm_outside {
    void *opaque;               /* first argument of each */
    /* The level of interrupt line `spi` (0 is INTID 32) changes. */
    void (*irq)(void *opaque, uint32_t spi, bool level);
    /* Bytes for the host's console `line`. They are taken, all of them. */
    void (*console)(void *opaque, uint32_t line, const uint8_t *bytes, size_t len);
    /* Nanoseconds of a clock that never goes back. */
    uint64_t (*now_ns)(void *opaque);
    /* bus_time is to be called at deadline_ns or soon after. Replaces the call before; VMM_NEVER: none is due. */
    void (*alarm)(void *opaque, uint64_t deadline_ns);
    /* Where the monitor sees the VM's memory [gpa, gpa + len), in one piece; NULL: not all of it is the VM's memory.
     * len is not 0 and the sum does not overflow. Pages keep their alignment. */
    void *(*memory)(void *opaque, uint64_t gpa, uint64_t len);
};

struct vmm_device;

/* A model: its ends of the busses. Those that it does not listen to are NULL, but reset and mmio are not. */
struct vmm_model {
    const char *name;
    /* To the state after power-on. The interrupt line is low and no deadline is set already. */
    void (*reset)(struct vmm_device *dev);
    /* VMM_ELSEWHERE: not my address, and nothing has changed. */
    enum vmm_result (*mmio)(struct vmm_device *dev, struct vmm_mmio *m);
    /* Bytes from the host's line. Returns how many were taken: the first ones. */
    size_t (*input)(struct vmm_device *dev, const uint8_t *bytes, size_t len);
    /* The deadline has come, and is not set any more. */
    void (*timer)(struct vmm_device *dev, uint64_t now_ns);
};

/* Where a device is. */
struct vmm_place {
    uint64_t gpa;               /* of its registers, on a page's boundary */
    uint32_t spi;               /* its own alone */
    uint32_t line;              /* the host's console; of no meaning to a model that does not listen to one */
};

/* The head of each device's state. */
struct vmm_device {
    struct vmm_bus *bus;
    const struct vmm_model *model;
    struct vmm_place place;
    uint64_t deadline_ns;
    bool level;                 /* of its interrupt line */
};

struct vmm_bus {
    const struct vmm_outside *outside;
    struct vmm_device *devices[VMM_DEVICES];    /* by address */
    uint32_t count;
    uint64_t alarm_ns;          /* what the outside was told last */
};

/* The runtime's side.
 * bus_attach resets the device. False: no room, or a place that is out of range or another device's. */
void bus_init(struct vmm_bus *bus, const struct vmm_outside *outside);
bool bus_attach(struct vmm_bus *bus, struct vmm_device *dev, const struct vmm_model *model, const struct vmm_place *place);
void bus_reset(struct vmm_bus *bus);
enum vmm_result bus_mmio(struct vmm_bus *bus, struct vmm_mmio *m);
/* Returns how many bytes were taken. The others are to be offered again after the guest's next access. */
size_t bus_input(struct vmm_bus *bus, uint32_t line, const uint8_t *bytes, size_t len);
void bus_time(struct vmm_bus *bus);

/* The models' side.
 * bus_offset: the access is within the device's window, and begins at *offset of it. */
bool bus_offset(const struct vmm_device *dev, const struct vmm_mmio *m, uint32_t *offset);
void bus_irq(struct vmm_device *dev, bool level);
void bus_output(struct vmm_device *dev, const uint8_t *bytes, size_t len);
uint64_t bus_now_ns(const struct vmm_device *dev);
void bus_arm(struct vmm_device *dev, uint64_t deadline_ns);
/* NULL: not the VM's memory, none of it, or more than there are addresses. */
void *bus_memory(const struct vmm_device *dev, uint64_t gpa, uint64_t len);

/* A piece of the VM's memory, for an outside that has a table of them. `at` is aligned as gpa is, to the page. */
struct vmm_region {
    uint64_t gpa, size;         /* bytes */
    void *at;
};
/* As `memory` of the outside. A range across two regions is in none. */
void *vmm_region_at(const struct vmm_region *regions, size_t count, uint64_t gpa, uint64_t len);

#ifdef __cplusplus
}
#endif
#endif
