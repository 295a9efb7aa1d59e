/* SPDX-License-Identifier: GPL-2.0-or-later
 * Placements: a VM's vCPUs go from their cores to others that forge has prepared
 *
 * A vCPU leaves its core when that is about to run it, in its own time, and takes all along: what is saved, SIMD registers, breakpoints, its PPIs' state, its SPIs' routes,
 * its monitor and that one's alarm. The core where it comes to runs it when its table says so: a slot that has been nobody's until then, or a core without slots that is one
 * VM's at a time. Interrupts that other cores raise meanwhile are in `incoming`, or in the distributor.
 *
 * As with sets, the guest makes its call again until all have come.
 */
#include "hyp.h"

#define AGAIN 1
#define GICD_IROUTER 0x6000ul

static uint32_t going[HYP_VCPUS_MAX];           /* by vCPU: core + 1 where it is to go; 0: it stays */
static struct {
    bool on;                            /* it comes: what is here is to be put into its new core */
    uint32_t pending;                   /* PPIs that software has made so */
    struct arch_debug debug;
} coming[HYP_VCPUS_MAX];
static uint8_t owner[HYP_CORES_MAX];            /* of a core without slots: VM + 1 that has it */
static uint8_t target[HYP_INTIDS];              /* by SPI: the vCPU of its VM to which it was routed before they went: two may exchange their cores */
static const struct hyp_placement *under_way[HYP_VCPUS_MAX];    /* by VM */
static struct lock lock;
static bool ready;

static bool has_slots(const struct core *c) { return hyp_core_tables[c->id].slot_count; }
static struct core *core_of(const struct vcpu *v) { return __atomic_load_n(&v->core, __ATOMIC_SEQ_CST); }
static uint32_t goal(const struct vcpu *v) { return __atomic_load_n(&going[v->number], __ATOMIC_SEQ_CST); }

static uint64_t router(uint32_t intid) { return GICD_BASE + GICD_IROUTER + intid * 8ul; }

/* Its interrupts that come to this core come to the other one from now on. Those that it has taken stay active: any core deactivates an SPI. Where a core has slots they are
 * masked, until its own one begins (switch.h), so that none comes in another's. */
static void reroute(struct vcpu *v, const struct core *to)
{
    for (uint32_t words = v->config->irq_words & ~1u; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words);
        uint64_t enable = GICD_BASE + GIC_ISENABLER + word * 4, disable = GICD_BASE + GIC_ICENABLER + word * 4;
        if (!v->shared && has_slots(to)) {
            v->state.spis_enabled[word - SPI_WORD] = mmio_read32(enable) & v->irq_mask[word];
            mmio_write32(disable, v->irq_mask[word]);
            gic_wait(GICD_BASE);
        }
        for (uint32_t left = v->irq_mask[word]; left; left &= left - 1) {
            uint32_t intid = word * 32 + __builtin_ctz(left);
            if (target[intid] == v->index && mmio_read32(router(intid)) == v->core->id) {
                mmio_write64(router(intid), to->id);
            }
        }
        if (v->shared && !has_slots(to) && !v->vm->stopped) {
            mmio_write32(enable, v->state.spis_enabled[word - SPI_WORD]);
        }
    }
    for (unsigned i = 0; i < SPI_WORDS; i++) {
        v->own.spis[i] = has_slots(to) ? v->irq_mask[SPI_WORD + i] : 0;
    }
}

static void move_monitor(struct vcpu *m, struct core *to, uint32_t intid)
{
    arch_alarm(~0ul);
    m->core = to;
    m->stack = m->peer->stack;
    if (intid) {
        mmio_write64(router(intid), to->id);
    }
}

