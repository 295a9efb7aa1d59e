/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pieces of text that several formats need
 */
#include "text.h"

#include <errno.h>
#include <string.h>

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
