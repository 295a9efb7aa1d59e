/* SPDX-License-Identifier: GPL-2.0-or-later
 * The four functions of <string.h> that a freestanding compiler may call
 */
#ifndef VMM_MEM_H
#define VMM_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

#endif
