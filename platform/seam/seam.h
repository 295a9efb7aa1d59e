/* SPDX-License-Identifier: GPL-2.0-or-later
 * The seam: the boundary between the CPU's side (QEMU) and the devices' side (SystemC, RTL)
 *
 * All calls happen on one thread of control (QEMU holds its big lock). Nothing here includes QEMU, SystemC or
 * Verilator. Times are picoseconds of platform time since power-on; SEAM_NEVER is "no such instant".
 */
#ifndef INGOT_SEAM_H
#define INGOT_SEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "state.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t seam_ps;
#define SEAM_NEVER UINT64_MAX
#define SEAM_PS_PER_NS 1000u

/* Result of one bus transaction; named after TLM-2.0 response states and AXI's xRESP. */
enum seam_result {
    SEAM_OK = 0,        /* TLM_OK_RESPONSE, OKAY */
    SEAM_SLAVE_ERROR,   /* the target refused: TLM_GENERIC_ERROR_RESPONSE, SLVERR */
    SEAM_DECODE_ERROR,  /* no target at this address: TLM_ADDRESS_ERROR_RESPONSE, DECERR */
    SEAM_DENIED,        /* the stream may not reach this address (DMA only); the device sees DECERR */
};

/* One device of the board, as its builder asked for it. Strings are copied by seam_devices_add. */
struct seam_device_desc {
    const char *name;      /* instance, unique on the board: "dmaq0" */
    const char *type;      /* "uart16550", "dmaq", "pulse" */
    const char *impl;      /* "model" (vdev.h, C), "systemc" (native TLM), "rtl" (Verilated), "recorded:FILE" (no device: FILE, a recording as
                            * text, answers in its place), "recorded-loose:FILE" (and the driver is a changed one); NULL: the type's default */
    uint64_t base;         /* physical address of its register window */
    uint64_t size;         /* bytes, multiple of 4096; 0: the type's own window size */
    unsigned spi;          /* first SPI of the device (GICv3 INTID - 32); a device with n lines owns spi .. spi+n-1 */
    uint32_t stream;       /* stream ID of its DMA; 0: it has none and every DMA is denied */
    uint64_t clock_ps;     /* clock period in ps, used by RTL and by models that count clocks; 0: 10000 (100 MHz) */
    uint64_t clock_hz;     /* a frequency whose period is no whole number of ps, else 0. RTL keeps it without drift;
                              models in C get clock_ps, the nearest */
};

/* Devices -> CPU. Implemented by platform/qemu, and by the test benches. All of it is valid during any call below
 * only; "now" is the time of that call (for advance: the time of the event being run). */
struct seam_cpu {
    void *opaque;
    /* Level of an SPI changes now. `device` is the index that seam_devices_add returned. */
    void (*irq)(void *opaque, unsigned device, unsigned spi, bool level);
    /* DMA through a stream ID. Moves all of len or nothing. `addr` is the owner VM's intermediate physical address. */
    enum seam_result (*dma_read)(void *opaque, unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len);
    enum seam_result (*dma_write)(void *opaque, unsigned device, uint32_t stream, uint64_t addr, const void *buf, size_t len);
    /* A device with a serial line has transmitted bytes. */
    void (*console)(void *opaque, unsigned device, const uint8_t *bytes, size_t len);
    /* A remark of the device for the trace; code is the device's own (documented in its README). */
    void (*note)(void *opaque, unsigned device, uint32_t code, uint64_t value);
    /* The device asks for the board to be held, at this instant; reason is one line of text. */
    void (*stop)(void *opaque, unsigned device, const char *reason);
};

/* CPU -> devices. Implemented by platform/systemc. Functions that can fail because of a user's mistake return NULL
 * or -1 and write one line to err ("dmaq0: unknown type 'dmaqq'; known: uart16550, dmaq, pulse"). */
struct seam_devices;

