/* SPDX-License-Identifier: GPL-2.0-or-later
 * vCPUs: on and off, and virtual interrupts that cores raise for each other
 */
#include <stddef.h>

#include "hyp.h"

struct vcpu hyp_vcpu_states[HYP_VCPUS_MAX];
struct vm hyp_vm_states[HYP_VCPUS_MAX];

#define PLACE(of, member, at) _Static_assert(offsetof(struct of, member) == (at), "layout.h")
PLACE(vcpu, route, VCPU_FRAME);
PLACE(vcpu, stack, VCPU_STACK);
PLACE(vcpu, caps, VCPU_CAPS);
PLACE(vcpu, cap_count, VCPU_CAP_COUNT);
PLACE(vcpu, peer, VCPU_PEER);
PLACE(vcpu, vm, VCPU_VM);
PLACE(vcpu, number, VCPU_NUMBER);
PLACE(vcpu, waiting_words, VCPU_WAITING);
PLACE(vcpu, own, VCPU_OWN);
PLACE(vcpu, state.elr_el2, VCPU_REGISTERS);
PLACE(vcpu, core, VCPU_CORE);
PLACE(vcpu, incoming, VCPU_INCOMING);
PLACE(vcpu, online, VCPU_ONLINE);
PLACE(vcpu, away, VCPU_ONLINE + 1);
PLACE(vcpu, irq_mask, VCPU_IRQ_MASK);
PLACE(vcpu, gicr_hpfar, VCPU_GICR_HPFAR);
PLACE(vcpu, gicr_typer, VCPU_GICR_TYPER);
PLACE(vcpu, gicr_sgi, VCPU_GICR_SGI);
PLACE(vcpu, sgi_enabled, VCPU_SGI_ENABLED);
PLACE(vcpu, waiting, VCPU_WAITING_BITS);
PLACE(vm, gicd_ctlr, VM_GICD_CTLR);
PLACE(vm, rwp, VM_GICD_CTLR + 4);
PLACE(core, id, 0);
PLACE(core, gicr, CORE_GICR);
PLACE(core, loaded, CORE_LOADED);
PLACE(core, current, CORE_LOADED + 8);
PLACE(core, slot, CORE_SLOT);
PLACE(core, slot_end, CORE_SLOT + 8);
PLACE(core, switching, CORE_SWITCHING);
PLACE(core, open, CORE_OPEN);
PLACE(hyp_slot, next, SLOT_NEXT);
PLACE(hyp_slot, ticks, SLOT_TICKS);
PLACE(hyp_slot, vcpu, SLOT_TICKS + 4);
_Static_assert(sizeof(struct trap_frame) == VCPU_FRAME && sizeof(((struct vcpu *)0)->route) == VCPU_ROUTES && HYP_INTIDS <= VCPU_ROUTES, "layout.h");
_Static_assert(sizeof(struct hyp_cap) == 1 << CAP_SIZE_SHIFT, "layout.h");
_Static_assert(SLOT_NOBODY == HYP_VCPUS_MAX && sizeof(struct vcpu) == VCPU_SIZE, "layout.h");
_Static_assert((SPI_WORD + SPI_WORDS) * 32 == HYP_INTIDS, "layout.h");

