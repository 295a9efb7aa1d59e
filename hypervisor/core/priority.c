/* SPDX-License-Identifier: GPL-2.0-or-later
 * A slot that several vCPUs share: the first of them that has something to do runs
 *
 * One that sleeps (its WFI comes here) leaves the rest of the slot to those behind it, and gets the core back at once when an interrupt of its own comes: its SPIs stay
 * enabled, its timers are the alarm's business. Of those behind the one that runs, interrupts wait in the distributor: they take no time of the preferred ones.
 * All asleep: nobody's registers are loaded, and the core sleeps until one of all their interrupts.
 */
#include "hyp.h"

#define NONE -1                         /* level */
#define PPI_PHYSICAL_TIMER 30u

static struct vcpu *member(const struct core *c, unsigned i) { return &hyp_vcpu_states[c->several->several[i]]; }

/* One that is not loaded is asleep if this bit is 0 in what it had enabled. It is the alarm's, which is always enabled, so each save sets it; and a 0 that is
 * written to GICR_ISENABLER0 does nothing: so whoever lets it run, its sleep is over. */
#define AWAKE (1u << PPI_ALARM)

/* D11.2.4: enabled, not masked; and the interrupt can come. */
static uint64_t timer(const struct vcpu *v, uint64_t ctl, uint64_t cval, uint32_t intid)
{
    uint32_t active = v->state.seldom ? v->state.ppis_active : 0;
    return (ctl & 3) == 1 && v->state.ppis_enabled & ~active & 1u << intid ? cval : ~0ul;
}

/* The tick when one of its timers wakes it, not being loaded. */
static uint64_t wakes(const struct vcpu *v)
{
    uint64_t a = timer(v, v->state.cntv_ctl, v->state.cntv_cval, PPI_VIRTUAL_TIMER), b = timer(v, v->state.cntp_ctl, v->state.cntp_cval, PPI_PHYSICAL_TIMER);
    return a < b ? a : b;
}

/* Words from 2 on are of SPIs: one waits if it came since the vCPU sleeps. Virtual interrupts that are disabled may wait for ever. */
#define SPIS_WAIT(v) ((v)->waiting_words >> (HYP_VIRTUAL_WORD + 1))

static bool has_something_to_do(const struct core *c, const struct vcpu *v, uint64_t now)
{
    if (v->vm->stopped || !v->online) {
        return v->starting && !v->vm->stopped;
    }
    return v == c->loaded || v->state.ppis_enabled & AWAKE || SPIS_WAIT(v) || __atomic_load_n(&v->incoming[0], __ATOMIC_SEQ_CST) ||
           __atomic_load_n(&v->incoming[1], __ATOMIC_SEQ_CST) || wakes(v) <= now;
}

/* The first that has; as many as there are: none. */
static int first(const struct core *c)
{
    uint64_t now = arch_now();
    int i = 0;
    while (i < c->several->count && !has_something_to_do(c, member(c, i), now)) {
        i++;
    }
    return i;
}

static void write_words(uint64_t group, const uint32_t bits[SPI_WORDS])
{
    _Pragma("GCC unroll 3") for (unsigned k = 0; k < SPI_WORDS; k++) {
        mmio_write32(GICD_BASE + group + (SPI_WORD + k) * 4, bits[k]);
    }
}

static void set_live(const struct core *c, struct vcpu *v, bool live)
{
    __atomic_store_n(&v->live, live, __ATOMIC_SEQ_CST);
    if (v != c->loaded) {               /* its state has what is enabled of its SPIs */
        write_words(live ? GIC_ISENABLER : GIC_ICENABLER, live ? v->state.spis_enabled : v->own.spis);
    }
}

/* Up to `level` they are live. The one that was it until now has left the core, and its SPIs are off with it: on again, if it is to be woken. */
static void set_level(struct core *c, int level)
{
    int last = c->several->count - 1, before = c->level;
    for (int i = before < 0 ? 0 : before; level > before && i <= level && i <= last; i++) {
        struct vcpu *v = member(c, i);
        if (v->online && !v->vm->stopped) {
            set_live(c, v, true);
        }
    }
    for (int i = level + 1; level < before && i <= before && i <= last; i++) {
        set_live(c, member(c, i), false);
    }
    c->level = level;
}

void priority_begin(struct core *c)
{
    c->several = c->slot;
    c->slot = 0;
    c->level = NONE;
    arch_trap_sleep(true);
}

void priority_end(struct core *c)
{
    set_level(c, NONE);
    arch_trap_sleep(false);
    c->slot = c->several;
    c->several = 0;
}

uint64_t priority_alarm(struct core *c)
{
    uint64_t alarm = c->slot_end;
    for (int i = 0; i < c->several->count && i < c->level; i++) {
        const struct vcpu *v = member(c, i);
        uint64_t at = v->online ? wakes(v) : ~0ul;
        alarm = at < alarm ? at : alarm;
    }
    return alarm;
}

struct vcpu *priority_owner(struct core *c)
{
    int i, before;
    do {
        before = c->level;
        i = first(c);
        if (i == before) {
            break;
        }
        if (c->loaded && (i == c->several->count || c->loaded != member(c, i))) {
            schedule_give(c, 0);
        }
        set_level(c, i);
    } while (i > before);       /* of more of them others tell us from now on: what has come before that? */
    if (!c->switching) {
        arch_alarm(priority_alarm(c));
    }
    return i < c->several->count ? member(c, i) : 0;
}

struct vcpu *priority_sleep(struct vcpu *v)
{
    struct core *c = v->core;
    /* What is pending ends a WFI at once: here, or on its way */
    if (!lists_empty() || READ_SYSREG(ICC_HPPIR1_EL1) < HYP_INTIDS) {
        return v;
    }
    schedule_give(c, 0);
    v->state.ppis_enabled &= ~AWAKE;
    return schedule(c);
}
