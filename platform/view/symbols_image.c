/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses, from an arm64 Linux Image: the kallsyms that the kernel carries in itself
 *
 * As scripts/kallsyms.c of Linux 5.x and 6.1 writes them (CONFIG_KALLSYMS_BASE_RELATIVE), each part aligned to 8:
 *     offsets[count] u32 | relative_base u64 | count u32 | names | markers[] u32 | … | token_table | token_index[256] u16
 * A name is its length (one byte, or two of 7 bits) and so many tokens; a marker is where each 256th name begins. Nothing points at
 * them, so they are found by their shape. relative_base is 0 in the file, where the kernel relocates itself (RELA, R_AARCH64_RELATIVE):
 * the relocation has it. The addresses are those of a kernel that runs where it was linked (nokaslr).
 */
#include <stdio.h>
#include <string.h>

#include "symbols.h"

#define TOKENS 256
#define RELATIVE 0x403u             /* R_AARCH64_RELATIVE */
#define COUNT_MIN 1000u
#define COUNT_MAX 1000000u
#define REACH (16u << 20)           /* the names begin at most so far before the tokens */

struct image {
    const uint8_t *bytes;
    size_t len;
    const char *tokens[TOKENS];
    size_t token_table, names, markers, count;
};

static uint64_t number(const struct image *i, size_t at, unsigned size)     /* little-endian; at + size <= len */
{
    uint64_t v = 0;
    memcpy(&v, i->bytes + at, size);
    return v;
}

static size_t aligned(size_t at) { return (at + 7) & ~(size_t)7; }

/* A table of tokens at `at` if the index that follows it says so. */
static bool tokens_at(struct image *i, size_t at)
{
    size_t p = at, where[TOKENS];
    for (unsigned t = 0; t < TOKENS; t++) {
        const uint8_t *end = p < i->len ? memchr(i->bytes + p, 0, i->len - p) : NULL;
        if (!end)
            return false;
        i->tokens[t] = (const char *)i->bytes + p;
        where[t] = p - at;
        p = (size_t)(end - i->bytes) + 1;
    }
    p = aligned(p);
    for (unsigned t = 0; t < TOKENS; t++)
        if (p + 2 * t + 2 > i->len || number(i, p + 2 * t, 2) != where[t])
            return false;
    i->token_table = at;
    return true;
}

/* The tokens of the digits stand for themselves, so they are ten pieces in a row; the table begins 48 pieces before. */
static bool find_tokens(struct image *i)
{
    static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
    size_t from = 0;
    const uint8_t *hit;
    while (from < i->len && (hit = memmem(i->bytes + from, i->len - from, digits, sizeof digits))) {
        size_t at = (size_t)(hit - i->bytes);
        from = at + 1;
        for (unsigned back = 0; back < '0' && at; back++)
            for (at--; at && i->bytes[at - 1];)
                at--;
        if (at && tokens_at(i, at))
            return true;
    }
    return false;
}

/* The name at `at`: its first token's place and their number; where the next name begins, or 0. */
static size_t name_at(const struct image *i, size_t at, size_t *first, size_t *tokens)
{
    size_t n = at < i->token_table ? i->bytes[at++] : 0;
    if (n & 0x80)
        n = (n & 0x7f) | (size_t)i->bytes[at++] << 7;
    *first = at;
    *tokens = n;
    return n && n < i->token_table - at ? at + n : 0;
}

/* Are there so many names at `at`, with their markers behind them? */
static bool names_at(struct image *i, size_t at, size_t count)
{
    size_t p = at, first, tokens;
    for (size_t k = 0; k < count; k++)
        if (!(p = name_at(i, p, &first, &tokens)))
            return false;
    i->markers = aligned(p);
    if (i->markers + 4 * ((count + 255) / 256) > i->token_table)
        return false;
    p = at;
    for (size_t k = 0; k < count; k++) {
        if (k % 256 == 0 && number(i, i->markers + k / 64, 4) != p - at)
            return false;
        p = name_at(i, p, &first, &tokens);
    }
    i->names = at;
    i->count = count;
    return true;
}

static bool find_names(struct image *i)
{
    size_t top = i->token_table & ~(size_t)7, bottom = top > REACH ? top - REACH : 16;
    for (size_t at = top; at >= bottom && at >= 16; at -= 8) {
        uint64_t count = number(i, at - 8, 8);
        if (count >= COUNT_MIN && count <= COUNT_MAX && at - 16 >= 4 * count && names_at(i, at, count))
            return true;
    }
    return false;
}

/* Of the entry { r_offset, r_info, r_addend } for the word at `at`. An Image is linked to a multiple of 2 MiB, the first symbol to one of
 * a page: no other entry fits. */
static uint64_t relocated(const struct image *i, size_t at)
{
    for (size_t p = 8; p + 16 <= i->len; p += 8) {
        if (number(i, p, 8) != RELATIVE)
            continue;
        uint64_t start = number(i, p - 8, 8) - at, first = number(i, p + 8, 8);
        if (start >> 48 == 0xffff && !(start & 0x1fffff) && first - start < i->len && !(first & 0xfff))
            return first;
    }
    return 0;
}

int symbols_image(struct symbols_file *f, const char *path, const uint8_t *bytes, size_t len, char *err, size_t err_len)
{
    struct image i = { .bytes = bytes, .len = len };
    if (len < 64 || memcmp(bytes + 56, "ARM\x64", 4))     /* Documentation/arm64/booting.rst: the header's magic */
        return 1;
    if (!find_tokens(&i) || !find_names(&i)) {
        snprintf(err, err_len, "%s: this kernel's kallsyms are not found in it: give the guest's own /proc/kallsyms", path);
        return -1;
    }
    uint64_t base = number(&i, i.names - 16, 8);
    size_t offsets = (i.names - 16 - 4 * i.count) & ~(size_t)7;
    if (!base && !(base = relocated(&i, i.names - 16))) {
        snprintf(err, err_len, "%s: where this kernel is linked to is not found in it: give the guest's own /proc/kallsyms", path);
        return -1;
    }
    for (size_t k = 0, at = i.names, first, tokens; k < i.count; k++) {
        char name[512] = "";
        size_t n = 0, next = name_at(&i, at, &first, &tokens);
        for (size_t t = 0; t < tokens; t++) {
            const char *piece = i.tokens[bytes[first + t]];
            size_t more = strlen(piece);
            if (n + more < sizeof name) {
                memcpy(name + n, piece, more + 1);
                n += more;
            }
        }
        at = next;
        bool code = n > 1 && strchr("tTwW", name[0]);      /* the first character is the type, as nm says it */
        if (code && !symbols_put(f, base + number(&i, offsets + 4 * k, 4), 0, false, name[0] == 'T' ? 0 : 1, name + 1)) {
            snprintf(err, err_len, "%s: no memory for its symbols", path);
            return -1;
        }
    }
    return 0;
}
