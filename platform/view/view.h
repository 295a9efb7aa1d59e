/* SPDX-License-Identifier: GPL-2.0-or-later
 * Looking at a trace: which records, with the names of devices, probes, registers and fields
 */
#ifndef INGOT_VIEW_H
#define INGOT_VIEW_H

#include <stdio.h>

#include "traces/compare.h"
#include "traces/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct regs;
struct regs_register;
struct view;

/* `names`: where names are looked up that t has not, or NULL (a restored run's trace has none). `devices`: the folder with
 * TYPE/regs.xml for each type of device, or NULL: no register has a name. Mistakes in those files go to `errors`. All must
 * outlive the view. NULL: no memory. */
struct view *view_new(const struct trace *t, const struct trace *names, const char *devices, FILE *errors);
void view_free(struct view *v);
const struct trace *view_trace(const struct view *v);
struct compare_side view_side(const struct view *v);    /* for compare_words */

/* Names; "device#3" where there is none. The text is valid until the second call after it. */
const char *view_device(struct view *v, uint32_t id);
const char *view_probe(struct view *v, uint32_t id);
int view_find_device(const struct view *v, const char *name);      /* or -1 */
const char *view_type(const struct view *v, uint32_t id);           /* of a device, or NULL */
const struct regs *view_registers(struct view *v, uint32_t id);    /* of a device, or NULL */
const char *view_name(const struct view *v, enum trace_name what, uint32_t id);    /* any name, or NULL */
/* Whose a record is. vm: the VM, or "hypervisor", or NULL: nobody's, or the trace does not tell. vcpu: its number in that VM, where a
 * core did it; or -1. */
struct view_whose {
    const char *vm;
    int vcpu;
};
struct view_whose view_whose(const struct view *v, const struct trace_record *r);
/* All that own something, "linux rt hypervisor" in buf; "": the trace does not tell. */
void view_owners(const struct view *v, char *buf, size_t len);

/* Symbols: of a program of this VM, or of the "hypervisor", or (NULL) of anybody. ELF; `base` where a relocatable file's .text is; a Linux
 * Image; System.map or /proc/kallsyms. How many it has; or -1 and a line in err. */
int view_add_symbols(struct view *v, const char *vm, const char *path, bool has_base, uint64_t base, char *err, size_t err_len);
/* "pulse_handler+0x10" for the PC of a probe or an access, and for a DMA's address that is in an object of known size; "" in buf where there
 * is none. */
void view_symbol(struct view *v, const struct trace_record *r, char *buf, size_t len);
/* How many PCs view_symbol has found none for; the last of them, and whose it is: a VM, "hypervisor", or NULL: not known. */
uint64_t view_unresolved(const struct view *v, uint64_t *pc, const char **whose);
/* The register of an MMIO access, or NULL. */
const struct regs_register *view_register(struct view *v, const struct trace_record *r);
/* "ENABLE=1 RESET=0" in buf; "" where the register is one field. */
void view_fields(char *buf, size_t len, const struct regs_register *reg, uint64_t value);

/* Kinds, by their words: VIEW_KINDS_WORDS. */
const char *view_kind(unsigned kind);       /* "unknown" */
int view_kind_find(const char *word);       /* or -1 */
#define VIEW_KINDS_WORDS "read write irq dma-read dma-write console input probe note step reset cut name"

/* Whether a record's id is a device's. */
bool view_has_device(const struct trace_record *r);

/* Whether it was refused on the bus (result has another meaning in some kinds). */
bool view_failed(const struct trace_record *r);

/* Which records. Zero is all but names. */
struct view_filter {
    const uint32_t *devices;        /* ids: records of these only */
    size_t device_count;
    bool by_addr;
    uint64_t addr_from, addr_to;    /* inclusive. MMIO: offset; DMA: any byte of the burst; probe: PC; irq: INTID */
    const char *vm;                 /* of this VM, or "hypervisor"; or NULL */
    const char *reg;                /* MMIO accesses of registers of this name, or what code in this symbol did; or NULL */
    uint64_t from_ps, to_ps;        /* inclusive; to_ps 0: to the end */
    uint32_t kinds;                 /* bits 1 << kind; 0: all but names */
    bool by_core;
    uint8_t core;
};
bool view_takes(struct view *v, const struct view_filter *f, const struct trace_record *r);

/* Calls `each` for every record that f takes, in the file's order, until it returns non-zero. 0; what `each` returned; or
 * -1 and a line in err: the trace is damaged (the records before have been given), or there is no memory. */
int view_each(struct view *v, const struct view_filter *f, int (*each)(void *opaque, const struct trace_item *item), void *opaque,
              char *err, size_t err_len);

/* One line a record; `data`: bytes of its data shown, at most. */
int view_show(struct view *v, const struct view_filter *f, unsigned data, FILE *out, char *err, size_t err_len);
/* Counts by kind, device, register and probe; time, size. */
int view_stat(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len);

/* Converters: 0, or -1 and a line in err; what has been written stays. `out` of fst and sqlite is a path. */
int view_json(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len);
int view_vcd(struct view *v, const struct view_filter *f, FILE *out, char *err, size_t err_len);
/* Where a device's interrupts are handled: hits of a probe. Of a device without one, the first access of a core to it. */
struct view_handler {
    uint32_t device;
    const char *probe;
};
int view_perfetto(struct view *v, const struct view_filter *f, const struct view_handler *handlers, size_t handler_count, FILE *out,
                  char *err, size_t err_len);
int view_fst(struct view *v, const struct view_filter *f, const char *out, char *err, size_t err_len);
int view_sqlite(struct view *v, const struct view_filter *f, const char *out, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
