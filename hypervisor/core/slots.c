/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slots: a core's time as forge's table cuts it
 *
 * Slots are at multiples of the major frame since reset, on all cores alike, and none is longer because of what happened in the one before: the
 * alarm of its end comes from the table. A slot whose vCPU sleeps stays its own, or goes to those behind it (priority.c). What the last slot's vCPU had the hypervisor do at its very end must not be seen in
 * the next slot: that begins SLOT_SWITCH after the alarm, to the instruction, however long the switch has taken.
 */
#include "hyp.h"

struct vcpu *slots_owner(struct core *c)
{
    if (c->slot && c->slot->count) {
        priority_begin(c);
    }
    return c->several ? priority_owner(c) : c->slot->vcpu < HYP_VCPUS_MAX ? &hyp_vcpu_states[c->slot->vcpu] : 0;
}

void slots_start(struct core *c)
{
    const struct hyp_core *t = &hyp_core_tables[c->id];
    if (!t->slot_count) {
        return;
    }
    uint64_t now = arch_now(), end = now - now % t->frame_ticks;
    for (c->slot = t->slots; (end += c->slot->ticks) <= now; c->slot = c->slot->next) {
    }
    c->slot_end = end;
    arch_alarm(end);
}

void slots_interrupt(struct core *c)
{
    if (c->several && !c->switching) {
        if (arch_now() < c->slot_end) {
            return;                         /* a timer of one of them: priority_owner looks */
        }
        priority_end(c);
    }
    c->switching = !c->switching;
    if (c->switching) {
        arch_alarm(c->slot_end + SLOT_SWITCH);
        c->slot = c->slot->next;
        c->slot_end += c->slot->ticks;
    } else {
        arch_alarm(c->several ? priority_alarm(c) : c->slot_end);
    }
}

struct vcpu *slots_again(struct core *c)
{
    if (!arch_alarm_rings()) {
        schedule_interrupt(c, READ_SYSREG(ICC_IAR1_EL1));
    }
    return schedule(c);
}
