/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-board: its properties, the devices' clock, the end of a run
 */
#include "module.h"

#include "hw/qdev-properties.h"
#include "qom/object.h"
#include "sysemu/cpus.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/runstate-action.h"
#include "sysemu/sysemu.h"
#include "qemu/seqlock.h"
#include "softmmu/timers-state.h"

#define TYPE_INGOT_BOARD "ingot-board"
OBJECT_DECLARE_SIMPLE_TYPE(IngotBoard, INGOT_BOARD)

struct IngotBoard {
    DeviceState parent;
    char *control, *trace, *system, *vms;
    uint64_t last_ps, room;
    uint32_t quantum_ns;
    bool clone;
    Notifier machine_done, shutdown, exit;
};

struct board board = { .next_event = SEAM_NEVER, .event_ps = SEAM_NEVER };

seam_ps board_now_ps(void)
{
    return board.event_ps != SEAM_NEVER ? board.event_ps : vcpu_now_ns() * SEAM_PS_PER_NS;
}

void board_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (control_connected()) {
        g_autoptr(GString) word = g_string_new(NULL);
        console_escape(word, text, strlen(text));
        hold_ask("error %s", word->str);
    } else {
        error_report("ingot: %s", text);
        control_leave(1);
    }
}

void board_rearm(void)
{
    seam_ps next = seam_next_event(board.devices);
    if (next == board.next_event) {
        return;
    }
    board.next_event = next;
    if (next == SEAM_NEVER) {
        timer_del(board.timer);
    } else {
        timer_mod_ns(board.timer, next / SEAM_PS_PER_NS + (next % SEAM_PS_PER_NS != 0));
    }
}

/* Each event at its own time, which is that of all it causes. */
void board_advance(void)
{
    seam_ps now = vcpu_now_ns() * SEAM_PS_PER_NS, next;
    while ((next = seam_next_event(board.devices)) <= now) {
        board.event_ps = next;
        seam_advance(board.devices, next);
        board.event_ps = SEAM_NEVER;
        if (seam_next_event(board.devices) <= next) {
            timer_del(board.timer);
            board_fail("%s: its next event does not move past %" PRIu64 " ps: it arms a timer at its own instant",
                       bridge_count() ? bridge_name(board.last_device) : "ingot-board", next);
            return;
        }
    }
    board_rearm();
}

static void board_timer(void *opaque)
{
    board.next_event = 0;   /* the timer is no longer armed */
    board_advance();
}

static void board_reset(void *opaque)
{
    if (!runstate_check(RUN_STATE_INMIGRATE)) {
        const seam_ps now = board_now_ps();
        if (now) {              /* power-on is no event */
            board_advance();
            record((struct trace_record){ .kind = TRACE_RESET });
        }
        vcpu_reset();
        seam_reset(board.devices, now);
        board_rearm();
    }
}

/* With an engine the board stays, held, until the engine ends it. */
static void board_shutdown(Notifier *n, void *data)
{
    hold_ask("poweroff");
}

static void board_exit(Notifier *n, void *data)
{
    if (!control_close()) {
        control_leave(1);
    }
}

static void die(const char *text)
{
    error_report("ingot-board: %s", text);
    exit(1);
}

static void machine_done(Notifier *n, void *data)
{
    IngotBoard *b = container_of(n, IngotBoard, machine_done);
    char err[256];
    Error *local = NULL;

    if (seam_devices_elaborate(board.devices, err, sizeof err) < 0) {
        die(err);
    }
    bridge_map_all();
    board.timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, board_timer, NULL);
    if (b->trace) {
        board.trace_path = b->trace;
        board.trace_last = b->last_ps != 0;
        board.trace = b->last_ps ? trace_open_ring(b->trace, b->last_ps, b->room, err, sizeof err) : trace_open(b->trace, err, sizeof err);
        if (!board.trace) {
            die(err);
        }
    }
    if (!runstate_check(RUN_STATE_INMIGRATE)) {
        record_names(b->system, b->vms);
    }
    board_rearm();
    checkpoint_register();
    gtimer_register();
    qemu_register_reset(board_reset, NULL);
    b->exit.notify = board_exit;
    qemu_add_exit_notifier(&b->exit);
    if (b->control) {
        if (!control_open(b->control, &local)) {
            die(error_get_pretty(local));
        }
        shutdown_action = SHUTDOWN_ACTION_PAUSE;
        b->shutdown.notify = board_shutdown;
        qemu_register_shutdown_notifier(&b->shutdown);
    }
}

static void board_realize(DeviceState *dev, Error **errp)
{
    IngotBoard *b = INGOT_BOARD(dev);
    char err[256];

    if (board.devices) {
        error_setg(errp, "only one ingot-board a machine: remove the second");
    } else if (!b->quantum_ns) {
        error_setg(errp, "quantum-ns=0: must be at least 1");
    } else if (icount_enabled() != 1 || timers_state.icount_time_shift) {
        error_setg(errp, "the board needs exact time: add -icount shift=0,sleep=off");
    } else if (!(board.devices = seam_devices_new(&bridge_seam_cpu, err, sizeof err))) {
        error_setg(errp, "%s", err);
    } else {
        vcpu_set_quantum(b->quantum_ns);
        if (b->clone) {
            checkpoint_expect_no_memory();
        }
        b->machine_done.notify = machine_done;
        qemu_add_machine_init_done_notifier(&b->machine_done);
    }
}

static Property board_properties[] = {
    DEFINE_PROP_STRING("control", IngotBoard, control),
    DEFINE_PROP_STRING("trace", IngotBoard, trace),
    DEFINE_PROP_STRING("system", IngotBoard, system),
    DEFINE_PROP_STRING("vms", IngotBoard, vms),
    DEFINE_PROP_UINT64("last-ps", IngotBoard, last_ps, 0),      /* of the trace, the last so many ps only; 0: all */
    DEFINE_PROP_UINT64("room", IngotBoard, room, 256 << 20),    /* in so many bytes, then */
    DEFINE_PROP_BOOL("clone", IngotBoard, clone, false),
    DEFINE_PROP_UINT32("quantum-ns", IngotBoard, quantum_ns, 10000),
    DEFINE_PROP_END_OF_LIST(),
};

static void board_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->desc = "Ingot: the board's clock, control and trace";
    dc->realize = board_realize;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, board_properties);
}

void board_register_type(void)
{
    static const TypeInfo type = { .name = TYPE_INGOT_BOARD, .parent = TYPE_DEVICE,
                                   .instance_size = sizeof(IngotBoard), .class_init = board_class_init };
    type_register_static(&type);
}
