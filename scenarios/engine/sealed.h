/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sealed text files: the last line, `end CRC`, is the CRC-32C of all before it
 */
#ifndef INGOT_SEALED_H
#define INGOT_SEALED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 0, or -1 and a line in err ("PATH: what is wrong"). */
int sealed_write(const char *path, const char *text, size_t len, char *err, size_t err_len);
/* The text without its last line; free() it. NULL and a line in err; a damaged file's ends with
 * `again`: what to do. */
char *sealed_read(const char *path, const char *again, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
