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

#endif
