/* SPDX-License-Identifier: GPL-2.0-or-later
 * Probes: the exact time and instruction count at which a core is about to execute a chosen instruction
 *
 * Only chosen instructions are instrumented (QEMU's plugin interface). Time is that before the instruction. An instruction
 * that faults and is retried is seen twice.
 */
#include "module.h"

#include "exec/exec-all.h"
#include "hw/intc/arm_gicv3_common.h"
#include "qemu/qemu-plugin.h"
#include "qemu/seqlock.h"
#include "qemu/thread.h"
#include "softmmu/timers-state.h"
#include "cpu.h"
#include "internals.h"

#define PROBES_MAX 64
#define ANY_CORE (-1)

enum probe_kind { PROBE_PC, PROBE_GUEST_VECTOR, PROBE_GUEST_EOI, PROBE_LR };

struct probe {
    bool used;
    uint32_t id;
    enum probe_kind kind;
    int core, el;
    uint64_t addr;
};

/* One instrumented instruction of one translated block. Blocks come and go: sites are kept and shared by content. */
struct site {
    uint64_t pc;
    uint32_t index, count;      /* place in its block, and the block's length */
    uint32_t list_register;     /* of an MSR ICH_LR<n>_EL2: n + 1, else 0 */
};

static struct probe probes[PROBES_MAX];
static qemu_plugin_id_t plugin;
static GHashTable *sites, *after_lr;        /* after_lr: addresses that follow an MSR ICH_LR */
static uint8_t lr_written[BOARD_CORES_MAX]; /* n + 1: to be told at the core's next instruction */

/* Arm ARM C6.2.249 MSR (register): L=0, op0=3; Rt is bits 4:0. */
#define MSR_ICC_EOIR1_EL1 0xd518cc20u       /* S3_0_C12_C12_1 */
#define MSR_ICH_LR0_EL2 0xd51ccc00u         /* S3_4_C12_C12_0 .. _7, then C13 for 8 .. 15 */

static uint32_t list_register_of(uint32_t opcode)
{
    uint32_t base = opcode & 0xffffff00u;
    if (base != MSR_ICH_LR0_EL2 && base != MSR_ICH_LR0_EL2 + 0x100) {
        return 0;
    }
    return ((opcode >> 8 & 1) << 3 | (opcode >> 5 & 7)) + 1;
}

static void hit(const struct probe *p, const struct site *s, uint64_t value, uint32_t aux)
{
    CPUState *cpu = current_cpu;
    int64_t raw = timers_state.qemu_icount + cpu->icount_budget
                - (cpu_neg(cpu)->icount_decr.u16.low + cpu->icount_extra) - (s->count - s->index);
    uint64_t ns = timers_state.qemu_icount_bias + (raw << timers_state.icount_time_shift);
    record((struct trace_record){
        .kind = TRACE_PROBE, .id = p->id, .core = cpu->cpu_index, .time_ps = ns * SEAM_PS_PER_NS,
        .insn = vcpu_insns_at(cpu->cpu_index, raw), .addr = s->pc, .value = value, .aux = aux });
}

static bool vector_irq(const CPUARMState *env, uint64_t pc)
{
    uint64_t vbar = env->cp15.vbar_el[1];
    return pc == vbar + 0x280 || pc == vbar + 0x480;    /* Arm ARM D1.3.1: current EL with SPx, lower EL AArch64 */
}

static void executed(unsigned int vcpu, void *opaque)
{
    const struct site *s = opaque;
    CPUState *cpu = current_cpu;
    CPUARMState *env = &ARM_CPU(cpu)->env;
    int core = cpu->cpu_index, el = arm_current_el(env);
    GICv3CPUState *gic = env->gicv3state;
    uint32_t written = lr_written[core];
    (void)vcpu;

    lr_written[core] = s->list_register;
    for (struct probe *p = probes; p < probes + PROBES_MAX; p++) {
        if (!p->used || (p->core != ANY_CORE && p->core != core)) {
            continue;
        }
        if (p->kind == PROBE_PC ? p->addr == s->pc && p->el == el : p->kind == PROBE_GUEST_VECTOR && el == 1 && vector_irq(env, s->pc)) {
            hit(p, s, 0, 0);
        } else if (p->kind == PROBE_GUEST_EOI && el == 1 && s->list_register == 0 && s->index < s->count
                   && g_hash_table_contains(after_lr, GSIZE_TO_POINTER(s->pc ^ 1))) {
            hit(p, s, 0, 0);
        } else if (p->kind == PROBE_LR && written && gic) {
            hit(p, s, gic->ich_lr_el2[written - 1], written - 1);
        }
    }
}

