/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forms of the finished image
 */
#ifndef INGOT_FORGE_WRAP_H
#define INGOT_FORGE_WRAP_H

#include <stdio.h>

#include "platform/board/system.h"

enum wrap_format { WRAP_ELF, WRAP_IMAGE, WRAP_UIMAGE };
#define WRAP_ENDINGS { ".elf", ".image", ".uimage" }

/* The header as assembly, section .text.head: linked in front of the runtime if the form is not the ELF. */
void wrap_head(FILE *out, const struct system *s);
/* The linked ELF in another form. Ends the program with a message where it fails. */
void wrap_make(FILE *out, const struct system *s, const char *elf, enum wrap_format format);
/* CRC-32 of IEEE 802.3 over more data; begin with 0. */
uint32_t wrap_crc32(uint32_t before, const void *data, size_t len);

#endif
