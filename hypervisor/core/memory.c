/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the compiler calls to clear and copy structs (GCC manual, "Standards": a freestanding environment provides it)
 */
#include <stddef.h>

#include "hyp.h"

void *memset(void *to, int byte, size_t count);
void *memset(void *to, int byte, size_t count)
{
    for (volatile char *p = to; count; count--) {
        *p++ = byte;
    }
    return to;
}