/* On the core that it leaves, where nobody runs now. */
static void leave(struct core *c, struct vcpu *v)
{
    extern char hyp_stacks[];
    struct core *to = &hyp_cores[goal(v) - 1];
    uint64_t sgi = c->gicr + GICR_SGI;
    if (c->loaded == v) {
        schedule_give(c, 0);
        arch_leave();
        coming[v->number].pending = mmio_read32(sgi + GIC_ISPENDR) & v->irq_mask[0];     /* the timers' lines are down */
        mmio_write32(sgi + GIC_ICPENDR, coming[v->number].pending);
    }
    if (c->fpu == v) {
        arch_keep_fpu(v);
        c->fpu = 0;
    }
    if (!v->shared && !coming[v->number].on) {
        arch_keep_debug(&coming[v->number].debug);
    }
    v->stack = (uint64_t)hyp_stacks + ((to->id + 1ul) << STACK_SHIFT);
    v->gicr_sgi = to->gicr + GICR_SGI;
    for (struct vcpu *a = v->active; a && a != v; a = a->caller) {         /* domains that run on its time */
        a->core = to;
        a->stack = v->stack;
    }
    reroute(v, to);
    v->shared = has_slots(to);
    if (v->config->monitor) {
        move_monitor(v->peer, to, v->config->monitor->intid);
    }
    coming[v->number].on = true;
    __atomic_store_n(&going[v->number], 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&v->core, to, __ATOMIC_SEQ_CST);           /* from here on it is the other core's */
    if (!has_slots(to) || !__atomic_load_n(&to->current, __ATOMIC_SEQ_CST)) {
        gic_kick(to);                       /* nobody else's slot is disturbed */
    }
}

static void arrive(struct core *c, struct vcpu *v)
{
    coming[v->number].on = false;
    arch_arrive(v->state.vttbr);
    mmio_write32(c->gicr + GICR_SGI + GIC_ISPENDR, coming[v->number].pending);
    coming[v->number].pending = 0;
    if (!v->shared) {
        arch_give_debug(&coming[v->number].debug);
    }
    if (v->config->monitor && !v->vm->stopped) {
        arch_alarm(v->peer->alarm);
    }
}

/* Who is on a core without slots: one that is to leave before one that has come. */
static struct vcpu *who(struct core *c)
{
    struct vcpu *found = 0;
    for (uint32_t n = 0; n < hyp_vcpu_count; n++) {
        struct vcpu *v = &hyp_vcpu_states[n];
        if (core_of(v) == c && (!found || goal(v))) {
            found = v;
        }
    }
    return found;
}

struct vcpu *place_owner(struct core *c, struct vcpu *v)
{
    bool slots = has_slots(c);
    while ((v = slots ? v : who(c)) && core_of(v) == c && goal(v)) {
        leave(c, v);
    }
    if (!v || core_of(v) != c) {
        return 0;
    }
    if (coming[v->number].on) {
        arrive(c, v);
    }
    return v;
}

/* A level comes again by itself. */
bool place_stray(uint32_t intid)
{
    uint32_t vm = hyp_irq_vm[intid];
    for (uint32_t i = 0; vm == HYP_NO_VM && i < hyp_vm_count; i++) {
        vm = hyp_vms[i].monitor && hyp_vms[i].monitor->intid == intid ? i : vm;
    }
    if (vm == HYP_NO_VM || hyp_vcpu_states[hyp_vms[vm].first_vcpu].vm->stopped) {
        return false;
    }
    if (mmio_read32(router(intid)) == arch_core()->id) {
        mmio_write64(router(intid), core_of(&hyp_vcpu_states[hyp_vms[vm].first_vcpu + target[intid]])->id);
    }
    if (mmio_read32(GICD_BASE + GIC_ICFGR + intid / 16 * 4) >> (intid % 16 * 2 + 1) & 1) {
        mmio_write32(GICD_BASE + GIC_ISPENDR + intid / 32 * 4, 1u << intid % 32);
    }
    return true;
}

static struct vcpu *vcpu_of(const struct hyp_placement *p, uint32_t i) { return &hyp_vcpu_states[hyp_vms[p->vm].first_vcpu + i]; }

