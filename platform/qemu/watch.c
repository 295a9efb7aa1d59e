/* SPDX-License-Identifier: GPL-2.0-or-later
 * Watches: what the scenario engine waits for, matched inside the board at its exact instant
 */
#include "module.h"

enum watch_kind { WATCH_CONSOLE, WATCH_TIME, WATCH_PROBE, WATCH_TRACE, WATCH_INSN };

struct watch {
    char id[32];
    enum watch_kind kind;
    uint32_t subject;       /* console, trace: the device; probe: the probe's id; insn: the core */
    uint16_t record_kind;   /* trace */
    uint64_t left;          /* hits to go; console: bytes that must come before a match is possible; insn: the core's count */
    uint64_t time_ps;
    char *text, *seen;      /* console: what is waited for, and the last bytes */
    size_t len;
    QEMUTimer *timer;
    QTAILQ_ENTRY(watch) next;
};

static QTAILQ_HEAD(, watch) watches = QTAILQ_HEAD_INITIALIZER(watches);
static unsigned probe_watches;
unsigned watch_trace_count;

static void watch_free(struct watch *w)
{
    QTAILQ_REMOVE(&watches, w, next);
    probe_watches -= w->kind == WATCH_PROBE;
    watch_trace_count -= w->kind == WATCH_TRACE;
    if (w->timer) {
        timer_free(w->timer);
    }
    g_free(w->text);
    g_free(w->seen);
    g_free(w);
}

static void matched(struct watch *w)
{
    hold_ask("watch %s", w->id);
    watch_free(w);
}

static void watch_time(void *opaque) { matched(opaque); }

void watch_console(unsigned device, uint8_t byte)
{
    struct watch *w, *next;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->kind != WATCH_CONSOLE || w->subject != device) {
            continue;
        }
        memmove(w->seen, w->seen + 1, w->len - 1);
        w->seen[w->len - 1] = byte;
        w->left -= w->left > 0;
        if (!w->left && !memcmp(w->seen, w->text, w->len)) {
            matched(w);
        }
    }
}

void watch_record(const struct trace_record *r)
{
    struct watch *w, *next;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->kind == WATCH_TRACE && r->kind == w->record_kind && r->id == w->subject && --w->left == 0) {
            matched(w);
        }
    }
}

bool watch_probe_any(void) { return probe_watches; }

bool watch_probe(uint32_t id)
{
    struct watch *w, *next;
    bool hold = false;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->kind == WATCH_PROBE && w->subject == id && --w->left == 0) {
            matched(w);
            hold = true;
        }
    }
    return hold;
}

uint64_t watch_insn_left(unsigned core, uint64_t executed)
{
    struct watch *w;
    uint64_t left = UINT64_MAX;
    QTAILQ_FOREACH(w, &watches, next) {
        if (w->kind == WATCH_INSN && w->subject == core) {
            left = MIN(left, w->left - executed);
        }
    }
    return left;
}

void watch_insn(unsigned core, uint64_t executed)
{
    struct watch *w, *next;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->kind == WATCH_INSN && w->subject == core && w->left == executed) {
            matched(w);
        }
    }
}

static int record_kind(const char *word)
{
    static const struct { const char *word; int kind; } kinds[] = {
        { "read", TRACE_READ }, { "write", TRACE_WRITE }, { "irq", TRACE_IRQ },
        { "dma-read", TRACE_DMA_READ }, { "dma-write", TRACE_DMA_WRITE } };
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!strcmp(word, kinds[i].word)) {
            return kinds[i].kind;
        }
    }
    return -1;
}

static const char *set_device(struct watch *w, const char *name)
{
    int device = bridge_find(name);
    w->subject = device;
    return device < 0 ? "watch: no such device" : NULL;
}

static const char *set_count(struct watch *w, const char *word)
{
    return command_number(word, &w->left) || !w->left ? "watch: the count must be a number, 1 or more" : NULL;
}

