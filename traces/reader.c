/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: opening one: its header, and where its chunks are
 *
 * Everything is read with pread and checked before it is believed: a file may be cut, flipped, foreign, or still growing.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format.h"
#include "names.h"
#include "reader.h"
#include "ring.h"

bool reader_get_plain(const struct trace *t, uint64_t offset, void *to, size_t len)
{
    for (char *p = to; len;) {
        ssize_t n = pread(t->fd, p, len, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return true;
}

bool reader_get(const struct trace *t, uint64_t offset, void *to, size_t len)
{
    if (!t->ring)
        return reader_get_plain(t, offset, to, len);
    uint64_t place = offset % t->ring->room, left = t->ring->room - place;
    size_t first = len < left ? len : (size_t)left;
    return reader_get_plain(t, FORMAT_RING_ROOM + place, to, first) && reader_get_plain(t, FORMAT_RING_ROOM, (char *)to + first, len - first);
}

static bool is_ring(const struct trace *t)
{
    char magic[sizeof FORMAT_RING_MAGIC - 1];
    return reader_get_plain(t, 0, magic, sizeof magic) && !memcmp(magic, FORMAT_RING_MAGIC, sizeof magic);
}

/* NULL if the file is one of ours, else what is wrong with it. */
static const char *refusal(const struct trace *t, uint64_t size)
{
    struct format_header h;
    const size_t family = strlen(FORMAT_MAGIC) - 1;     /* the last character is the format's generation */
    if (size < sizeof h.magic || !reader_get(t, 0, h.magic, sizeof h.magic) || memcmp(h.magic, FORMAT_MAGIC, family))
        return "not a trace (no " FORMAT_MAGIC " at its start): give a file that a run wrote with trace=";
    if (h.magic[family] != FORMAT_MAGIC[family])
        return "a trace of another format version: read it with the ingot that wrote it, or record it again";
    if (size < sizeof h || !reader_get(t, 0, &h, sizeof h))
        return "a trace that ends in its header: record it again";
    if (h.crc != trace_crc32c(0, &h, offsetof(struct format_header, crc)))
        return "a trace whose header is damaged (CRC-32C): record it again";
    if (h.version != FORMAT_VERSION || h.record_size != sizeof(struct trace_record))
        return "a trace of another format version: read it with the ingot that wrote it, or record it again";
    return NULL;
}

/* Is h a whole header, and that of the chunk that follows on those that t has? */
static bool follows(const struct trace *t, const struct format_chunk *h)
{
    return h->magic == FORMAT_CHUNK_MAGIC && h->header_crc == format_chunk_crc(h) && h->number == t->chunk_count &&
           h->first == t->count && h->count && h->stored && h->raw <= FORMAT_RAW_MAX && h->raw / sizeof(struct trace_record) >= h->count;
}

/* 1, 0: no (whole) index, -1: no memory. */
static int read_index(struct trace *t, uint64_t size)
{
    struct format_trailer tail;
    struct format_index head;
    if (size < sizeof(struct format_header) + sizeof head + sizeof tail || !reader_get(t, size - sizeof tail, &tail, sizeof tail) ||
        memcmp(tail.magic, FORMAT_END_MAGIC, sizeof tail.magic))
        return 0;
    uint64_t room = size - sizeof tail;
    if (tail.offset > room || room - tail.offset != tail.length || tail.length < sizeof head ||
        (tail.length - sizeof head) % sizeof(struct trace_chunk))
        return 0;
    char *index = malloc(tail.length);
    if (!index)
        return -1;
    bool good = reader_get(t, tail.offset, index, tail.length) && trace_crc32c(0, index, tail.length) == tail.crc;
    memcpy(&head, index, sizeof head);
    size_t entries = (tail.length - sizeof head) / sizeof(struct trace_chunk);
    good = good && head.magic == FORMAT_INDEX_MAGIC && head.entries == entries;
    memmove(index, index + sizeof head, tail.length - sizeof head);
    t->chunks = (struct trace_chunk *)index;
    uint64_t at = sizeof(struct format_header);
    for (size_t i = 0; good && i < entries; i++) {
        const struct trace_chunk *c = &t->chunks[i];
        good = c->offset == at && follows(t, &c->header) && tail.offset - at >= sizeof c->header &&
               tail.offset - at - sizeof c->header >= c->header.stored;
        at += sizeof c->header + c->header.stored;
        t->chunk_count++;
        t->count += c->header.count;
    }
    if (good && at == tail.offset && head.records == t->count)
        return 1;
    free(index);
    t->chunks = NULL;
    t->chunk_count = t->count = 0;
    return 0;
}

/* From header to header, to the end, to the index, or to what is neither. -1: no memory. */
static int scan(struct trace *t, uint64_t size)
{
    size_t room = 0;
    for (uint64_t at = sizeof(struct format_header); at < size;) {
        struct trace_chunk c = { .offset = at };
        uint64_t left = size - at;
        size_t some = left < sizeof c.header ? (size_t)left : sizeof c.header;
        t->torn = true;
        if (!reader_get(t, at, &c.header, some) || some < sizeof c.header ||
            c.header.magic == FORMAT_INDEX_MAGIC)     /* a whole index has been read already: this one is cut or damaged */
            return 0;
        if (!follows(t, &c.header)) {
            reader_damage(t, t->chunk_count, at, "its header is damaged (CRC-32C)", t->count, t->damage, sizeof t->damage);
            return 0;
        }
        if (left - some < c.header.stored)
            return 0;
        if (t->chunk_count == room) {
            room = room ? 2 * room : 64;
            struct trace_chunk *grown = realloc(t->chunks, room * sizeof *grown);
            if (!grown)
                return -1;
            t->chunks = grown;
        }
        t->chunks[t->chunk_count++] = c;
        t->count += c.header.count;
        at += some + c.header.stored;
        t->torn = false;
    }
    return 0;
}

void reader_damage(const struct trace *t, size_t chunk, uint64_t offset, const char *what, size_t good, char *err, size_t err_len)
{
    snprintf(err, err_len, "%s: chunk %zu at byte %" PRIu64 ": %s: %zu records before it can be read; record the run again for the "
             "rest", t->path, chunk, offset, what, good);
}

struct trace *trace_load(const char *path, char *err, size_t err_len)
{
    struct trace *t = calloc(1, sizeof *t);
    struct stat st;
    const char *why = "no memory to read the trace";
    if (!t || !(t->path = strdup(path))) {
        snprintf(err, err_len, "%s: %s", path, why);
        free(t);
        return NULL;
    }
    t->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (t->fd < 0 || fstat(t->fd, &st) < 0) {
        snprintf(err, err_len, "%s: cannot open the trace: %s", path, strerror(errno));
        trace_unload(t);
        return NULL;
    }
    uint64_t size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    const char *no = NULL;
    int indexed;
    if (size && is_ring(t)) {
        indexed = ring_load(t, size, &no);
    } else {
        no = refusal(t, size);
        indexed = no ? 0 : read_index(t, size);
        t->closed = indexed == 1;
        if (!no && indexed == 0)
            indexed = scan(t, size);
    }
    if (!no && indexed >= 0)
        t->names = names_read(t);
    if (!t->names) {
        snprintf(err, err_len, "%s: %s", path, no ? no : why);
        trace_unload(t);
        return NULL;
    }
    return t;
}

void trace_unload(struct trace *t)
{
    if (!t)
        return;
    names_free(t->names);
    if (t->fd >= 0)
        close(t->fd);
    ring_unload(t->ring);
    free(t->chunks);
    free(t->path);
    free(t);
}

const char *trace_find_name(const struct trace *t, enum trace_name what, uint32_t id)
{
    return names_find(t->names, what, id);
}

int trace_find_id(const struct trace *t, enum trace_name what, const char *name)
{
    return names_find_id(t->names, what, name);
}
