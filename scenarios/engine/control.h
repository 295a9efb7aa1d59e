/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's end of the board's control protocol (docs/control-protocol.md)
 */
#ifndef INGOT_CONTROL_H
#define INGOT_CONTROL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct control;

/* Called for each piece of console output, as it comes. */
typedef void control_console(void *data, const char *device, const char *bytes, size_t len);

/* Listens on a new socket; its path is owned by the struct. NULL and a line in err on failure. */
struct control *control_listen(control_console *console, void *data, char *err, size_t err_len);
const char *control_path(const struct control *c);
/* The board has been started: takes its connection and its hello. 0 or -1. */
int control_accept(struct control *c, char *err, size_t err_len);
/* One command, printf-like; %w is not known: escape words with control_escape first. 0; -1 with the board's words in err. */
int control_command(struct control *c, char *err, size_t err_len, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Waits until the board is held. *reason (valid until the next call) is what stands after the time. -1: it is gone, or
 * the user interrupted. */
int control_wait(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len);
void control_close(struct control *c);      /* the board ends when its socket closes */

/* A word of the protocol; free() it. unescape works in place and returns the length, or -1 on a bad escape. */
char *control_escape(const char *bytes, size_t len);
long control_unescape(char *word);

extern volatile sig_atomic_t control_interrupted;   /* set by the CLI's SIGINT and SIGTERM handlers */

#ifdef __cplusplus
}
#endif
#endif
