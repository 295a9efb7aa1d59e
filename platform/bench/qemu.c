/* SPDX-License-Identifier: GPL-2.0-or-later
 * The stock QEMU as benchmarks run it: the board's machine, with or without the module
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define ARGUMENTS_MAX 64

const char *bench_guest(const char *name)
{
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/platform/bench/%s", bench.build, name);
    return path;
}

char **bench_qemu(const char *const more[], bool with_module, const char *trace)
{
    static const char *const machine[] = { "/usr/bin/env", "qemu-system-aarch64", "-machine", "virt,gic-version=3,virtualization=on,dtb-randomness=off", "-cpu", "cortex-a57",
        "-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", "1", "-display", "none", "-nic", "none",
        "-monitor", "none", "-nodefaults", "-no-reboot", NULL };
    char **argv = calloc(ARGUMENTS_MAX, sizeof *argv), text[4200];
    unsigned n = 0;
    for (const char *const *a = machine; *a; a++) {
        argv[n++] = strdup(*a);
    }
    if (with_module) {
        snprintf(text, sizeof text, "%s/platform/qemu/ingot-qemu.so", bench.build);
        argv[n++] = strdup("-plugin");
        argv[n++] = strdup(text);
        argv[n++] = strdup("-device");
        snprintf(text, sizeof text, "ingot-board,id=board%s%s", trace ? ",trace=" : "", trace ? trace : "");
        argv[n++] = strdup(text);
    }
    for (const char *const *a = more; *a; a++) {
        argv[n++] = strdup(*a);
    }
    return argv;
}

void bench_free(char **argv)
{
    for (char **a = argv; *a; a++) {
        free(*a);
    }
    free(argv);
}
