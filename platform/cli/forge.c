/* SPDX-License-Identifier: GPL-2.0-or-later
 * ingot forge SYSTEM.xml: the forge program with this build's folders
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"

int command_forge(int argc, char **argv)
{
    char program[4096], files[4096], hyp[4096], out[4096];
    const char *xml = NULL;
    char **full = calloc(argc + 8, sizeof *full);
    int n = 0;

    snprintf(program, sizeof program, "%s/hypervisor/forge/forge", places.build);
    snprintf(files, sizeof files, "%s/guests", places.build);
    snprintf(hyp, sizeof hyp, "%s/hypervisor/libhyp.a", places.build);
    full[n++] = program;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' && !xml) {
            xml = argv[i];
        }
    }
    if (xml) {
        const char *slash = strrchr(xml, '/'), *name = slash ? slash + 1 : xml;
        snprintf(out, sizeof out, "%s/systems", places.build);
        mkdir(out, 0777);
        snprintf(out, sizeof out, "%s/systems/%.*s", places.build, (int)strcspn(name, "."), name);
        full[n++] = "--files", full[n++] = files, full[n++] = "--hyp", full[n++] = hyp, full[n++] = "--out", full[n++] = out;
    }
    for (int i = 1; i < argc; i++) {
        full[n++] = argv[i];        /* the user's options come last and win */
    }
    execv(program, full);
    fprintf(stderr, "ingot: %s: %s: build it first (./ingot does)\n", program, strerror(errno));
    return 1;
}
