/* SPDX-License-Identifier: GPL-2.0-or-later
 * Shared by the engine's files. What takes a lua_State raises its errors there, with the scenario's line
 */
#ifndef INGOT_ENGINE_INTERNAL_H
#define INGOT_ENGINE_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "control.h"
#include "engine.h"
#include "manifest.h"
#include "platform/board/domain.h"

#define ENGINE_PATH 4096
#define ENGINE_ERR 4096

/* The run: one a process. */
struct engine {
    struct engine_options options;
    char scenario[128];         /* name without folder and .lua */
    char dir[ENGINE_PATH];      /* BUILD/runs/SCENARIO, locked once a board is made */
    char emulator[ENGINE_PATH]; /* qemu-system-aarch64 */
    struct host *host;          /* opened by the first board */
    unsigned boards;            /* made so far */
};
extern struct engine engine;

struct console {
    char *text;                 /* all that the device has said; a 0 follows */
    size_t len, cap;
    size_t shown;               /* on the terminal, in whole lines */
    size_t matched;             /* end of what expect has used up */
    FILE *log;
};

/* One board of a scenario. It lives in a Lua userdata, whose finalizer calls run_free. */
struct board_run {
    struct system *system;
    struct control *control;
    bool live;                  /* started, and not ended yet */
    pid_t clone;                /* its process, if it is a clone; 0: libvirt has it */
    char name[128];             /* unique in the scenario: its folder is BUILD/runs/SCENARIO/NAME */
    char domain[192];
    char system_name[1024];     /* as the scenario wrote it */
    char dir[ENGINE_PATH], image[ENGINE_PATH], trace[ENGINE_PATH];
    char *impl[SYSTEM_DEVICES_MAX];     /* chosen for this board, or NULL */
    char *recording[SYSTEM_DEVICES_MAX];    /* file that answers in the device's place, or NULL */
    bool departed;              /* its driver did not do as recorded, which has been told */
    struct console consoles[SYSTEM_DEVICES_MAX];
    enum engine_trace traced;
    char ring[ENGINE_PATH];     /* ENGINE_TRACE_LAST: the file that it keeps them in */
    unsigned kept;              /* files made of it so far */
    unsigned stopped_watch;     /* on the hypervisor's word that a VM was stopped; 0: none */
    uint64_t time_ps;           /* while held */
    char from[ENGINE_PATH];     /* folder of the checkpoint that it continues; "": none */
    struct recorded *recorded;  /* what is recorded of it, or NULL */
    unsigned attached;          /* number of the console that a person has, plus 1; 0: none */
    bool mute;                  /* its consoles are neither kept nor shown: the same is executed again */
    unsigned next_id;           /* of watches */
    size_t probe_count;
    char *probes[MANIFEST_PROBES_MAX];  /* as in the manifest */
};

/* engine.c: a Lua state for `work`, with the run's end on every way out. `scenario` names its folder in build/runs. */
int engine_begin(const char *scenario, lua_CFunction work, const void *argument, const struct engine_options *o);
const char *engine_folder(const char *what, const char *of, char folder[128]);      /* apart for each checkpoint or recording */

