/* SPDX-License-Identifier: GPL-2.0-or-later
 * A process that outlives the work, and leaves no other behind
 */
#ifndef INGOT_SUPERVISE_H
#define INGOT_SUPERVISE_H

/* Runs work(runtime, data) in a child process and returns its exit status. `runtime` is a new folder with a short path,
 * removed at the end. SIGINT, SIGTERM and SIGHUP are passed on; the second one kills. QEMU processes that the work has
 * started die with it, whatever way it ends; it dies with this process. 1 if it could not be started or was killed. */
int supervise(int (*work)(const char *runtime, void *data), void *data);

#endif
