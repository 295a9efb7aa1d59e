/* SPDX-License-Identifier: GPL-2.0-or-later
 * The virtual GICv3 of a VM: which register an access is, and those that SGIs, PPIs and SPIs have alike
 *
 * No access loops over interrupts: a word of 32 is masked with the VM's own bits and passed on to the physical GIC. What
 * is another's reads as zero and ignores writes.
 */
#include "hyp.h"

#define GICD_SIZE 0x10000ul

bool vgic_covers(const struct vcpu *v, uint64_t ipa)
{
    return ipa - GICD_BASE < GICD_SIZE || ipa - GICR_BASE < GICR_STRIDE * v->config->vcpu_count;
}

bool vgic_access(struct vcpu *v, uint64_t ipa, unsigned size, bool write, uint64_t *value)
{
    if (ipa & (size - 1)) {
        return false;
    }
    return ipa - GICD_BASE < GICD_SIZE ? vgicd_access(v, ipa - GICD_BASE, size, write, value)
                                       : vgicr_access(v, ipa - GICR_BASE, size, write, value);
}

static uint32_t read_bits(const struct vcpu *v, uint32_t word, uint32_t group, uint32_t physical)
{
    if (group == GIC_ISENABLER || group == GIC_ICENABLER) {
        return physical | vgic_virtual_enabled(v, word);
    }
    struct lists_state s = lists_state(v, word);
    if (group == GIC_ISPENDR || group == GIC_ICPENDR) {
        return physical | s.pending;
    }
    return (physical & ~s.here) | s.active;             /* what is here is active physically whether or not the guest has taken it */
}

static void enable_virtual(struct vcpu *v, uint32_t word, uint32_t bits, bool on)
{
    uint32_t *enabled = word ? &v->vm->enabled : &v->sgi_enabled;
    *enabled = on ? *enabled | bits : *enabled & ~bits;
}

static void write_bits(struct vcpu *v, uint32_t word, uint32_t group, uint64_t base, uint32_t bits)
{
    uint32_t virtual = bits & vgic_virtual(word), physical = bits & ~virtual;
    uint64_t at = base + group + word * 4;

    switch (group) {
    case GIC_ISENABLER:
        if (physical) {
            mmio_write32(at, physical);
        }
        if (virtual) {
            enable_virtual(v, word, virtual, true);
            if (v->waiting[word] & virtual) {
                gic_kick(v->core);              /* the interrupt of the core's own puts them into list registers */
            }
            if (word) {
                vgic_tell_others(v);
            }
        }
        break;
    case GIC_ICENABLER:
        if (physical) {
            mmio_write32(at, physical);
            gic_wait(word ? GICD_BASE : v->core->gicr); /* CTLR is at offset 0 of both */
        }
        enable_virtual(v, word, virtual, false);
        lists_withdraw(v, word, bits);
        vgic_ask(v, group, word, bits);
        break;
    case GIC_ISPENDR:
        if (physical) {
            mmio_write32(at, physical & ~lists_state(v, word).pending);
        }
        if (word && v->config->vcpu_count > 1) {
            for (; virtual; virtual &= virtual - 1) {
                uint32_t intid = word * 32 + __builtin_ctz(virtual);
                vcpu_raise(vgic_target(v, intid), intid);
            }
        } else if (virtual) {
            lists_pend_word(v, word, virtual);
        }
        break;
    case GIC_ICPENDR:
        if (physical) {
            mmio_write32(at, physical);
        }
        lists_clear_pending(v, word, bits);
        vgic_ask(v, group, word, bits);
        break;
    case GIC_ISACTIVER:                                 /* a virtual one is made active by acknowledging it only */
        if (physical) {
            mmio_write32(at, physical & ~lists_state(v, word).here);
        }
        break;
    case GIC_ICACTIVER:
        physical &= ~(lists_state(v, word).here | vgic_ask(v, group, word, bits));
        if (physical) {
            mmio_write32(at, physical);
        }
        lists_clear_active(v, word, bits);
        break;
    }
}

void vgic_bits(struct vcpu *v, uint32_t offset, bool write, uint64_t *value)
{
    uint32_t group = offset & ~0x7fu, word = offset % 0x80 / 4, owned = vgic_owned(v, word);
    uint64_t base = word ? GICD_BASE : v->gicr_sgi;

    if (write) {
        write_bits(v, word, group, base, *value & (owned | vgic_virtual(word)));
    } else {
        *value = read_bits(v, word, group, owned ? mmio_read32(base + offset) & owned : 0);
    }
}

struct vcpu *vgic_target(const struct vcpu *v, uint32_t intid)
{
    return &hyp_vcpu_states[v->config->first_vcpu + v->vm->target[intid % 32]];
}

void vgic_tell_others(const struct vcpu *v)
{
    for (uint32_t i = 0; i < v->config->vcpu_count; i++) {
        struct vcpu *other = &hyp_vcpu_states[v->config->first_vcpu + i];
        if (other != v && __atomic_load_n(&other->core->current, __ATOMIC_SEQ_CST) == other) {
            gic_kick(other->core);
        }
    }
}

/* A priority is all vCPUs' of an SPI, and one's own of an SGI or PPI. */
static void set_priority(struct vcpu *v, uint32_t intid, uint8_t priority)
{
    uint32_t others = intid < 32 ? 1 : v->config->vcpu_count;
    for (uint32_t i = 0; i < others; i++) {
        struct vcpu *w = intid < 32 ? v : &hyp_vcpu_states[v->config->first_vcpu + i];
        w->route[intid] = (w->route[intid] & ROUTE_OWNED) | priority;
        for (unsigned plane = 0; plane < VGIC_PLANES; plane++) {
            uint32_t *bits = &w->plane[intid / 32][plane], bit = 1u << intid % 32;
            *bits = priority >> (7 - plane) & 1 ? *bits | bit : *bits & ~bit;
        }
        if (w->peer) {
            w->peer->route[intid] = w->route[intid];        /* interrupts of the guest come while its monitor runs, too */
        }
    }
}

void vgic_priorities(struct vcpu *v, uint32_t first, unsigned size, bool write, uint64_t *value)
{
    for (unsigned i = 0; i < size && first + i < HYP_INTIDS; i++) {
        uint8_t route = v->route[first + i];
        if (!write) {
            *value |= (uint64_t)(route & 0xf8) << 8 * i;
        } else if (route & ROUTE_OWNED || IS_VIRTUAL(first + i)) {
            set_priority(v, first + i, *value >> 8 * i & 0xf8);             /* 5 bits of priority */
        }
    }
}
