/* SPDX-License-Identifier: GPL-2.0-or-later
 * A VM's monitor: unprivileged, with its own address space; a portal into it, and the way back
 *
 * It runs on its guest's core and in its guest's time, from an exit to its answer. It has the VM's memory and nothing of anybody else's. What it does wrong ends
 * its VM.
 */
#include "hyp.h"

#define NS_PER_TICK 16u                         /* CNTFRQ_EL0 62.5 MHz */

static struct vcpu monitors[HYP_VCPUS_MAX];
static const uint32_t no_interrupts[HYP_WORDS];        /* a monitor that reaches for the GIC finds nothing of its own there */

void monitor_init(struct vcpu *guest)
{
    struct vcpu *m = &monitors[guest - hyp_vcpu_states];
    const struct hyp_monitor *t = guest->config->monitor;
    m->monitor = true;
    m->peer = guest;
    m->stack = guest->stack;
    m->caps = t->caps;
    m->cap_count = t->cap_count;
    m->config = guest->config;
    m->irq_mask = no_interrupts;
    m->vm = guest->vm;
    m->core = guest->core;
    m->alarm = ~0ul;
    for (unsigned i = 0; i < HYP_INTIDS; i++) {
        m->route[i] = guest->route[i];
    }
    guest->peer = m;
    if (t->intid) {
        gic_claim(t->intid, guest->core->id, false);
    }
}

static struct vcpu *enter(struct vcpu *guest, uint64_t exit, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct vcpu *m = guest->peer;
    m->frame.x[0] = exit;
    m->frame.x[1] = x1;
    m->frame.x[2] = x2;
    m->frame.x[3] = x3;
    m->frame.x[4] = READ_SYSREG(cntpct_el0) * NS_PER_TICK;
    m->exit = exit;
    arch_enter_monitor(guest, m);
    return m;
}

struct vcpu *monitor_ask(struct vcpu *guest, uint64_t exit, uint64_t x1) { return enter(guest, exit, x1, 0, 0); }

struct vcpu *monitor_access(struct vcpu *guest, uint32_t esr, uint64_t ipa)
{
    guest->peer->esr = esr;
    guest->peer->ipa = ipa;
    return enter(guest, EXIT_MMIO, ipa, arch_access_value(guest, esr), 1u << (esr >> 22 & 3) | (esr >> 6 & 1) << 8);
}

/* Back to the guest, or in again for what has come meanwhile; or the VM is to be halted. */
#define HALT_WAITS 1u                           /* no EXIT_* has that bit */
static struct vcpu *leave(struct vcpu *m)
{
    uint32_t exit = m->exits & 1u << EXIT_INPUT ? EXIT_INPUT : EXIT_ALARM;
    if (!m->exits) {
        return m->peer;
    }
    if (m->exits == HALT_WAITS) {               /* after all others */
        m->exits = 0;
        return schedule(m->core);
    }
    m->exits &= ~(1u << exit);
    return enter(m->peer, exit, 0, 0, 0);
}

struct vcpu *monitor_after_call(struct vcpu *guest) { return leave(guest->peer); }

/* A halt waits for the answer, as it leaves the monitor as it is; a restart does not. */
struct vcpu *monitor_interrupted(struct vcpu *m)
{
    if (!m->vm->stopped) {
        return m;
    }
    if (control_halting(m->peer)) {
        m->exits |= HALT_WAITS;
        return m;
    }
    arch_leave_monitor(m->peer);
    return schedule(m->core);
}

static struct vcpu *reply(struct vcpu *m)
{
    struct vcpu *guest = m->peer;
    arch_leave_monitor(guest);
    if (m->exit == EXIT_MMIO && m->frame.x[2] != REPLY_DONE) {
        if (arch_abort(guest, m->esr)) {
            return leave(m);
        }
        arch_access_again(m->esr, m->ipa);
        fault_report(guest, "data access outside of the VM");
        return schedule(guest->core);
    }
    if (m->exit == EXIT_MMIO) {
        arch_access_done(guest, m->esr, m->frame.x[1]);
    } else if (m->exit == EXIT_INPUT) {
        WRITE_SYSREG(ICC_DIR_EL1, guest->config->monitor->intid);       /* it has emptied its UART: the level may come again */
    } else if (m->exit == EXIT_DECODE) {
        struct vcpu *next = decode_reply(m);
        if (next) {
            return next;
        }
    }
    return leave(m);
}

static void set_alarm(struct vcpu *m, uint64_t ns)
{
    m->alarm = ns == ~0ul ? ~0ul : (ns + NS_PER_TICK - 1) / NS_PER_TICK;
    arch_alarm(m->alarm);
}

struct vcpu *monitor_call(struct vcpu *m)
{
    switch (m->frame.x[0] & 0xff) {
    case CALL_REPLY:
        return reply(m);
    case CALL_ALARM:
        set_alarm(m, m->frame.x[1]);
        m->frame.x[0] = 0;
        return m;
    default:
        m->frame.x[0] = hypercall(m, m->frame.x[0]);
        return m;
    }
}

struct vcpu *monitor_crash(struct vcpu *m, const char *what)
{
    struct vcpu *guest = m->peer;
    console_take();
    console_print("ingot: vm %s: core %u: %s\n", guest->config->name, guest->core->id, what);
    arch_explain(m);
    console_give();
    vm_stop(guest, VM_FAULT, what);
    arch_leave_monitor(guest);
    return schedule(guest->core);
}

/* Nobody answered meanwhile: the alarm may have come and gone, and what its UART has for it waits, active. */
void monitor_resume(struct vcpu *guest)
{
    uint32_t intid = guest->config->monitor->intid;
    arch_alarm(guest->peer->alarm);
    if (intid) {
        mmio_write32(GICD_BASE + GIC_ICACTIVER + intid / 32 * 4, 1u << intid % 32);
    }
}

void monitor_reset(struct vcpu *guest)
{
    guest->peer->frame = (struct trap_frame){ 0 };
    guest->peer->exits = 0;
    monitor_init(guest);
    monitor_resume(guest);
}

bool monitor_owns(const struct core *c, uint32_t intid)
{
    const struct vcpu *guest = c->loaded;
    return guest && guest->config->monitor && !guest->vm->stopped && (intid == PPI_ALARM || (intid && intid == guest->config->monitor->intid));
}

struct vcpu *monitor_interrupt(struct vcpu *v, uint32_t intid)
{
    struct vcpu *guest = v->monitor ? v->peer : v, *m = guest->peer;        /* v: the guest, its monitor, or a domain's context on its time */
    uint32_t exit = intid == PPI_ALARM ? EXIT_ALARM : EXIT_INPUT;
    if (exit == EXIT_ALARM) {
        arch_alarm(m->alarm = ~0ul);
        WRITE_SYSREG(ICC_DIR_EL1, intid);
    }
    if (v->monitor) {
        m->exits |= 1u << exit;
        return v;
    }
    return enter(guest, exit, 0, 0, 0);
}
