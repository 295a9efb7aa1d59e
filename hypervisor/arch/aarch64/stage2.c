/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stage 2 exchanged for another one, and memory cleared by a domain of its own (Arm ARM D5.10)
 */
#include "hyp.h"

static const uint64_t no_tables[512] __attribute__((aligned(4096)));

/* D5.10.1: break, invalidate, make. Between the tables before and after stands an empty one, so that no walk mixes them; VMALLS12E1IS takes what of both stages is kept
 * together, on all cores of the inner shareable domain. */
void arch_exchange(uint64_t vttbr, uint64_t next)
{
    WRITE_SYSREG(vttbr_el2, (uint64_t)no_tables | vttbr >> 48 << 48);
    ISB();
    __asm__ volatile("tlbi vmalls12e1is\n dsb ish\n isb" ::: "memory");
    WRITE_SYSREG(vttbr_el2, next);
    ISB();
}

void arch_again(void) { WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) - 4); }

#define SPSR_EL1H_MASKED 0x3c5u         /* no virtual interrupt and no breakpoint until it is done */
#define SCTLR_OFF 0x30d00800u           /* RES1: stage 1 and caches off */

void arch_clear(struct vcpu *v, struct arch_kept *k, uint64_t from, uint64_t to)
{
    extern char hyp_clear[];
    for (unsigned i = 0; i < 5; i++) {
        k->x[i] = v->frame.x[i];
    }
    k->elr_el2 = READ_SYSREG(elr_el2);
    k->spsr_el2 = READ_SYSREG(spsr_el2);
    k->sctlr = READ_SYSREG(sctlr_el1);
    v->frame.x[0] = from;
    v->frame.x[1] = to;
    WRITE_SYSREG(elr_el2, (uint64_t)hyp_clear);
    WRITE_SYSREG(spsr_el2, SPSR_EL1H_MASKED);
    WRITE_SYSREG(sctlr_el1, SCTLR_OFF);
    v->state.vttbr = hyp_clear_vttbr;
    WRITE_SYSREG(vttbr_el2, hyp_clear_vttbr);
    ISB();
}

void arch_cleared(struct vcpu *v, const struct arch_kept *k)
{
    for (unsigned i = 0; i < 5; i++) {
        v->frame.x[i] = k->x[i];
    }
    WRITE_SYSREG(elr_el2, k->elr_el2 - 4);
    WRITE_SYSREG(spsr_el2, k->spsr_el2);
    WRITE_SYSREG(sctlr_el1, k->sctlr);
    v->state.vttbr = v->config->vttbr;
    WRITE_SYSREG(vttbr_el2, v->state.vttbr);
    __asm__ volatile("ic ialluis\n dsb ish\n isb" ::: "memory");        /* nothing of the last owner's code can be executed either */
}
