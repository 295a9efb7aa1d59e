/* SPDX-License-Identifier: GPL-2.0-or-later
 * The vCPU loop: one thread, one core at a time, and every choice made in virtual time
 *
 * Stock QEMU's round robin lets wall time and the order of arrival decide whose turn it is. This loop replaces it (the
 * accelerator's class keeps the entry point in a function pointer). The rules:
 *   - a core keeps the turn until its quantum ends, it halts, it waits for the bus, or an interrupt arrives for another;
 *   - an interrupt's core runs next, at the instant of its arrival;
 *   - when no core can run, time goes to the next timer;
 *   - an exit that somebody else asked for (monitor, main loop) changes neither the turn nor the quantum.
 */
#include "module.h"

#include "sysemu/accel-ops.h"
#include "sysemu/cpus.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/replay.h"
#include "sysemu/runstate.h"
#include "exec/exec-all.h"
#include "exec/gdbstub.h"
#include "qemu/guest-random.h"
#include "qemu/rcu.h"
#include "qemu/seqlock.h"
#include "tcg/tcg.h"
#include "softmmu/timers-state.h"
#include "accel/tcg/tcg-accel-ops.h"
#include "accel/tcg/tcg-accel-ops-icount.h"
#include "accel/tcg/tcg-accel-ops-rr.h"

#define INTERRUPTS (CPU_INTERRUPT_HARD | CPU_INTERRUPT_FIQ | CPU_INTERRUPT_VIRQ | CPU_INTERRUPT_VFIQ)

/* What a checkpoint carries. */
static struct {
    int32_t turn;                       /* core that has the turn, or -1 */
    uint32_t arrived;                   /* bit a core: an interrupt came, it runs next */
    int64_t quantum_end;                /* ns */
    int64_t stall_end[BOARD_CORES_MAX]; /* ns: the core's access is on the bus until then */
    uint64_t insns[BOARD_CORES_MAX];
} sched = { .turn = -1 };

static int64_t quantum_ns = 10000;
static CPUState *running;               /* inside tcg_cpus_exec */
static int64_t turn_start;              /* raw icount at its beginning */
static QemuCond *halt_cond;
static QemuThread *thread;

void vcpu_set_quantum(int64_t ns) { quantum_ns = ns; }

int vcpu_running(void) { return running ? running->cpu_index : -1; }

uint64_t vcpu_insns(int core) { return sched.insns[core]; }

uint64_t vcpu_insns_at(int core, int64_t raw_icount)
{
    return sched.insns[core] + (running && running->cpu_index == core ? raw_icount - turn_start : 0);
}

void vcpu_leave(void)
{
    if (running) {
        cpu_exit(running);
    }
}

void vcpu_wake(void)
{
    if (halt_cond) {
        qemu_cond_broadcast(halt_cond);
    }
    vcpu_leave();
}

void vcpu_stall(uint64_t delay_ps)
{
    if (!running || !delay_ps) {
        return;
    }
    sched.stall_end[running->cpu_index] = board_now_ns() + (delay_ps + 999) / 1000;
    cpu_exit(running);
}

void vcpu_save(struct state *s) { state_put(s, "vcpu", &sched, sizeof sched); }
void vcpu_load(struct state *s) { state_get(s, "vcpu", &sched, sizeof sched); }

/* An interrupt line of a core rises (or falls: then nothing new is set). Called with the big lock held. */
static void interrupt(CPUState *cpu, int mask)
{
    int fresh = mask & ~cpu->interrupt_request;
    cpu->interrupt_request |= mask;
    if (cpu == running) {
        qatomic_set(&cpu_neg(cpu)->icount_decr.u16.high, -1);
        return;
    }
    if (fresh & INTERRUPTS) {
        sched.arrived |= 1u << cpu->cpu_index;
    }
    if (qemu_in_vcpu_thread()) {
        vcpu_leave();
    } else {
        qemu_cpu_kick(cpu);
    }
}

/* The main loop must not move time by itself when all cores sleep: this loop does. */
static bool never_idle(CPUState *cpu) { (void)cpu; return false; }

static bool can_run(CPUState *cpu, int64_t now)
{
    return cpu_can_run(cpu) && (!cpu->halted || cpu_has_work(cpu)) && sched.stall_end[cpu->cpu_index] <= now;
}

static void give_turn(CPUState *cpu, int64_t now)
{
    sched.turn = cpu->cpu_index;
    sched.quantum_end = now + quantum_ns;
}

static CPUState *choose(int64_t now)
{
    while (sched.arrived) {
        int core = ctz32(sched.arrived);
        CPUState *cpu = qemu_get_cpu(core);
        sched.arrived &= ~(1u << core);
        if (can_run(cpu, now)) {
            if (core != sched.turn) {
                give_turn(cpu, now);
            }
            return cpu;
        }
    }
    CPUState *mine = sched.turn < 0 ? NULL : qemu_get_cpu(sched.turn);
    if (mine && can_run(mine, now) && now < sched.quantum_end) {
        return mine;
    }
    CPUState *cpu = mine;
    for (int i = 0; i < BOARD_CORES_MAX; i++) {
        cpu = cpu && CPU_NEXT(cpu) ? CPU_NEXT(cpu) : first_cpu;
        if (can_run(cpu, now)) {
            give_turn(cpu, now);
            return cpu;
        }
        if (cpu == mine) {
            break;
        }
    }
    return NULL;
}

