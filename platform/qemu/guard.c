/* SPDX-License-Identifier: GPL-2.0-or-later
 * The guard at load: versions and layouts
 */
#include "guard.h"

#include <stdio.h>
#include <string.h>

int guard_version(const char *running, const char *built, char *err, size_t err_len)
{
    /* A binary rebuild of the same source has a suffix ("+b3"): same headers. */
    const char *at = strstr(running, built);
    const char *rest = at ? at + strlen(built) : "";
    if (at && (!*rest || *rest == ')' || !strncmp(rest, "+b", 2))) {
        return 0;
    }
    snprintf(err, err_len, "ingot-qemu: built for QEMU %s, loaded into QEMU %s: run ./ingot again, it rebuilds the module "
             "for the installed QEMU", built, running);
    return -1;
}

int guard_size(const struct guard_size *want, size_t have, char *err, size_t err_len)
{
    if (want->size == have) {
        return 0;
    }
    snprintf(err, err_len, "ingot-qemu: QEMU's type '%s' has %zu bytes, the headers say %zu: this is not the QEMU that the "
             "module was built for; use the distribution's, unpatched", want->type, have, want->size);
    return -1;
}
