/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual distributor of a VM with several vCPUs: an SPI is in the list registers of one core, and is disabled or cleared on another
 *
 * Nobody waits. A request goes from vCPU to vCPU, each takes out of it what it has itself, by a word of its own and an interrupt between cores; until one to disable has
 * been with all of them GICD_CTLR.RWP is 1 (GICv3 12.9.4). A vCPU that is off is not asked; what it finds disabled when it starts, it gives back.
 */
#include "hyp.h"

enum { DISABLE, CLEAR_PENDING, CLEAR_ACTIVE };

static bool is_on(const struct vcpu *v) { return __atomic_load_n(&v->online, __ATOMIC_SEQ_CST); }

/* Nobody had the bits that are left: one that is active in no list register is so in the distributor alone. */
static void end(const struct vcpu *v, uint32_t request, uint32_t word, uint32_t bits)
{
    if (request == DISABLE) {
        __atomic_fetch_sub(&v->vm->rwp, 1, __ATOMIC_SEQ_CST);
    } else if (request == CLEAR_ACTIVE && bits & vgic_owned(v, word)) {
        mmio_write32(GICD_BASE + GIC_ICACTIVER + word * 4, bits & vgic_owned(v, word));
    }
}

/* To the first of the vCPUs from `index` that is on; v is this core's, and has been asked. */
static void pass(const struct vcpu *v, uint32_t index, uint32_t request, uint32_t word, uint32_t bits)
{
    for (; bits && index < v->config->vcpu_count; index++) {
        struct vcpu *w = &hyp_vcpu_states[v->config->first_vcpu + index];
        if (w == v || !is_on(w)) {
            continue;
        }
        if (__atomic_fetch_or(&w->asked_bits[request][word], bits, __ATOMIC_SEQ_CST)) {
            end(v, request, word, 0);                   /* one that is on its way takes these along */
            return;
        }
        __atomic_fetch_or(&w->asked, 1u << (request * HYP_WORDS + word), __ATOMIC_SEQ_CST);
        if (is_on(w)) {
            gic_kick(w->core);
            return;
        }
        bits = __atomic_exchange_n(&w->asked_bits[request][word], 0, __ATOMIC_SEQ_CST);     /* turned off meanwhile: 0, if it has answered at last */
        if (!bits) {
            return;
        }
    }
    end(v, request, word, bits);
}

uint32_t vgic_ask(const struct vcpu *v, uint32_t group, uint32_t word, uint32_t bits)
{
    uint32_t request = group == GIC_ICENABLER ? DISABLE : group == GIC_ICPENDR ? CLEAR_PENDING : CLEAR_ACTIVE;
    if (!word || v->config->vcpu_count == 1) {
        return 0;
    }
    /* What is in a list register is active physically, whatever the guest sees of it. */
    bits &= (vgic_virtual(word) | mmio_read32(GICD_BASE + GIC_ISACTIVER + word * 4)) & ~lists_state(v, word).here;
    if (bits) {
        if (request == DISABLE) {
            __atomic_fetch_add(&v->vm->rwp, 1, __ATOMIC_SEQ_CST);
        }
        pass(v, 0, request, word, bits);
    }
    return bits;
}

void vgic_answer(struct vcpu *v)
{
    for (uint32_t asked = __atomic_exchange_n(&v->asked, 0, __ATOMIC_SEQ_CST); asked; asked &= asked - 1) {
        uint32_t n = __builtin_ctz(asked), request = n / HYP_WORDS, word = n % HYP_WORDS;
        uint32_t bits = __atomic_exchange_n(&v->asked_bits[request][word], 0, __ATOMIC_SEQ_CST), here = lists_state(v, word).here & bits;
        if (here && request == DISABLE) {
            lists_withdraw(v, word, here);
        } else if (here && request == CLEAR_PENDING) {
            lists_clear_pending(v, word, here);
        } else if (here) {
            lists_clear_active(v, word, here);
        }
        if (bits) {
            pass(v, v->index + 1, request, word, bits & ~here);
        }
    }
    for (uint32_t words = v->config->irq_words & ~1u; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words), disabled = lists_state(v, word).here & ~mmio_read32(GICD_BASE + GIC_ISENABLER + word * 4);
        if (disabled) {
            lists_withdraw(v, word, disabled);
        }
    }
    lists_refill(v);
}
