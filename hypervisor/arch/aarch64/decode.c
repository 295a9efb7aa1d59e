/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accesses by instructions that leave no syndrome (D13.2.39, ISV 0): post- and pre-indexed, and pairs, which compilers make of loops over registers
 *
 * Nothing of a VM's memory is mapped at EL2, so EL2 does not read the instruction. The VM's monitor, which has that memory, reads and decodes it, and says what its
 * syndromes would have been; the accesses are then done one by one, to the virtual GIC here, to other devices by the monitor. What it says is believed only
 * as far as it concerns its own guest's registers.
 */
#include "hyp.h"

#define ISV (1u << 24)
#define SAS(iss) ((iss) >> 22 & 3)
#define SRT_MASK (0x1fu << 16)
#define WNR (1u << 6)
#define FORM (3u << 22 | 1u << 21 | 1u << 15)   /* SAS, SSE, SF: these are the monitor's to say */
#define SPSR_A32 (1ul << 4)
#define SPSR_EL(spsr) ((spsr) >> 2 & 3)
#define PAR_F 1ul

static struct decoded {
    uint64_t ipa, how;          /* of the first access; DECODED_*, 0: not known yet */
    uint32_t esr, next;         /* as it came; number of the access that is being done */
} of[HYP_VCPUS_MAX];

/* What the address of its instruction leads to in the guest's own tables (D5.5: AT S1 gives the IPA); false: nothing. */
static bool instruction_ipa(uint64_t spsr, uint64_t *ipa)
{
    uint64_t pc = READ_SYSREG(elr_el2), guests = READ_SYSREG(par_el1);
    if (SPSR_EL(spsr)) {
        __asm__ volatile("at s1e1r, %0\n isb" :: "r"(pc) : "memory");
    } else {
        __asm__ volatile("at s1e0r, %0\n isb" :: "r"(pc) : "memory");
    }
    uint64_t par = READ_SYSREG(par_el1);
    WRITE_SYSREG(par_el1, guests);
    *ipa = (par & 0xfffffffff000ul) | (pc & 0xfff);
    return !(par & PAR_F);
}

struct vcpu *decode_access(struct vcpu *v, uint32_t esr, uint64_t ipa)
{
    uint64_t spsr = READ_SYSREG(spsr_el2), at;
    if (!v->peer || spsr & SPSR_A32 || !instruction_ipa(spsr, &at)) {
        return 0;
    }
    of[v->number] = (struct decoded){ .ipa = ipa, .esr = esr };
    return monitor_ask(v, EXIT_DECODE, at);
}

/* Its address must be what has faulted: a pair may have failed with its second half. */
static bool is_meant(const struct vcpu *v, uint64_t how)
{
    uint64_t address = v->frame.x[DECODED_BASE(how)] + (how & DECODED_POST ? 0 : DECODED_OFFSET(how));
    return how & ISV && address == READ_SYSREG(far_el2);
}

static struct vcpu *refuse(struct vcpu *v, const struct decoded *d)
{
    if (arch_abort(v, d->esr)) {
        return 0;
    }
    WRITE_SYSREG(esr_el2, d->esr);              /* for the report: it is the SVC's now */
    fault_report(v, vgic_covers(v, d->ipa) ? "access to the interrupt controller by an instruction without syndrome (pair, post-index, SIMD)" : "data access outside of the VM");
    return schedule(v->core);
}

struct vcpu *decode_reply(struct vcpu *m)
{
    struct vcpu *v = m->peer;
    struct decoded *d = &of[v->number];
    if (m->frame.x[2] != REPLY_DONE) {
        return refuse(v, d);
    }
    if (d->how) {
        arch_access_result(v, m->esr, m->frame.x[1]);
        d->next++;
    } else if (is_meant(v, m->frame.x[1])) {
        d->how = m->frame.x[1];
    } else {
        return refuse(v, d);
    }
    for (; d->next <= (d->how & DECODED_PAIR ? 1 : 0); d->next++) {
        uint32_t size = 1u << SAS(d->how), rt = d->next ? DECODED_SECOND(d->how) : d->how >> 16 & 31;
        uint32_t esr = (d->esr & ~(FORM | SRT_MASK)) | ISV | (d->how & FORM) | rt << 16;
        uint64_t ipa = d->ipa + d->next * size, value = arch_access_value(v, esr);
        if (!vgic_covers(v, ipa)) {
            struct vcpu *next = monitor_access(v, esr, ipa);
            m->exit = EXIT_DECODE;              /* to the monitor it is EXIT_MMIO; its answer comes here */
            return next;
        }
        if (!vgic_access(v, ipa, size, esr & WNR, &value)) {
            return refuse(v, d);
        }
        arch_access_result(v, esr, value);
    }
    if (d->how & DECODED_WRITE_BACK) {
        v->frame.x[DECODED_BASE(d->how)] += DECODED_OFFSET(d->how);
    }
    WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) + 4);
    return 0;
}
