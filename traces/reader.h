/* SPDX-License-Identifier: GPL-2.0-or-later
 * Between the reader and its cursor: bytes of the file, and the words for damage
 */
#ifndef INGOT_TRACE_READER_H
#define INGOT_TRACE_READER_H

#include "trace.h"

/* All of len bytes, or false: of the file, and of the stream of chunks that it holds, which differ in a ring. */
bool reader_get_plain(const struct trace *t, uint64_t offset, void *to, size_t len);
bool reader_get(const struct trace *t, uint64_t offset, void *to, size_t len);
/* One line: the file, the chunk, its offset, what is wrong with it, and how many records before it are good. */
void reader_damage(const struct trace *t, size_t chunk, uint64_t offset, const char *what, size_t good, char *err, size_t err_len);

#endif
