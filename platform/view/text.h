/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pieces of text that several formats need
 */
#ifndef INGOT_VIEW_TEXT_H
#define INGOT_VIEW_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A JSON string with its quotes. Bytes that are not ASCII become \u00XX: a name may be anything. */
void text_json(FILE *out, const char *bytes, size_t len);
void text_hex(FILE *out, const uint8_t *bytes, size_t len);
/* After a converter: ends it with an error if out could not take all. `r` is what view_each returned. */
int text_end(int r, FILE *out, char *err, size_t err_len);

/* Makes way for a file that a library writes by its path: an older one is removed, what is no ordinary file is refused. 0, or -1 and a
 * line in err. */
int text_replace(const char *path, char *err, size_t err_len);

#endif
