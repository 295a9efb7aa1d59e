/* SPDX-License-Identifier: GPL-2.0-or-later
 * The vCPU loop: one thread, one core at a time, every choice made in virtual time (turn.h)
 *
 * Stock QEMU's round robin lets wall time and the order of arrival decide whose turn it is. This loop replaces it: the
 * accelerator's class keeps its entry points in function pointers. A turn ends exactly at the next timer or the next
 * choice; an exit that somebody else asked for (monitor, main loop) changes neither the turn nor its end.
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

#include "turn.h"

#define INTERRUPTS (CPU_INTERRUPT_HARD | CPU_INTERRUPT_FIQ | CPU_INTERRUPT_VIRQ | CPU_INTERRUPT_VFIQ)

static struct turns turns = { .quantum_ns = 10000 };
static uint64_t insns[TURN_CORES_MAX]; /* executed by each core up to the end of its last turn */
CPUState *vcpu_running;
static int64_t turn_start;              /* raw instruction count at its begin */
static bool debugging;                  /* a core hit a breakpoint: until the main loop has stopped the machine */
static QEMUTimer *pin;
static QemuCond *halt_cond;
static QemuThread *thread;
static void (*stock_ops_init)(AccelOpsClass *ops);

void vcpu_set_quantum(int64_t ns) { turns.quantum_ns = ns; }

int64_t vcpu_raw(void)
{
    int64_t raw = timers_state.qemu_icount;
    if (vcpu_in_turn()) {
        raw += vcpu_running->icount_budget - (cpu_neg(vcpu_running)->icount_decr.u16.low + vcpu_running->icount_extra);
    }
    return raw;
}

int64_t vcpu_now_ns(void)
{
    return vcpu_in_turn() ? timers_state.qemu_icount_bias + vcpu_raw() : qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

uint64_t vcpu_insns(int core, int64_t raw)
{
    return insns[core] + (vcpu_running && vcpu_running->cpu_index == core ? raw - turn_start : 0);
}

void vcpu_leave(void)
{
    if (vcpu_in_turn()) {
        cpu_exit(vcpu_running);
    }
}

void vcpu_wake(void)
{
    if (vcpu_in_turn()) {
        cpu_exit(vcpu_running);
    } else if (first_cpu) {
        qemu_cpu_kick(first_cpu);
    }
}

static uint32_t runnable(void)
{
    uint32_t set = 0;
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        if (cpu_can_run(cpu) && (!cpu->halted || cpu->cc->has_work(cpu))) {
            set |= 1u << cpu->cpu_index;
        }
    }
    return set;
}

/* QEMU_CLOCK_VIRTUAL is the instructions executed plus this. */
static void move_time(int64_t ns)
{
    seqlock_write_lock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
    qatomic_set_i64(&timers_state.qemu_icount_bias, timers_state.qemu_icount_bias + ns);
    seqlock_write_unlock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
}

/* Nobody else can execute and nothing is due before the access ends: it ends now, and the turn goes on, shorter. */
static bool stall_in_turn(CPUState *cpu, int64_t delay)
{
    int64_t low = cpu_neg(cpu)->icount_decr.u16.low;
    if (cpu->exit_request || low + cpu->icount_extra <= delay || (runnable() & ~(1u << cpu->cpu_index))) {
        return false;
    }
    int64_t from_extra = MIN(delay, cpu->icount_extra);
    cpu->icount_extra -= from_extra;
    cpu_neg(cpu)->icount_decr.u16.low = low - (delay - from_extra);
    cpu->icount_budget -= delay;
    move_time(delay);
    return true;
}

void vcpu_stall(seam_ps delay_ps)
{
    int64_t delay = delay_ps / SEAM_PS_PER_NS + (delay_ps % SEAM_PS_PER_NS != 0);
    if (delay && !stall_in_turn(vcpu_running, delay)) {
        turn_stall(&turns, vcpu_running->cpu_index, vcpu_now_ns() + delay);
        cpu_exit(vcpu_running);
    }
}

