/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ring, read: its chunks, from the oldest to the open one; and a plain file made of any trace's end
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "ring.h"

/* Whole records only. The header of a chunk that has them; count 0: there is none. */
static struct format_chunk describe(const uint8_t *bytes, size_t len, uint64_t number, uint64_t first)
{
    struct format_chunk h = { .magic = FORMAT_CHUNK_MAGIC, .number = (uint32_t)number, .first = first, .first_ps = UINT64_MAX };
    size_t at = 0;
    while (len - at >= sizeof(struct trace_record)) {
        struct trace_record r;
        memcpy(&r, bytes + at, sizeof r);
        size_t data = r.kind & FORMAT_HAS_DATA ? r.aux : 0;
        if (data > TRACE_DATA_MAX || (r.kind & FORMAT_HAS_DATA && !data) || FORMAT_PADDED(data) > len - at - sizeof r)
            break;
        at += sizeof r + FORMAT_PADDED(data);
        h.count++;
        h.kinds |= 1u << (r.kind & 31);
        h.first_ps = r.time_ps < h.first_ps ? r.time_ps : h.first_ps;
        h.last_ps = r.time_ps > h.last_ps ? r.time_ps : h.last_ps;
    }
    h.raw = h.stored = (uint32_t)at;
    return h;
}

static int add(struct trace *t, uint64_t offset, struct format_chunk h)
{
    struct trace_chunk *grown = t->chunk_count % 64 ? t->chunks : realloc(t->chunks, (t->chunk_count + 64) * sizeof *grown);
    if (!grown)
        return -1;
    t->chunks = grown;
    h.first = t->count;
    t->chunks[t->chunk_count++] = (struct trace_chunk){ offset, h };
    t->count += h.count;
    return 0;
}

/* The first chunk of a ring that has lost records: the names, and how many they are. Before the oldest chunk's time. */
static int add_names(struct trace *t, const struct format_ring *p, uint64_t first_ps)
{
    struct trace_ring *r = t->ring;
    size_t len = (size_t)p->names * sizeof(struct trace_record);
    struct trace_record cut = { .time_ps = first_ps, .kind = TRACE_CUT, .core = TRACE_NO_CORE, .value = r->lost };
    if (!(r->names = malloc(len + sizeof cut)))
        return -1;
    if (!reader_get_plain(t, FORMAT_RING_NAMES, r->names, len))
        len = 0;
    memcpy(r->names + len, &cut, sizeof cut);
    return add(t, 0, describe(r->names, len + sizeof cut, 0, 0));
}

static int add_open(struct trace *t, const struct format_ring *p, uint64_t number, uint64_t first)
{
    struct trace_ring *r = t->ring;
    if (!p->open_used || p->open_number != number || p->open_first != first)
        return 0;       /* it was killed when they had just become a chunk */
    if (!(r->open = malloc(p->open_used)))
        return -1;
    if (!reader_get_plain(t, FORMAT_RING_OPEN, r->open, p->open_used))
        return 0;
    r->open_chunk = t->chunk_count;
    struct format_chunk h = describe(r->open, p->open_used, number, first);
    return h.count ? add(t, 0, h) : 0;
}

/* From the oldest to the newest, and the open one. */
static int add_chunks(struct trace *t, const struct format_ring *p)
{
    struct trace_ring *r = t->ring;
    struct format_chunk h;
    uint64_t number = p->open_number, first = p->open_first;
    for (uint64_t at = p->tail; at < p->head; at += sizeof h + h.stored) {
        bool begins = at == p->tail;
        bool good = p->head - at > sizeof h && reader_get(t, at, &h, sizeof h) && h.magic == FORMAT_CHUNK_MAGIC &&
                    h.header_crc == format_chunk_crc(&h) && h.count && h.stored && h.stored <= p->head - at - sizeof h &&
                    h.raw <= FORMAT_RAW_MAX && h.raw / sizeof(struct trace_record) >= h.count &&
                    (begins || (h.number == number && h.first == first));
        if (!good) {
            reader_damage(t, t->chunk_count, at, "its header is damaged (CRC-32C), or its board is running", t->count, t->damage, sizeof t->damage);
            return 0;
        }
        if (begins && (r->lost = h.first) && add_names(t, p, h.first_ps) < 0)
            return -1;
        if (begins)
            r->shift = t->count - h.first;
        number = h.number + 1;
        first = h.first + h.count;
        if (add(t, at, h) < 0)
            return -1;
    }
    if (p->tail == p->head && (r->lost = first) && add_names(t, p, 0) < 0)
        return -1;
    return add_open(t, p, number, first);
}

