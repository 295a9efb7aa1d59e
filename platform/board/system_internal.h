/* SPDX-License-Identifier: GPL-2.0-or-later
 * Shared by the reader, the checks and the layout of a system
 */
#ifndef INGOT_SYSTEM_INTERNAL_H
#define INGOT_SYSTEM_INTERNAL_H

#include "system.h"

#define MIB (1024ul * 1024)
#define SYSTEM_DTB_MAX 0x10000ul            /* room for a VM's device tree, at the end of its RAM */
#define DEVICES_BASE 0x0b000000ul
#define DEVICES_END 0x0c000000ul
#define SPI_MIN 176u
#define SPI_MAX 255u

/* One error, counted in s->errors: "FILE:LINE: what is wrong: what to do". */
void system_error(struct system *s, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int system_errors(const struct system *s);

/* What is known of a device type before any device exists. */
struct system_type {
    const char *name;
    unsigned lines;
    uint64_t window;
    bool dma;
    const char *impls;      /* "model rtl", the first is the default */
};
const struct system_type *system_type(const char *name);

void system_check(struct system *s);
void system_layout(struct system *s, const char *files_dir);

/* The word of `words` (separated by spaces) that is nearest to `word`, or NULL if none is near. Static storage. */
const char *system_nearest(const char *word, const char *words);
/* "192MiB", "0x40000000", "4096"; "100MHz" for hz. False: malformed. */
bool system_parse_size(const char *text, uint64_t *bytes);
bool system_parse_hz(const char *text, uint64_t *hz);

#endif
