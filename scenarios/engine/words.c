/* SPDX-License-Identifier: GPL-2.0-or-later
 * Words: of the control protocol, and durations as people write them
 */
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *word_escape(const char *bytes, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = malloc(3 * len + 1), *p = out;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = bytes[i];
        if (c >= '!' && c <= '~' && c != '%') {
            *p++ = c;
        } else {
            *p++ = '%';
            *p++ = digits[c >> 4];
            *p++ = digits[c & 15];
        }
    }
    *p = 0;
    return out;
}

static int digit(char c) { return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10; }

long word_unescape(char *word)
{
    char *to = word;
    for (const char *from = word; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
        } else if (isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            *to++ = digit(from[1]) << 4 | digit(from[2]);
            from += 2;
        } else {
            return -1;
        }
    }
    *to = 0;
    return to - word;
}

/* Picoseconds in a unit, or 0. */
static uint64_t unit_of(const char *text)
{
    static const struct { const char *name; uint64_t ps; } units[] = {
        { "s", 1000000000000 }, { "ms", 1000000000 }, { "us", 1000000 }, { "ns", 1000 }, { "ps", 1 } };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!strcmp(text, units[i].name)) {
            return units[i].ps;
        }
    }
    return 0;
}

bool word_duration(const char *text, uint64_t *ps)
{
    uint64_t unit = unit_of(text + strspn(text, "0123456789.")), sum = 0, part;
    const char *p = text;
    if (!unit || !isdigit((unsigned char)*p)) {
        return false;
    }
    for (; isdigit((unsigned char)*p); p++) {
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, *p - '0', &sum)) {
            return false;
        }
    }
    if (__builtin_mul_overflow(sum, unit, &sum)) {
        return false;
    }
    if (*p == '.') {
        for (p++; isdigit((unsigned char)*p); p++) {
            if (unit < 10 && *p != '0') {
                return false;
            }
            unit /= 10;
            part = unit * (*p - '0');
            if (__builtin_add_overflow(sum, part, &sum)) {
                return false;
            }
        }
    }
    *ps = sum;
    return !isdigit((unsigned char)*p) && *p != '.' && sum <= INT64_MAX;
}
