/* SPDX-License-Identifier: GPL-2.0-or-later
 * memcpy and its like where there is no C library: by words where both sides allow it
 *
 * Compiled with -fno-tree-loop-distribute-patterns, or these loops would call themselves.
 */
#include "mem.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word;

static bool by_words(const void *a, const void *b)
{
    return ((uintptr_t)a | (uintptr_t)b) % sizeof(word) == 0;
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t len)
{
    size_t i = 0;

    if (by_words(to, from)) {
        for (; i + sizeof(word) <= len; i += sizeof(word)) {
            *(word *)(to + i) = *(const word *)(from + i);
        }
    }
    for (; i < len; i++) {
        to[i] = from[i];
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    copy_up(to, from, len);
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    if ((uintptr_t)to - (uintptr_t)from >= len) {       /* also where `to` is below */
        copy_up(to, from, len);
        return to;
    }
    while (len--) {
        ((uint8_t *)to)[len] = ((const uint8_t *)from)[len];
    }
    return to;
}

void *memset(void *to, int byte, size_t len)
{
    size_t i = 0;

    if (by_words(to, NULL)) {
        word all = (uint8_t)byte * UINT64_C(0x0101010101010101);
        for (; i + sizeof(word) <= len; i += sizeof(word)) {
            *(word *)((uint8_t *)to + i) = all;
        }
    }
    for (; i < len; i++) {
        ((uint8_t *)to)[i] = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;

    for (size_t i = 0; i < len; i++) {
        if (x[i] != y[i]) {
            return x[i] - y[i];
        }
    }
    return 0;
}
