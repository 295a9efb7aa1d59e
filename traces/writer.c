/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: the writer. A record is a copy into a buffer; a full buffer is compressed and written as one chunk
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "ring.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "trace records are written as they lie in memory: little-endian hosts only"
#endif

_Static_assert(sizeof(struct format_header) == 24, "the header is 24 bytes in the file");
_Static_assert(sizeof(struct format_chunk) == 56, "a chunk's header is 56 bytes in the file");
_Static_assert(sizeof(struct trace_chunk) == 64, "an entry of the index is 64 bytes in the file");
_Static_assert(sizeof(struct format_trailer) == 24, "the trailer is 24 bytes in the file");
_Static_assert(sizeof(struct trace_record) == 48, "a record is 48 bytes in the file");
_Static_assert(TRACE_KINDS <= 32, "a chunk's kinds are bits of a word");

struct trace_writer {
    int fd;
    struct ring *ring;              /* chunks go there, and the buffer is its; NULL: to fd, one after the other */
    int error;                      /* errno of the first failure */
    uint64_t offset;                /* where the next chunk goes */
    struct format_chunk chunk;      /* of the records in the buffer; its sizes are set when it is written */
    uint8_t *buffer, *packed;       /* packed: header and zstd frame */
    size_t used, size, packed_size;
    ZSTD_CCtx *zstd;
    struct trace_chunk *index;
    size_t index_count, index_size;
};

/* 0 or errno. */
static int write_all(int fd, const void *data, size_t len)
{
    for (const char *p = data; len;) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static void new_chunk(struct trace_writer *w, uint32_t number, uint64_t first)
{
    w->used = 0;
    w->chunk = (struct format_chunk){ .magic = FORMAT_CHUNK_MAGIC, .number = number, .first = first, .first_ps = UINT64_MAX };
}

/* Room for the frame of records of `raw` bytes. */
static bool make_packed(struct trace_writer *w, size_t raw)
{
    size_t size = sizeof(struct format_chunk) + ZSTD_compressBound(raw);
    if (size <= w->packed_size)
        return true;
    uint8_t *packed = realloc(w->packed, size);
    if (!packed)
        return false;
    w->packed = packed;
    w->packed_size = size;
    return true;
}

/* Room for records of `raw` bytes, and for their frame. */
static bool make_room(struct trace_writer *w, size_t raw)
{
    uint8_t *buffer = realloc(w->buffer, raw);
    if (!buffer)
        return false;
    w->buffer = buffer;
    w->size = raw;
    return make_packed(w, raw);
}

static void discard(struct trace_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    ZSTD_freeCCtx(w->zstd);
    if (w->ring)
        ring_close(w->ring, !w->error);
    else
        free(w->buffer);
    free(w->packed);
    free(w->index);
    free(w);
}

/* Of either kind, without a buffer. NULL: no memory. */
static struct trace_writer *new_writer(const char *path, char *err, size_t err_len)
{
    struct trace_writer *w = calloc(1, sizeof *w);
    if (w) {
        w->fd = -1;
        w->zstd = ZSTD_createCCtx();
        new_chunk(w, 0, 0);
    }
    if (w && w->zstd && make_packed(w, FORMAT_CHUNK_BYTES))
        return w;
    snprintf(err, err_len, "%s: no memory for the trace buffer", path);
    if (w)
        discard(w);
    return NULL;
}

struct trace_writer *trace_open_ring(const char *path, uint64_t last_ps, uint64_t room, char *err, size_t err_len)
{
    struct trace_writer *w = new_writer(path, err, err_len);
    if (!w || !(w->ring = ring_open(path, last_ps, room, err, err_len))) {
        if (w)
            discard(w);
        return NULL;
    }
    w->buffer = ring_buffer(w->ring);
    w->size = FORMAT_CHUNK_BYTES;
    return w;
}

struct trace_writer *trace_open(const char *path, char *err, size_t err_len)
{
    struct trace_writer *w = new_writer(path, err, err_len);
    if (!w)
        return NULL;
    if (!make_room(w, FORMAT_CHUNK_BYTES)) {
        snprintf(err, err_len, "%s: no memory for the trace buffer", path);
        discard(w);
        return NULL;
    }
    w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w->fd < 0) {
        snprintf(err, err_len, "%s: cannot create the trace: %s", path, strerror(errno));
        discard(w);
        return NULL;
    }
    struct format_header h = { FORMAT_MAGIC, FORMAT_VERSION, sizeof(struct trace_record), FORMAT_CHUNK_BYTES, 0 };
    h.crc = trace_crc32c(0, &h, offsetof(struct format_header, crc));
    int e = write_all(w->fd, &h, sizeof h);
    if (e) {
        snprintf(err, err_len, "%s: cannot write the trace: %s", path, strerror(e));
        discard(w);
        return NULL;
    }
    w->offset = sizeof h;
    return w;
}

