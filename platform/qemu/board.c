/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot-board: the devices' clock, and the state that a checkpoint carries
 */
#include "module.h"

#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qom/object.h"
#include "sysemu/cpus.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "qemu/seqlock.h"
#include "softmmu/timers-state.h"

#define TYPE_INGOT_BOARD "ingot-board"
OBJECT_DECLARE_SIMPLE_TYPE(IngotBoard, INGOT_BOARD)

struct IngotBoard {
    DeviceState parent;
    char *control, *trace;
    uint32_t quantum_ns;
    uint32_t blob_size;
    uint8_t *blob;
    Notifier machine_done, exit;
};

#define ZERO_DELAY_LIMIT 100000     /* events of the devices at one instant before it is called a loop */

struct board board = { .next_event = SEAM_NEVER };
static IngotBoard *the_board;

uint64_t board_now_ns(void) { return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL); }
seam_ps board_now_ps(void) { return board_now_ns() * SEAM_PS_PER_NS; }

void board_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (control_connected()) {
        control_hold("error %s", text);
    } else {
        error_report("ingot: %s", text);
        exit(1);
    }
}

void board_rearm(void)
{
    board.next_event = seam_next_event(board.devices);
    if (board.next_event == SEAM_NEVER) {
        timer_del(board.timer);
    } else {
        timer_mod(board.timer, (board.next_event + SEAM_PS_PER_NS - 1) / SEAM_PS_PER_NS);
    }
}

void board_advance(void)
{
    seam_ps now = board_now_ps();
    unsigned rounds = 0;
    board.running_event = true;
    while (board.next_event <= now) {
        seam_advance(board.devices, now);
        board.next_event = seam_next_event(board.devices);
        if (++rounds == ZERO_DELAY_LIMIT) {
            board_fail("the devices' events do not move past %" PRIu64 " ps: a device arms a timer at its own instant",
                       board.next_event);
            board.next_event = SEAM_NEVER;
        }
    }
    board.running_event = false;
    board_rearm();
}

static void board_timer(void *opaque)
{
    (void)opaque;
    board_advance();
}

static void board_reset(void *opaque)
{
    (void)opaque;
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        return;
    }
    seam_reset(board.devices, board_now_ps());
    board_rearm();
}

static void board_exit(Notifier *n, void *data)
{
    (void)n, (void)data;
    control_flush();
    if (board.trace && trace_close(board.trace) < 0) {
        error_report("ingot: trace %s: %s", the_board->trace, strerror(errno));
    }
    board.trace = NULL;
}

static void machine_done(Notifier *n, void *data)
{
    IngotBoard *b = container_of(n, IngotBoard, machine_done);
    char err[256];
    Error *local = NULL;
    (void)data;

    if (!icount_enabled() || timers_state.icount_time_shift != 0 || icount_enabled() != 1) {
        error_report("ingot-board: runs on exact time only: add -icount shift=0,sleep=off");
        exit(1);
    }
    board.devices = seam_devices_new(&bridge_seam_cpu, err, sizeof err);
    if (!board.devices) {
        error_report("ingot-board: %s", err);
        exit(1);
    }
    if (!bridge_realize_all(&local)) {
        error_report_err(local);
        exit(1);
    }
    if (seam_devices_elaborate(board.devices, err, sizeof err) < 0) {
        error_report("ingot-board: %s", err);
        exit(1);
    }
    bridge_map_all();
    board.timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, board_timer, NULL);
    if (b->trace) {
        board.trace = trace_open(b->trace, err, sizeof err);
        if (!board.trace) {
            error_report("ingot-board: %s", err);
            exit(1);
        }
    }
    if (!runstate_check(RUN_STATE_INMIGRATE)) {
        record_names();
    }
    board_rearm();
    qemu_register_reset(board_reset, NULL);
    b->exit.notify = board_exit;
    qemu_add_exit_notifier(&b->exit);
    if (b->control && !control_open(b->control, &local)) {
        error_report_err(local);
        exit(1);
    }
}

static int board_pre_save(void *opaque)
{
    IngotBoard *b = opaque;
    struct state s = { 0 };
    char err[256];

    vcpu_save(&s);
    if (seam_save(board.devices, board_now_ps(), &s, err, sizeof err) < 0) {
        error_report("ingot: cannot save: %s", err);
        state_free(&s);
        return -EINVAL;
    }
    if (board.trace && trace_flush(board.trace) < 0) {
        error_report("ingot: trace %s: %s", b->trace, strerror(errno));
    }
    g_free(b->blob);
    b->blob = g_memdup2(s.data, s.len);
    b->blob_size = s.len;
    state_free(&s);
    return 0;
}

static int board_post_load(void *opaque, int version)
{
    IngotBoard *b = opaque;
    struct state s = { .data = b->blob, .len = b->blob_size };
    char err[256];
    (void)version;

    vcpu_load(&s);
    if (s.bad || seam_load(board.devices, board_now_ps(), &s, err, sizeof err) < 0) {
        error_report("ingot: cannot restore: %s", s.bad ? "the checkpoint is of another board" : err);
        return -EINVAL;
    }
    board_rearm();
    return 0;
}

static const VMStateDescription board_vmstate = {
    .name = "ingot-board",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = board_pre_save,
    .post_load = board_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(blob_size, IngotBoard),
        VMSTATE_VBUFFER_ALLOC_UINT32(blob, IngotBoard, 0, NULL, blob_size),
        VMSTATE_END_OF_LIST()
    },
};

static Property board_properties[] = {
    DEFINE_PROP_STRING("control", IngotBoard, control),
    DEFINE_PROP_STRING("trace", IngotBoard, trace),
    DEFINE_PROP_UINT32("quantum-ns", IngotBoard, quantum_ns, 10000),
    DEFINE_PROP_END_OF_LIST(),
};

static void board_realize(DeviceState *dev, Error **errp)
{
    IngotBoard *b = INGOT_BOARD(dev);
    if (the_board) {
        error_setg(errp, "ingot-board: only one a machine");
        return;
    }
    if (!b->quantum_ns) {
        error_setg(errp, "ingot-board: quantum-ns must be at least 1");
        return;
    }
    the_board = b;
    vcpu_set_quantum(b->quantum_ns);
    b->machine_done.notify = machine_done;
    qemu_add_machine_init_done_notifier(&b->machine_done);
}

static void board_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    (void)data;
    dc->desc = "Ingot: the virtual board's clock, control and trace";
    dc->realize = board_realize;
    dc->vmsd = &board_vmstate;
    dc->user_creatable = true;
    dc->hotpluggable = false;
    device_class_set_props(dc, board_properties);
}

static const TypeInfo board_type = {
    .name = TYPE_INGOT_BOARD,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(IngotBoard),
    .class_init = board_class_init,
};

void board_register_type(void) { type_register_static(&board_type); }
