/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's end of the control protocol: lines over a Unix socket
 */
#include "control.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 60000

volatile sig_atomic_t control_interrupted;

struct control {
    int listener, fd;
    char dir[64], path[96];
    control_console *console;
    void *data;
    char *buffer;           /* bytes received and not yet used */
    size_t len, cap;
    char *line;             /* the last line, without its end */
    bool held;
    uint64_t held_at;
    char *held_reason;
};

char *control_escape(const char *bytes, size_t len)
{
    char *out = malloc(3 * len + 1), *p = out;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = bytes[i];
        if (c >= '!' && c <= '~' && c != '%') {
            *p++ = c;
        } else {
            p += sprintf(p, "%%%02X", c);
        }
    }
    *p = 0;
    return out;
}

long control_unescape(char *word)
{
    char *to = word;
    for (char *from = word; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
        } else if (isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            char hex[3] = { from[1], from[2], 0 };
            *to++ = strtoul(hex, NULL, 16);
            from += 2;
        } else {
            return -1;
        }
    }
    *to = 0;
    return to - word;
}

struct control *control_listen(control_console *console, void *data, char *err, size_t err_len)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    const char *base = getenv("XDG_RUNTIME_DIR");
    struct control *c = calloc(1, sizeof *c);
    c->fd = c->listener = -1;
    c->console = console;
    c->data = data;
    /* A short path of its own: a Unix socket's has 107 bytes at most, wherever the build lies. */
    snprintf(c->dir, sizeof c->dir, "%s/ingot-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
    if (!mkdtemp(c->dir)) {
        snprintf(err, err_len, "%s: %s", c->dir, strerror(errno));
        free(c);
        return NULL;
    }
    snprintf(c->path, sizeof c->path, "%s/control", c->dir);
    strcpy(addr.sun_path, c->path);
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(c->listener, 1) < 0) {
        snprintf(err, err_len, "%s: %s", c->path, strerror(errno));
        control_close(c);
        return NULL;
    }
    return c;
}

const char *control_path(const struct control *c) { return c->path; }

void control_close(struct control *c)
{
    if (c->fd >= 0) {
        close(c->fd);
    }
    if (c->listener >= 0) {
        close(c->listener);
    }
    unlink(c->path);
    rmdir(c->dir);
    free(c->buffer);
    free(c->line);
    free(c->held_reason);
    free(c);
}

static int wait_readable(int fd, int timeout_ms, char *err, size_t err_len)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    for (;;) {
        if (control_interrupted) {
            snprintf(err, err_len, "interrupted");
            return -1;
        }
        int r = poll(&p, 1, timeout_ms);
        if (r > 0) {
            return 0;
        }
        if (r == 0) {
            snprintf(err, err_len, "the board has not answered within %d s", timeout_ms / 1000);
            return -1;
        }
        if (errno != EINTR) {
            snprintf(err, err_len, "poll: %s", strerror(errno));
            return -1;
        }
    }
}

/* The next line, into c->line. */
static int read_line(struct control *c, char *err, size_t err_len)
{
    for (;;) {
        char *end = c->len ? memchr(c->buffer, '\n', c->len) : NULL;
        if (end) {
            size_t n = end - c->buffer;
            free(c->line);
            c->line = strndup(c->buffer, n);
            c->len -= n + 1;
            memmove(c->buffer, end + 1, c->len);
            return 0;
        }
        if (c->cap - c->len < 65536) {
            c->cap = c->len + 131072;
            c->buffer = realloc(c->buffer, c->cap);
        }
        if (wait_readable(c->fd, -1, err, err_len) < 0) {
            return -1;
        }
        ssize_t n = recv(c->fd, c->buffer + c->len, c->cap - c->len, 0);
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            snprintf(err, err_len, "the board has ended: QEMU closed its control socket");
            return -1;
        }
        c->len += n > 0 ? n : 0;
    }
}

/* Lines that can come at any time. False: it is another one. */
static bool handle(struct control *c)
{
    if (!strncmp(c->line, "console ", 8)) {
        char *device = c->line + 8, *text = strchr(device, ' ');
        if (text) {
            *text++ = 0;
            long len = control_unescape(text);
            if (len > 0) {
                c->console(c->data, device, text, len);
            }
        }
        return true;
    }
    if (!strncmp(c->line, "held ", 5)) {
        char *reason;
        c->held_at = strtoull(c->line + 5, &reason, 10);
        free(c->held_reason);
        c->held_reason = strdup(*reason == ' ' ? reason + 1 : reason);
        c->held = true;
        return true;
    }
    return false;
}

int control_accept(struct control *c, char *err, size_t err_len)
{
    if (wait_readable(c->listener, CONNECT_TIMEOUT_MS, err, err_len) < 0) {
        return -1;
    }
    c->fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
    if (c->fd < 0 || read_line(c, err, err_len) < 0) {
        return -1;
    }
    if (strncmp(c->line, "hello ingot-board 1 ", 20)) {
        snprintf(err, err_len, "the board speaks another protocol (\"%.60s\"): rebuild with ./ingot", c->line);
        return -1;
    }
    return 0;
}

int control_command(struct control *c, char *err, size_t err_len, const char *fmt, ...)
{
    char *line;
    va_list ap;
    va_start(ap, fmt);
    int len = vasprintf(&line, fmt, ap);
    va_end(ap);
    line = realloc(line, len + 2);
    strcpy(line + len, "\n");
    if (!strncmp(line, "go", 2)) {
        c->held = false;
    }
    for (int sent = 0; sent <= len;) {
        ssize_t n = send(c->fd, line + sent, len + 1 - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            snprintf(err, err_len, "the board has ended: %s", strerror(errno));
            free(line);
            return -1;
        }
        sent += n > 0 ? n : 0;
    }
    free(line);
    do {
        if (read_line(c, err, err_len) < 0) {
            return -1;
        }
    } while (handle(c));
    if (!strncmp(c->line, "ok", 2)) {
        return 0;
    }
    snprintf(err, err_len, "%s", strncmp(c->line, "error ", 6) ? c->line : c->line + 6);
    return -1;
}

int control_wait(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len)
{
    while (!c->held) {
        if (read_line(c, err, err_len) < 0) {
            return -1;
        }
        handle(c);
    }
    *time_ps = c->held_at;
    *reason = c->held_reason;
    return 0;
}
