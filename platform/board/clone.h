/* SPDX-License-Identifier: GPL-2.0-or-later
 * Clones of a checkpoint: QEMU processes that share its memory, copy on write
 */
#ifndef INGOT_CLONE_H
#define INGOT_CLONE_H

#include <sys/types.h>

#include "domain.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes folder `dir` from a checkpoint's saved state, once: its memory as a file (`ram`, sparse), and all the rest (`state`).
 * `saved` is what libvirt wrote. Does nothing if dir is there. 0, or -1 and a line in err; then there is no dir. */
int clone_prepare(const struct system *s, const struct domain_options *o, const char *saved, const char *dir, char *err, size_t err_len);
/* A process that continues from there; its output goes to the file `log`. It never writes to dir, and dies with its parent.
 * Its pid, or -1 and a line in err. */
pid_t clone_start(const struct system *s, const struct domain_options *o, const char *dir, const char *log, char *err, size_t err_len);
/* Ends it, and waits for that. */
void clone_end(pid_t pid);

#ifdef __cplusplus
}
#endif
#endif
