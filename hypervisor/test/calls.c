/* SPDX-License-Identifier: GPL-2.0-or-later
 * PSCI, trapped system registers, and loads that the trap has to decode
 */
#include "check.h"

#define SUCCESS 0l
#define NOT_SUPPORTED -1l
#define INVALID_PARAMETERS -2l
#define ALREADY_ON -4l

static void calls(int64_t (*call)(uint64_t, uint64_t, uint64_t, uint64_t))
{
    expect("PSCI_VERSION", call(0x84000000, 0, 0, 0), 0x10000);
    expect("SMCCC_VERSION", call(0x80000000, 0, 0, 0), 0x10001);
    expect("PSCI_FEATURES of CPU_ON", call(0x8400000a, 0xc4000003, 0, 0), SUCCESS);
    expect("PSCI_FEATURES of SMCCC_VERSION", call(0x8400000a, 0x80000000, 0, 0), SUCCESS);
    expect("PSCI_FEATURES of SYSTEM_RESET2", call(0x8400000a, 0x84000012, 0, 0), NOT_SUPPORTED);
    expect("SMCCC_ARCH_FEATURES of ARCH_WORKAROUND_1", call(0x80000001, 0x80008000, 0, 0), NOT_SUPPORTED);
    expect("CPU_ON of itself", call(0xc4000003, 0, 0x40000000, 0), ALREADY_ON);
    expect("CPU_ON of CPU 1", call(0xc4000003, 1, 0x40000000, 0), INVALID_PARAMETERS);
    expect("AFFINITY_INFO of itself", call(0xc4000004, 0, 0, 0), 0);
    expect("AFFINITY_INFO of CPU 1", call(0xc4000004, 1, 0, 0), INVALID_PARAMETERS);
    expect("MIGRATE_INFO_TYPE", call(0x84000006, 0, 0, 0), 2);
    expect("a function that there is not", call(0x84001234, 0, 0, 0), NOT_SUPPORTED);
}

void check_psci(void)
{
    calls(call_hvc);
    calls(call_smc);
    expect("HVC #7", call_hvc_imm(0x84000000, 0, 0, 0), NOT_SUPPORTED);
}

/* Suspended with an interrupt pending already: back at once. With a timer set: back when it expires. */
void check_suspend(void)
{
    WRITE_SYSREG(ICC_SGI1R_EL1, 1ul << 24 | 1);
    expect("with an interrupt pending", call_hvc(0xc4000001, 0, 0, 0), SUCCESS);
    expect("it", READ_SYSREG(ICC_IAR1_EL1), 1);
    WRITE_SYSREG(ICC_EOIR1_EL1, 1);

    *reg(GICR_SGI + ISENABLER) = 1u << 27;
    uint64_t start = READ_SYSREG(cntvct_el0);
    WRITE_SYSREG(cntv_tval_el0, 5000);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    expect("until the timer", call_hvc(0xc4000001, 0, 0, 0), SUCCESS);
    expect("its delay", READ_SYSREG(cntvct_el0) - start >= 5000, 1);
    expect("its interrupt", READ_SYSREG(ICC_IAR1_EL1), 27);
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(ICC_EOIR1_EL1, 27);
    *reg(GICR_SGI + ICENABLER) = 1u << 27;
    expect("power down", call_hvc(0xc4000001, 1u << 16, 0, 0), INVALID_PARAMETERS);
}

void check_sysregs(void)
{
    expect("EL2 and EL3 in ID_AA64PFR0_EL1", READ_SYSREG(id_aa64pfr0_el1) >> 8 & 0xff, 0);
    expect("PMUVer in ID_AA64DFR0_EL1", READ_SYSREG(id_aa64dfr0_el1) >> 8 & 0xf, 0);
    expect("an ID register that an A57 has not", READ_SYSREG(S3_0_C0_C4_4), 0);
    WRITE_SYSREG(cntp_ctl_el0, 2);
    expect("CNTP_CTL_EL0", READ_SYSREG(cntp_ctl_el0), 2);
    WRITE_SYSREG(oslar_el1, 1);
    expect("OSLSR_EL1", READ_SYSREG(oslsr_el1), 0);
    WRITE_SYSREG(mdscr_el1, 1u << 12);
    expect("MDSCR_EL1", READ_SYSREG(mdscr_el1), 1u << 12);
    WRITE_SYSREG(ICC_SGI0R_EL1, 1);
    WRITE_SYSREG(ICC_ASGI1R_EL1, 1);
    expect("group 0's and the other state's SGIs", READ_SYSREG(ICC_IAR1_EL1), 1023);
    expect("MIDR_EL1 of a Cortex-A57", READ_SYSREG(midr_el1) >> 4 & 0xfff, 0xd07);
}

void check_loads(void)
{
    uint64_t v = ~0ul, at = GICD + 0x80 + 4;        /* IGROUPR1: all ones */
    __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(at));
    expect("LDR W", v, 0xffffffff);
    __asm__ volatile("ldrsw %0, [%1]" : "=r"(v) : "r"(at));
    expect("LDRSW", v, ~0ul);
    *reg8(GICR_SGI + IPRIORITYR + 1) = 0xf8;
    __asm__ volatile("ldrsb %0, [%1]" : "=r"(v) : "r"(GICR_SGI + IPRIORITYR + 1));
    expect("LDRSB X", v, ~7ul);
    __asm__ volatile("ldrsb %w0, [%1]" : "=r"(v) : "r"(GICR_SGI + IPRIORITYR + 1));
    expect("LDRSB W", v, 0xfffffff8);
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(v) : "r"(GICR_SGI + IPRIORITYR + 1));
    expect("LDRB", v, 0xf8);
    __asm__ volatile("str wzr, [%0]\n ldr wzr, [%0]" :: "r"(GICR_SGI + IPRIORITYR) : "memory");
    expect("STR WZR", *reg(GICR_SGI + IPRIORITYR), 0);
    __asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(GICR + 8));
    expect("LDR X", v, 1u << 4);
}