/* step.c: a line on stderr for what takes more than a second */
void step_begin(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void step_end(void);

/* files.c */
void engine_make_dirs(lua_State *L, const char *path);
void engine_run_program(lua_State *L, char *const argv[]);
void engine_first_line(char *const argv[], char *line, size_t len);     /* of its output; "" if it fails */
bool engine_newer(const char *a, const char *b);        /* a is newer than b, or one of them is missing */
bool engine_name_is_plain(const char *name);            /* fit for a file's name: letters, digits, . _ - */
/* " (did you mean 'x'?)" or "", for messages; static storage */
const char *engine_nearest(const char *word, const char *words);

/* image.c: the system and its image, made by forge when it is stale */
void image_prepare(lua_State *L, struct board_run *b, const char *system);
void image_choose(lua_State *L, struct board_run *b, const char *device, const char *impl, const char *who);
const char *image_impl(const struct board_run *b, size_t device);       /* that the board uses */

/* stand_in.c: devices whose implementation is recorded:FILE */
bool stand_in_is(const char *impl);
void stand_in_choose(lua_State *L, struct board_run *b, size_t device, const char *impl, const char *who);
const char *stand_in_argument(const struct board_run *b, size_t device, char out[ENGINE_PATH]);     /* what QEMU is given */
void stand_in_stopped(lua_State *L, struct board_run *b, const char *reason);    /* raises the error if it is its stop */
void stand_in_end(struct board_run *b);
int stand_in_finish(void);                              /* 0, or 1: a driver was not as recorded */

/* console.c */
void console_receive(void *board, const char *device, const char *bytes, size_t len);
int console_of(lua_State *L, const struct board_run *b, const char *vm_or_device);
void console_show_rest(struct board_run *b);

/* run.c: a board's life; a failed start leaves nothing */
void run_prepare(lua_State *L, struct board_run *b, const char *system, const char *name);
void run_start(lua_State *L, struct board_run *b);
void run_restore(lua_State *L, struct board_run *b, const char *state);
void run_take_apart(lua_State *L, struct board_run *b, const char *state, const char *base);   /* a saved state, for clones */
void run_clone(lua_State *L, struct board_run *b, const char *base);
void run_save(lua_State *L, struct board_run *b, const char *state);    /* ends it */
void run_configuration(const struct board_run *b, char hex[65]);        /* SHA-256 of its hardware, without paths */
void run_end(struct board_run *b);
void run_free(struct board_run *b);
/* A command; what stands after `ok ` in its answer, valid until the next one. */
const char *run_command(lua_State *L, struct board_run *b, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
const char *run_wait(lua_State *L, struct board_run *b);        /* the next hold's reason, valid until the next one */
/* go, and that; its reason, valid until the next one. */
const char *run_go(lua_State *L, struct board_run *b);

/* lua_debug.c: gdb has the board until it ends; then the board ends, or (until_ps, 0: no) is held at that time */
void debug_write_commands(lua_State *L, const struct board_run *b, const char *path, const char *socket, bool backwards);
pid_t debug_start_gdb(lua_State *L, const char *commands);
void debug_give_terminal(pid_t group);
void debug_board(lua_State *L, struct board_run *b, uint64_t until_ps);

/* watch.c */
/* Puts a watch and its limit in time, runs, and tells whether the watch matched. */
struct watch_set {
    unsigned first, count;      /* ids */
};
/* Runs until one of the set's watches matches (its index), or `deadline_ps` (-1; 0: no deadline). Forgets the others.
 * `what` is for the line of progress. */
int watch_run(lua_State *L, struct board_run *b, const struct watch_set *set, uint64_t deadline_ps, const char *what);
bool watch_among(const char *ids, unsigned id);

/* last.c: the trace's last seconds */
void last_prepare(lua_State *L, struct board_run *b);
void last_options(const struct board_run *b, struct domain_options *o);
const char *last_keep(lua_State *L, struct board_run *b, const char *path);     /* path NULL: one is made; its name, valid until the next */
void last_whole(lua_State *L, struct board_run *b);     /* b->trace has all of it from here on; an error if something is gone */
void last_watch(lua_State *L, struct board_run *b);     /* for VMs that are stopped */
void last_unwatch(lua_State *L, struct board_run *b);
/* The board is held: was it for a VM that was stopped? Keeps the trace then. True: and for nothing else. */
bool last_stopped(lua_State *L, struct board_run *b, const char *reason);
void last_finish(bool failed);                          /* no board runs any more */

/* record.c: for `ingot record`; without it they do nothing */
void record_board(lua_State *L, struct board_run *b);           /* it has started, and is held */
void record_command(struct board_run *b, const char *line, bool refused);
void record_held(struct board_run *b, const char *reason);
void record_end_board(struct board_run *b);                     /* its process has ended */
int record_finish(void);                                        /* 0, or 1 after an error, which has been printed */
void recording_dir(const char *name, const char *below, char path[ENGINE_PATH]);
void recording_must_exist(lua_State *L, const char *name);

/* checkpoint.c */
void checkpoint_describe(lua_State *L, const struct board_run *b, struct manifest *m);     /* what it is, except for its state */
void checkpoint_must_fit(lua_State *L, const char *what, const struct manifest *m, const struct board_run *b);
void checkpoint_prepare(lua_State *L, struct board_run *b, const struct manifest *m, const char *board);    /* the same board again */
void checkpoint_save_in(lua_State *L, struct board_run *b, const char *dir, const char *name);     /* name: for messages */
/* Its manifest, after checking that its state is whole and fits the prepared board. */
void checkpoint_check(lua_State *L, struct board_run *b, const char *name, const char *dir, struct manifest *m, char state[ENGINE_PATH]);
void checkpoint_save(lua_State *L, struct board_run *b, const char *name);
/* Checks it, prepares b for it, and gives the path of its state. */
void checkpoint_open(lua_State *L, struct board_run *b, const char *name, const char *board, struct manifest *m, char state[ENGINE_PATH]);

/* The same for a clone: gives the folder of what clones share, and makes it if it is not there. */
void checkpoint_clone(lua_State *L, struct board_run *b, const char *name, const char *board, struct manifest *m, char base[ENGINE_PATH]);

/* lua_*.c: the API */
#define API_BOARD "ingot.board"
struct board_run *api_self(lua_State *L);
struct board_run *api_new_board(lua_State *L);        /* a userdata, pushed; nothing of it runs yet */
const char *api_field(lua_State *L, int table, const char *name, const char *otherwise);    /* a string; the table keeps it alive */
void api_known(lua_State *L, int table, const char *words);      /* an error names any other */
uint64_t api_duration(lua_State *L, int index);
uint64_t api_within(lua_State *L, int index, const char *otherwise);    /* of the options table at index */
void api_probe_add(lua_State *L, struct board_run *b, const char *line);
/* The windows of --waves for the RTL devices of a board that is prepared: how many, from when to when (UINT64_MAX: its end). */
unsigned api_waves_span(lua_State *L, const struct board_run *b, uint64_t *from_ps, uint64_t *to_ps);
/* Those of the command line, on a board that is held; only_rtl: devices that are no RTL on it are left out. */
void api_waves_start(lua_State *L, struct board_run *b, bool only_rtl);
extern const luaL_Reg api_wait_methods[], api_probe_methods[], api_waves_methods[], api_debug_methods[], api_interact_methods[];
void api_board_open(lua_State *L);
void api_trace_open(lua_State *L);

#endif
