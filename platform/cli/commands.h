/* SPDX-License-Identifier: GPL-2.0-or-later
 * The commands, one a file; each gets its own argc and argv and returns the process's exit status
 */
#ifndef INGOT_COMMANDS_H
#define INGOT_COMMANDS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Where things are: the project, its build, the cache of downloads. */
struct places {
    const char *source, *build, *cache;
};
extern struct places places;

int command_run(int argc, char **argv);
int command_record(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_forge(int argc, char **argv);
int command_checkpoint(int argc, char **argv);
int command_clone(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_device(int argc, char **argv);
int command_latency(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_gdb(int argc, char **argv);
int command_replay_device(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_shrink(int argc, char **argv);
int command_golden(int argc, char **argv);

/* For the engine: recordings of devices. */
extern const struct engine_recorded recorded_hooks;

/* The nearest of the words (separated by spaces), or NULL. */
const char *suggest(const char *word, const char *words);

#ifdef __cplusplus
}
#endif

#endif