static bool index_add(struct trace_writer *w)
{
    if (w->index_count == w->index_size) {
        size_t size = w->index_size ? 2 * w->index_size : 64;
        struct trace_chunk *grown = realloc(w->index, size * sizeof *grown);
        if (!grown)
            return false;
        w->index = grown;
        w->index_size = size;
    }
    w->index[w->index_count++] = (struct trace_chunk){ w->offset, w->chunk };
    return true;
}

/* 0 or errno. */
static int write_chunk(struct trace_writer *w)
{
    uint8_t *frame = w->packed + sizeof w->chunk;
    int level = w->ring ? FORMAT_RING_ZSTD_LEVEL : FORMAT_ZSTD_LEVEL;
    size_t n = ZSTD_compressCCtx(w->zstd, frame, w->packed_size - sizeof w->chunk, w->buffer, w->used, level);
    if (ZSTD_isError(n))
        return ENOMEM;          /* the room suffices: nothing else can fail */
    w->chunk.stored = (uint32_t)n;
    w->chunk.raw = (uint32_t)w->used;
    w->chunk.stored_crc = trace_crc32c(0, frame, n);
    w->chunk.header_crc = format_chunk_crc(&w->chunk);
    memcpy(w->packed, &w->chunk, sizeof w->chunk);
    if (w->ring)
        return ring_write(w->ring, &w->chunk, w->packed, sizeof w->chunk + n);
    if (!index_add(w))
        return ENOMEM;
    w->offset += sizeof w->chunk + n;
    return write_all(w->fd, w->packed, sizeof w->chunk + n);
}

static int told(const struct trace_writer *w)
{
    errno = w->error;
    return w->error ? -1 : 0;
}

static void end_chunk(struct trace_writer *w)
{
    if (!w->used)
        return;
    if (!w->error)
        w->error = write_chunk(w);
    new_chunk(w, w->chunk.number + 1, w->chunk.first + w->chunk.count);
}

int trace_flush(struct trace_writer *w)
{
    if (!w->ring)       /* there, the open chunk is in the file already */
        end_chunk(w);
    return told(w);
}

/* Behind the records in the buffer, which has room. */
static void append(struct trace_writer *w, const struct trace_record *r, const void *data, size_t len)
{
    uint8_t *to = w->buffer + w->used;
    memcpy(to, r, sizeof *r);
    if (len) {
        uint16_t kind = r->kind | FORMAT_HAS_DATA;
        memcpy(to + offsetof(struct trace_record, kind), &kind, sizeof kind);
        memcpy(to + sizeof *r, data, len);
        memset(to + sizeof *r + len, 0, FORMAT_PADDED(len) - len);
    }
    w->used += sizeof *r + FORMAT_PADDED(len);
    w->chunk.count++;
    w->chunk.kinds |= 1u << (r->kind & 31);
    w->chunk.first_ps = r->time_ps < w->chunk.first_ps ? r->time_ps : w->chunk.first_ps;
    w->chunk.last_ps = r->time_ps > w->chunk.last_ps ? r->time_ps : w->chunk.last_ps;
}

