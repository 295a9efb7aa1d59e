/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every crossing of the seam goes through here: into the trace, and past the watches
 */
#include "module.h"

/* The access that is being served, and what it has caused so far. */
struct effect {
    struct trace_record r;
    size_t data;                    /* where its r.aux bytes are in current.data, or WITHOUT */
};
#define WITHOUT SIZE_MAX
static struct {
    bool serving;
    struct trace_record stamp;      /* itself, as far as it is known; its time, core and instruction are those of its effects, too */
    uint32_t pc;                    /* bits 31:0 of its PC; 0: not a core's */
    GArray *effects;
    GByteArray *data;
} current;

static void put(const struct trace_record *r, const void *data)
{
    if (board.trace && trace_put_data(board.trace, r, data) < 0) {
        record_flush();
    }
    watch_record(r);
}

static struct trace_record stamped(struct trace_record r, const struct trace_record *stamp)
{
    r.time_ps = stamp->time_ps;
    r.core = stamp->core;
    r.insn = stamp->insn;
    return r;
}

void record(struct trace_record r) { record_data(r, NULL); }

void record_data(struct trace_record r, const void *data)
{
    board.last_device = r.kind == TRACE_PROBE || r.kind >= TRACE_STEP ? board.last_device : r.id;
    if (!record_wanted()) {
        return;
    }
    if (r.kind == TRACE_PROBE) {
        put(&r, data);
    } else if (current.serving) {
        struct effect e = { stamped(r, &current.stamp), WITHOUT };
        if (data && board.trace) {
            e.data = current.data->len;
            g_byte_array_append(current.data, data, r.aux);
        }
        g_array_append_val(current.effects, e);
    } else {
        r.time_ps = board_now_ps();
        r.core = TRACE_NO_CORE;
        put(&r, data);
    }
}

void record_begin(seam_ps now, struct trace_record cause)
{
    if (!current.effects) {
        current.effects = g_array_new(false, false, sizeof(struct effect));
        current.data = g_byte_array_new();
    }
    current.serving = true;
    current.stamp = cause;
    current.stamp.time_ps = now;
    current.pc = vcpu_in_turn() && board.trace ? (uint32_t)inspect_access_pc() : 0;
    if (vcpu_in_turn()) {
        current.stamp.core = current_cpu->cpu_index;
        current.stamp.insn = vcpu_insns(current.stamp.core, vcpu_raw() - 1);  /* QEMU has counted the access itself */
    } else {
        current.stamp.core = TRACE_NO_CORE;
        current.stamp.insn = 0;
    }
}

void record_cause(struct trace_record r)
{
    r = stamped(r, &current.stamp);
    if (r.kind == TRACE_READ || r.kind == TRACE_WRITE) {
        r.aux = current.pc;
    }
    put(&r, NULL);
}

void record_end(void)
{
    current.serving = false;
    for (unsigned i = 0; i < current.effects->len; i++) {
        const struct effect *e = &g_array_index(current.effects, struct effect, i);
        put(&e->r, e->data == WITHOUT ? NULL : current.data->data + e->data);
    }
    g_array_set_size(current.effects, 0);
    g_byte_array_set_size(current.data, 0);
}

bool record_dying(void)
{
    if (!board.trace || !current.serving || !current.stamp.kind) {
        return board.trace && board.trace_last;
    }
    current.stamp.result = TRACE_ENDED;
    bool put = trace_put_dying(board.trace, &current.stamp, NULL);
    for (unsigned i = 0; put && i < current.effects->len; i++) {
        const struct effect *e = &g_array_index(current.effects, struct effect, i);
        put = trace_put_dying(board.trace, &e->r, e->data == WITHOUT ? NULL : current.data->data + e->data);
    }
    return put;
}

static void name_vms(const char *vms)
{
    g_auto(GStrv) each = g_strsplit(vms, ":", -1);
    for (unsigned vmid = 1; each[vmid - 1]; vmid++) {
        g_auto(GStrv) part = g_strsplit(each[vmid - 1], "/", -1);
        for (unsigned i = 0; part[i]; i++) {
            g_autofree char *number = g_strdup_printf("%u", i - 1);
            uint32_t id = i ? trace_vcpu_id(vmid, (uint8_t)g_ascii_strtoull(part[i], NULL, 10)) : vmid;
            trace_name(board.trace, 0, i ? TRACE_NAME_VCPU : TRACE_NAME_VM, id, i ? number : part[0]);
        }
    }
}

void record_names(const char *system, const char *vms)
{
    if (board.trace && system) {
        trace_name(board.trace, 0, TRACE_NAME_SYSTEM, 0, system);
    }
    if (board.trace && vms) {
        name_vms(vms);
    }
    for (unsigned i = 0; board.trace && i < bridge_count(); i++) {
        trace_name(board.trace, 0, TRACE_NAME_DEVICE, i, bridge_name(i));
        const struct bridge_device *b = bridge_device(i);
        trace_name(board.trace, 0, TRACE_NAME_TYPE, i, b->type);
        trace_name(board.trace, 0, TRACE_NAME_IMPL, i, b->impl);
        if (b->clock_hz || b->clock_ps) {
            char clock[40];
            snprintf(clock, sizeof clock, b->clock_hz ? "%" PRIu64 " Hz" : "%" PRIu64 " ps", b->clock_hz ? b->clock_hz : b->clock_ps);
            trace_name(board.trace, 0, TRACE_NAME_CLOCK, i, clock);
        }
        if (b->owner) {
            trace_name(board.trace, 0, TRACE_NAME_OWNER, i, b->owner);
        }
    }
}

void record_flush(void)
{
    if (board.trace && trace_flush(board.trace) < 0) {
        int error = errno;
        trace_close(board.trace);
        board.trace = NULL;
        board_fail("trace %s: %s: free some space and run again", board.trace_path, strerror(error));
    }
}

const char *record_keep(const char *path)
{
    static char err[1024];
    g_autofree char *ring = g_strdup(board.trace_path);
    if (!board.trace || !board.trace_last) {
        return "keep: this board keeps all of its trace, or none";
    }
    struct trace *t = trace_load(ring, err, sizeof err);
    struct trace_writer *w = t ? trace_open(path, err, sizeof err) : NULL;
    bool copied = w && trace_copy(w, t, UINT64_MAX, err, sizeof err) == 0;
    bool whole = copied && !trace_cut(t, NULL);
    if (copied && !whole) {
        snprintf(err, sizeof err, "keep: its first %" PRIu64 " records are gone: ask earlier, or for the whole trace", trace_cut(t, NULL));
    }
    trace_unload(t);
    if (!whole) {
        if (w) {
            trace_close(w);
            unlink(path);
        }
        return err;
    }
    trace_close(board.trace);
    unlink(ring);
    board.trace = w;
    board.trace_last = false;
    board.trace_path = g_strdup(path);
    return NULL;
}