/* ns that `cpu` may run before another choice is due; QEMU's own timers are not in it. */
static int64_t turn_limit(CPUState *cpu, int64_t now)
{
    int64_t limit = INT32_MAX;
    CPUState *other;
    CPU_FOREACH(other) {
        int64_t stall = sched.stall_end[other->cpu_index];
        if (other == cpu || !cpu_can_run(other) || (other->halted && !cpu_has_work(other))) {
            continue;
        }
        limit = MIN(limit, MAX(stall, sched.quantum_end) - now);
    }
    return MAX(limit, 1);
}

static void execute(CPUState *cpu, int64_t now)
{
    int64_t limit = turn_limit(cpu, now);
    int result;

    current_cpu = cpu;
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, (cpu->singlestep_enabled & SSTEP_NOTIMER) == 0);
    turn_start = timers_state.qemu_icount;
    running = cpu;
    qemu_mutex_unlock_iothread();
    icount_prepare_for_run(cpu);
    if (cpu->icount_budget > limit) {
        cpu->icount_budget = limit;
        cpu_neg(cpu)->icount_decr.u16.low = MIN(0xffff, limit);
        cpu->icount_extra = limit - MIN(0xffff, limit);
    }
    result = tcg_cpus_exec(cpu);
    icount_process_data(cpu);
    qemu_mutex_lock_iothread();
    running = NULL;
    sched.insns[cpu->cpu_index] += timers_state.qemu_icount - turn_start;
    qatomic_set(&cpu->exit_request, 0);
    if (result == EXCP_DEBUG) {
        cpu_handle_guest_debug(cpu);
    } else if (result == EXCP_ATOMIC) {
        qemu_mutex_unlock_iothread();
        cpu_exec_step_atomic(cpu);
        qemu_mutex_lock_iothread();
    }
}

/* No core can run: time goes to the next timer or the end of an access. False: there is neither. */
static bool pass_time(int64_t now)
{
    int64_t step = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, ~QEMU_TIMER_ATTR_EXTERNAL);
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        int64_t left = sched.stall_end[cpu->cpu_index] - now;
        if (left > 0 && (step < 0 || left < step)) {
            step = left;
        }
    }
    if (step < 0) {
        return false;
    }
    seqlock_write_lock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
    qatomic_set_i64(&timers_state.qemu_icount_bias, timers_state.qemu_icount_bias + step);
    seqlock_write_unlock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
    return true;
}

static void serve_requests(void)
{
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        current_cpu = cpu;
        qemu_wait_io_event_common(cpu);
    }
    current_cpu = first_cpu;
}

static void *vcpu_thread(void *arg)
{
    CPUState *cpu = arg;

    rcu_register_thread();
    tcg_register_thread();
    qemu_mutex_lock_iothread();
    qemu_thread_get_self(cpu->thread);
    cpu->thread_id = qemu_get_thread_id();
    cpu->can_do_io = 1;
    current_cpu = cpu;
    cpu_thread_signal_created(cpu);
    qemu_guest_random_seed_thread_part2(cpu->random_seed);

    for (;;) {
        /* gives the main loop its chance at the big lock, and keeps record/replay's order of locks */
        qemu_mutex_unlock_iothread();
        replay_mutex_lock();
        qemu_mutex_lock_iothread();
        bool may_run = runstate_is_running() && !first_cpu->stopped && !first_cpu->stop;
        if (may_run && !control_held()) {
            icount_handle_deadline();
        }
        replay_mutex_unlock();

        serve_requests();
        may_run = runstate_is_running() && !first_cpu->stopped;
        if (!may_run || control_enter_hold()) {
            qemu_cond_wait_iothread(halt_cond);
            continue;
        }
        int64_t now = board_now_ns();
        cpu = choose(now);
        if (cpu) {
            execute(cpu, now);
        } else if (!pass_time(now)) {
            control_idle();
            if (!control_connected()) {
                qemu_cond_wait_iothread(halt_cond);
            }
        }
    }
    return NULL;
}

static void create_vcpu(CPUState *cpu)
{
    tcg_cpu_init_cflags(cpu, false);
    if (!thread) {
        thread = g_new0(QemuThread, 1);
        halt_cond = g_new0(QemuCond, 1);
        qemu_cond_init(halt_cond);
        cpu->thread = thread;
        cpu->halt_cond = halt_cond;
        qemu_thread_create(thread, "ingot vCPUs", vcpu_thread, cpu, QEMU_THREAD_JOINABLE);
    } else {
        cpu->thread = thread;
        cpu->halt_cond = halt_cond;
        cpu->thread_id = first_cpu->thread_id;
        cpu->can_do_io = 1;
        cpu->created = true;
    }
}

void vcpu_take_over(void)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(object_class_by_name(ACCEL_OPS_NAME("tcg")));
    ops->create_vcpu_thread = create_vcpu;
    ops->handle_interrupt = interrupt;
    ops->cpu_thread_is_idle = never_idle;
}
