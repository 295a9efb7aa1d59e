/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pieces of text that several formats need
 */
#include "text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void text_json(FILE *out, const char *bytes, size_t len)
{
    fputc('"', out);
    for (size_t i = 0; i < len; i++) {
        unsigned char b = (unsigned char)bytes[i];
        if (b == '"' || b == '\\')
            fprintf(out, "\\%c", b);
        else if (b >= ' ' && b <= '~')
            fputc(b, out);
        else
            fprintf(out, "\\u%04x", b);
    }
    fputc('"', out);
}

void text_hex(FILE *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", bytes[i]);
}

int text_end(int r, FILE *out, char *err, size_t err_len)
{
    errno = 0;
    if (fflush(out) == 0 && !ferror(out))
        return r;
    snprintf(err, err_len, "cannot write all of it: %s", errno ? strerror(errno) : "earlier output was lost");
    return -1;
}

int text_replace(const char *path, char *err, size_t err_len)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    if (there && !S_ISREG(st.st_mode))
        snprintf(err, err_len, "%s: is no ordinary file, as this format needs: choose another name", path);
    else if (there && unlink(path) < 0)
        snprintf(err, err_len, "%s: cannot be replaced: %s", path, strerror(errno));
    else
        return 0;
    return -1;
}