static bool all_there(const struct hyp_placement *p)
{
    bool all = true;
    for (uint32_t i = 0; i < hyp_vms[p->vm].vcpu_count; i++) {
        all &= core_of(vcpu_of(p, i))->id == p->cores[i];
    }
    return all;
}

/* Those that run, or sleep alone on their cores, leave now; one in another's slot waits for its own. A monitor is not interrupted: told again, its VM leaves after it. */
static void tell(const struct hyp_placement *p)
{
    for (uint32_t i = 0; i < hyp_vms[p->vm].vcpu_count; i++) {
        struct vcpu *v = vcpu_of(p, i);
        struct core *c = core_of(v);
        if (c->id != p->cores[i] && (!has_slots(c) || __atomic_load_n(&c->current, __ATOMIC_SEQ_CST) == v)) {
            gic_kick(c);
        }
    }
}

/* The cores without slots of a placement are its VM's alone. */
static bool claim(const struct hyp_placement *p)
{
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < hyp_vms[p->vm].vcpu_count; i++) {
            struct core *c = &hyp_cores[p->cores[i]];
            if (has_slots(c)) {
                continue;
            }
            if (owner[c->id] && owner[c->id] != p->vm + 1) {
                return false;
            }
            owner[c->id] = pass ? p->vm + 1 : owner[c->id];
        }
    }
    return true;
}

static void release(const struct hyp_placement *p)
{
    for (uint32_t c = 0; c < hyp_core_count; c++) {
        bool needed = false;
        for (uint32_t i = 0; i < hyp_vms[p->vm].vcpu_count; i++) {
            needed |= p->cores[i] == c;
        }
        owner[c] = owner[c] == p->vm + 1 && !needed ? 0 : owner[c];
    }
}

static void note_targets(const struct hyp_placement *p)
{
    const struct hyp_vm *vm = &hyp_vms[p->vm];
    for (uint32_t words = vm->irq_words & ~1u; words; words &= words - 1) {
        uint32_t word = __builtin_ctz(words);
        for (uint32_t left = vm->irq_mask[word]; left; left &= left - 1) {
            uint32_t intid = word * 32 + __builtin_ctz(left), core = mmio_read32(router(intid));
            for (uint32_t i = 0; i < vm->vcpu_count; i++) {
                target[intid] = core_of(vcpu_of(p, i))->id == core ? i : target[intid];
            }
        }
    }
}

static int64_t step(const struct hyp_placement *p)
{
    if (under_way[p->vm]) {
        if (!all_there(under_way[p->vm])) {
            tell(under_way[p->vm]);
            return AGAIN;
        }
        release(under_way[p->vm]);
        under_way[p->vm] = 0;
    }
    if (all_there(p)) {
        return 0;
    }
    if (!claim(p)) {
        return CALL_TAKEN;
    }
    under_way[p->vm] = p;
    note_targets(p);
    for (uint32_t i = 0; i < hyp_vms[p->vm].vcpu_count; i++) {
        struct vcpu *v = vcpu_of(p, i);
        __atomic_store_n(&going[v->number], v->core->id == p->cores[i] ? 0 : p->cores[i] + 1u, __ATOMIC_SEQ_CST);
    }
    tell(p);
    return AGAIN;
}

struct vcpu *place_call(uint64_t selector, struct vcpu *v)
{
    const struct hyp_cap *cap = capability(v, selector, CAP_PLACEMENT);
    if (!cap) {
        return v;
    }
    lock_take(&lock);
    for (uint32_t n = 0; !ready && n < hyp_vcpu_count; n++) {
        owner[hyp_vcpus[n].core] = hyp_vcpus[n].vm + 1;
    }
    ready = true;
    int64_t result = step(&hyp_placements[cap->number]);
    lock_give(&lock);
    v->frame.x[0] = result == AGAIN ? CALL_PLACE | selector << 8 : (uint64_t)result;
    if (result == AGAIN) {
        arch_again();
    }
    return v;
}
