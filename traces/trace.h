/* SPDX-License-Identifier: GPL-2.0-or-later
 * The trace of a run: every crossing of the seam, probes, consoles and scenario steps, with exact time
 *
 * File: 16-byte header (magic "INGOTTR1", u32 version = 1, u32 record size = 48), then records, little-endian. A run that
 * is killed leaves a file that reads up to its last whole record. No host time, no paths, no pointers: two equal runs
 * write equal bytes. A restored run writes only what follows the checkpoint, with the same header and without
 * repeating names: (trace up to the checkpoint) + (records of the restored run) == (trace of the uninterrupted run).
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
    TRACE_READ,         /* MMIO read: id device, addr offset, value, size 1-8, result enum seam_result */
    TRACE_WRITE,        /* MMIO write: as TRACE_READ */
    TRACE_IRQ,          /* SPI level: id device, addr INTID, value 0 or 1 */
    TRACE_DMA_READ,     /* id device, addr IPA, value CRC-32C of the data, aux length in bytes, result */
    TRACE_DMA_WRITE,    /* as TRACE_DMA_READ */
    TRACE_CONSOLE,      /* id device, value one byte */
    TRACE_INPUT,        /* id device, value one byte of console input */
    TRACE_PROBE,        /* id probe, core, insn, addr PC, value what the probe captured (see trace_probe) */
    TRACE_NOTE,         /* id device, addr code, value */
    TRACE_STEP,         /* a scenario action at this instant: id = 0, value CRC-32C of its command line */
};

enum trace_name { TRACE_NAME_DEVICE = 1, TRACE_NAME_PROBE = 2 };

#define TRACE_NO_CORE 0xff
#define TRACE_NAME_PIECE 24     /* bytes of a name in one record */
#define TRACE_NAME_MAX 240      /* bytes of a name; longer ones are cut */

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

/* Writer. One line of error text in err on failure; write errors (disk full) are kept and told by trace_close. */
struct trace_writer;
struct trace_writer *trace_open(const char *path, char *err, size_t err_len);
void trace_put(struct trace_writer *w, const struct trace_record *r);
void trace_name(struct trace_writer *w, uint64_t time_ps, enum trace_name what, uint32_t id, const char *name);
int trace_flush(struct trace_writer *w);    /* 0, or -1 with errno */
int trace_close(struct trace_writer *w);    /* 0, or -1 with errno; frees w */

/* Reader: maps the whole file. NULL and a line in err for a file that is none. */
struct trace {
    const struct trace_record *records;
    size_t count;
    bool torn;          /* bytes after the last whole record: the run was killed */
    void *map;
    size_t map_len;
    struct trace_names *names;
};
struct trace *trace_load(const char *path, char *err, size_t err_len);
void trace_unload(struct trace *t);
/* Name of an id, or NULL. The string belongs to the trace. */
const char *trace_find_name(const struct trace *t, enum trace_name what, uint32_t id);
int trace_find_id(const struct trace *t, enum trace_name what, const char *name);  /* or -1 */

uint32_t trace_crc32c(uint32_t crc, const void *data, size_t len);  /* Castagnoli, init 0, as RFC 3720 */

#ifdef __cplusplus
}
#endif
#endif