/* One per process (SystemC has one kernel a process). `cpu` must stay valid until seam_devices_free. */
struct seam_devices *seam_devices_new(const struct seam_cpu *cpu, char *err, size_t err_len);
void seam_devices_free(struct seam_devices *d);
/* Returns the device's index (0, 1, ...) or -1. Only before seam_devices_elaborate. */
int seam_devices_add(struct seam_devices *d, const struct seam_device_desc *desc, char *err, size_t err_len);
/* Fixes the board: binds sockets, elaborates SystemC, resets all devices at time 0. 0 or -1. */
int seam_devices_elaborate(struct seam_devices *d, char *err, size_t err_len);
/* Size of device's window, and number of its interrupt lines; known after add. */
uint64_t seam_devices_window(const struct seam_devices *d, unsigned device);
unsigned seam_devices_lines(const struct seam_devices *d, unsigned device);
/* Its implementation, the type's default if the board names none. Lives as long as d. */
const char *seam_devices_impl(const struct seam_devices *d, unsigned device);

/* Register access at time `now` (>= every earlier time). offset is within the device's window; size 1, 2, 4 or 8.
 * *delay_ps is how long the bus was occupied: the initiator is stalled until now + *delay_ps. The caller has run
 * advance(now) before; the callee does not run the SystemC scheduler when nothing is due. */
enum seam_result seam_read(struct seam_devices *d, unsigned device, uint64_t offset, unsigned size,
                           seam_ps now, uint64_t *value, seam_ps *delay_ps);
enum seam_result seam_write(struct seam_devices *d, unsigned device, uint64_t offset, unsigned size,
                            seam_ps now, uint64_t value, seam_ps *delay_ps);
/* Read without side effects, for debuggers and the monitor. SEAM_SLAVE_ERROR where the device cannot tell. */
enum seam_result seam_peek(struct seam_devices *d, unsigned device, uint64_t offset, unsigned size, uint64_t *value);
/* An IOMMU on the board decides over all other devices' DMA: -1, or its index; there is one at most. seam_translate: as vdev_ops.translate, during
 * a dma_read or dma_write of another device. */
int seam_iommu(const struct seam_devices *d);
enum seam_result seam_translate(struct seam_devices *d, uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length);
/* Bytes for a device's serial input, arriving now. Returns how many were taken (the rest is the caller's). */
size_t seam_input(struct seam_devices *d, unsigned device, seam_ps now, const uint8_t *bytes, size_t len);

/* Of a device that is "recorded": transactions of its recording before the first request that the driver has not made yet, and all that
 * it has; equal when there is none. other_reads: of "recorded-loose", reads that were not as recorded. 0; 1: the driver has
 * departed, and done is where; -1: the device is neither. */
int seam_progress(const struct seam_devices *d, unsigned device, uint64_t *done, uint64_t *all, uint64_t *other_reads);

/* Runs every event due at or before `to`, each at its own time. */
void seam_advance(struct seam_devices *d, seam_ps to);
/* Time of the next event, or SEAM_NEVER. May change after any call above. Strictly later than the last advance. */
seam_ps seam_next_event(struct seam_devices *d);

/* Writes a waveform (FST) of all signals of a device's clock edges from from_ps to to_ps (SEAM_NEVER: to the end) to `path`;
 * replaces an earlier one of the device. -1 and a reason: it has no signals (only RTL has), or path cannot be written. */
int seam_waves(struct seam_devices *d, unsigned device, const char *path, seam_ps now, seam_ps from_ps, seam_ps to_ps,
               char *err, size_t err_len);
/* All waveforms end, complete up to `now`; SEAM_NEVER: up to what is certain, in the middle of a call too. */
void seam_waves_end(struct seam_devices *d, seam_ps now);

/* Name of the device whose code is being run, or NULL. For signal handlers too: takes no lock, allocates nothing. */
const char *seam_running(const struct seam_devices *d);

/* Power-on reset of all devices at time `now`. */
void seam_reset(struct seam_devices *d, seam_ps now);
/* Whole state of the devices' side at time `now`. save: -1 and the device's name in err if one cannot be saved.
 * load: into a board of the same devices, at the same time; -1 and a reason if the state does not fit. */
int seam_save(struct seam_devices *d, seam_ps now, struct state *out, char *err, size_t err_len);
int seam_load(struct seam_devices *d, seam_ps now, struct state *in, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
