/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trace files: the buffered writer, and the reader that maps the whole file
 */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "trace records are written as they lie in memory: little-endian hosts only"
#endif

struct trace_header {
    char magic[8];
    uint32_t version, record_size;
};

static const struct trace_header header = { "INGOTTR1", 1, sizeof(struct trace_record) };

_Static_assert(sizeof(struct trace_header) == 16, "the header is 16 bytes in the file");
_Static_assert(sizeof(struct trace_record) == 48, "a record is 48 bytes in the file");

#define BUFFER_RECORDS 32768    /* 1.5 MiB a write */

struct trace_writer {
    int fd;
    int error;          /* errno of the first write that failed; nothing is written after it */
    size_t used;
    struct trace_record buffer[BUFFER_RECORDS];
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

struct trace_writer *trace_open(const char *path, char *err, size_t err_len)
{
    struct trace_writer *w = malloc(sizeof *w);
    if (!w) {
        snprintf(err, err_len, "%s: no memory for the trace buffer", path);
        return NULL;
    }
    w->error = 0;
    w->used = 0;
    w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w->fd < 0) {
        snprintf(err, err_len, "%s: cannot create the trace: %s", path, strerror(errno));
        free(w);
        return NULL;
    }
    int e = write_all(w->fd, &header, sizeof header);
    if (e) {
        snprintf(err, err_len, "%s: cannot write the trace: %s", path, strerror(e));
        close(w->fd);
        free(w);
        return NULL;
    }
    return w;
}

static void flush(struct trace_writer *w)
{
    if (!w->error)
        w->error = write_all(w->fd, w->buffer, w->used * sizeof *w->buffer);
    w->used = 0;
}

void trace_put(struct trace_writer *w, const struct trace_record *r)
{
    w->buffer[w->used++] = *r;
    if (w->used == BUFFER_RECORDS)
        flush(w);
}

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

int trace_flush(struct trace_writer *w)
{
    flush(w);
    errno = w->error;
    return w->error ? -1 : 0;
}

int trace_close(struct trace_writer *w)
{
    flush(w);
    int e = w->error;
    if (close(w->fd) < 0 && !e)
        e = errno;
    free(w);
    errno = e;
    return e ? -1 : 0;
}

/* NULL if the file is one of ours, else what is wrong with it. */
static const char *refusal(const void *map, size_t len)
{
    const struct trace_header *h = map;
    if (len < sizeof *h || memcmp(h->magic, header.magic, sizeof h->magic))
        return "not a trace (no INGOTTR1 at its start): give a file that a run wrote with trace=";
    if (h->version != header.version || h->record_size != header.record_size)
        return "a trace of another format version: read it with the ingot that wrote it, or record it again";
    return NULL;
}

struct trace *trace_load(const char *path, char *err, size_t err_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        snprintf(err, err_len, "%s: cannot open the trace: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    size_t len = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
    void *map = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    int map_errno = errno;
    close(fd);
    if (map == MAP_FAILED) {
        snprintf(err, err_len, "%s: cannot map the trace: %s", path, strerror(map_errno));
        return NULL;
    }
    const char *why = refusal(map, len);
    struct trace *t = why ? NULL : calloc(1, sizeof *t);
    if (t) {
        t->records = (const struct trace_record *)((const char *)map + sizeof header);
        t->count = (len - sizeof header) / sizeof(struct trace_record);
        t->torn = (len - sizeof header) % sizeof(struct trace_record) != 0;
        t->map = map;
        t->map_len = len;
        t->names = names_read(t->records, t->count);
    }
    if (!t || !t->names) {
        snprintf(err, err_len, "%s: %s", path, why ? why : "no memory to read the trace");
        free(t);
        if (map)
            munmap(map, len);
        return NULL;
    }
    return t;
}

void trace_unload(struct trace *t)
{
    if (!t)
        return;
    names_free(t->names);
    munmap(t->map, t->map_len);
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