int ring_load(struct trace *t, uint64_t size, const char **why)
{
    struct format_ring p;
    struct trace_ring *r = t->ring = calloc(1, sizeof *r);
    if (!r)
        return -1;
    *why = NULL;
    if (size < FORMAT_RING_ROOM || !reader_get_plain(t, 0, &p, sizeof p))
        *why = "a trace that ends before its records: the run ended while it began";
    else if (p.header.crc != trace_crc32c(0, &p.header, offsetof(struct format_header, crc)))
        *why = "a trace whose header is damaged (CRC-32C): record it again";
    else if (p.header.version != FORMAT_VERSION || p.header.record_size != sizeof(struct trace_record))
        *why = "a trace of another format version: read it with the ingot that wrote it, or record it again";
    else if (!p.room || p.tail > p.head || p.head - p.tail > p.room || p.names > FORMAT_RING_NAMES_MAX || p.open_used > FORMAT_CHUNK_BYTES)
        *why = "a trace whose first page is damaged: record it again";
    if (*why)
        return 0;
    *r = (struct trace_ring){ .last_ps = p.last_ps, .room = p.room, .tail = p.tail, .head = p.head, .open_chunk = SIZE_MAX };
    t->closed = p.closed;
    return add_chunks(t, &p) < 0 ? -1 : 1;
}

void ring_unload(struct trace_ring *r)
{
    if (!r)
        return;
    free(r->names);
    free(r->open);
    free(r);
}

const uint8_t *ring_loose(const struct trace *t, size_t chunk)
{
    const struct trace_ring *r = t->ring;
    return !r ? NULL : r->names && chunk == 0 ? r->names : chunk == r->open_chunk ? r->open : NULL;
}

uint64_t trace_cut(const struct trace *t, size_t *behind)
{
    struct trace_item item = { .index = 0 };
    struct trace_cursor *c = trace_cursor_new(t);
    bool found = false;
    if (c)
        trace_only(c, 1u << TRACE_CUT);
    while (c && !found && trace_next(c, &item) == 1)
        found = item.r.kind == TRACE_CUT;
    trace_cursor_free(c);
    if (behind)
        *behind = found ? item.index + 1 : 0;
    return found ? item.r.value : 0;
}

static uint64_t greatest_time(const struct trace *t)
{
    uint64_t ps = 0;
    for (size_t i = 0; i < t->chunk_count; i++)
        ps = t->chunks[i].header.last_ps > ps ? t->chunks[i].header.last_ps : ps;
    return ps;
}

/* Up to the first record that is young enough: the names, and a cut where others came before it. 1: item is that record; 0 at the
 * end, or -1. */
static int copy_beginning(struct trace_writer *to, struct trace_cursor *c, uint64_t from_ps, struct trace_item *item)
{
    struct trace_record cut = { .kind = TRACE_CUT, .core = TRACE_NO_CORE };
    bool left_out = false, behind_cut = false;
    int more;
    for (; (more = trace_next(c, item)) == 1; cut.value++) {
        if (item->r.kind == TRACE_CUT) {
            cut.value = item->r.value - 1;
            left_out = behind_cut = true;
        } else if (item->r.kind == TRACE_NAME && !behind_cut) {
            trace_put(to, &item->r);        /* behind one, names have been given already */
        } else if (item->r.time_ps >= from_ps) {
            break;
        } else {
            left_out = true;
        }
    }
    cut.time_ps = more == 1 ? item->r.time_ps : from_ps;
    if (left_out)
        trace_put(to, &cut);
    return more;
}

int trace_copy(struct trace_writer *to, const struct trace *from, uint64_t last_ps, char *err, size_t err_len)
{
    uint64_t end = greatest_time(from);
    struct trace_cursor *c = trace_cursor_new(from);
    struct trace_item item;
    int more = c ? copy_beginning(to, c, end > last_ps ? end - last_ps : 0, &item) : -1;
    while (more == 1 && trace_put_data(to, &item.r, item.data) == 0)
        more = trace_next(c, &item);
    bool unread = more < 0;
    if (unread)
        snprintf(err, err_len, "%s", c ? trace_cursor_error(c) : "no memory to copy the trace");
    trace_cursor_free(c);
    if (unread || trace_flush(to) == 0)
        return unread ? -1 : 0;
    snprintf(err, err_len, "%s: its copy cannot be written: %s: free some space", from->path, strerror(errno));
    return -1;
}