void vcpu_init(uint32_t n)
{
    extern char hyp_stacks[];
    struct vcpu *v = &hyp_vcpu_states[n];
    const struct hyp_vcpu *t = &hyp_vcpus[n];

    v->config = &hyp_vms[t->vm];
    v->irq_mask = v->config->irq_mask;
    v->vm = &hyp_vm_states[t->vm];
    v->core = &hyp_cores[t->core];
    v->stack = (uint64_t)hyp_stacks + ((t->core + 1ul) << STACK_SHIFT);
    v->caps = v->config->caps;
    v->cap_count = v->config->cap_count;
    v->number = n;
    v->index = t->index;
    v->shared = t->shared;
    v->own.ppis = v->irq_mask[0];
    for (unsigned i = 0; i < SPI_WORDS && t->shared; i++) {
        v->own.spis[i] = v->irq_mask[SPI_WORD + i];
    }
    v->gicr_waker = 6;
    v->gicr_hpfar = (GICR_BASE + t->index * GICR_STRIDE) >> 8;      /* bits 39:4 are IPA bits 47:12 */
    v->gicr_sgi = v->core->gicr + GICR_SGI;
    v->gicr_typer = vgicr_typer(v->config, t->index);
    v->alarm = ~0ul;
    v->domain = v->monitor = v->config->thread_sp;
    v->away = v->config->flags & VM_MOVES;
    for (unsigned i = 0; i < HYP_INTIDS && !v->domain; i++) {
        v->route[i] = vgic_owned(v, i / 32) >> i % 32 & 1 ? ROUTE_OWNED : 0;
    }
    if (v->config->monitor) {
        monitor_init(v);
    }
    if (t->index == 0) {
        vcpu_start(v, v->config->entry_ipa, v->config->boot_x0);
    }
}

void vcpu_start(struct vcpu *v, uint64_t entry, uint64_t x0)
{
    v->start_entry = entry;
    v->start_x0 = x0;
    if (v->config->vcpu_count > 1) {
        __atomic_fetch_or(&v->asked, 1, __ATOMIC_SEQ_CST);      /* for nothing, but that it looks at GICD_CTLR, which others may have set */
    }
    __atomic_store_n(&v->starting, true, __ATOMIC_RELEASE);
    if (arch_core() != v->core) {
        gic_kick(v->core);
    }
}

void vcpu_stop(struct vcpu *v)
{
    __atomic_store_n(&v->online, false, __ATOMIC_SEQ_CST);
    vgic_answer(v);
}

void vm_stop(struct vcpu *v, enum vm_end why, const char *reason)
{
    v->vm->stopped = true;
    bool goes_on = control_stop(v, why, reason);
    if (!goes_on) {
        gic_disable_vm(v->config);
        console_print("ingot: vm %s: stopped: %s\n", v->config->name, reason);
    }
    for (uint32_t i = 0; i < v->config->vcpu_count; i++) {
        struct vcpu *other = &hyp_vcpu_states[v->config->first_vcpu + i];
        other->online &= goes_on && other != v;         /* slots.S asks for no more; what is to go on, its core puts away */
        if (other != v) {
            gic_kick(other->core);
        }
    }
}

/* Its own core may put it into a list register, if it is there to be interrupted; else it waits. Another core leaves it in `incoming`, which is
 * looked at when the vCPU is loaded, and tells the core if it has it now, or should. */
void vcpu_raise(struct vcpu *v, uint32_t intid)
{
    struct core *here = arch_core();
    if (here->loaded == v) {
        lists_pend_word(v, intid / 32, 1u << intid % 32);
    } else {
        __atomic_fetch_or(&v->incoming[intid / 32], 1u << intid % 32, __ATOMIC_SEQ_CST);
        struct core *there = __atomic_load_n(&v->core, __ATOMIC_SEQ_CST);       /* one that moves looks at incoming when it has come */
        if ((here != there && __atomic_load_n(&there->current, __ATOMIC_SEQ_CST) == v) || __atomic_load_n(&v->live, __ATOMIC_SEQ_CST)) {
            gic_kick(there);
        }
    }
}

void vcpu_take_incoming(struct vcpu *v)
{
    for (unsigned word = 0; word < 2; word++) {
        if (__atomic_load_n(&v->incoming[word], __ATOMIC_SEQ_CST)) {
            lists_pend_word(v, word, __atomic_exchange_n(&v->incoming[word], 0, __ATOMIC_SEQ_CST));
        }
    }
    if (__atomic_load_n(&v->asked, __ATOMIC_ACQUIRE)) {
        vgic_answer(v);
    }
}
