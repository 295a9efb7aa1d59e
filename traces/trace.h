/* SPDX-License-Identifier: GPL-2.0-or-later
 * The trace of a run: every crossing of the seam, probes, consoles and scenario steps, with exact time
 *
 * The file, to the byte: docs/trace-format.md. A run that is killed leaves a file that reads up to its last whole chunk.
 * No host time, no paths, no pointers: two equal runs, held at the same instants, write equal bytes. A restored run writes
 * only what follows the checkpoint, without repeating names: (trace up to the checkpoint) + (records of the restored run)
 * == (trace of the uninterrupted run), record by record.
 */
#ifndef INGOT_TRACE_H
#define INGOT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum trace_kind {
    TRACE_NAME = 1,     /* a name for an id: size = what (enum trace_name), id, 24 bytes of text in addr..result, ended
                         * by 0 if shorter; a longer name goes on in the next record, whose insn is its offset: 24, 48, ... */
    TRACE_READ,         /* MMIO read: id device, addr offset, value, size 1-8, aux bits 31:0 of its PC, result: trace_result(), trace_bus_ps() */
    TRACE_WRITE,        /* MMIO write: as TRACE_READ */
    TRACE_IRQ,          /* SPI level: id device, addr INTID, value 0 or 1 */
    TRACE_DMA_READ,     /* id device, addr IPA, value CRC-32C of the data, aux length in bytes, result; the data follows */
    TRACE_DMA_WRITE,    /* as TRACE_DMA_READ. A transfer that failed has no data and value 0 */
    TRACE_CONSOLE,      /* id device, value one byte */
    TRACE_INPUT,        /* id device, value one byte of console input */
    TRACE_PROBE,        /* id probe, core, insn, addr PC, value what the probe captured, size exception level, result VMID */
    TRACE_NOTE,         /* id device, addr code, value */
    TRACE_STEP,         /* a scenario action at this instant: id = 0, value CRC-32C of its command line, aux its length; it
                         * follows as data */
    TRACE_RESET,        /* power-on reset of all devices, later than power-on: id = 0 */
    TRACE_CUT,          /* the run's first `value` records are not in this file, except their names, which come before this */
    TRACE_KINDS         /* one more than the last */
};

enum trace_name {
    TRACE_NAME_DEVICE = 1,
    TRACE_NAME_PROBE,
    TRACE_NAME_TYPE,    /* of a device: "uart16550" */
    TRACE_NAME_IMPL,    /* ... its implementation: "rtl" */
    TRACE_NAME_CLOCK,   /* ... its clock, if the board says one: "10000 ps", "33333333 Hz" */
    TRACE_NAME_OWNER,   /* ... whose it is: a VM's name, or "hypervisor" */
    TRACE_NAME_VM,      /* of a VM; id: its VMID, from 1 */
    TRACE_NAME_VCPU,    /* a vCPU's number in its VM, "0"; id: trace_vcpu_id() */
    TRACE_NAME_SYSTEM   /* of the system; id 0 */
};

/* A VM (by its VMID) has a vCPU on this core. */
static inline uint32_t trace_vcpu_id(uint32_t vmid, uint8_t core) { return vmid << 8 | core; }

#define TRACE_NO_CORE 0xff
#define TRACE_ENDED 4           /* result of an access in which the device's code ended the process: there was no answer */
#define TRACE_NAME_PIECE 24     /* bytes of a name in one record */
#define TRACE_NAME_MAX 240      /* bytes of a name; longer ones are cut */
#define TRACE_DATA_MAX (16u << 20)  /* bytes of data with one record; a longer transfer is recorded without them */

struct trace_record {
    uint64_t time_ps;
    uint64_t insn;      /* instructions that `core` has executed before this one; 0 where core is TRACE_NO_CORE */
    uint16_t kind;      /* enum trace_kind */
    uint8_t core;       /* the core that executes the access or probe, or TRACE_NO_CORE (device, timer) */
    uint8_t size;
    uint32_t id;
    uint64_t addr;
    uint64_t value;
    uint32_t aux;
    uint32_t result;
};

/* enum seam_result, or TRACE_ENDED; of an access bits 31:8 are how long the bus was occupied, in ps: TRACE_BUS_MAX is so long or longer. */
#define TRACE_BUS_MAX 0xffffffu
static inline bool trace_is_access(const struct trace_record *r) { return r->kind == TRACE_READ || r->kind == TRACE_WRITE; }
static inline uint32_t trace_result(const struct trace_record *r) { return trace_is_access(r) ? r->result & 0xff : r->result; }
static inline uint32_t trace_bus_ps(const struct trace_record *r) { return trace_is_access(r) ? r->result >> 8 : 0; }

