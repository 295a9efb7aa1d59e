/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb's remote serial protocol, as packets on a socket
 */
#include "rsp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536

bool rsp_receive(struct rsp *r)
{
    memmove(r->bytes, r->bytes + r->used, r->len -= r->used);
    r->used = 0;
    if (r->room - r->len < CHUNK) {
        r->room = r->len + 2 * CHUNK;
        r->bytes = realloc(r->bytes, r->room);
    }
    ssize_t n;
    do {
        n = recv(r->fd, r->bytes + r->len, r->room - r->len, 0);
    } while (n < 0 && errno == EINTR);
    r->len += n > 0 ? n : 0;
    return n > 0;
}

static bool send_all(struct rsp *r, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = send(r->fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? n : 0;
    }
    return true;
}

static unsigned sum_of(const char *payload, size_t len)
{
    unsigned sum = 0;
    while (len--) {
        sum += (unsigned char)*payload++;
    }
    return sum & 0xff;
}

/* $PAYLOAD#SS at bytes + used. RSP_NONE: not all of it is there. */
static enum rsp_item take_packet(struct rsp *r, char **payload, size_t *len)
{
    char *from = r->bytes + r->used + 1, *end = memchr(from, '#', r->len - r->used - 1);
    if (!end || end + 3 > r->bytes + r->len) {
        return RSP_NONE;
    }
    char digits[3] = { end[1], end[2] };
    r->used = end + 3 - r->bytes;
    *end = 0;
    *payload = from;
    *len = end - from;
    bool good = strtoul(digits, NULL, 16) == sum_of(from, *len);
    send_all(r, good ? "+" : "-", 1);
    return good ? RSP_PACKET : rsp_next(r, payload, len);
}

enum rsp_item rsp_next(struct rsp *r, char **payload, size_t *len)
{
    for (; r->used < r->len; r->used++) {
        if (r->bytes[r->used] == 3) {
            r->used++;
            return RSP_BREAK;
        }
        if (r->bytes[r->used] == '$') {
            return take_packet(r, payload, len);
        }
    }
    return RSP_NONE;        /* acknowledgements: a socket loses nothing */
}

bool rsp_send(struct rsp *r, const char *payload, size_t len)
{
    char tail[4];
    snprintf(tail, sizeof tail, "#%02x", sum_of(payload, len));
    return send_all(r, "$", 1) && send_all(r, payload, len) && send_all(r, tail, 3);
}

bool rsp_send_break(struct rsp *r) { return send_all(r, "\003", 1); }

char *rsp_wait(struct rsp *r, size_t *len)
{
    char *payload;
    enum rsp_item item;
    while ((item = rsp_next(r, &payload, len)) != RSP_PACKET) {
        if (item == RSP_NONE && !rsp_receive(r)) {
            return NULL;
        }
    }
    return payload;
}

char *rsp_ask(struct rsp *r, const char *payload, size_t *len) { return rsp_send(r, payload, strlen(payload)) ? rsp_wait(r, len) : NULL; }

bool rsp_wait_any(struct rsp *a, struct rsp *b, int other)
{
    struct pollfd p[] = { { .fd = a->fd, .events = POLLIN }, { .fd = b->fd, .events = POLLIN }, { .fd = other, .events = POLLIN } };
    if (poll(p, 3, -1) < 0) {
        return false;
    }
    return (!p[0].revents || rsp_receive(a)) && (!p[1].revents || rsp_receive(b));
}

void rsp_close(struct rsp *r)
{
    if (r->fd >= 0) {
        close(r->fd);
    }
    free(r->bytes);
    *r = (struct rsp){ .fd = -1 };
}