static const char *parse_console(struct watch *w, const struct words *words)
{
    w->kind = WATCH_CONSOLE;
    w->len = w->left = words->len[4];
    w->text = words->word[4];
    return w->len ? set_device(w, words->word[3]) : "watch: the text is empty";
}

static const char *parse_time(struct watch *w, const struct words *words)
{
    w->kind = WATCH_TIME;
    if (command_number(words->word[3], &w->time_ps)) {
        return "watch: the time must be a number of picoseconds";
    }
    return w->time_ps < board_now_ps() ? "watch: that time is past" : NULL;
}

static const char *parse_probe(struct watch *w, const struct words *words)
{
    int id = probe_find(words->word[3]);
    w->kind = WATCH_PROBE;
    w->subject = id;
    return id < 0 ? "watch: no such probe" : set_count(w, words->word[4]);
}

static const char *parse_trace(struct watch *w, const struct words *words)
{
    int kind = record_kind(words->word[3]);
    const char *error = set_device(w, words->word[4]);
    w->kind = WATCH_TRACE;
    w->record_kind = kind;
    return kind < 0 ? "watch: unknown kind of crossing; known: read write irq dma-read dma-write"
         : error ? error : set_count(w, words->word[5]);
}

static const char *parse_insn(struct watch *w, const struct words *words)
{
    uint64_t core;
    w->kind = WATCH_INSN;
    if (command_number(words->word[3], &core) || core >= INT_MAX || !qemu_get_cpu(core)) {
        return "watch: no such core";
    }
    w->subject = core;
    if (command_number(words->word[4], &w->left)) {
        return "watch: the count of instructions must be a number";
    }
    return w->left <= vcpu_insns(core, vcpu_raw()) ? "watch: that core has executed so many already" : NULL;
}

/* watch ID console DEVICE TEXT | time PS | probe PROBE N | trace KIND DEVICE N | insn CORE N */
const char *watch_add(const struct words *words)
{
    static const struct {
        const char *kind;
        unsigned words;
        const char *(*parse)(struct watch *w, const struct words *words);
    } forms[] = { { "console", 5, parse_console }, { "time", 4, parse_time },
                  { "probe", 5, parse_probe }, { "trace", 6, parse_trace }, { "insn", 5, parse_insn } };
    struct watch w = { 0 }, *other;
    size_t form = 0;

    while (form < ARRAY_SIZE(forms) && (words->count != forms[form].words || strcmp(words->word[2], forms[form].kind))) {
        form++;
    }
    if (form == ARRAY_SIZE(forms)) {
        return "watch: ID console DEVICE TEXT, ID time PS, ID probe PROBE N, ID trace KIND DEVICE N or ID insn CORE N is needed";
    }
    if (g_strlcpy(w.id, words->word[1], sizeof w.id) >= sizeof w.id) {
        return "watch: an ID has at most 31 characters";
    }
    QTAILQ_FOREACH(other, &watches, next) {
        if (!strcmp(other->id, w.id)) {
            return "watch: that ID is in use";
        }
    }
    const char *error = forms[form].parse(&w, words);
    if (error) {
        return error;
    }
    struct watch *copy = g_memdup2(&w, sizeof w);
    copy->text = w.text ? g_memdup2(w.text, w.len) : NULL;
    copy->seen = w.text ? g_malloc0(w.len) : NULL;
    probe_watches += w.kind == WATCH_PROBE;
    watch_trace_count += w.kind == WATCH_TRACE;
    QTAILQ_INSERT_TAIL(&watches, copy, next);
    if (w.kind == WATCH_TIME) {
        copy->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, watch_time, copy);
        timer_mod_ns(copy->timer, w.time_ps / SEAM_PS_PER_NS + (w.time_ps % SEAM_PS_PER_NS != 0));
    }
    return NULL;
}

const char *watch_remove(const struct words *words)
{
    struct watch *w, *next;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (words->count == 2 && !strcmp(w->id, words->word[1])) {
            watch_free(w);
            return NULL;
        }
    }
    return "unwatch: no such watch (it may have matched)";
}
