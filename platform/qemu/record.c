/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every crossing of the seam goes through here: into the trace, and past the watches
 */
#include "module.h"

#define FLUSH_EVERY 16384   /* records: a full disk is noticed after so many */

static GArray *effects;     /* what the access that is being served has caused so far; NULL: none is */
static unsigned unflushed;

static void put(const struct trace_record *r)
{
    if (board.trace) {
        trace_put(board.trace, r);
        if (++unflushed >= FLUSH_EVERY) {
            record_flush();
        }
    }
    watch_record(r);
}

static struct trace_record stamped(struct trace_record r)
{
    if (r.kind == TRACE_PROBE) {
        return r;
    }
    r.time_ps = board_now_ps();
    if (vcpu_in_turn() && board.event_ps == SEAM_NEVER) {
        r.core = current_cpu->cpu_index;
        r.insn = vcpu_insns(r.core, vcpu_raw() - 1);    /* QEMU counts the access's own instruction before it */
    } else {
        r.core = TRACE_NO_CORE;
    }
    return r;
}

void record(struct trace_record r)
{
    board.last_device = r.kind == TRACE_PROBE || r.kind == TRACE_STEP ? board.last_device : r.id;
    r = stamped(r);
    if (effects) {
        g_array_append_val(effects, r);
    } else {
        put(&r);
    }
}

void record_begin(void)
{
    static GArray *buffer;
    if (!buffer) {
        buffer = g_array_new(false, false, sizeof(struct trace_record));
    }
    effects = buffer;
}

void record_cause(struct trace_record r)
{
    r = stamped(r);
    put(&r);
}

void record_end(void)
{
    GArray *caused = effects;
    effects = NULL;
    for (unsigned i = 0; i < caused->len; i++) {
        put(&g_array_index(caused, struct trace_record, i));
    }
    g_array_set_size(caused, 0);
}

void record_names(void)
{
    for (unsigned i = 0; board.trace && i < bridge_count(); i++) {
        trace_name(board.trace, 0, TRACE_NAME_DEVICE, i, bridge_name(i));
    }
}

void record_flush(void)
{
    unflushed = 0;
    if (board.trace && trace_flush(board.trace) < 0) {
        int error = errno;
        trace_close(board.trace);
        board.trace = NULL;
        board_fail("trace %s: %s: free some space and run again", board.trace_path, strerror(error));
    }
}
