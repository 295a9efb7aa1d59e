/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario engine: runs a Lua scenario on boards
 */
#ifndef INGOT_ENGINE_H
#define INGOT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENGINE_OVERRIDES_MAX 64

/* What of their traces boards keep. */
enum engine_trace {
    ENGINE_TRACE_LAST,      /* the last seconds; as a file when something fails, or when the scenario asks */
    ENGINE_TRACE_WHOLE,     /* all, always */
    ENGINE_TRACE_NONE
};

/* Strings stay the caller's. */
struct engine_options {
    const char *source, *build, *cache;     /* the project's folder, its build folder, the cache folder */
    const char *runtime;                    /* an empty folder of this process with a short path: sockets lie in it */
    const char *uri;                        /* libvirt URI, or NULL: embedded */
    const char *system;                     /* for all boards, instead of the scenario's; or NULL */
    const char *from;                       /* checkpoint that board.from() gives, or NULL */
    const char *record;                     /* name of the recording that is made, or NULL */
    enum engine_trace trace;                /* a recording has whole traces, whatever this says */
    uint64_t last_ps, room;                 /* ENGINE_TRACE_LAST: how many ps (0: 10 s), in how many bytes a board (0: 256 MiB) */
    unsigned clone;                         /* number of this clone of it, from 1; 0: none, `from` is restored */
    char *const *gdb_args;                  /* further arguments for gdb, ends with NULL; or NULL */
    bool quiet;                             /* no console output */
    bool color;
    const char *overrides[ENGINE_OVERRIDES_MAX];    /* "dmaq0=rtl", ends with NULL: stronger than the scenario */
    const char *waves[ENGINE_OVERRIDES_MAX];        /* "dmaq0", "dmaq0=1.2s..1.3s": waveforms on all boards, ends with NULL */
};

/* How recordings of devices are read and told: the engine does not know registers. Set it once; NULL: recorded:FILE is refused. */
struct engine_recorded {
    /* The device's part of the trace or recording `path`, for its stand-in, into `file`. 0, or -1 and a line in err. */
    int (*prepare)(const char *path, const char *device, const char *type, const char *file, char *err, size_t err_len);
    /* Transaction `at` of such a file did not come, and `now` (its line, or "") did: in words, lines, free() them. */
    char *(*words)(const char *file, uint64_t at, const char *now);
};
extern const struct engine_recorded *engine_recorded;

/* Runs the scenario. Exit status for the process: 0; 1 after an error, which has been printed; 128 + signal when
 * interrupted (control_interrupt). No board is left behind. */
int engine_run(const char *scenario, const struct engine_options *o);
/* Makes what clones of a checkpoint share, if it is not there: 0, or 1 after an error, which has been printed. */
int engine_prepare_clones(const char *checkpoint, const struct engine_options *o);
/* Starts a system, runs it for `after` ("2s"; NULL: not) and until `console` has said `text` (NULL: not), and saves it. */
int engine_save_checkpoint(const char *checkpoint, const char *system, const char *after, const char *console, const char *text,
                           const struct engine_options *o);
/* Continues one, as long (both NULL: until it is interrupted). */
int engine_restore_checkpoint(const char *checkpoint, const char *after, const char *console, const char *text, const struct engine_options *o);
/* Fit for the name of a recording. */
bool engine_name_fits(const char *name);
/* Does a recording again; what is asked of it is in o (waves, anchors). */
struct engine_replay {
    const char *recording;
    const char *board;      /* one of its boards, or NULL: all */
    const char *until;      /* how far ("1.2s" since power-on), or NULL: to the recording's end */
    const char *anchors;    /* a checkpoint every so long ("100ms"), or NULL: none */
    const char *at;         /* engine_gdb_replay: where gdb begins; NULL: at the board's start; "end" */
};
int engine_replay(const struct engine_replay *r, const struct engine_options *o);
/* One of its boards under gdb, which can go back. */
int engine_gdb_replay(const struct engine_replay *r, const struct engine_options *o);
/* One line for each recording of the build folder, on stdout. 0, or 1 when one of them is damaged. */
int engine_list_recordings(const char *build);
int engine_remove_recording(const char *build, const char *recording);
int engine_remove_checkpoint(const char *build, const char *checkpoint);
/* A board of a system (or of o->from) under gdb, from its first instruction. Exit status of the process. */
int engine_gdb(const char *system, const struct engine_options *o);
/* One line for each checkpoint of the build folder, on stdout. 0, or 1 when one of them is damaged. */
int engine_list_checkpoints(const char *build);

#ifdef __cplusplus
}
#endif
#endif
