/* SPDX-License-Identifier: GPL-2.0-or-later
 * A core's state in words: what a hypervisor's interrupts and timers depend on. Reading it changes nothing
 */
#include "module.h"

#include "exec/exec-all.h"
#include "hw/intc/arm_gicv3_common.h"
#include "cpu.h"
#include "cpregs.h"

/* Derived registers: QEMU computes them from the list registers (GICv3 12.4). */
static const struct {
    const char *name;
    unsigned op1, crm, op2;     /* op0 3, CRn 12 */
} derived[] = {
    { "ICH_MISR_EL2", 4, 11, 2 }, { "ICH_EISR_EL2", 4, 11, 3 }, { "ICH_ELRSR_EL2", 4, 11, 5 },
};

static void put(GString *out, const char *name, uint64_t value) { g_string_append_printf(out, " %s=0x%" PRIx64, name, value); }

static void put_indexed(GString *out, const char *format, int i, uint64_t value)
{
    g_autofree char *name = g_strdup_printf(format, i);
    put(out, name, value);
}

static void put_derived(GString *out, ARMCPU *cpu)
{
    for (size_t i = 0; i < ARRAY_SIZE(derived); i++) {
        uint32_t key = ENCODE_AA64_CP_REG(CP_REG_ARM64_SYSREG_CP, 12, derived[i].crm, 3, derived[i].op1, derived[i].op2);
        const ARMCPRegInfo *ri = get_arm_cp_reginfo(cpu->cp_regs, key);
        if (ri && ri->readfn) {
            put(out, derived[i].name, ri->readfn(&cpu->env, ri));
        }
    }
}

static void put_gic(GString *out, const GICv3CPUState *g)
{
    put(out, "ICH_HCR_EL2", g->ich_hcr_el2);
    put(out, "ICH_VMCR_EL2", g->ich_vmcr_el2);
    for (int i = 0; i < 4; i++) {
        put_indexed(out, "ICH_AP0R%d_EL2", i, g->ich_apr[GICV3_G0][i]);
        put_indexed(out, "ICH_AP1R%d_EL2", i, g->ich_apr[GICV3_G1NS][i]);
        put_indexed(out, "ICC_AP1R%d_EL1", i, g->icc_apr[GICV3_G1NS][i]);
    }
    for (int i = 0; i < g->num_list_regs; i++) {
        put_indexed(out, "ICH_LR%d_EL2", i, g->ich_lr_el2[i]);
    }
    put(out, "ICC_PMR_EL1", g->icc_pmr_el1);
    put(out, "GICR_ISPENDR0", g->gicr_ipendr0);
    put(out, "GICR_ISACTIVER0", g->gicr_iactiver0);
    put(out, "GICR_ISENABLER0", g->gicr_ienabler0);
    put(out, "ppi-levels", g->level);
    put(out, "highest-pending", g->hppi.prio == 0xff ? 0x3ff : g->hppi.irq);
}

static void put_timers(GString *out, ARMCPU *cpu)
{
    static const char *const names[NUM_GTIMERS] = { "CNTP", "CNTV", "CNTHP", "CNTPS", "CNTHV" };
    for (int t = 0; t < NUM_GTIMERS; t++) {
        g_autofree char *ctl = g_strdup_printf("%s_CTL", names[t]), *cval = g_strdup_printf("%s_CVAL", names[t]),
                        *due = g_strdup_printf("%s-due", names[t]);
        put(out, ctl, cpu->env.cp15.c14_timer[t].ctl);
        put(out, cval, cpu->env.cp15.c14_timer[t].cval);
        put(out, due, cpu->gt_timer[t] ? timer_expire_time_ns(cpu->gt_timer[t]) : -1);
    }
    put(out, "CNTVOFF_EL2", cpu->env.cp15.cntvoff_el2);
    put(out, "CNTHCTL_EL2", cpu->env.cp15.cnthctl_el2);
}

void inspect_core(int core, GString *out)
{
    ARMCPU *cpu = ARM_CPU(qemu_get_cpu(core));
    CPUARMState *env = &cpu->env;
    put(out, "pc", env->pc);
    put(out, "pstate", pstate_read(env));
    put(out, "HCR_EL2", env->cp15.hcr_el2);
    put(out, "halted", CPU(cpu)->halted);
    put(out, "lines", CPU(cpu)->interrupt_request &
        (CPU_INTERRUPT_HARD | CPU_INTERRUPT_FIQ | CPU_INTERRUPT_VIRQ | CPU_INTERRUPT_VFIQ));
    if (env->gicv3state) {
        put_gic(out, env->gicv3state);
        put_derived(out, cpu);
    }
    put_timers(out, cpu);
}

/* QEMU has kept its own return address of the access. insn_start's first word, to which that unwinds, is the PC's place in its page
 * (TARGET_TB_PCREL), as arm_restore_state_to_opc() takes it; a block of A64 code lies in one page. */
uint64_t inspect_access_pc(void)
{
    QEMU_BUILD_BUG_ON(!TARGET_TB_PCREL);
    const CPUARMState *env = current_cpu->env_ptr;
    uint64_t data[TARGET_INSN_START_WORDS];
    return cpu_unwind_state_data(current_cpu, current_cpu->mem_io_pc, data) ? (env->pc & TARGET_PAGE_MASK) | data[0] : 0;
}
