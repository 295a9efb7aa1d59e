/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses, from text: System.map, or what a guest's /proc/kallsyms says
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define NAME_MAX 512        /* Linux's KSYM_NAME_LEN */

/* "ffff800008010800 T vectors", "ffff800000be0000 t dmaq_irq [dmaq]" */
static bool parse(char *line, uint64_t *addr, char *type, char **name)
{
    char *end;
    *addr = strtoull(line, &end, 16);
    if (end == line || *end != ' ' || !isalpha((unsigned char)end[1]) || end[2] != ' ' || !isgraph((unsigned char)end[3]))
        return false;
    *type = end[1];
    *name = end + 3;
    (*name)[strcspn(*name, " \t\r")] = 0;       /* without its module */
    return true;
}

int symbols_text(struct symbols_file *f, const char *path, const char *text, size_t len, char *err, size_t err_len)
{
    size_t taken = 0, lines = 0;
    bool zero = true;
    for (const char *p = text, *stop = text + len; p < stop; lines++) {
        const char *end = memchr(p, '\n', (size_t)(stop - p));
        size_t n = (size_t)((end ? end : stop) - p);
        char line[NAME_MAX + 64], type, *name;
        uint64_t addr;
        if (n >= sizeof line)
            return 1;
        memcpy(line, p, n);
        line[n] = 0;
        p += n + 1;
        if (n && !parse(line, &addr, &type, &name))
            return 1;
        if (!n || !strchr("tTwW", type))
            continue;
        zero = zero && !addr;
        taken++;
        if (!symbols_put(f, addr, 0, false, type == 'T' ? 0 : 1, name)) {
            snprintf(err, err_len, "%s: no memory for its symbols", path);
            return -1;
        }
    }
    if (taken && zero) {
        snprintf(err, err_len, "%s: all addresses are 0: read /proc/kallsyms as root, with kernel.kptr_restrict=0", path);
        return -1;
    }
    return taken ? 0 : 1;
}
