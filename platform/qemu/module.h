/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the QEMU module share: one board a process, all of it under QEMU's big lock
 */
#ifndef INGOT_MODULE_H
#define INGOT_MODULE_H

#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/qdev-core.h"
#include "hw/core/cpu.h"
#include "exec/memory.h"

#include "platform/seam/seam.h"
#include "traces/trace.h"

#define BOARD_DEVICES_MAX 64
#define BOARD_WINDOWS_MAX 64

/* board.c: the one board, and the devices' clock */
struct board {
    struct seam_devices *devices;   /* NULL: no ingot-board yet */
    struct trace_writer *trace;     /* NULL: not recorded */
    const char *trace_path;
    bool trace_last;                /* a ring: only the last records are kept */
    QEMUTimer *timer;               /* at the devices' next event, rounded up to ns */
    seam_ps next_event;
    seam_ps event_ps;               /* time of the event being run, or SEAM_NEVER */
    unsigned last_device;           /* of the last crossing */
};
extern struct board board;

void board_register_type(void);
seam_ps board_now_ps(void);         /* of the event being run, else the platform's time */
void board_advance(void);           /* runs what is due; then arms the timer for the next */
void board_rearm(void);
/* A failure in the middle of a run: held with `error`, or the end of the process when nobody controls it. */
void board_fail(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* checkpoint.c */
void checkpoint_register(void);
void checkpoint_expect_no_memory(void);     /* -incoming brings all but the memory, which is a file that is there already */

/* gtimer.c */
void gtimer_register(void);
void gtimer_restored(void);                 /* when the machine goes on, EL2's timers are armed */

/* bridge.c: devices of the seam as QEMU devices: on the system's bus (bridge.c), or behind PCIe (pci.c) */
struct bridge_device {
    DeviceState *qdev;
    const char *type, *impl;            /* "dmaq", "rtl" */
    uint64_t clock_ps, clock_hz;        /* 0: not said */
    const char *owner;                  /* VM, or "hypervisor"; NULL: not said */
    unsigned index;                     /* in the seam */
    unsigned spi;                       /* number of its line 0 there: an SPI, or beyond them */
    MemoryRegion mmio;
    void (*irq)(struct bridge_device *b, unsigned line, bool level);
    /* DMA by way of its bus; NULL: through the windows of its stream */
    enum seam_result (*dma)(struct bridge_device *b, uint64_t addr, void *buf, size_t len, bool write);
};
/* Adds it to the board; irq (and dma) are set already. False: errp says why. */
bool bridge_add(struct bridge_device *b, DeviceState *dev, const struct seam_device_desc *desc, Error **errp);
extern const MemoryRegionOps bridge_mmio_ops;       /* opaque: its struct bridge_device */
void pci_register_type(void);
extern const struct seam_cpu bridge_seam_cpu;
void bridge_register_type(void);
void bridge_map_all(void);          /* after elaboration */
unsigned bridge_count(void);
const char *bridge_name(unsigned device);
const struct bridge_device *bridge_device(unsigned device);
int bridge_find(const char *name);  /* or -1 */

/* dma.c: what a device's stream may reach */
void dma_register_type(void);
enum seam_result dma_transfer(unsigned device, uint32_t stream, uint64_t addr, void *buf, size_t len, bool write);

extern unsigned watch_trace_count;          /* watches on crossings */

/* record.c: the trace. Crossings are written in the order of cause: an access, then what it caused. */
void record(struct trace_record r);         /* time, core and insn are filled in, except a probe's */
void record_data(struct trace_record r, const void *data);  /* with r.aux bytes, or NULL */
static inline bool record_wanted(void) { return board.trace || watch_trace_count; }   /* the next three only then */
void record_begin(seam_ps now, struct trace_record cause);  /* what is recorded from here on was caused by this … */
void record_cause(struct trace_record r);   /* … which is known now, at that time */
void record_end(void);
bool record_dying(void);                    /* in a signal's handler: the cause, and what it has caused. True: they are in the trace */
/* vms: "linux/0/1:rt/2", in the order of their VMIDs with the cores of their vCPUs; system, vms: or NULL. */
void record_names(const char *system, const char *vms);
void record_flush(void);
const char *record_keep(const char *path);  /* all that the ring has, and from now on all, goes to path; NULL, or why not */

/* vcpu.c: the vCPU loop */
void vcpu_take_over(void);                  /* before the machine is built */
void vcpu_set_quantum(int64_t ns);
int64_t vcpu_now_ns(void);
extern CPUState *vcpu_running;              /* between the begin and the end of its turn, or NULL */
static inline bool vcpu_in_turn(void) { return vcpu_running && vcpu_running == current_cpu; }   /* called by a core that executes */
int64_t vcpu_raw(void);                     /* instructions of all cores, with those of the running turn */
uint64_t vcpu_insns(int core, int64_t raw); /* of them, this core's; exact */
void vcpu_stall(seam_ps delay_ps);          /* the core in turn waits for the bus */
void vcpu_leave(void);                      /* the core in turn stops after this instruction */
void vcpu_wake(void);                       /* the loop looks again */
void vcpu_spins(int64_t raw);                /* the core in turn waits for another: its turn ends at that instruction count */
void vcpu_reset(void);
void vcpu_save(struct state *s);
void vcpu_load(struct state *s);

/* spin.c */
struct qemu_plugin_tb;
void spin_install(int cores);
bool spin_wanted(void);                     /* is any code to be looked at? */
void spin_translated(struct qemu_plugin_tb *tb);
void spin_save(struct state *s);
void spin_load(struct state *s);

/* inspect.c: NAME=VALUE of a core, each after a space */
void inspect_core(int core, GString *out);
uint64_t inspect_access_pc(void);           /* of the core in turn, which accesses a device; 0: not by an instruction */

/* hold.c: time stands still */
void hold_ask(const char *fmt, ...) G_GNUC_PRINTF(1, 2);    /* from now on; told when the loop has stopped */
void hold_ask_soon(void);                   /* by wall time: at the next instant that a watch could name */
bool hold_enter(void);                      /* vcpu.c: is the board held? Tells the engine when it begins */
bool hold_is(void);
const char *hold_release(void);             /* NULL, or why not */
bool hold_idle(void);                       /* vcpu.c: nothing can happen any more; false: nobody to tell */

/* crash.c: a device's code that ends the process (a failed assertion, a wild pointer) is named before it does */
void crash_watch(void);

/* control.c: the engine's socket */
bool control_open(const char *path, Error **errp);
bool control_connected(void);
void control_say(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void control_leave(int status) G_GNUC_NORETURN;
bool control_close(void);                   /* false: the trace could not be written */

/* command.c */
struct words {
    char *word[16];
    size_t len[16];     /* bytes; a TEXT may contain NUL */
    unsigned count;
};
void command_run(char *line);
const char *command_number(const char *word, uint64_t *value);   /* NULL, or what is wrong */

/* console.c */
void console_out(unsigned device, const uint8_t *bytes, size_t len);
void console_flush(void);
void console_escape(GString *out, const char *bytes, size_t len);

/* watch.c */
void watch_console(unsigned device, uint8_t byte);
void watch_record(const struct trace_record *r);
bool watch_probe(uint32_t id);              /* about to be hit: true if the board must be held before it */
bool watch_probe_any(void);
uint64_t watch_insn_left(unsigned core, uint64_t executed);     /* instructions it may execute (> 0) before a watch on them matches */
void watch_insn(unsigned core, uint64_t executed);              /* it has executed so many */
const char *watch_add(const struct words *w);       /* NULL, or what is wrong */
const char *watch_remove(const struct words *w);

/* probe.c */
void probe_install(uint64_t plugin_id);
int probe_find(const char *id_or_name);     /* its id, or -1 */
const char *probe_add(const struct words *w);
const char *probe_remove(const struct words *w);
void probe_save(struct state *s);
void probe_load(struct state *s);

#endif
