/* SPDX-License-Identifier: GPL-2.0-or-later
 * An exception at EL2 in words: class, fault status, addresses, system register (Arm ARM D13.2.39)
 */
#include "hyp.h"

enum { EC_SYSREG = 0x18, EC_IABT_LOWER = 0x20, EC_IABT = 0x21, EC_DABT_LOWER = 0x24, EC_DABT = 0x25 };

/* A number and its words, one pair behind the other, which is a third of what a table with pointers takes. */
#define WORDS(number, words) number words "\0"
static const char classes[] =
    WORDS("\x00", "undefined instruction") WORDS("\x01", "WFI or WFE") WORDS("\x03", "AArch32 MCR or MRC") WORDS("\x07", "SIMD or floating point")
    WORDS("\x0e", "illegal execution state") WORDS("\x16", "HVC") WORDS("\x17", "SMC") WORDS("\x18", "MSR, MRS or system instruction")
    WORDS("\x20", "instruction abort") WORDS("\x21", "instruction abort") WORDS("\x22", "PC alignment")
    WORDS("\x24", "data abort") WORDS("\x25", "data abort") WORDS("\x26", "SP alignment") WORDS("\x2f", "SError") WORDS("\x3c", "BRK") WORDS("\xff", "reserved");

/* IFSC and DFSC without their level, bits 5:2 */
static const char statuses[] =
    WORDS("\x00", "address size") WORDS("\x01", "translation") WORDS("\x02", "access flag") WORDS("\x03", "permission") WORDS("\x04", "external abort")
    WORDS("\x05", "external abort on a table walk") WORDS("\x08", "alignment") WORDS("\x0c", "TLB conflict") WORDS("\xff", "other status");

static const char *words_of(const char *p, uint32_t number)
{
    while ((uint8_t)*p != number && (uint8_t)*p != 0xff) {
        for (p++; *p++;) {
        }
    }
    return p + 1;
}

static void explain_syndrome(uint64_t esr)
{
    uint32_t ec = esr >> 26 & 0x3f, iss = esr & 0x1ffffff;

    console_print("ingot:   ESR_EL2 0x%lx: %s", esr, words_of(classes, ec));
    if (ec == EC_IABT_LOWER || ec == EC_IABT || ec == EC_DABT_LOWER || ec == EC_DABT) {
        if (ec == EC_DABT_LOWER || ec == EC_DABT) {
            console_print(iss >> 6 & 1 ? ", write" : ", read");
            if (iss >> 24 & 1) {
                console_print(" of %u bytes", 1u << (iss >> 22 & 3));
            }
        }
        console_print(": %s, level %u%s", words_of(statuses, iss >> 2 & 0xf), iss & 3,
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
