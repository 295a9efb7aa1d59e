/* SPDX-License-Identifier: GPL-2.0-or-later
 * Words: of the control protocol, and durations as people write them
 */
#ifndef INGOT_WORDS_H
#define INGOT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes as one word of the control protocol; free() it. */
char *word_escape(const char *bytes, size_t len);
/* In place; the length, or -1 on a bad escape. The result may contain 0 bytes, and a 0 follows it. */
long word_unescape(char *word);

/* "20s", "10ms", "2.5us", "100ns", "40ps" to picoseconds, exactly. False: malformed, finer than 1 ps, or too long for
 * 63 bits (106 days). */
bool word_duration(const char *text, uint64_t *ps);

#ifdef __cplusplus
}
#endif
#endif
