/* SPDX-License-Identifier: GPL-2.0-or-later
 * The trace file as it lies on the disk; docs/trace-format.md has the words
 */
#ifndef INGOT_TRACE_FORMAT_H
#define INGOT_TRACE_FORMAT_H

#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FORMAT_MAGIC "INGOTTR2"
#define FORMAT_VERSION 2u
#define FORMAT_CHUNK_MAGIC 0x4b484349u      /* "ICHK" */
#define FORMAT_INDEX_MAGIC 0x58444949u      /* "IIDX" */
#define FORMAT_END_MAGIC "INGOTEND"
#define FORMAT_CHUNK_BYTES 65536u           /* a chunk is written before its records take more */
#define FORMAT_RAW_MAX (TRACE_DATA_MAX + FORMAT_CHUNK_BYTES)    /* no chunk is larger when unpacked */
#define FORMAT_HAS_DATA 0x8000u             /* bit of a record's kind: aux bytes of data follow, padded with 0 to 8 */
#define FORMAT_ZSTD_LEVEL 1
#define FORMAT_RING_ZSTD_LEVEL (-3)         /* a quarter less time for a fifth more bytes, most of which nobody will read */

struct format_header {
    char magic[8];
    uint32_t version, record_size, chunk_bytes;
    uint32_t crc;               /* CRC-32C of the 20 bytes before */
};

struct format_chunk {
    uint32_t magic;
    uint32_t header_crc;        /* of this header's bytes from `stored` on */
    uint32_t stored, raw;       /* bytes: zstd frame after this header, and unpacked */
    uint32_t stored_crc;        /* of the zstd frame */
    uint32_t number;            /* of the chunk, from 0 */
    uint32_t count;             /* records */
    uint32_t kinds;             /* bit 1 << kind: there are such records */
    uint64_t first;             /* index of its first record in the file */
    uint64_t first_ps, last_ps; /* least and greatest time in it */
};

/* The index: its header, an entry for each chunk, the trailer. */
struct format_index {
    uint32_t magic, entries;
    uint64_t records;
};

struct trace_chunk {            /* index entry */
    uint64_t offset;            /* of the chunk's header in the file */
    struct format_chunk header; /* as it stands there */
};

struct format_trailer {
    uint64_t offset;            /* of the index */
    uint32_t length;            /* its bytes, without the trailer */
    uint32_t crc;               /* CRC-32C of those */
    char magic[8];
};

/* A ring: the first page, names, the open chunk, and the room for the others. Of the bytes that a plain file would have, those
 * from `tail` to `head` are there, byte n at FORMAT_RING_ROOM + n % room. What changes is published in this order: tail, the
 * bytes, head, the open chunk's fields. */
#define FORMAT_RING_MAGIC "INGOTRG1"
#define FORMAT_RING_NAMES 4096u             /* offset of the names' records */
#define FORMAT_RING_NAMES_MAX 10922u        /* of them; later ones are left out */
#define FORMAT_RING_OPEN (FORMAT_RING_NAMES + (512u << 10))     /* offset of the open chunk's records */
#define FORMAT_RING_ROOM (FORMAT_RING_OPEN + FORMAT_CHUNK_BYTES)

struct format_ring {
    struct format_header header;    /* with its own magic */
    uint64_t last_ps, room;
    uint64_t tail, head;            /* the oldest chunk, and the end of the newest */
    uint64_t names;                 /* records */
    uint64_t open_number, open_first, open_used;    /* the open chunk: its number, its first record, bytes of whole records */
    uint64_t closed;                /* 1: the run ended in order */
};

#define FORMAT_PADDED(len) (((size_t)(len) + 7) & ~(size_t)7)

static inline uint32_t format_chunk_crc(const struct format_chunk *h)
{
    return trace_crc32c(0, &h->stored, sizeof *h - offsetof(struct format_chunk, stored));
}

#ifdef __cplusplus
}
#endif
#endif
