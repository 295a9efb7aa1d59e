/* SPDX-License-Identifier: GPL-2.0-or-later
 * A core that spins on memory passes the turn: the branch of a loop that only waits is instrumented
 *
 * Nothing is instrumented on a board of one core, and nothing but such branches on others. What is counted are passes that
 * followed each other without any other instruction of that core, so the count does not depend on how QEMU cut the code.
 */
#include "module.h"

#include "qemu/qemu-plugin.h"

#include "spin_loop.h"
#include "turn.h"

#define PASSES 32           /* after which the core's turn ends */
#define PAGE 4096

struct branch {
    uint64_t pc;
    uint32_t index, count;  /* place in its block, and the block's length */
    uint32_t length;        /* of the loop */
};

static struct spin {
    uint64_t pc, insn;      /* of the last such branch */
    uint64_t passes;
} spins[TURN_CORES_MAX];
static GHashTable *branches;
static bool wanted;

static guint branch_hash(gconstpointer v)
{
    const struct branch *b = v;
    return b->pc * 31 + b->index * 7 + b->count;
}

static gboolean branch_equal(gconstpointer a, gconstpointer b) { return !memcmp(a, b, sizeof(struct branch)); }

void spin_install(int cores)
{
    wanted = cores > 1;
    branches = g_hash_table_new(branch_hash, branch_equal);
}

bool spin_wanted(void) { return wanted; }

/* Before the branch is executed. QEMU has counted the whole block already: count - index of it is yet to come. */
static void passing(unsigned int vcpu, void *opaque)
{
    const struct branch *b = opaque;
    struct spin *s = &spins[vcpu];
    int64_t raw = vcpu_raw() - (b->count - b->index);
    uint64_t insn = vcpu_insns(vcpu, raw);

    if (insn == s->insn && b->pc == s->pc) {
        return;     /* it is tried again */
    }
    s->passes = b->pc == s->pc && insn == s->insn + b->length ? s->passes + 1 : 0;
    s->pc = b->pc;
    s->insn = insn;
    if (s->passes >= PASSES) {
        s->passes = 0;
        vcpu_spins(raw + 1);
    }
}

static bool waits(uint64_t pc, unsigned length)
{
    uint32_t code[SPIN_LOOP_MAX];
    uint64_t start = pc - 4 * (length - 1);
    if (start / PAGE != pc / PAGE || cpu_memory_rw_debug(current_cpu, start, code, 4 * length, false) < 0) {
        return false;
    }
    for (unsigned i = 0; i < length; i++) {
        code[i] = le32_to_cpu(code[i]);
    }
    return spin_loop_waits(code, length);
}

void spin_translated(struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n - 1);     /* a branch ends its block */
    uint32_t opcode;
    struct branch key;
    if (!wanted || qemu_plugin_insn_size(insn) != sizeof opcode) {
        return;
    }
    memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof opcode);
    memset(&key, 0, sizeof key);
    key.length = spin_loop_length(le32_to_cpu(opcode));
    key.pc = qemu_plugin_insn_vaddr(insn);
    key.index = n - 1;
    key.count = n;
    if (key.length && waits(key.pc, key.length)) {
        struct branch *b = g_hash_table_lookup(branches, &key);
        if (!b) {
            b = g_memdup2(&key, sizeof key);
            g_hash_table_add(branches, b);
        }
        qemu_plugin_register_vcpu_insn_exec_cb(insn, passing, QEMU_PLUGIN_CB_NO_REGS, b);
    }
}

void spin_save(struct state *s)
{
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        state_put_u64(s, "spin-pc", spins[c].pc);
        state_put_u64(s, "spin-insn", spins[c].insn);
        state_put_u64(s, "spin-passes", spins[c].passes);
    }
}

void spin_load(struct state *s)
{
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        spins[c].pc = state_get_u64(s, "spin-pc");
        spins[c].insn = state_get_u64(s, "spin-insn");
        spins[c].passes = state_get_u64(s, "spin-passes");
    }
}
