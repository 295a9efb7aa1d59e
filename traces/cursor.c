/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: the records, chunk by chunk
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "format.h"
#include "reader.h"
#include "ring.h"

struct trace_cursor {
    const struct trace *t;
    uint32_t kinds;
    size_t chunk;           /* that is read next */
    size_t index;           /* of the record that is next in the buffer */
    size_t left;            /* records in the buffer from there on */
    size_t at, used;        /* bytes of the buffer: read, filled */
    uint8_t *raw, *packed;
    size_t raw_size, packed_size;
    ZSTD_DCtx *zstd;
    bool failed;
    char err[sizeof ((struct trace *)0)->damage];
};

struct trace_cursor *trace_cursor_new(const struct trace *t)
{
    struct trace_cursor *c = calloc(1, sizeof *c);
    if (!c || !(c->zstd = ZSTD_createDCtx())) {
        free(c);
        return NULL;
    }
    c->t = t;
    c->kinds = ~0u;
    return c;
}

void trace_cursor_free(struct trace_cursor *c)
{
    if (!c)
        return;
    ZSTD_freeDCtx(c->zstd);
    free(c->raw);
    free(c->packed);
    free(c);
}

const char *trace_cursor_error(const struct trace_cursor *c) { return c->err; }

void trace_only(struct trace_cursor *c, uint32_t kinds) { c->kinds = kinds; }

static int damaged(struct trace_cursor *c, size_t chunk, const char *what)
{
    reader_damage(c->t, chunk, c->t->chunks[chunk].offset, what, c->t->chunks[chunk].header.first, c->err, sizeof c->err);
    c->failed = true;
    c->left = 0;
    return -1;
}

static bool grow(uint8_t **buffer, size_t *size, size_t need)
{
    if (need <= *size)
        return true;
    uint8_t *grown = realloc(*buffer, need);
    if (!grown)
        return false;
    *buffer = grown;
    *size = need;
    return true;
}

/* Are there `count` records in raw[0 .. used), and nothing else? */
static bool well_formed(const uint8_t *raw, size_t used, size_t count)
{
    size_t at = 0;
    while (count-- && used - at >= sizeof(struct trace_record)) {
        struct trace_record r;
        memcpy(&r, raw + at, sizeof r);
        at += sizeof r;
        if (!(r.kind & FORMAT_HAS_DATA))
            continue;
        if (!r.aux || r.aux > TRACE_DATA_MAX || FORMAT_PADDED(r.aux) > used - at)
            return false;
        at += FORMAT_PADDED(r.aux);
    }
    return at == used && count == SIZE_MAX;
}

/* The bytes of chunk c->chunk, which is packed, into the buffer: NULL, or what is wrong. */
static const char *unpack_frame(struct trace_cursor *c)
{
    const struct trace_chunk *entry = &c->t->chunks[c->chunk];
    const struct format_chunk *h = &entry->header;
    struct format_chunk there;
    if (!grow(&c->packed, &c->packed_size, h->stored))
        return "no memory to unpack it";
    if (!reader_get(c->t, entry->offset, &there, sizeof there))
        return "its header is not the one in the index";
    there.first += c->t->ring ? c->t->ring->shift : 0;
    if (memcmp(&there, h, sizeof there))
        return "its header is not the one in the index";
    if (!reader_get(c->t, entry->offset + sizeof there, c->packed, h->stored))
        return "the file cannot be read there";
    if (trace_crc32c(0, c->packed, h->stored) != h->stored_crc)
        return "its CRC-32C is wrong";
    size_t n = ZSTD_decompressDCtx(c->zstd, c->raw, h->raw, c->packed, h->stored);
    return ZSTD_isError(n) || n != h->raw ? "what it holds are not records" : NULL;
}

/* Chunk c->chunk into the buffer: 0, or -1. */
static int unpack(struct trace_cursor *c)
{
    const struct format_chunk *h = &c->t->chunks[c->chunk].header;
    const uint8_t *loose = ring_loose(c->t, c->chunk);
    if (!grow(&c->raw, &c->raw_size, h->raw))
        return damaged(c, c->chunk, "no memory to unpack it");
    const char *wrong = loose ? NULL : unpack_frame(c);
    if (loose)
        memcpy(c->raw, loose, h->raw);
    if (!wrong && !well_formed(c->raw, h->raw, h->count))
        wrong = "what it holds are not records";
    if (wrong)
        return damaged(c, c->chunk, wrong);
    c->at = 0;
    c->used = h->raw;
    c->left = h->count;
    c->index = h->first;
    c->chunk++;
    return 0;
}

static int next_chunk(struct trace_cursor *c)
{
    while (c->chunk < c->t->chunk_count && !(c->t->chunks[c->chunk].header.kinds & c->kinds))
        c->chunk++;
    if (c->chunk < c->t->chunk_count)
        return unpack(c) < 0 ? -1 : 1;
    if (!*c->t->damage)
        return 0;
    memcpy(c->err, c->t->damage, sizeof c->err);
    c->failed = true;
    return -1;
}

int trace_next(struct trace_cursor *c, struct trace_item *item)
{
    if (c->failed)
        return -1;
    if (!c->left) {
        int r = next_chunk(c);
        if (r <= 0)
            return r;
    }
    memcpy(&item->r, c->raw + c->at, sizeof item->r);
    c->at += sizeof item->r;
    item->data = NULL;
    if (item->r.kind & FORMAT_HAS_DATA) {
        item->r.kind &= (uint16_t)~FORMAT_HAS_DATA;
        item->data = c->raw + c->at;
        c->at += FORMAT_PADDED(item->r.aux);
    }
    item->index = c->index++;
    c->left--;
    return 1;
}

void trace_seek(struct trace_cursor *c, size_t index)
{
    size_t low = 0, high = c->t->chunk_count;
    while (low < high) {        /* the first chunk that ends behind index */
        size_t middle = low + (high - low) / 2;
        const struct format_chunk *h = &c->t->chunks[middle].header;
        if (h->first + h->count > index)
            high = middle;
        else
            low = middle + 1;
    }
    c->chunk = low;
    c->left = 0;
    c->failed = false;
    struct trace_item skipped;
    if (low == c->t->chunk_count || unpack(c) < 0)
        return;
    while (c->left && c->index < index)
        trace_next(c, &skipped);
}

void trace_seek_time(struct trace_cursor *c, uint64_t ps)
{
    c->chunk = 0;
    while (c->chunk < c->t->chunk_count && c->t->chunks[c->chunk].header.last_ps < ps)
        c->chunk++;
    c->left = 0;
    c->failed = false;
}
