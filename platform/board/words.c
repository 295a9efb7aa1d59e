/* SPDX-License-Identifier: GPL-2.0-or-later
 * Words as people write them: sizes, frequencies, and the nearest name to a mistyped one
 */
#include "system_internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse(const char *text, uint64_t *value, const char *const units[], const uint64_t factors[])
{
    char *end;
    if (!isdigit((unsigned char)text[0])) {
        return false;
    }
    errno = 0;
    uint64_t v = strtoull(text, &end, text[0] == '0' && text[1] == 'x' ? 16 : 10);
    for (int i = 0; units[i]; i++) {
        if (!strcmp(end, units[i])) {
            return !errno && !__builtin_mul_overflow(v, factors[i], value);
        }
    }
    return false;
}

bool system_parse_size(const char *text, uint64_t *bytes)
{
    static const char *const units[] = { "", "KiB", "MiB", "GiB", NULL };
    static const uint64_t factors[] = { 1, 1ul << 10, 1ul << 20, 1ul << 30 };
    return parse(text, bytes, units, factors);
}

bool system_parse_number(const char *text, uint64_t *number)
{
    static const char *const units[] = { "", NULL };
    static const uint64_t factors[] = { 1 };
    return parse(text, number, units, factors);
}

bool system_parse_hz(const char *text, uint64_t *hz)
{
    static const char *const units[] = { "", "Hz", "kHz", "MHz", "GHz", NULL };
    static const uint64_t factors[] = { 1, 1, 1000, 1000000, 1000000000 };
    return parse(text, hz, units, factors) && *hz && *hz <= 4000000000ull;
}

bool system_parse_time(const char *text, uint64_t *ns)
{
    static const char *const units[] = { "us", "ms", "s", NULL };
    static const uint64_t factors[] = { 1000, 1000000, 1000000000 };
    return parse(text, ns, units, factors) && *ns;
}

/* Levenshtein's distance, of words up to 63 letters. */
static unsigned distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    unsigned row[64];
    if (la > 63 || lb > 63) {
        return 99;
    }
    for (size_t j = 0; j <= lb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            unsigned best = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            best = best < row[j] + 1 ? best : row[j] + 1;
            row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
        }
    }
    return row[lb];
}

const char *system_nearest(const char *word, const char *words)
{
    static char best[64];
    unsigned least = 3 < strlen(word) / 2 ? 3 : strlen(word) / 2;
    char copy[4096], *save;
    best[0] = 0;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        unsigned d = distance(word, w);
        if (d <= least && (!best[0] || d < least)) {
            least = d;
            snprintf(best, sizeof best, "%s", w);
        }
    }
    return best[0] ? best : NULL;
}

bool system_has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; len && (p = strstr(p, word)); p += len) {
        if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' ')) {
            return true;
        }
    }
    return false;
}
