/* SPDX-License-Identifier: GPL-2.0-or-later
 * EL2's own timer after a restore
 *
 * QEMU 7.2 carries the deadlines of EL1's two generic timers in a core's state, and of EL2's its registers alone: a hypervisor that waits for CNTHP would wait for ever.
 */
#include "module.h"

#include "cpu.h"
#include "sysemu/runstate.h"

#define CTL_ENABLE 1u
#define CTL_ISTATUS 4u          /* Arm ARM D13.11.8: it has come already */

static bool wanted;

static void rearm(CPUState *core)
{
    ARMCPU *cpu = ARM_CPU(core);
    const ARMGenericTimer *t = &cpu->env.cp15.c14_timer[GTIMER_HYP];
    if (t->ctl & CTL_ENABLE && !(t->ctl & CTL_ISTATUS) && t->cval <= INT64_MAX) {
        timer_mod(cpu->gt_timer[GTIMER_HYP], t->cval);      /* in ticks: the timer's scale */
    }
}

static void on_state(void *opaque, bool running, RunState state)
{
    CPUState *core;
    if (running && wanted) {
        wanted = false;
        CPU_FOREACH(core) {
            rearm(core);
        }
    }
}

void gtimer_register(void) { qemu_add_vm_change_state_handler(on_state, NULL); }
void gtimer_restored(void) { wanted = true; }