/* A record that the ring's open chunk has no room for is written at once. */
static int append_large(struct trace_writer *w, const struct trace_record *r, const void *data, size_t len)
{
    size_t need = sizeof *r + FORMAT_PADDED(len);
    uint8_t *open = w->buffer;
    w->buffer = make_packed(w, need) ? malloc(need) : NULL;
    if (w->buffer) {
        append(w, r, data, len);
        end_chunk(w);
    } else {
        w->error = w->error ? w->error : ENOMEM;
    }
    free(w->buffer);
    w->buffer = open;
    return told(w);
}

int trace_put_data(struct trace_writer *w, const struct trace_record *r, const void *data)
{
    size_t len = data && r->aux && r->aux <= TRACE_DATA_MAX ? r->aux : 0, need = sizeof *r + FORMAT_PADDED(len);
    /* the limit is the format's, not the buffer's: chunks end at the same records whatever came before */
    if (w->used && w->used + need > FORMAT_CHUNK_BYTES)
        end_chunk(w);
    if (w->error && w->ring)
        return told(w);         /* what the file has of the open chunk is left as it is */
    if (need > w->size && w->ring)
        return append_large(w, r, data, len);
    if (need > w->size && !make_room(w, need)) {    /* a record with much data has a chunk of its own */
        w->error = w->error ? w->error : ENOMEM;
        return told(w);
    }
    append(w, r, data, len);
    if (w->ring) {
        if (r->kind == TRACE_NAME)
            ring_name(w->ring, r);
        ring_publish(w->ring, w->used);
    }
    return w->error ? told(w) : 0;
}

bool trace_put_dying(struct trace_writer *w, const struct trace_record *r, const void *data)
{
    size_t len = data && r->aux && r->aux <= TRACE_DATA_MAX ? r->aux : 0;
    if (!w->ring || w->error || w->used + sizeof *r + FORMAT_PADDED(len) > w->size)
        return false;
    append(w, r, data, len);
    ring_publish(w->ring, w->used);
    return true;
}

int trace_put(struct trace_writer *w, const struct trace_record *r) { return trace_put_data(w, r, NULL); }

void trace_name(struct trace_writer *w, uint64_t time_ps, enum trace_name what, uint32_t id, const char *name)
{
    size_t len = strnlen(name, TRACE_NAME_MAX);
    for (size_t at = 0; at == 0 || at < len; at += TRACE_NAME_PIECE) {
        struct trace_record r = { .time_ps = time_ps, .insn = at, .kind = TRACE_NAME, .core = TRACE_NO_CORE,
                                  .size = (uint8_t)what, .id = id };
        size_t n = len - at < TRACE_NAME_PIECE ? len - at : TRACE_NAME_PIECE;
        memcpy((char *)&r + offsetof(struct trace_record, addr), name + at, n);
        trace_put(w, &r);
    }
}

/* 0 or errno. */
static int write_index(struct trace_writer *w)
{
    struct format_index head = { FORMAT_INDEX_MAGIC, (uint32_t)w->index_count, w->chunk.first };
    size_t entries = w->index_count * sizeof *w->index;
    struct format_trailer tail = { w->offset, (uint32_t)(sizeof head + entries), 0, FORMAT_END_MAGIC };
    tail.crc = trace_crc32c(trace_crc32c(0, &head, sizeof head), w->index, entries);
    int e = write_all(w->fd, &head, sizeof head);
    if (!e && entries)
        e = write_all(w->fd, w->index, entries);
    return e ? e : write_all(w->fd, &tail, sizeof tail);
}

int trace_close(struct trace_writer *w)
{
    trace_flush(w);
    if (!w->error && !w->ring)
        w->error = write_index(w);
    int e = w->error;
    if (!w->ring && close(w->fd) < 0 && !e)
        e = errno;
    w->fd = -1;
    discard(w);
    errno = e;
    return e ? -1 : 0;
}
