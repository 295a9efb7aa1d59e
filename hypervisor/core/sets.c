/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sets of page tables: what a VM reaches beside its own memory changes from one thing that forge made to another
 *
 * A set maps some of the system's pools. A pool is one VM's, from when a set with it is to come into force until no core runs with tables that have it, and no TLB has
 * anything of them. What a pool holds of another VM is cleared before, in the time of the vCPU that asks, by code that reaches nothing else (arch_clear): nothing of a
 * pool is mapped here.
 *
 * A call is never long: it takes one step, and the guest makes it again until there is none left. So interrupts and slots go on meanwhile. A step clears CHUNK bytes, with
 * virtual interrupts masked.
 */
#include "hyp.h"

#define AGAIN 1
#define CHUNK 0x10000ul                 /* divides 2 MiB, as whose multiples pools come */

/* By VM, sets as numbers from its first. */
static struct {
    uint32_t now, before;               /* not the same: some core may have the tables of the one before */
    struct vcpu *clearing;              /* that clears a pool for it, or did */
} vms[HYP_VCPUS_MAX];
static uint32_t followed[HYP_VCPUS_MAX];        /* by vCPU: the set whose tables it has */
static struct {
    uint64_t clean;                     /* bytes from its beginning that have been cleared for the next one */
    uint8_t owner, data;                /* VM + 1: who has it; whose data is in it; 0: nobody */
} pools[32];
static struct {
    struct arch_kept kept;
    uint32_t pool;
} clearing[HYP_VCPUS_MAX];              /* by vCPU */
static struct lock lock;
static bool ready;

static const struct hyp_set *set_of(uint32_t vm, uint32_t n) { return &hyp_sets[hyp_vm_sets[vm].first + n]; }
static bool clears(const struct vcpu *v) { return v->state.vttbr == hyp_clear_vttbr; }

/* The first sets are in force from the beginning. */
static void begin(void)
{
    for (uint32_t vm = 0; vm < hyp_vm_count; vm++) {
        for (uint32_t left = hyp_vm_sets[vm].count ? set_of(vm, 0)->pools : 0; left; left &= left - 1) {
            pools[__builtin_ctz(left)].owner = pools[__builtin_ctz(left)].data = vm + 1;
        }
    }
    ready = true;
}

void sets_follow(struct vcpu *v)
{
    uint32_t vm = hyp_vcpus[v->number].vm;
    if (!hyp_vm_sets[vm].count) {
        return;
    }
    uint32_t n = __atomic_load_n(&vms[vm].now, __ATOMIC_SEQ_CST);
    uint64_t vttbr = set_of(vm, n)->vttbr;
    if (!clears(v) && v->state.vttbr != vttbr) {
        v->state.vttbr = vttbr;
        arch_exchange(vttbr, arch_vcpu() == v ? vttbr : READ_SYSREG(vttbr_el2));
    }
    __atomic_store_n(&followed[v->number], n, __ATOMIC_SEQ_CST);
}

/* Whoever of the VM runs has the tables in force: one that starts to run from now on takes them (schedule.c tells first that it runs, then follows). */
static bool all_follow(uint32_t vm, struct vcpu *caller)
{
    bool all = true;
    for (uint32_t i = 0; i < hyp_vms[vm].vcpu_count; i++) {
        struct vcpu *v = &hyp_vcpu_states[hyp_vms[vm].first_vcpu + i];
        struct core *c = __atomic_load_n(&v->core, __ATOMIC_SEQ_CST);
        if (v == caller) {
            sets_follow(v);
        } else if (__atomic_load_n(&c->current, __ATOMIC_SEQ_CST) == v && __atomic_load_n(&followed[v->number], __ATOMIC_SEQ_CST) != vms[vm].now) {
            gic_kick(c);
            all = false;
        }
    }
    return all;
}

/* What the VM has without need goes back. */
static void release(uint32_t vm, uint32_t needed)
{
    for (uint32_t p = 0; p < hyp_pool_count; p++) {
        if (pools[p].owner == vm + 1 && !(needed >> p & 1)) {
            pools[p].owner = 0;
        }
    }
}

static bool claim(uint32_t vm, uint32_t wanted)
{
    for (uint32_t left = wanted; left; left &= left - 1) {
        uint32_t owner = pools[__builtin_ctz(left)].owner;
        if (owner && owner != vm + 1) {
            return false;
        }
    }
    for (uint32_t left = wanted; left; left &= left - 1) {
        pools[__builtin_ctz(left)].owner = vm + 1;
    }
    return true;
}

/* The caller clears some of the first of these pools that has another VM's data. */
static bool clear_one(struct vcpu *v, uint32_t vm, uint32_t wanted)
{
    for (uint32_t left = wanted; left; left &= left - 1) {
        uint32_t p = __builtin_ctz(left);
        if (pools[p].data && pools[p].data != vm + 1 && !hyp_pools[p].shared) {
            clearing[v->number].pool = p;
            vms[vm].clearing = v;
            arch_clear(v, &clearing[v->number].kept, hyp_pools[p].pa + pools[p].clean, hyp_pools[p].pa + pools[p].clean + CHUNK);
            return true;
        }
    }
    return false;
}

static int64_t step(struct vcpu *v, const struct hyp_set *set)
{
    uint32_t vm = set->vm, n = set - set_of(vm, 0);
    if (vms[vm].clearing && clears(vms[vm].clearing) && !vms[vm].clearing->vm->stopped) {
        return AGAIN;
    }
    vms[vm].clearing = 0;
    if (vms[vm].before != vms[vm].now) {
        if (!all_follow(vm, v)) {
            return AGAIN;
        }
        arch_exchange(set->vttbr, READ_SYSREG(vttbr_el2));        /* also where its vCPUs have been before */
        vms[vm].before = vms[vm].now;
    }
    uint32_t has = set_of(vm, vms[vm].now)->pools;
    release(vm, has | (n == vms[vm].now ? 0 : set->pools));
    if (n == vms[vm].now) {
        return 0;
    }
    if (!claim(vm, set->pools)) {
        release(vm, has);
        return CALL_TAKEN;
    }
    if (clear_one(v, vm, set->pools)) {
        return AGAIN;
    }
    for (uint32_t left = set->pools; left; left &= left - 1) {
        pools[__builtin_ctz(left)].data = vm + 1;
        pools[__builtin_ctz(left)].clean = 0;
    }
    __atomic_store_n(&vms[vm].now, n, __ATOMIC_SEQ_CST);
    all_follow(vm, v);
    return AGAIN;
}

static void cleared(struct vcpu *v)
{
    uint32_t p = clearing[v->number].pool;
    lock_take(&lock);
    pools[p].clean += CHUNK;
    if (pools[p].clean == hyp_pools[p].size) {
        pools[p].data = 0;
    }
    lock_give(&lock);
    arch_cleared(v, &clearing[v->number].kept);
    sets_follow(v);                     /* if it has sets itself */
}

struct vcpu *sets_call(uint64_t selector, struct vcpu *v)
{
    const struct hyp_cap *cap = clears(v) ? 0 : capability(v, selector, CAP_SET);
    if (clears(v)) {
        cleared(v);
    }
    if (!cap) {
        return v;
    }
    v->frame.x[0] = CALL_SET | selector << 8;
    lock_take(&lock);
    if (!ready) {
        begin();
    }
    int64_t result = step(v, &hyp_sets[cap->number]);
    lock_give(&lock);
    if (result != AGAIN) {
        v->frame.x[0] = result;
    } else if (!clears(v)) {
        arch_again();
    }
    return v;
}
