/* SPDX-License-Identifier: GPL-2.0-or-later
 * A halted vCPU's registers by number, for its supervisor; and what a restart must not find in its core
 */
#include <stddef.h>

#include "hyp.h"

/* Those that a VM can change itself without an exit; nothing of what EL2 has decided for it. */
#define STATE(member) offsetof(struct vcpu, state.member)
static const uint16_t places[] = {
    [REGISTER_PC - 32] = STATE(elr_el2), [REGISTER_PSTATE - 32] = STATE(spsr_el2), [REGISTER_SP_EL0 - 32] = STATE(sp_el0), [REGISTER_SP_EL1 - 32] = STATE(sp_el1),
    [REGISTER_ELR_EL1 - 32] = STATE(elr), [REGISTER_SPSR_EL1 - 32] = STATE(spsr), [REGISTER_ESR_EL1 - 32] = STATE(esr), [REGISTER_FAR_EL1 - 32] = STATE(far),
    [REGISTER_VBAR_EL1 - 32] = STATE(vbar), [REGISTER_SCTLR_EL1 - 32] = STATE(sctlr), [REGISTER_TCR_EL1 - 32] = STATE(tcr), [REGISTER_TTBR0_EL1 - 32] = STATE(ttbr0),
    [REGISTER_TTBR1_EL1 - 32] = STATE(ttbr1),
};

/* C5.2.18 SPSR_EL2: M 4:0 EL0t, EL1t, EL1h, or User of AArch32. An ERET to any other would be the hypervisor's, or illegal. */
static bool is_guests(uint64_t spsr)
{
    uint32_t mode = spsr & 0x1f;
    return !(spsr >> 32) && (mode == 0 || mode == 4 || mode == 5 || mode == 0x10);
}

uint64_t *arch_register(struct vcpu *v, uint32_t number, uint64_t *value)
{
    if (number < 31) {
        return &v->frame.x[number];
    }
    if (number < REGISTER_PC || number > REGISTER_TTBR1_EL1 || (value && number >= REGISTER_SCTLR_EL1) || (value && number == REGISTER_PSTATE && !is_guests(*value))) {
        return 0;
    }
    return (uint64_t *)((char *)v + places[number - REGISTER_PC]);
}

/* What its stage 1 was, and its instructions (D5.10.2, B2.4.6). Its stage 2 stays. The memory itself was written to beyond all caches (vmm/restart.S). */
void arch_forget(const struct vcpu *v)
{
    WRITE_SYSREG(vttbr_el2, v->config->vttbr);
    __asm__ volatile("isb\n dsb ishst\n tlbi vmalle1is\n ic ialluis\n dsb ish\n isb" ::: "memory");
}

/* D13.3: as many as an A57 and an A72 have. */
void arch_forget_debug(void)
{
    __asm__ volatile(".irp n, 0, 1, 2, 3, 4, 5\n msr dbgbcr\\n\\()_el1, xzr\n msr dbgbvr\\n\\()_el1, xzr\n .endr\n"
                     ".irp n, 0, 1, 2, 3\n msr dbgwcr\\n\\()_el1, xzr\n msr dbgwvr\\n\\()_el1, xzr\n .endr\n isb" ::: "memory");
}
