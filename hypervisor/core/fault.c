/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM that did what none may: a report in words, and its end; the others run on
 */
#include "hyp.h"

static const char *exception_class(uint32_t ec)
{
    switch (ec) {
    case 0x00: return "unknown or undefined instruction";
    case 0x01: return "WFI or WFE";
    case 0x07: return "SIMD or floating point";
    case 0x0e: return "illegal execution state";
    case 0x18: return "MSR, MRS or system instruction";
    case 0x20: return "instruction abort";
    case 0x22: return "PC alignment";
    case 0x24: return "data abort";
    case 0x26: return "SP alignment";
    case 0x2f: return "SError";
    default: return "other";
    }
}

void vm_stop(struct core *c, const char *reason)
{
    console_print("ingot: vm %s: stopped: %s\n", c->vm->name, reason);
    c->stopped = true;
    gic_disable_vm(c);
    for (;;) {
        WFI();
    }
}

void fault_report(struct core *c, const struct trap_frame *f, const char *what)
{
    uint64_t esr = READ_SYSREG(esr_el2), far = READ_SYSREG(far_el2);
    uint64_t ipa = (READ_SYSREG(hpfar_el2) & 0xfffffffff0ul) << 8 | (far & 0xfff);
    uint32_t ec = esr >> 26 & 0x3f;
    bool abort = ec == 0x20 || ec == 0x24;

    console_print("ingot: vm %s: core %u: %s\n", c->vm->name, c->id, what);
    console_print("ingot:   ESR_EL2 0x%lx: %s%s\n", esr, exception_class(ec),
                  ec != 0x24 ? "" : esr >> 6 & 1 ? ", write" : ", read");
    console_print("ingot:   PC 0x%lx, LR 0x%lx, SPSR 0x%lx\n", f->elr, f->x[30], READ_SYSREG(spsr_el2));
    if (abort) {
        console_print("ingot:   virtual address 0x%lx, IPA 0x%lx: not a device or memory of this VM\n", far, ipa);
    }
    vm_stop(c, what);
}

void fault_el2(uint64_t vector)
{
    struct core *c = arch_core();
    console_print("ingot: HYPERVISOR FAULT on core %u: vector %lu, ESR_EL2 0x%lx: %s\n", c ? c->id : 0, vector,
                  READ_SYSREG(esr_el2), exception_class(READ_SYSREG(esr_el2) >> 26 & 0x3f));
    console_print("ingot:   ELR_EL2 0x%lx, FAR_EL2 0x%lx; this core is parked\n", READ_SYSREG(elr_el2), READ_SYSREG(far_el2));
    for (;;) {
        WFI();
    }
}
