/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb's remote serial protocol, as packets on a socket (gdb's manual, E.1). Payloads stay escaped as they are
 */
#ifndef INGOT_RSP_H
#define INGOT_RSP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rsp_item {
    RSP_NONE,       /* more bytes are needed */
    RSP_PACKET,
    RSP_BREAK,      /* the byte 3: stop, please */
};

/* Zero-initialise, then set fd. */
struct rsp {
    int fd;
    char *bytes;            /* received and not yet taken, from `used` to `len` */
    size_t used, len, room;
};

/* What has come; blocks only if nothing has. False: the other side is gone. */
bool rsp_receive(struct rsp *r);
/* The next item of what was received, acknowledged. *payload is ended by a 0 and valid until the next call. */
enum rsp_item rsp_next(struct rsp *r, char **payload, size_t *len);
bool rsp_send(struct rsp *r, const char *payload, size_t len);
bool rsp_send_break(struct rsp *r);
/* Waits for a packet; NULL: the other side is gone. */
char *rsp_wait(struct rsp *r, size_t *len);
/* Sends and waits for the answer. */
char *rsp_ask(struct rsp *r, const char *payload, size_t *len);
/* Until there are bytes of one of them, or of the other descriptor. False: one is gone, or a signal came. */
bool rsp_wait_any(struct rsp *a, struct rsp *b, int other);
void rsp_close(struct rsp *r);

#ifdef __cplusplus
}
#endif
#endif