/* Writer. One line of error text in err on failure. The first write error (disk full) is kept: nothing is written after
 * it, and every later call tells it. */
struct trace_writer;
struct trace_writer *trace_open(const char *path, char *err, size_t err_len);
int trace_put(struct trace_writer *w, const struct trace_record *r);    /* 0, or -1 with errno */
/* With r->aux bytes of data (r->aux <= TRACE_DATA_MAX, or they are left out); NULL: none. */
int trace_put_data(struct trace_writer *w, const struct trace_record *r, const void *data);
/* For the handler of a signal that ends the process: allocates and writes nothing, so only a ring takes it, and only as long as its open
 * chunk has room. False: it is not recorded. */
bool trace_put_dying(struct trace_writer *w, const struct trace_record *r, const void *data);
void trace_name(struct trace_writer *w, uint64_t time_ps, enum trace_name what, uint32_t id, const char *name);
int trace_flush(struct trace_writer *w);    /* ends the chunk and writes it: 0, or -1 with errno */
int trace_close(struct trace_writer *w);    /* writes the index, too: 0, or -1 with errno; frees w */

/* A writer whose file keeps the last records only: those of chunks whose greatest time is less than last_ps before the
 * greatest of all, in `room` bytes on the disk (TRACE_RING_ROOM_MIN at least) and half a MiB for names. All that trace_put was
 * given is in the file at once: when the process is killed (not when the machine is) nothing is lost. trace_flush only tells errors. */
struct trace_writer *trace_open_ring(const char *path, uint64_t last_ps, uint64_t room, char *err, size_t err_len);
#define TRACE_RING_ROOM_MIN (32u << 20)     /* any record fits */

/* Reader. Reads the index, or rebuilds it from the chunks' headers. NULL and a line in err for a file that is no trace.
 * A ring reads as what trace_copy makes of it; while its writer writes, it may be told as damaged. */
struct trace {
    size_t count;       /* records that its chunks promise */
    bool closed;        /* it has its index: the run ended in order */
    bool torn;          /* bytes after the last whole chunk: the run was killed */
    struct trace_ring *ring;        /* it is a ring (ring.h); NULL: a plain file */
    char damage[512];   /* why reading ends after `count` records; "": it ends there */
    char *path;
    int fd;
    struct trace_chunk *chunks;     /* format.h */
    size_t chunk_count;
    struct trace_names *names;
};
struct trace *trace_load(const char *path, char *err, size_t err_len);
void trace_unload(struct trace *t);
/* Name of an id, or NULL. The string belongs to the trace. */
const char *trace_find_name(const struct trace *t, enum trace_name what, uint32_t id);
int trace_find_id(const struct trace *t, enum trace_name what, const char *name);  /* or -1 */

/* How many records of the run were not kept: 0, the trace begins where the run (or the restored run) did. In *behind, unless that is
 * NULL, the index of the first record that was: names and the cut are before it. */
uint64_t trace_cut(const struct trace *t, size_t *behind);
/* Puts the records of `from` that are at most last_ps older than its greatest time (UINT64_MAX: all) into `to`: names, a TRACE_CUT
 * where something is left out, the others. 0, or -1 and a line in err. */
int trace_copy(struct trace_writer *to, const struct trace *from, uint64_t last_ps, char *err, size_t err_len);

/* Iterator over the records, in the order of the file. The trace must stay loaded. */
struct trace_item {
    struct trace_record r;
    const uint8_t *data;    /* r.aux bytes, valid until the next call; NULL: the record has none */
    size_t index;           /* of the record in the file, from 0 */
};
struct trace_cursor;
struct trace_cursor *trace_cursor_new(const struct trace *t);   /* at the first record; NULL: no memory */
void trace_cursor_free(struct trace_cursor *c);
void trace_seek(struct trace_cursor *c, size_t index);          /* the next record is this one, or the first after it */
void trace_seek_time(struct trace_cursor *c, uint64_t ps);      /* … one of the chunk with the first record at or after ps */
/* Chunks that have none of these kinds (bit 1 << kind) are passed over; ~0: all are read. */
void trace_only(struct trace_cursor *c, uint32_t kinds);
int trace_next(struct trace_cursor *c, struct trace_item *item);    /* 1, 0 at the end, -1: the file is damaged here */
const char *trace_cursor_error(const struct trace_cursor *c);   /* after -1: file, chunk, offset and what is wrong */

uint32_t trace_crc32c(uint32_t crc, const void *data, size_t len);  /* Castagnoli, init 0, as RFC 3720 */

#ifdef __cplusplus
}
#endif
#endif
