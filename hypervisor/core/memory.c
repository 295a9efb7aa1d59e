/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the compiler calls to clear and copy structs (GCC manual, "Standards": a freestanding environment provides it)
 */
#include <stddef.h>

#include "hyp.h"

void *memset(void *to, int byte, size_t count);
void *memset(void *to, int byte, size_t count)
{
    char *p = to;
    uint64_t word = (uint8_t)byte * 0x0101010101010101ul;
    for (; (uint64_t)p % 8 && count; count--) {
        *(volatile char *)p++ = byte;
    }
    for (; count >= 8; count -= 8, p += 8) {
        *(volatile uint64_t *)p = word;     /* volatile: or this becomes a call of itself */
    }
    for (; count; count--) {
        *(volatile char *)p++ = byte;
    }
    return to;
}
