/* SPDX-License-Identifier: GPL-2.0-or-later
 * The ring that keeps a run's last chunks: what the writer and the reader need of it. The layout: format.h
 */
#ifndef INGOT_TRACE_RING_H
#define INGOT_TRACE_RING_H

#include "format.h"

/* Writing. Functions return 0 or errno. */
struct ring;
struct ring *ring_open(const char *path, uint64_t last_ps, uint64_t room, char *err, size_t err_len);
void ring_close(struct ring *r, bool in_order);
/* The open chunk's FORMAT_CHUNK_BYTES bytes, in the file: what is copied there is kept. */
uint8_t *ring_buffer(struct ring *r);
void ring_publish(struct ring *r, size_t used);         /* so many bytes of it are whole records */
void ring_name(struct ring *r, const struct trace_record *name);    /* kept when its chunk is gone */
/* A chunk, header and frame; the records that follow on it begin a new open chunk. */
int ring_write(struct ring *r, const struct format_chunk *chunk, const uint8_t *bytes, size_t len);

/* Reading. What of a ring is in no chunk is one when it is read. */
struct trace_ring {
    uint64_t last_ps, room, tail, head;
    uint64_t lost;              /* records before the oldest chunk */
    uint8_t *names, *open;      /* bytes of the first chunk (NULL: nothing is lost, and names are where they were given), and the last */
    size_t open_chunk;          /* its index, or SIZE_MAX */
    uint64_t shift;             /* to be added to the index of a chunk's first record, as its header in the file has it */
};
/* t->fd is a ring: its chunks. 1, or 0 and why not in `why`; -1: no memory. */
int ring_load(struct trace *t, uint64_t size, const char **why);
void ring_unload(struct trace_ring *r);
/* The records of a chunk that are not packed, or NULL. */
const uint8_t *ring_loose(const struct trace *t, size_t chunk);

#endif
