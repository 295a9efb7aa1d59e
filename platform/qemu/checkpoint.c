/* SPDX-License-Identifier: GPL-2.0-or-later
 * The board's part of a checkpoint: whose turn it is, what the cores have executed, and all devices
 *
 * It travels in QEMU's own migration stream, after the clock, the cores and the interrupt controller.
 */
#include "module.h"

#include "migration/vmstate.h"
#include "qapi/qapi-commands-migration.h"
#include "sysemu/runstate.h"

static struct blob {
    uint32_t size;
    uint8_t *data;
} blob;

static int pre_save(void *opaque)
{
    struct state s = { 0 };
    seam_ps now = board_now_ps();
    char err[256];

    state_put_u64(&s, "time", now);
    vcpu_save(&s);
    probe_save(&s);
    if (seam_save(board.devices, now, &s, err, sizeof err) < 0) {
        error_report("ingot: no checkpoint: %s", err);
        state_free(&s);
        return -EINVAL;
    }
    record_flush();
    g_free(blob.data);
    blob.data = g_memdup2(s.data, s.len);
    blob.size = s.len;
    state_free(&s);
    return 0;
}

static int pre_load(void *opaque)
{
    g_free(blob.data);
    blob.data = NULL;
    return 0;
}

static QEMUBH *starter;     /* of a clone; else NULL */

static int post_load(void *opaque, int version)
{
    struct state s = { .data = blob.data, .len = blob.size };
    char err[256] = "it does not fit this board: start it with the same system and the same version";
    seam_ps now = state_get_u64(&s, "time");

    vcpu_load(&s);
    probe_load(&s);
    if (s.bad || seam_load(board.devices, now, &s, err, sizeof err) < 0) {
        error_report("ingot: the checkpoint cannot be restored: %s", err);
        return -EINVAL;
    }
    board_rearm();
    gtimer_restored();
    hold_ask("restored");
    if (starter) {
        qemu_bh_schedule(starter);
    }
    return 0;
}

static const VMStateDescription vmstate = {
    .name = "ingot-board",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pre_save,
    .pre_load = pre_load,
    .post_load = post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(size, struct blob),
        VMSTATE_VBUFFER_ALLOC_UINT32(data, struct blob, 0, NULL, size),
        VMSTATE_END_OF_LIST()
    },
};

void checkpoint_register(void) { vmstate_register(NULL, 0, &vmstate, &blob); }

/* The template of all clones never ran, so QEMU leaves them stopped when all has come in: they are started (held, as any
 * restored board). */
static void start_clone(void *opaque)
{
    if (runstate_check(RUN_STATE_INMIGRATE)) {
        qemu_bh_schedule(starter);
    } else if (!runstate_is_running()) {
        vm_start();
    }
}

void checkpoint_expect_no_memory(void)
{
    MigrationCapabilityStatus shared = { .capability = MIGRATION_CAPABILITY_X_IGNORE_SHARED, .state = true };
    MigrationCapabilityStatusList list = { .value = &shared };
    qmp_migrate_set_capabilities(&list, &error_fatal);
    starter = qemu_bh_new(start_clone, NULL);
}
