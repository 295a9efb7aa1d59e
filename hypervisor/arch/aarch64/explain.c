/* SPDX-License-Identifier: GPL-2.0-or-later
 * An exception at EL2 in words: class, fault status, addresses, system register (Arm ARM D13.2.39)
 */
#include "hyp.h"

enum { EC_SYSREG = 0x18, EC_IABT_LOWER = 0x20, EC_IABT = 0x21, EC_DABT_LOWER = 0x24, EC_DABT = 0x25 };

static const struct { uint8_t ec; const char *words; } classes[] = {
    { 0x00, "undefined instruction" }, { 0x01, "WFI or WFE" }, { 0x03, "AArch32 MCR or MRC" }, { 0x07, "SIMD or floating point" },
    { 0x0e, "illegal execution state" }, { 0x16, "HVC" }, { 0x17, "SMC" }, { EC_SYSREG, "MSR, MRS or system instruction" },
    { EC_IABT_LOWER, "instruction abort" }, { EC_IABT, "instruction abort" }, { 0x22, "PC alignment" },
    { EC_DABT_LOWER, "data abort" }, { EC_DABT, "data abort" }, { 0x26, "SP alignment" }, { 0x2f, "SError" }, { 0x3c, "BRK" },
};

/* IFSC and DFSC without their level, bits 5:2 */
static const char *const statuses[16] = {
    [0] = "address size", [1] = "translation", [2] = "access flag", [3] = "permission", [4] = "external abort",
    [5] = "external abort on a table walk", [8] = "alignment", [12] = "TLB conflict",
};

static const char *class_words(uint32_t ec)
{
    for (unsigned i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (classes[i].ec == ec) {
            return classes[i].words;
        }
    }
    return "reserved";
}

static void explain_syndrome(uint64_t esr)
{
    uint32_t ec = esr >> 26 & 0x3f, iss = esr & 0x1ffffff;

    console_print("ingot:   ESR_EL2 0x%lx: %s", esr, class_words(ec));
    if (ec == EC_IABT_LOWER || ec == EC_IABT || ec == EC_DABT_LOWER || ec == EC_DABT) {
        const char *status = statuses[iss >> 2 & 0xf];
        if (ec == EC_DABT_LOWER || ec == EC_DABT) {
            console_print(iss >> 6 & 1 ? ", write" : ", read");
            if (iss >> 24 & 1) {
                console_print(" of %u bytes", 1u << (iss >> 22 & 3));
            }
        }
        console_print(": %s, level %u%s", status ? status : "other status", iss & 3,
                      iss >> 7 & 1 ? ", on the guest's own table walk" : "");
    } else if (ec == EC_SYSREG) {
        console_print(": %s S%u_%u_C%u_C%u_%u, X%u", iss & 1 ? "MRS" : "MSR", iss >> 20 & 3, iss >> 14 & 7, iss >> 10 & 15,
                      iss >> 1 & 15, iss >> 17 & 7, iss >> 5 & 31);
    }
    console_print("\n");
}

void arch_explain(const struct vcpu *v)
{
    uint64_t esr = READ_SYSREG(esr_el2), spsr = READ_SYSREG(spsr_el2), far = READ_SYSREG(far_el2);
    uint32_t ec = esr >> 26 & 0x3f, fault = esr & 0x3f;

    explain_syndrome(esr);
    console_print("ingot:   EL%u, PC 0x%lx, LR 0x%lx, SPSR 0x%lx\n", spsr >> 4 & 1 ? 0 : (uint32_t)(spsr >> 2 & 3), READ_SYSREG(elr_el2), v->frame.x[30], spsr);
    if (ec == EC_IABT_LOWER || ec == EC_DABT_LOWER) {
        if (fault >> 2 <= 2 || esr >> 7 & 1) {         /* else HPFAR_EL2 is not valid (D13.2.56) */
            console_print("ingot:   virtual address 0x%lx, IPA 0x%lx: %s\n", far, arch_fault_ipa(),
                          vgic_covers(v, arch_fault_ipa()) ? "the emulated interrupt controller" : "not a device or memory of this VM");
        } else {
            console_print("ingot:   virtual address 0x%lx\n", far);
        }
    }
}

void arch_explain_el2(uint64_t vector)
{
    static const char *const kinds[] = { "synchronous", "IRQ", "FIQ", "SError" };

    console_print("ingot:   vector %lu (%s)\n", vector, kinds[vector % 4]);
    explain_syndrome(READ_SYSREG(esr_el2));
    console_print("ingot:   ELR_EL2 0x%lx, FAR_EL2 0x%lx\n", READ_SYSREG(elr_el2), READ_SYSREG(far_el2));
}
