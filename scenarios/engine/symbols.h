/* SPDX-License-Identifier: GPL-2.0-or-later
 * Symbols of guest programs: where a probe goes
 */
#ifndef INGOT_SYMBOLS_H
#define INGOT_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Address of a symbol of an ELF file. A relocatable file (a kernel module) needs has_base: `base` is where its section
 * .text was loaded, and only symbols of that section are found. 0, or -1 and a line in err. */
int symbol_find(const char *path, const char *name, uint64_t base, bool has_base, uint64_t *addr, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
