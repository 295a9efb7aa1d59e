/* SPDX-License-Identifier: GPL-2.0-or-later
 * Differences in words
 */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *xml_name, *image_name;
static unsigned count;

void report_names(const char *xml, const char *image)
{
    xml_name = xml;
    image_name = image;
}

unsigned report_count(void) { return count; }

void differs(int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (line) {
        fprintf(stderr, "%s:%d: ", xml_name, line);
    } else {
        fprintf(stderr, "%s: ", image_name);
    }
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    count++;
}

_Noreturn void give_up(const char *file, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "%s: ", file);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}
