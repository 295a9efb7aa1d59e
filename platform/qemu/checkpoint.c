/* SPDX-License-Identifier: GPL-2.0-or-later
 * The board's part of a checkpoint: whose turn it is, what the cores have executed, and all devices
 *
 * It travels in QEMU's own migration stream, after the clock, the cores and the interrupt controller.
 */
#include "module.h"

#include "migration/vmstate.h"

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
    hold_ask("restored");
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
