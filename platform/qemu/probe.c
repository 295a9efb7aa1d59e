/* SPDX-License-Identifier: GPL-2.0-or-later
 * Probes: the exact time and instruction count at which a core is about to execute a chosen instruction
 *
 * Only chosen instructions are instrumented (QEMU's plugin interface), and the guest's timing does not change by it. Time
 * is that before the instruction. An instruction that faults and is retried is seen twice.
 *
 * A core can be stopped before an instruction only where its block of translated code begins (its registers are in the
 * CPU's state there, not in the host's). So while a watch waits for a probe, a block that has a probed instruction
 * further on is left at once, and a shorter one is executed that ends before it.
 */
#include "module.h"

#include "exec/exec-all.h"
#include "hw/intc/arm_gicv3_common.h"
#include "qemu/qemu-plugin.h"
#include "qemu/seqlock.h"
#include "softmmu/timers-state.h"
#include "cpu.h"

#include "probe_table.h"

/* One instrumented instruction of one translated block. Blocks come and go; sites are kept, one for each content. */
struct site {
    uint64_t pc;
    uint32_t index, count;      /* place in its block, and the block's length */
    struct probe_site what;
};

static qemu_plugin_id_t plugin;
static GHashTable *sites;

static guint site_hash(gconstpointer v)
{
    const struct site *s = v;
    return s->pc * 31 + s->index * 7 + s->count;
}

static gboolean site_equal(gconstpointer a, gconstpointer b) { return !memcmp(a, b, sizeof(struct site)); }

/* Leaves the block before the instruction whose callback was entered with return address `ra`; does not return. */
static void G_NORETURN leave_before(CPUState *cpu, uintptr_t ra)
{
    cpu_restore_state(cpu, ra);
    cpu_loop_exit_noexc(cpu);
}

/* The callback of an instruction. QEMU has counted the whole block already: count - index of it is yet to come. */
static void __attribute__((noinline)) executing(unsigned int vcpu, void *opaque)
{
    const struct site *s = opaque;
    CPUState *cpu = current_cpu;
    CPUARMState *env = cpu->env_ptr;
    struct probe_hit now = {
        .core = cpu->cpu_index, .el = arm_current_el(env), .pc = s->pc, .site = &s->what, .vbar_el1 = env->cp15.vbar_el[1] };

    if (!probe_table_concerns(&now)) {
        return;
    }
    int64_t raw = vcpu_raw() - (s->count - s->index);
    now.insn = vcpu_insns(cpu->cpu_index, raw);
    now.time_ps = (timers_state.qemu_icount_bias + raw) * SEAM_PS_PER_NS;
    now.gic = env->gicv3state;
    now.vmid = env->cp15.vttbr_el2 >> 48;

    qemu_mutex_lock_iothread();
    if (probe_table_hold(&now)) {
        qemu_mutex_unlock_iothread();
        leave_before(cpu, (uintptr_t)__builtin_return_address(0));
    }
    probe_table_record(&now);
    qemu_mutex_unlock_iothread();
}

/* The callback at the begin of a block whose first probed instruction is number `opaque` (not 0). */
static void __attribute__((noinline)) block_begins(unsigned int vcpu, void *opaque)
{
    CPUState *cpu = current_cpu;
    uint32_t flags = curr_cflags(cpu);
    if (watch_probe_any() && !(flags & CF_COUNT_MASK)) {
        cpu_restore_state(cpu, (uintptr_t)__builtin_return_address(0));
        cpu->cflags_next_tb = flags | (uint32_t)(uintptr_t)opaque;
        cpu_loop_exit_noexc(cpu);
    }
}

static struct site *site_for(const struct site *key)
{
    struct site *s = g_hash_table_lookup(sites, key);
    if (!s) {
        s = g_memdup2(key, sizeof *key);
        g_hash_table_add(sites, s);
    }
    return s;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    spin_translated(tb);
    if (probe_table_empty()) {
        return;
    }
    size_t n = qemu_plugin_tb_n_insns(tb), first = 0;
    int el = arm_current_el(current_cpu->env_ptr);

    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t opcode;
        struct site key;
        if (qemu_plugin_insn_size(insn) != sizeof opcode) {
            continue;
        }
        memset(&key, 0, sizeof key);
        memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof opcode);
        key.pc = qemu_plugin_insn_vaddr(insn);
        key.index = i;
        key.count = n;
        if (probe_table_wants(el, key.pc, opcode, i == 0, &key.what)) {
            first = first ? first : i;
            qemu_plugin_register_vcpu_insn_exec_cb(insn, executing, QEMU_PLUGIN_CB_NO_REGS, site_for(&key));
        }
    }
    if (first) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, block_begins, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)first);
    }
}

/* Code that was translated without (or with) the probe is thrown away; nothing runs while the board is held. */
static void changed(void)
{
    qemu_plugin_register_vcpu_tb_trans_cb(plugin, probe_table_empty() && !spin_wanted() ? NULL : translated);
    tb_flush(first_cpu);
}

const char *probe_add(const struct words *w)
{
    const char *error = probe_table_add(w);
    if (!error) {
        changed();
    }
    return error;
}

const char *probe_remove(const struct words *w)
{
    const char *error = probe_table_remove(w);
    if (!error) {
        changed();
    }
    return error;
}

void probe_install(uint64_t plugin_id)
{
    plugin = plugin_id;
    sites = g_hash_table_new(site_hash, site_equal);
    if (spin_wanted()) {
        qemu_plugin_register_vcpu_tb_trans_cb(plugin, translated);
    }
}