static guint site_hash(gconstpointer v)
{
    const struct site *s = v;
    return s->pc * 31 + s->index * 7 + s->count;
}

static gboolean site_equal(gconstpointer a, gconstpointer b) { return !memcmp(a, b, sizeof(struct site)); }

static bool wanted(const struct site *s, uint32_t opcode)
{
    const CPUARMState *env = &ARM_CPU(current_cpu)->env;
    bool want = g_hash_table_contains(after_lr, GSIZE_TO_POINTER(s->pc));
    for (const struct probe *p = probes; p < probes + PROBES_MAX; p++) {
        if (!p->used) {
            continue;
        }
        switch (p->kind) {
        case PROBE_PC:
            want |= p->addr == s->pc;
            break;
        case PROBE_GUEST_VECTOR:
            want |= vector_irq(env, s->pc);
            break;
        case PROBE_GUEST_EOI:
            if ((opcode & ~0x1fu) == MSR_ICC_EOIR1_EL1) {
                g_hash_table_add(after_lr, GSIZE_TO_POINTER(s->pc ^ 1));    /* odd: an EOI's own address */
                want = true;
            }
            break;
        case PROBE_LR:
            if (s->list_register) {
                g_hash_table_add(after_lr, GSIZE_TO_POINTER(s->pc + 4));
                want = true;
            }
            break;
        }
    }
    return want;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint32_t opcode;
        struct site key;
        if (qemu_plugin_insn_size(insn) != 4) {
            continue;
        }
        memcpy(&opcode, qemu_plugin_insn_data(insn), 4);
        memset(&key, 0, sizeof key);
        key.pc = qemu_plugin_insn_vaddr(insn);
        key.index = i;
        key.count = n;
        key.list_register = list_register_of(opcode);
        if (!wanted(&key, opcode)) {
            continue;
        }
        struct site *s = g_hash_table_lookup(sites, &key);
        if (!s) {
            s = g_memdup2(&key, sizeof key);
            g_hash_table_add(sites, s);
        }
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, s);
    }
}

void probe_install(uint64_t plugin_id)
{
    plugin = plugin_id;
    sites = g_hash_table_new(site_hash, site_equal);
    after_lr = g_hash_table_new(NULL, NULL);
    qemu_plugin_register_vcpu_tb_trans_cb(plugin, translated);
}

static struct probe *find(uint32_t id)
{
    for (struct probe *p = probes; p < probes + PROBES_MAX; p++) {
        if (p->used && p->id == id) {
            return p;
        }
    }
    return NULL;
}

/* probe ID NAME pc CORE EL ADDR | guest-vector CORE | guest-eoi CORE | lr CORE */
const char *probe_add(char **words, unsigned count)
{
    static const char *kinds[] = { "pc", "guest-vector", "guest-eoi", "lr" };
    struct probe p = { .used = true };
    unsigned kind;

    if (count < 5) {
        return "probe: ID NAME KIND CORE are needed";
    }
    p.id = strtoul(words[1], NULL, 0);
    for (kind = 0; kind < ARRAY_SIZE(kinds) && strcmp(words[3], kinds[kind]); kind++) {
    }
    if (kind == ARRAY_SIZE(kinds) || count != (kind == PROBE_PC ? 7 : 5)) {
        return "probe: KIND is pc CORE EL ADDR, guest-vector CORE, guest-eoi CORE or lr CORE";
    }
    p.kind = kind;
    p.core = strcmp(words[4], "*") ? (int)strtoul(words[4], NULL, 0) : ANY_CORE;
    if (kind == PROBE_PC) {
        p.el = strtoul(words[5], NULL, 0);
        p.addr = strtoull(words[6], NULL, 0);
    }
    if (find(p.id)) {
        return "probe: that id is in use";
    }
    for (struct probe *slot = probes; slot < probes + PROBES_MAX; slot++) {
        if (!slot->used) {
            *slot = p;
            if (board.trace) {
                trace_name(board.trace, board_now_ps(), TRACE_NAME_PROBE, p.id, words[2]);
            }
            tb_flush(first_cpu);
            return NULL;
        }
    }
    return "probe: there are 64 already";
}

const char *probe_remove(char **words, unsigned count)
{
    struct probe *p = count > 1 ? find(strtoul(words[1], NULL, 0)) : NULL;
    if (!p) {
        return "unprobe: no such probe";
    }
    p->used = false;
    tb_flush(first_cpu);
    return NULL;
}
