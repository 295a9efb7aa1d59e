/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario engine: runs a Lua scenario on boards
 */
#ifndef INGOT_ENGINE_H
#define INGOT_ENGINE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENGINE_OVERRIDES_MAX 64

struct engine_options {
    const char *source, *build, *cache;     /* the project's folder, its build folder, the cache folder */
    const char *uri;                        /* libvirt URI, or NULL: embedded */
    bool quiet;                             /* no console output */
    const char *overrides[ENGINE_OVERRIDES_MAX];    /* "dmaq0=rtl", ends with NULL: stronger than the scenario */
};

/* Runs the scenario. Exit status for the process: 0; 1 after an error, which has been printed; 130 when interrupted. No
 * board is left behind. */
int engine_run(const char *scenario, const struct engine_options *o);

#ifdef __cplusplus
}
#endif
#endif
