/* SPDX-License-Identifier: GPL-2.0-or-later
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4): eight bytes a step, by instruction where the host has one
 */
#include "crc32c.h"

#include <string.h>

#include "trace.h"

#define CRC32C_POLYNOMIAL 0x82f63b78u   /* 0x1edc6f41, bits reflected */

/* table[k][b]: the remainder of byte b followed by k zero bytes. Filled before main, so no thread sees half of it. */
static uint32_t table[8][256];

__attribute__((constructor)) static void crc32c_fill(void)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t r = b;
        for (int bit = 0; bit < 8; bit++)
            r = r >> 1 ^ (r & 1 ? CRC32C_POLYNOMIAL : 0);
        table[0][b] = r;
    }
    for (int k = 1; k < 8; k++)
        for (int b = 0; b < 256; b++)
            table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 0xff];
}

uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t len)
{
    uint32_t r = ~crc;
    const uint8_t *p = data;
    for (; len >= 8; p += 8, len -= 8) {
        uint32_t next = 0;
        for (int i = 0; i < 8; i++)
            next ^= table[7 - i][(uint8_t)(p[i] ^ (i < 4 ? r >> 8 * i : 0))];
        r = next;
    }
    while (len--)
        r = r >> 8 ^ table[0][(uint8_t)(r ^ *p++)];
    return ~r;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c_by_sse42(uint32_t crc, const void *data, size_t len)
{
    uint32_t r = ~crc;
    const uint8_t *p = data;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        r = (uint32_t)__builtin_ia32_crc32di(r, word);
    }
    while (len--)
        r = __builtin_ia32_crc32qi(r, *p++);
    return ~r;
}
#endif

uint32_t trace_crc32c(uint32_t crc, const void *data, size_t len)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2"))
        return crc32c_by_sse42(crc, data, len);
#endif
    return crc32c_by_table(crc, data, len);
}
