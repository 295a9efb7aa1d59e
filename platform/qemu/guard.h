/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guard at load: is this the QEMU whose headers the module was built with?
 */
#ifndef INGOT_GUARD_H
#define INGOT_GUARD_H

#include <stddef.h>

struct guard_size {
    const char *type;   /* QOM type */
    size_t size;        /* bytes of its instance in the headers */
};

/* running: what QEMU says, "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)"; built: Debian's source version of the headers,
 * "1:7.2+dfsg-7+deb12u18". 0, or -1 and a line with the remedy in err. */
int guard_version(const char *running, const char *built, char *err, size_t err_len);
int guard_size(const struct guard_size *want, size_t have, char *err, size_t err_len);

#endif
