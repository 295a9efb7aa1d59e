/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ring, written: the oldest chunks give way to the new ones
 *
 * What a killed process must not take along lies in memory that is mapped from the file: the open chunk's records, and where the
 * other chunks are. Chunks themselves go by write(2), which tells a full disk; a page that is mapped and finds none would be a signal.
 */
#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Static_assert(sizeof(struct format_ring) == 96, "a ring's first page begins with 96 bytes");
_Static_assert(sizeof(struct format_ring) <= FORMAT_RING_NAMES && FORMAT_RING_NAMES_MAX * sizeof(struct trace_record) <= 512u << 10, "they do not overlap");

struct ring {
    int fd;
    struct format_ring *page;       /* the file's beginning, up to FORMAT_RING_ROOM */
    struct format_chunk oldest;     /* the chunk at page->tail, if there is one */
    uint64_t now_ps;                /* greatest time of all chunks */
};

static void set(uint64_t *field, uint64_t value) { __atomic_store_n(field, value, __ATOMIC_RELEASE); }

struct ring *ring_open(const char *path, uint64_t last_ps, uint64_t room, char *err, size_t err_len)
{
    struct ring *r = calloc(1, sizeof *r);
    if (!r || room < TRACE_RING_ROOM_MIN) {
        snprintf(err, err_len, r ? "%s: a ring needs room for %u MiB" : "%s: no memory for the ring", path, TRACE_RING_ROOM_MIN >> 20);
        free(r);
        return NULL;
    }
    r->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int e = r->fd < 0 ? errno : posix_fallocate(r->fd, 0, FORMAT_RING_ROOM);
    if (!e) {
        r->page = mmap(NULL, FORMAT_RING_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
        e = r->page == MAP_FAILED ? errno : 0;
    }
    if (e) {
        snprintf(err, err_len, "%s: cannot write the trace: %s", path, strerror(e));
        if (r->fd >= 0)
            close(r->fd);
        free(r);
        return NULL;
    }
    struct format_header h = { FORMAT_RING_MAGIC, FORMAT_VERSION, sizeof(struct trace_record), FORMAT_CHUNK_BYTES, 0 };
    h.crc = trace_crc32c(0, &h, offsetof(struct format_header, crc));
    *r->page = (struct format_ring){ .header = h, .last_ps = last_ps, .room = room };
    return r;
}

void ring_close(struct ring *r, bool in_order)
{
    set(&r->page->closed, in_order);
    munmap(r->page, FORMAT_RING_ROOM);
    close(r->fd);
    free(r);
}

uint8_t *ring_buffer(struct ring *r) { return (uint8_t *)r->page + FORMAT_RING_OPEN; }

void ring_publish(struct ring *r, size_t used) { set(&r->page->open_used, used); }

void ring_name(struct ring *r, const struct trace_record *name)
{
    struct trace_record *names = (struct trace_record *)((uint8_t *)r->page + FORMAT_RING_NAMES);
    if (r->page->names == FORMAT_RING_NAMES_MAX)
        return;
    names[r->page->names] = *name;
    set(&r->page->names, r->page->names + 1);
}

/* All of it, at one place of the file. 0 or errno. */
static int transfer(int fd, bool writing, void *bytes, size_t len, uint64_t at)
{
    for (uint8_t *p = bytes; len;) {
        ssize_t n = writing ? pwrite(fd, p, len, (off_t)at) : pread(fd, p, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        p += n;
        len -= (size_t)n;
        at += (uint64_t)n;
    }
    return 0;
}

/* The same at a place of the stream, which goes on at the room's beginning when its end is reached. */
static int at_stream(const struct ring *r, bool writing, void *bytes, size_t len, uint64_t at)
{
    uint64_t place = at % r->page->room, left = r->page->room - place;
    size_t first = len < left ? len : (size_t)left;
    int e = transfer(r->fd, writing, bytes, first, FORMAT_RING_ROOM + place);
    return e || first == len ? e : transfer(r->fd, writing, (uint8_t *)bytes + first, len - first, FORMAT_RING_ROOM);
}

static bool too_old(const struct ring *r) { return r->now_ps - r->oldest.last_ps > r->page->last_ps; }

/* Until there is room for `len` bytes, and nothing that is too old. */
static int give_way(struct ring *r, size_t len)
{
    struct format_ring *p = r->page;
    while (p->tail < p->head && (p->head + len - p->tail > p->room || too_old(r))) {
        uint64_t tail = p->tail + sizeof r->oldest + r->oldest.stored;
        int e = tail < p->head ? at_stream(r, false, &r->oldest, sizeof r->oldest, tail) : 0;
        if (e)
            return e;
        set(&p->tail, tail);
    }
    return 0;
}

int ring_write(struct ring *r, const struct format_chunk *chunk, const uint8_t *bytes, size_t len)
{
    r->now_ps = chunk->last_ps > r->now_ps ? chunk->last_ps : r->now_ps;
    int e = give_way(r, len);
    if (!e)
        e = at_stream(r, true, (uint8_t *)bytes, len, r->page->head);
    if (e)
        return e;
    if (r->page->tail == r->page->head)
        r->oldest = *chunk;
    set(&r->page->head, r->page->head + len);
    set(&r->page->open_used, 0);
    set(&r->page->open_number, chunk->number + 1);
    set(&r->page->open_first, chunk->first + chunk->count);
    return 0;
}
