/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every crossing of the seam goes through here: into the trace, and past the watches
 */
#include "module.h"

#include "qemu/seqlock.h"
#include "qemu/thread.h"
#include "softmmu/timers-state.h"

void record(struct trace_record r)
{
    int core = board.running_event ? -1 : vcpu_running();
    if (r.kind != TRACE_PROBE) {
        r.time_ps = board_now_ps();
        r.core = core < 0 ? TRACE_NO_CORE : core;
        r.insn = core < 0 ? 0 : vcpu_insns_at(core, timers_state.qemu_icount);
    }
    if (board.trace) {
        trace_put(board.trace, &r);
    }
    watch_record(&r);
}

void record_names(void)
{
    for (unsigned i = 0; board.trace && i < bridge_count(); i++) {
        trace_name(board.trace, 0, TRACE_NAME_DEVICE, i, bridge_name(i));
    }
}

uint32_t record_step(const char *line)
{
    uint32_t crc = trace_crc32c(0, line, strlen(line));
    record((struct trace_record){ .kind = TRACE_STEP, .value = crc });
    return crc;
}
