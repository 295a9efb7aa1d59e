/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM's interrupts and vCPUs as before its first boot
 */
#include "hyp.h"

#define GICD_IROUTER 0x6000u

/* All vCPUs are put away, and nothing of the VM's is enabled: what is still pending or active goes, and what a guest can set is as the board had it. Registers that
 * VMs share are written as the guest itself could. */
static void forget_interrupts(struct vcpu *first)
{
    const struct hyp_vm *vm = first->config;
    uint64_t zero = 0;
    gic_disable_vm(vm);
    for (uint32_t words = vm->irq_words & ~1u; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words);
        mmio_write32(GICD_BASE + GIC_ICPENDR + word * 4, vm->irq_mask[word]);
        mmio_write32(GICD_BASE + GIC_ICACTIVER + word * 4, vm->irq_mask[word]);
        vgicd_access(first, GIC_ICFGR + word * 8, 4, true, &zero);
        vgicd_access(first, GIC_ICFGR + word * 8 + 4, 4, true, &zero);
        for (uint32_t bits = vm->irq_mask[word]; bits; bits &= bits - 1) {
            vgicd_access(first, GICD_IROUTER + (word * 32 + __builtin_ctz(bits)) * 8, 8, true, &zero);     /* to the first vCPU */
        }
    }
}

/* Its redistributor; PPIs are its core's, which has put them to rest. */
static void forget_vcpu(struct vcpu *v)
{
    uint64_t *routes = (uint64_t *)v->route;
    for (uint32_t i = 0; i < VCPU_ROUTES / 8; i++) {
        routes[i] &= ROUTE_OWNED * 0x0101010101010101ul;
    }
    for (uint32_t word = 0; word < HYP_WORDS; word++) {
        v->waiting[word] = v->asked_bits[0][word] = v->asked_bits[1][word] = v->asked_bits[2][word] = 0;
        for (uint32_t plane = 0; plane < VGIC_PLANES; plane++) {
            v->plane[word][plane] = 0;
        }
    }
    v->incoming[0] = v->incoming[1] = 0;
    v->waiting_words = v->sgi_enabled = v->asked = 0;
    v->gicr_waker = 6;
    v->online = v->starting = false;
}

void forget_vm(struct vcpu *first)
{
    struct vm *vm = first->vm;
    vm->enabled = vm->gicd_ctlr = vm->rwp = 0;
    for (uint32_t i = 0; i < sizeof vm->target; i++) {
        vm->target[i] = 0;
    }
    forget_interrupts(first);
    for (uint32_t i = 0; i < first->config->vcpu_count; i++) {
        forget_vcpu(&hyp_vcpu_states[first->config->first_vcpu + i]);
    }
}