void vcpu_spins(int64_t raw)
{
    if (runnable() & ~(1u << vcpu_running->cpu_index)) {
        turn_spins(&turns, vcpu_running->cpu_index, timers_state.qemu_icount_bias + raw);
        cpu_exit(vcpu_running);
    }
}

void vcpu_reset(void) { turn_reset(&turns); }

void vcpu_save(struct state *s)
{
    turn_save(&turns, s);
    spin_save(s);
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        state_put_u64(s, "insns", insns[c]);
    }
}

void vcpu_load(struct state *s)
{
    turn_load(&turns, s);
    spin_load(s);
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        insns[c] = state_get_u64(s, "insns");
    }
}

/* An interrupt line of a core is set (AccelOpsClass.handle_interrupt); with the big lock, from any thread. */
static void interrupt(CPUState *cpu, int mask)
{
    int fresh = mask & ~cpu->interrupt_request & INTERRUPTS;
    icount_handle_interrupt(cpu, mask);
    /* The owner that executes has its turn already: noted for later it would win over an interrupt of another core. */
    bool has_turn = cpu == vcpu_running && cpu->cpu_index == turns.owner;
    if (fresh && !has_turn && !runstate_check(RUN_STATE_INMIGRATE)) {
        turn_arrived(&turns, cpu->cpu_index);
        vcpu_leave();
    }
}

/* QEMU's main loop moves time by itself when all cores sleep. Here the vCPU loop does, and nobody else. */
static bool never_idle(CPUState *cpu) { return false; }

/* A core that is stopped counts as idle, and the main loop would move time to the next timer before it has stopped the
 * machine. A timer that is due prevents it. */
static void pin_time(bool pinned)
{
    if (pinned) {
        timer_mod_ns(pin, 0);
    } else if (timer_pending(pin)) {
        timer_del(pin);
    }
}

static void pinned(void *opaque) { }

/* ns to the next timer, or -1. */
static int64_t next_timer(void) { return qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, QEMU_TIMER_ATTR_ALL); }

/* Stock QEMU also wakes the main loop for each timer that is due; only timers of other threads need that. */
static void run_timers(void)
{
    if (timerlist_deadline_ns(main_loop_tlg.tl[QEMU_CLOCK_VIRTUAL]) == 0) {
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
    } else {
        icount_handle_deadline();
    }
}

static void turn_begin(CPUState *cpu, int64_t limit)
{
    int64_t timer = next_timer();
    int64_t budget = MIN(MIN(limit, INT32_MAX), timer < 0 ? INT32_MAX : timer);

    if (replay_mode == REPLAY_MODE_PLAY) {
        budget = MIN(budget, replay_get_instructions());
    }
    cpu->icount_budget = budget;
    cpu_neg(cpu)->icount_decr.u16.low = MIN(0xffff, budget);
    cpu->icount_extra = budget - MIN(0xffff, budget);
    turn_start = timers_state.qemu_icount;
    vcpu_running = cpu;
    qemu_mutex_unlock_iothread();
    replay_mutex_lock();
}

static void turn_end(CPUState *cpu)
{
    icount_process_data(cpu);   /* counts what was executed, and unlocks replay */
    qemu_mutex_lock_iothread();
    vcpu_running = NULL;
    insns[cpu->cpu_index] += timers_state.qemu_icount - turn_start;
}

static void execute(CPUState *cpu, int64_t limit)
{
    current_cpu = cpu;
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, (cpu->singlestep_enabled & SSTEP_NOTIMER) == 0);
    turn_begin(cpu, limit);
    int result = tcg_cpus_exec(cpu);
    turn_end(cpu);

    if (result == EXCP_DEBUG) {
        pin_time(true);
        cpu_handle_guest_debug(cpu);
        debugging = true;
    } else if (result == EXCP_ATOMIC) {
        qemu_mutex_unlock_iothread();
        cpu_exec_step_atomic(cpu);
        qemu_mutex_lock_iothread();
    } else if (result == EXCP_YIELD) {
        turn_yield(&turns, cpu->cpu_index, vcpu_now_ns());
    }
}

/* No core can execute: time goes to the next timer or the end of an access. False: there is neither. */
static bool pass_time(int64_t access)
{
    int64_t step = next_timer();
    if (step < 0 || (access >= 0 && access < step)) {
        step = access;
    }
    if (step < 0) {
        return false;
    }
    move_time(step);
    return true;
}

