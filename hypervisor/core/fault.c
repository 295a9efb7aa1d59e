/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that did what none may: a report in words, and its end; the others run on
 */
#include "hyp.h"

void fault_report(struct vcpu *v, const char *what)
{
    console_take();
    console_print("ingot: vm %s: core %u: %s\n", v->config->name, v->core->id, what);
    arch_explain(v);
    console_give();
    vm_stop(v, VM_FAULT, what);
}

void fault_el2(uint64_t vector)
{
    const struct vcpu *v = arch_vcpu();

    console_take();
    if (!v) {
        console_print("ingot: HYPERVISOR FAULT on a core that was coming up; it is parked\n");
    } else {
        console_print("ingot: HYPERVISOR FAULT on core %u; it is parked, and vm %s with it\n", v->core->id, v->config->name);
    }
    arch_explain_el2(vector);
    console_leave();
    arch_park();
}
