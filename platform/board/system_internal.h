/* SPDX-License-Identifier: GPL-2.0-or-later
 * Shared by the reader, the checks and the layout of a system
 */
#ifndef INGOT_SYSTEM_INTERNAL_H
#define INGOT_SYSTEM_INTERNAL_H

#include "system.h"

struct _xmlNode;                            /* libxml2's, opaque here: its headers are not C++ */
struct _xmlDoc;

#define MIB (1024ul * 1024)
#define SYSTEM_DTB_MAX 0x10000ul            /* room for a VM's device tree, at the end of its RAM */
#define DEVICES_BASE 0x0b000000ul
#define DEVICES_END 0x0c000000ul
#define SPI_MIN 176u
#define SPI_MAX 255u
#define SYSTEM_NAME_MAX 31
#define BARE_OFFSET (2 * MIB)               /* of a bare payload: QEMU's own device tree lies at the beginning of RAM */

/* One error, counted in s->errors: "FILE:LINE: what is wrong: what to do". */
void system_error(struct system *s, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What is known of a device type before any device exists. */
struct system_type {
    const char *name;
    unsigned lines;
    uint64_t window;
    bool dma;
    const char *impls;      /* "model rtl", the first is the default */
};
const struct system_type *system_type(const char *name);
const struct system_type *system_type_at(size_t i);      /* NULL: no more */

/* The steps of system_load, in this order. */
struct _xmlDoc *system_parse(struct system *s);          /* NULL or invalid: errors were told; xmlFreeDoc */
void system_read(struct system *s, struct _xmlNode *root);
void system_own(struct system *s, struct _xmlNode *root);      /* needs the names of VMs and devices only */
void system_check(struct system *s);                     /* needs all numbers */
void system_check_domains(struct system *s);             /* portals, semaphores, capabilities; numbers the contexts; a part of system_check */
void system_check_schedules(struct system *s);           /* cores, slots and signals; a part of system_check */
/* system_sets.c, system_places.c: pools and sets, placements, and who may change them */
bool system_sets_read(struct system *s, struct system_vm *vm, struct _xmlNode *n);      /* false: the element is none of theirs; vm: or NULL */
void system_check_sets(struct system *s);
void system_place_pools(struct system *s);
void system_free_sets(struct system *s);
bool system_places_read(struct system *s, struct system_vm *vm, struct _xmlNode *n);
void system_check_places(struct system *s);              /* after system_check_schedules */
bool system_may_be_on(const struct system_vm *vm, unsigned core);    /* its first vCPU, at the beginning or by a placement */
void system_free_places(struct system *s);
void system_layout(struct system *s, const char *files_dir);     /* lays out only what had no error; looks up all files */

/* system_read.c: an attribute; malloc'd, or NULL. A size or address: 0 if it is not there or, after a message, is none. Cores: "0 1". */
char *system_attribute(struct _xmlNode *n, const char *name);
uint64_t system_size(struct system *s, struct _xmlNode *n, const char *name);
unsigned system_cores(struct system *s, int line, char *text, unsigned cores[SYSTEM_CORES_MAX]);     /* text is changed */
void system_check_name(struct system *s, int line, const char *what, const char *name);             /* system_check.c */

/* The word of `words` (separated by spaces) that is nearest to `word`, or NULL if none is near. Static storage. */
const char *system_nearest(const char *word, const char *words);
bool system_has_word(const char *words, const char *word);
/* "192MiB", "0x40000000", "4096"; "7", "0x7"; "100MHz". False: malformed. */
bool system_parse_size(const char *text, uint64_t *bytes);
bool system_parse_number(const char *text, uint64_t *number);
bool system_parse_time(const char *text, uint64_t *ns);     /* "250us", "1ms" */
bool system_parse_hz(const char *text, uint64_t *hz);

#endif
