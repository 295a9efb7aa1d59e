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

/* Strings stay the caller's. */
struct engine_options {
    const char *source, *build, *cache;     /* the project's folder, its build folder, the cache folder */
    const char *runtime;                    /* an empty folder of this process with a short path: sockets lie in it */
    const char *uri;                        /* libvirt URI, or NULL: embedded */
    const char *system;                     /* for all boards, instead of the scenario's; or NULL */
    bool quiet;                             /* no console output */
    bool color;
    const char *overrides[ENGINE_OVERRIDES_MAX];    /* "dmaq0=rtl", ends with NULL: stronger than the scenario */
    const char *waves[ENGINE_OVERRIDES_MAX];        /* "dmaq0", "dmaq0=1.2s..1.3s": waveforms on all boards, ends with NULL */
};

/* Runs the scenario. Exit status for the process: 0; 1 after an error, which has been printed; 128 + signal when
 * interrupted (control_interrupt). No board is left behind. */
int engine_run(const char *scenario, const struct engine_options *o);
/* One line for each checkpoint of the build folder, on stdout. 0, or 1 when one of them is damaged. */
int engine_list_checkpoints(const char *build);

#ifdef __cplusplus
}
#endif
#endif