/* Work that others queued for a core, and requests to stop. */
static void serve_requests(void)
{
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        if (cpu->stop) {
            pin_time(true);
        }
    }
    CPU_FOREACH(cpu) {
        current_cpu = cpu;
        qemu_wait_io_event_common(cpu);
    }
}

/* The machine runs, and nobody has asked to end or reset it: the main loop does that, and cores wait for it here. */
static bool may_run(void)
{
    CPUState *cpu;
    if (!runstate_is_running() || debugging || qemu_shutdown_requested_get() || qemu_reset_requested_get()) {
        return false;
    }
    CPU_FOREACH(cpu) {
        if (!cpu->stop && !cpu->stopped) {
            return true;    /* gdb may run some of the cores only */
        }
    }
    return false;
}

static void step(void)
{
    int64_t now = vcpu_now_ns();
    uint32_t set = runnable();
    if (next_timer() == 0) {
        return;     /* what is due comes first */
    }
    int core = turn_choose(&turns, set, now);
    if (core >= 0) {
        execute(qemu_get_cpu(core), MIN(turn_limit(&turns, set, now), MIN(watch_insn_left(core, insns[core]), INT64_MAX)));
        watch_insn(core, insns[core]);
    } else if (!pass_time(turn_wait(&turns, set, now)) && !hold_idle()) {
        warn_report_once("ingot: all cores wait and no event is due: nothing can happen any more");
        qemu_cond_wait_iothread(halt_cond);
    }
}

/* Asked for while the lock was given up in serve_requests: do not sleep over it. */
static bool requests_pending(void)
{
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        if (cpu->stop || !cpu_work_list_empty(cpu)) {
            return true;
        }
    }
    return false;
}

static void force_rcu(Notifier *notify, void *data)
{
    CPUState *cpu = qatomic_read(&vcpu_running);
    if (cpu) {
        cpu_exit(cpu);
    }
}

static void machine_stopped(void *opaque, bool runs, RunState state)
{
    if (!runs) {
        debugging = false;
    }
}

static void *vcpu_thread(void *arg)
{
    Notifier rcu = { .notify = force_rcu };
    CPUState *cpu = arg;
    bool started = false;

    rcu_register_thread();
    rcu_add_force_rcu_notifier(&rcu);
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
        if (started && may_run() && !hold_is()) {
            pin_time(false);
            run_timers();
        }
        replay_mutex_unlock();

        serve_requests();
        started |= may_run();
        if (!started || hold_enter() || !may_run()) {
            if (!requests_pending()) {
                qemu_cond_wait_iothread(halt_cond);
            }
        } else {
            step();
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
        pin = timer_new_ns(QEMU_CLOCK_VIRTUAL, pinned, NULL);
        qemu_add_vm_change_state_handler(machine_stopped, NULL);
        cpu->thread = thread;
        cpu->halt_cond = halt_cond;
        qemu_thread_create(thread, "ingot vCPUs", vcpu_thread, cpu, QEMU_THREAD_JOINABLE);
    } else if (cpu->cpu_index >= TURN_CORES_MAX) {
        error_report("ingot-qemu: at most %d cores: use a smaller -smp", TURN_CORES_MAX);
        exit(1);
    } else {
        cpu->thread = thread;
        cpu->halt_cond = halt_cond;
        cpu->thread_id = first_cpu->thread_id;
        cpu->can_do_io = 1;
        cpu->created = true;
    }
}

/* QEMU fills in the class when the machine is built, after plugins are loaded. */
static void ops_init(AccelOpsClass *ops)
{
    stock_ops_init(ops);
    ops->create_vcpu_thread = create_vcpu;
    ops->handle_interrupt = interrupt;
    ops->cpu_thread_is_idle = never_idle;
}

void vcpu_take_over(void)
{
    AccelOpsClass *ops = ACCEL_OPS_CLASS(object_class_by_name(ACCEL_OPS_NAME("tcg")));
    stock_ops_init = ops->ops_init;
    ops->ops_init = ops_init;
}
