/* SPDX-License-Identifier: GPL-2.0-or-later
 * Symbols of guest programs: where a probe goes
 */
#ifndef INGOT_SYMBOLS_H
#define INGOT_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/* Address of a symbol of an ELF file; `base` is added for relocatable files (kernel modules), whose symbol must lie in
 * section .text. 0, or -1 and a line in err. */
int symbol_find(const char *path, const char *name, uint64_t base, uint64_t *addr, char *err, size_t err_len);

#endif
