/* SPDX-License-Identifier: GPL-2.0-or-later
 * What happened to a recorded board: every command that it was given, at which instant, and every hold
 *
 * A recording is a folder (docs/replay.md): `recording` lists its boards; a folder for each has a manifest, the trace, and
 * `actions`, text with a line an item, the words escaped as in the control protocol, sealed (sealed.h):
 *
 *     ingot-actions 1
 *     from booted                       (a board that was restored: the checkpoint's name)
 *     do 0 watch%201%20console%20…      (a command, at that time in ps)
 *     refused 0 send%20uart0%20…        (the same, answered by an error)
 *     do 0 go
 *     held 812345678000 watch%201       (how the go before it ended)
 */
#ifndef INGOT_RECORDING_H
#define INGOT_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "manifest.h"

#ifdef __cplusplus
extern "C" {
#endif

enum action_kind { ACTION_DO, ACTION_REFUSED, ACTION_HELD };

struct action {
    enum action_kind kind;
    uint64_t time_ps;
    char *text;                 /* the command, or the hold's reason */
};

struct actions {
    char from[64];              /* "": it was started */
    struct action *list;
    size_t count, room;
};

void actions_add(struct actions *a, enum action_kind kind, uint64_t time_ps, const char *text);
void actions_free(struct actions *a);
/* 0, or -1 and a line in err. What is read is well-formed: times do not fall, a hold follows a go. */
int actions_write(const struct actions *a, const char *path, char *err, size_t err_len);
int actions_read(struct actions *a, const char *path, char *err, size_t err_len);
/* The hold that ends the go at `list[go]`: its index, or a->count: the run was cut off before. */
size_t actions_hold_of(const struct actions *a, size_t go);

#define RECORDING_BOARDS_MAX 256
#define RECORDING_AGAIN "record it again"

struct recording {
    struct manifest_file module;        /* the board's own program: devices' models and all */
    size_t count;
    char boards[RECORDING_BOARDS_MAX][64];
};
int recording_write(const struct recording *r, const char *path, char *err, size_t err_len);
int recording_read(struct recording *r, const char *path, char *err, size_t err_len);

#ifdef __cplusplus
}
#endif
#endif
