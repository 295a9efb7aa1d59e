/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's end of the board's control protocol (docs/control-protocol.md)
 */
#ifndef INGOT_CONTROL_H
#define INGOT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct control;

/* Called for each piece of console output, as it comes. */
typedef void control_console(void *data, const char *device, const char *bytes, size_t len);

/* Listens on a new socket at `path` (107 bytes at most), which is removed by control_close. NULL and a line in err. */
struct control *control_listen(const char *path, control_console *console, void *data, char *err, size_t err_len);
/* The board has been started: takes its connection and its hello. 0 or -1. */
int control_accept(struct control *c, char *err, size_t err_len);
/* Sends one command (its words escaped, no end of line) and waits for the answer. 0; -1 with the board's words in err.
 * *words (may be NULL) is what stands after `ok `, valid until the next call. */
int control_command(struct control *c, const char *line, const char **words, char *err, size_t err_len);
/* Waits until the board is held. *reason (valid until the next call) is what stands after the time. -1: the board is gone,
 * or the run is interrupted. */
int control_wait(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len);
/* From now on control_wait also returns -1 when fd (-1: none) becomes readable. */
void control_wait_also(int fd);
/* Takes in what has come, without waiting. 1: the board is held (as control_wait); 0: it is not; -1: it is gone. */
int control_look(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len);
int control_fd(const struct control *c);
/* Waits for the board to close its side, which it does after `quit` and after a checkpoint; what it still says is read. */
void control_drain(struct control *c);
bool control_lost(const struct control *c);     /* the board has closed its side */
void control_close(struct control *c);          /* the board ends when its socket closes */

/* Ends every wait, now and later, with "interrupted". For signal handlers. */
void control_interrupt(int signal);
int control_interrupted(void);      /* the signal, or 0 */

#ifdef __cplusplus
}
#endif
#endif
