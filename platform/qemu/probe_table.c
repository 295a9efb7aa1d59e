/* SPDX-License-Identifier: GPL-2.0-or-later
 * The probes there are, and what each records
 */
#include "probe_table.h"

#include "hw/intc/arm_gicv3_common.h"

#include "turn.h"

#define PROBES_MAX 64
#define ANY_CORE (-1)

/* Arm ARM C6.2.249 MSR (register), bits 31:5; C12.2 names the registers. */
#define RT_MASK 0x1fu
#define MSR_ICC_EOIR1_EL1 0xd518cc20u       /* S3_0_C12_C12_1 */
#define MSR_ICH_LR0_EL2 0xd51ccc00u         /* S3_4_C12_C12_<n>, n = 0 .. 7 */
#define MSR_ICH_LR8_EL2 0xd51ccd00u         /* S3_4_C12_C13_<n - 8> */
#define LR_OP2_MASK 0xe0u
/* Arm ARM D1.3.1.3: IRQ from the current EL with SPx, and from a lower EL in AArch64. */
#define VECTOR_MASK 0x7ffu
#define VECTOR_IRQ_CURRENT 0x280u
#define VECTOR_IRQ_LOWER 0x480u

enum probe_kind { PROBE_PC, PROBE_GUEST_VECTOR, PROBE_GUEST_EOI, PROBE_LR, PROBE_EVERY };

struct probe {
    bool used;
    uint32_t id;
    char name[64];
    enum probe_kind kind;
    int core, el;
    uint64_t addr;
    bool counted;               /* the watches have seen the hit below; it is not recorded yet */
    int counted_core;
    uint64_t counted_insn;
};

static struct probe probes[PROBES_MAX];
static uint32_t lr_written[TURN_CORES_MAX];    /* n + 1: to be told at the core's next instruction */
static GString *named;                          /* "ID NAME\n" for each name that the trace has: part of a checkpoint */

#define FOREACH_PROBE(p) for (struct probe *p = probes; p < probes + PROBES_MAX; p++) if (p->used)

static bool any(enum probe_kind kind)
{
    FOREACH_PROBE(p) {
        if (p->kind == kind) {
            return true;
        }
    }
    return false;
}

bool probe_table_empty(void)
{
    FOREACH_PROBE(p) {
        return false;
    }
    return true;
}

static bool is_vector(uint64_t offset) { return offset == VECTOR_IRQ_CURRENT || offset == VECTOR_IRQ_LOWER; }

bool probe_table_wants(int el, uint64_t pc, uint32_t opcode, bool first, struct probe_site *site)
{
    uint32_t lr = opcode & ~(RT_MASK | LR_OP2_MASK);
    FOREACH_PROBE(p) {
        site->why |= p->kind == PROBE_PC && p->addr == pc ? SITE_PC : 0;
        site->why |= p->kind == PROBE_EVERY && p->el == el ? SITE_EVERY : 0;
    }
    if (el == 1 && any(PROBE_GUEST_VECTOR) && is_vector(pc & VECTOR_MASK)) {
        site->why |= SITE_VECTOR;
    }
    if (el == 1 && any(PROBE_GUEST_EOI) && (opcode & ~RT_MASK) == MSR_ICC_EOIR1_EL1) {
        site->why |= SITE_EOI;
    }
    if (el == 2 && any(PROBE_LR)) {
        site->why |= first ? SITE_LR_AFTER : 0;
        if (lr == MSR_ICH_LR0_EL2 || lr == MSR_ICH_LR8_EL2) {
            site->why |= SITE_LR_WRITE;
            site->list_register = (lr == MSR_ICH_LR8_EL2) * 8 + (opcode & LR_OP2_MASK) / 0x20;
        }
    }
    return site->why;
}

static bool hits(const struct probe *p, const struct probe_hit *h)
{
    if (p->core != ANY_CORE && p->core != h->core) {
        return false;
    }
    switch (p->kind) {
    case PROBE_PC:
        return (h->site->why & SITE_PC) && p->addr == h->pc && p->el == h->el;
    case PROBE_GUEST_VECTOR:
        return (h->site->why & SITE_VECTOR) && h->el == 1 && is_vector(h->pc - h->vbar_el1);
    case PROBE_GUEST_EOI:
        return (h->site->why & SITE_EOI) && h->el == 1;
    case PROBE_LR:
        return (h->site->why & SITE_LR_AFTER) && lr_written[h->core];
    case PROBE_EVERY:
        return (h->site->why & SITE_EVERY) && p->el == h->el;
    }
    return false;
}

bool probe_table_concerns(const struct probe_hit *h)
{
    if (h->site->why & SITE_LR_WRITE) {
        return true;
    }
    FOREACH_PROBE(p) {
        if (hits(p, h)) {
            return true;
        }
    }
    return false;
}

/* Each hit is counted once, though a core that was held before it comes here again. */
bool probe_table_hold(const struct probe_hit *h)
{
    bool hold = false;
    FOREACH_PROBE(p) {
        if (hits(p, h) && !(p->counted && p->counted_core == h->core && p->counted_insn == h->insn)) {
            hold |= watch_probe(p->id);
            p->counted = true;
            p->counted_core = h->core;
            p->counted_insn = h->insn;
        }
    }
    return hold;
}

