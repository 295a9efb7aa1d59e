/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sealed text files
 */
#include "sealed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace.h"

int sealed_write(const char *path, const char *text, size_t len, char *err, size_t err_len)
{
    FILE *f = fopen(path, "w");
    int bad = !f || fwrite(text, 1, len, f) != len || fprintf(f, "end %08" PRIx32 "\n", trace_crc32c(0, text, len)) < 0;
    if (f) {
        bad |= fclose(f) != 0;
    }
    if (bad) {
        snprintf(err, err_len, "%s: %s: free some space and run again", path, strerror(errno));
    }
    return bad ? -1 : 0;
}

/* All of a file, and a 0. */
static char *read_all(FILE *f, size_t *len)
{
    char *text;
    FILE *out = open_memstream(&text, len);
    for (int c; (c = fgetc(f)) != EOF;) {
        fputc(c, out);
    }
    fclose(out);
    return text;
}

char *sealed_read(const char *path, const char *again, char *err, size_t err_len)
{
    char tail[32], *end;
    size_t len;
    FILE *f = fopen(path, "r");
    if (!f) {
        snprintf(err, err_len, "%s: %s", path, strerror(errno));
        return NULL;
    }
    char *text = read_all(f, &len);
    fclose(f);
    end = text;
    for (char *p = text; (p = strstr(p, "\nend ")); p++) {
        end = p + 1;
    }
    snprintf(tail, sizeof tail, "end %08" PRIx32 "\n", trace_crc32c(0, text, end - text));
    if (end == text || strlen(text) != len || strcmp(end, tail)) {
        snprintf(err, err_len, "%s: damaged: %s", path, again);
        free(text);
        return NULL;
    }
    *end = 0;
    return text;
}
