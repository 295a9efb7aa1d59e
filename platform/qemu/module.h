/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the QEMU module share: one board a process
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

#define BOARD_CORES_MAX 8
#define BOARD_DEVICES_MAX 64
#define BOARD_WINDOWS_MAX 64

struct vdev_instance;   /* bridge.c */

/* board.c: the one board */
struct board {
    struct seam_devices *devices;
    struct trace_writer *trace;     /* NULL: not recorded */
    QEMUTimer *timer;               /* at the devices' next event */
    seam_ps next_event;
    bool running_event;             /* inside seam_advance: crossings have no core */
};
extern struct board board;

uint64_t board_now_ns(void);
seam_ps board_now_ps(void);
void board_advance(void);           /* events due now; then arms the timer for the next */
void board_rearm(void);
void board_fail(const char *fmt, ...) G_GNUC_PRINTF(1, 2);  /* held with an error, or the end when nobody controls */

/* bridge.c: devices of the seam as QEMU devices */
extern const struct seam_cpu bridge_seam_cpu;
void bridge_register_types(void);
bool bridge_realize_all(Error **errp);      /* seam_devices_add for each ingot-vdev */
void bridge_map_all(void);                  /* after elaboration */
unsigned bridge_count(void);
const char *bridge_name(unsigned device);
int bridge_find(const char *name);          /* or -1 */

/* record.c: the trace, and the watches on it */
void record(struct trace_record r);         /* time, core and insn are filled in here */
void record_names(void);
uint32_t record_step(const char *line);

/* vcpu.c: whose turn it is */
void vcpu_take_over(void);                  /* before the board is built */
void vcpu_set_quantum(int64_t ns);
int vcpu_running(void);                     /* index of the core inside tcg_cpus_exec, or -1 */
uint64_t vcpu_insns(int core);              /* executed by it so far; exact for cores that are not running */
uint64_t vcpu_insns_at(int core, int64_t raw_icount);
void vcpu_stall(uint64_t delay_ps);         /* the running core waits for the bus */
void vcpu_leave(void);                      /* the running core stops after this instruction */
void vcpu_wake(void);                       /* the loop looks again */
void vcpu_save(struct state *s);
void vcpu_load(struct state *s);

/* control.c: hold, and the engine's socket */
bool control_open(const char *path, Error **errp);
bool control_connected(void);
void control_hold(const char *fmt, ...) G_GNUC_PRINTF(1, 2);   /* from now on; told when the loop has stopped */
bool control_held(void);
bool control_enter_hold(void);              /* vcpu.c: a hold was asked for and is told now */
void control_idle(void);                    /* vcpu.c: nothing can happen any more */
void control_console(unsigned device, const uint8_t *bytes, size_t len);
void control_flush(void);

/* watch.c */
void watch_console(unsigned device, uint8_t byte);
void watch_record(const struct trace_record *r);
const char *watch_add(char **words, unsigned count);    /* NULL, or what is wrong */
const char *watch_remove(char **words, unsigned count);

/* probe.c */
void probe_install(uint64_t plugin_id);
const char *probe_add(char **words, unsigned count);
const char *probe_remove(char **words, unsigned count);

#endif
