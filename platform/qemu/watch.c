/* SPDX-License-Identifier: GPL-2.0-or-later
 * Watches: what the scenario engine waits for, matched inside the board at its exact instant
 */
#include "module.h"

#define TAIL 512    /* longest text that can be waited for */

enum watch_kind { WATCH_CONSOLE, WATCH_TIME, WATCH_PROBE, WATCH_TRACE };

struct watch {
    uint64_t id;
    enum watch_kind kind;
    unsigned device;        /* console, trace; probe: the probe's id */
    uint16_t record_kind;   /* trace */
    uint64_t left;          /* hits to go; console: bytes that must come before a match is possible */
    char *text;
    size_t len;
    QEMUTimer *timer;
    QTAILQ_ENTRY(watch) next;
};

static QTAILQ_HEAD(, watch) watches = QTAILQ_HEAD_INITIALIZER(watches);
static uint8_t tails[BOARD_DEVICES_MAX][TAIL];   /* last bytes of each console, newest at the end */

static void watch_free(struct watch *w)
{
    QTAILQ_REMOVE(&watches, w, next);
    if (w->timer) {
        timer_free(w->timer);
    }
    g_free(w->text);
    g_free(w);
}

static void matched(struct watch *w)
{
    control_hold("watch %" PRIu64, w->id);
    watch_free(w);
}

static void watch_time(void *opaque) { matched(opaque); }

void watch_console(unsigned device, uint8_t byte)
{
    struct watch *w, *next;
    memmove(tails[device], tails[device] + 1, TAIL - 1);
    tails[device][TAIL - 1] = byte;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->kind != WATCH_CONSOLE || w->device != device) {
            continue;
        }
        w->left -= w->left > 0;
        if (!w->left && !memcmp(tails[device] + TAIL - w->len, w->text, w->len)) {
            matched(w);
        }
    }
}

void watch_record(const struct trace_record *r)
{
    struct watch *w, *next;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        bool hit = w->kind == WATCH_TRACE ? r->kind == w->record_kind && r->id == w->device
                 : w->kind == WATCH_PROBE ? r->kind == TRACE_PROBE && r->id == w->device : false;
        if (hit && --w->left == 0) {
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

/* watch ID console DEVICE TEXT | time PS | probe PROBE N | trace KIND DEVICE N */
const char *watch_add(char **words, unsigned count)
{
    struct watch w = { 0 };
    int device = -1;
    const char *kind = count > 2 ? words[2] : "";

    if (count < 4) {
        return "watch: ID, kind and what to wait for are needed";
    }
    w.id = strtoull(words[1], NULL, 0);
    if (!strcmp(kind, "console") && count == 5) {
        w.kind = WATCH_CONSOLE;
        device = bridge_find(words[3]);
        w.len = strlen(words[4]);
        w.left = w.len;
        if (!w.len || w.len > TAIL) {
            return "watch: the text must have 1 to 512 bytes";
        }
        w.text = words[4];
    } else if (!strcmp(kind, "time") && count == 4) {
        w.kind = WATCH_TIME;
        w.left = strtoull(words[3], NULL, 0);
        if (w.left < board_now_ps()) {
            return "watch: that time is past";
        }
        device = 0;
    } else if (!strcmp(kind, "probe") && count == 5) {
        w.kind = WATCH_PROBE;
        device = strtoul(words[3], NULL, 0);
        w.left = strtoull(words[4], NULL, 0);
    } else if (!strcmp(kind, "trace") && count == 6) {
        int k = record_kind(words[3]);
        if (k < 0) {
            return "watch: unknown kind of crossing; known: read write irq dma-read dma-write";
        }
        w.kind = WATCH_TRACE;
        w.record_kind = k;
        device = bridge_find(words[4]);
        w.left = strtoull(words[5], NULL, 0);
    } else {
        return "watch: unknown form; see docs/control-protocol.md";
    }
    if (device < 0) {
        return "watch: no such device";
    }
    if (w.kind != WATCH_TIME && !w.left) {
        return "watch: the count must be at least 1";
    }
    struct watch *copy = g_memdup2(&w, sizeof w);
    copy->device = device;
    copy->text = g_strdup(w.text);
    QTAILQ_INSERT_TAIL(&watches, copy, next);
    if (w.kind == WATCH_TIME) {
        copy->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, watch_time, copy);
        timer_mod(copy->timer, (w.left + SEAM_PS_PER_NS - 1) / SEAM_PS_PER_NS);
    }
    return NULL;
}

const char *watch_remove(char **words, unsigned count)
{
    struct watch *w, *next;
    uint64_t id = count > 1 ? strtoull(words[1], NULL, 0) : 0;
    QTAILQ_FOREACH_SAFE(w, &watches, next, next) {
        if (w->id == id) {
            watch_free(w);
            return NULL;
        }
    }
    return "unwatch: no such watch (it may have matched)";
}