void probe_table_record(const struct probe_hit *h)
{
    uint32_t lr = lr_written[h->core];
    FOREACH_PROBE(p) {
        if (hits(p, h)) {
            bool is_lr = p->kind == PROBE_LR;
            p->counted = false;
            record((struct trace_record){
                .kind = TRACE_PROBE, .id = p->id, .core = h->core, .time_ps = h->time_ps, .insn = h->insn, .addr = h->pc,
                .size = (uint8_t)h->el, .result = h->vmid,
                .value = is_lr ? ((const GICv3CPUState *)h->gic)->ich_lr_el2[lr - 1] : 0, .aux = is_lr ? lr - 1 : 0 });
        }
    }
    if (h->site->why & SITE_LR_AFTER) {
        lr_written[h->core] = 0;
    }
    if (h->site->why & SITE_LR_WRITE) {
        lr_written[h->core] = h->site->list_register + 1;
    }
}

int probe_find(const char *id_or_name)
{
    uint64_t id;
    bool number = !command_number(id_or_name, &id);
    FOREACH_PROBE(p) {
        if ((number && p->id == id) || !strcmp(p->name, id_or_name)) {
            return p->id;
        }
    }
    return -1;
}

/* Once in a run, also when the run is restored and the engine gives its probes again. */
static void name_in_trace(const struct probe *p)
{
    g_autofree char *line = g_strdup_printf("%u %s\n", p->id, p->name);
    if (!named) {
        named = g_string_new(NULL);
    }
    if (!strstr(named->str, line)) {
        g_string_append(named, line);
        if (board.trace) {
            trace_name(board.trace, board_now_ps(), TRACE_NAME_PROBE, p->id, p->name);
        }
    }
}

static const char *parse(struct probe *p, const struct words *w)
{
    static const char *const kinds[] = { "pc", "guest-vector", "guest-eoi", "lr", "every" };
    static const unsigned words[] = { 7, 5, 5, 5, 6 };
    uint64_t id, core = 0, el = 0;
    unsigned kind = 0;

    while (w->count > 3 && kind < ARRAY_SIZE(kinds) && strcmp(w->word[3], kinds[kind])) {
        kind++;
    }
    if (w->count < 5 || kind == ARRAY_SIZE(kinds) || w->count != words[kind]) {
        return "probe: ID NAME pc CORE EL ADDR, ID NAME every CORE EL, ID NAME guest-vector CORE, ID NAME guest-eoi CORE or ID NAME lr CORE is needed";
    }
    bool any_core = !strcmp(w->word[4], "*");
    if (command_number(w->word[1], &id) || id > INT32_MAX) {
        return "probe: the ID must be a number";
    }
    if (!any_core && (command_number(w->word[4], &core) || !qemu_get_cpu(core))) {
        return "probe: no such core";
    }
    if ((kind == PROBE_PC || kind == PROBE_EVERY) && (command_number(w->word[5], &el) || el > 2 || (kind == PROBE_PC && command_number(w->word[6], &p->addr)))) {
        return "probe: EL must be 0, 1 or 2, and ADDR a number";
    }
    if (g_strlcpy(p->name, w->word[2], sizeof p->name) >= sizeof p->name || strchr(p->name, '\n')) {
        return "probe: a name has at most 63 characters, and no line ends";
    }
    p->used = true;
    p->id = id;
    p->kind = kind;
    p->core = any_core ? ANY_CORE : (int)core;
    p->el = el;
    return NULL;
}

const char *probe_table_add(const struct words *w)
{
    struct probe new = { 0 };
    const char *error = parse(&new, w);
    if (error) {
        return error;
    }
    FOREACH_PROBE(p) {
        if (p->id == new.id) {
            return "probe: that ID is in use";
        }
    }
    for (struct probe *slot = probes; slot < probes + PROBES_MAX; slot++) {
        if (!slot->used) {
            *slot = new;
            name_in_trace(slot);
            return NULL;
        }
    }
    return "probe: there are 64 already";
}

const char *probe_table_remove(const struct words *w)
{
    uint64_t id;
    if (w->count != 2 || command_number(w->word[1], &id)) {
        return "unprobe: ID is needed, a number";
    }
    FOREACH_PROBE(p) {
        if (p->id == id) {
            p->used = false;
            return NULL;
        }
    }
    return "unprobe: no such probe";
}

void probe_save(struct state *s)
{
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        state_put_u64(s, "lr-written", lr_written[c]);
    }
    state_put(s, "probe-names", named ? named->str : "", named ? named->len : 0);
}

void probe_load(struct state *s)
{
    for (int c = 0; c < TURN_CORES_MAX; c++) {
        lr_written[c] = state_get_u64(s, "lr-written");
    }
    size_t len = state_next(s, "probe-names");
    if (len == SIZE_MAX) {
        s->bad = 1;
        return;
    }
    g_autofree char *text = g_malloc0(len + 1);
    state_get(s, "probe-names", text, len);
    named = g_string_new(text);
}
