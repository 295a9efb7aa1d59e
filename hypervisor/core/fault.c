/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that did what none may: a report in words, and its end; the others run on
 */
#include "hyp.h"

void vm_stop(struct core *c, const char *reason)
{
    gic_disable_vm(c);
    console_print("ingot: vm %s: stopped: %s\n", c->vm->name, reason);
    for (;;) {                                      /* the hypervisor's own interrupts still come here */
        WFI();
        lists_other(c, READ_SYSREG(ICC_IAR1_EL1));
    }
}

void fault_report(struct core *c, const struct trap_frame *f, const char *what)
{
    console_take();
    console_print("ingot: vm %s: core %u: %s\n", c->vm->name, c->id, what);
    arch_explain(f);
    console_give();
    vm_stop(c, what);
}

void fault_el2(uint64_t vector)
{
    const struct core *c = arch_core();

    console_take();
    if (!c) {
        console_print("ingot: HYPERVISOR FAULT on a core that was coming up; it is parked\n");
    } else if (!c->vm) {
        console_print("ingot: HYPERVISOR FAULT on core %u; it is parked\n", c->id);
    } else {
        console_print("ingot: HYPERVISOR FAULT on core %u; it is parked, and vm %s with it\n", c->id, c->vm->name);
    }
    arch_explain_el2(vector);
    console_leave();
    arch_park();
}
