/* SPDX-License-Identifier: GPL-2.0-or-later
 * A device model in C: functions, and a table of its state fields
 *
 * Timers, interrupt lines and DMA come from the platform, so all state of a model is visible to save, load and trace.
 * A model is a pure state machine: no globals, no host time, no host randomness.
 */
#ifndef INGOT_VDEV_H
#define INGOT_VDEV_H

#include "seam.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VDEV_TIMERS_MAX 8

struct vdev;

/* One member of the model's state struct. All members must be listed (no pointers among them): the conformance test
 * fills the state with a pattern, saves, loads, and compares. */
struct vdev_field {
    const char *name;
    size_t offset, size;
};
#define VDEV_FIELD(type, member) { #member, offsetof(type, member), sizeof(((type *)0)->member) }

struct vdev_ops {
    const char *type;           /* "uart16550" */
    size_t state_size;          /* bytes of the model's state struct, zeroed before reset */
    const struct vdev_field *fields;    /* ends with name == NULL */
    uint64_t window;            /* bytes of the register window, multiple of 4096 */
    unsigned lines, timers;     /* interrupt lines; timers <= VDEV_TIMERS_MAX */
    void (*reset)(struct vdev *dev);
    /* offset < window, size 1, 2, 4 or 8. *delay_ps is 0 on entry; add to it what the access costs beyond the bus. */
    enum seam_result (*read)(struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value, seam_ps *delay_ps);
    enum seam_result (*write)(struct vdev *dev, uint64_t offset, unsigned size, uint64_t value, seam_ps *delay_ps);
    /* As read, without side effects; NULL: not offered. */
    enum seam_result (*peek)(const struct vdev *dev, uint64_t offset, unsigned size, uint64_t *value);
    /* Timer n, armed earlier, is due: vdev_now() is exactly its deadline. It is disarmed before the call. */
    void (*timer)(struct vdev *dev, unsigned n);
    /* Serial input; returns bytes taken. NULL: the device has no serial line. */
    size_t (*input)(struct vdev *dev, const uint8_t *bytes, size_t len);
    /* An IOMMU: where `addr` of another device's stream lies for a transfer in that direction, and how many bytes from there on
     * lie together. SEAM_DENIED: nowhere. Its own DMA (tables, queues) reaches all RAM. NULL: not an IOMMU. */
    enum seam_result (*translate)(struct vdev *dev, uint32_t stream, uint64_t addr, bool write, uint64_t *pa, uint64_t *length);
};

/* Services of the platform; filled in by the host of the model (platform/systemc, or a test bench). */
struct vdev_host {
    seam_ps (*now)(struct vdev *dev);
    void (*timer_arm)(struct vdev *dev, unsigned n, seam_ps deadline_ps);  /* >= now; replaces an earlier deadline */
    void (*timer_disarm)(struct vdev *dev, unsigned n);
    void (*irq)(struct vdev *dev, unsigned line, bool level);
    enum seam_result (*dma_read)(struct vdev *dev, uint64_t addr, void *buf, size_t len);
    enum seam_result (*dma_write)(struct vdev *dev, uint64_t addr, const void *buf, size_t len);
    void (*console)(struct vdev *dev, const uint8_t *bytes, size_t len);
    void (*note)(struct vdev *dev, uint32_t code, uint64_t value);
    void (*stop)(struct vdev *dev, const char *reason);
};

struct vdev {
    const struct vdev_ops *ops;
    const struct vdev_host *host;
    void *host_data;        /* the host's own */
    void *state;            /* the model's struct, state_size bytes, owned by the host */
    seam_ps clock_ps;       /* period of the device's clock (seam_device_desc.clock_ps) */
};

static inline seam_ps vdev_now(struct vdev *d) { return d->host->now(d); }
static inline void vdev_timer_arm(struct vdev *d, unsigned n, seam_ps at) { d->host->timer_arm(d, n, at); }
static inline void vdev_timer_disarm(struct vdev *d, unsigned n) { d->host->timer_disarm(d, n); }
static inline void vdev_irq(struct vdev *d, unsigned line, bool level) { d->host->irq(d, line, level); }
static inline enum seam_result vdev_dma_read(struct vdev *d, uint64_t a, void *b, size_t n) { return d->host->dma_read(d, a, b, n); }
static inline enum seam_result vdev_dma_write(struct vdev *d, uint64_t a, const void *b, size_t n) { return d->host->dma_write(d, a, b, n); }
static inline void vdev_console(struct vdev *d, const uint8_t *b, size_t n) { d->host->console(d, b, n); }
static inline void vdev_note(struct vdev *d, uint32_t code, uint64_t v) { d->host->note(d, code, v); }
static inline void vdev_stop(struct vdev *d, const char *reason) { d->host->stop(d, reason); }

#ifdef __cplusplus
}
#endif
#endif
