/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's end of the control protocol: lines over a Unix socket
 */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "words.h"

#define ANSWER_TIMEOUT_MS 60000     /* for what a board does at once: connect, answer a command, end */
#define CHUNK 65536

struct control {
    int listener, fd;
    char path[sizeof ((struct sockaddr_un *)0)->sun_path];
    control_console *console;
    void *data;
    char *buffer;           /* bytes received; lines before `used` are done with */
    size_t len, used, cap;
    char *line;             /* the last line, in buffer, without its end */
    bool lost, held;
    uint64_t held_at;
    char *held_reason;
};

static volatile sig_atomic_t interrupted;
static int wake[2] = { -1, -1 };        /* a pipe: readable once interrupted */

void control_interrupt(int signal)
{
    int saved = errno;
    interrupted = signal;
    if (wake[1] >= 0 && write(wake[1], "", 1) < 0) {
        /* full: then it is readable */
    }
    errno = saved;
}

int control_interrupted(void) { return interrupted; }

static int failed(const char *path, char *err, size_t err_len)
{
    snprintf(err, err_len, "%s: %s", path, strerror(errno));
    return -1;
}

struct control *control_listen(const char *path, control_console *console, void *data, char *err, size_t err_len)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof addr.sun_path) {
        snprintf(err, err_len, "%s: a Unix socket's path has at most %zu bytes: set TMPDIR to a shorter one", path, sizeof addr.sun_path - 1);
        return NULL;
    }
    if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0) {
        failed("pipe", err, err_len);
        return NULL;
    }
    struct control *c = calloc(1, sizeof *c);
    c->fd = -1;
    c->console = console;
    c->data = data;
    strcpy(addr.sun_path, path);
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->listener < 0 || bind(c->listener, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(c->listener, 1) < 0) {
        failed(path, err, err_len);
        control_close(c);
        return NULL;
    }
    strcpy(c->path, path);
    return c;
}

void control_close(struct control *c)
{
    if (c->fd >= 0) {
        close(c->fd);
    }
    if (c->listener >= 0) {
        close(c->listener);
    }
    if (c->path[0]) {
        unlink(c->path);
    }
    free(c->buffer);
    free(c->held_reason);
    free(c);
}

bool control_lost(const struct control *c) { return c->lost; }

static int other = -1;       /* a descriptor that ends waits for a hold, too */

void control_wait_also(int fd) { other = fd; }

/* timeout_ms -1: for ever. */
static int wait_readable(int fd, int timeout_ms, char *err, size_t err_len)
{
    struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .fd = wake[0], .events = POLLIN },
                          { .fd = timeout_ms < 0 ? other : -1, .events = POLLIN } };
    for (;;) {
        if (interrupted) {
            snprintf(err, err_len, "interrupted");
            return -1;
        }
        int r = poll(p, 3, timeout_ms);
        if (r > 0 && p[0].revents) {
            return 0;
        }
        if (r > 0 && p[2].revents) {
            snprintf(err, err_len, "the wait was given up");
            return -1;
        }
        if (r == 0) {
            snprintf(err, err_len, "the board has not answered within %d s", timeout_ms / 1000);
            return -1;
        }
        if (r < 0 && errno != EINTR) {
            return failed("poll", err, err_len);
        }
    }
}

/* More bytes behind those that are there. */
static int receive(struct control *c, int timeout_ms, char *err, size_t err_len)
{
    if (wait_readable(c->fd, timeout_ms, err, err_len) < 0) {
        return -1;
    }
    memmove(c->buffer, c->buffer + c->used, c->len -= c->used);
    c->used = 0;
    if (c->cap - c->len < CHUNK) {
        c->cap = c->len + 2 * CHUNK;
        c->buffer = realloc(c->buffer, c->cap);
    }
    ssize_t n = recv(c->fd, c->buffer + c->len, c->cap - c->len, 0);
    if (n <= 0 && !(n < 0 && errno == EINTR)) {
        c->lost = true;
        snprintf(err, err_len, "the board has ended");
        return -1;
    }
    c->len += n > 0 ? n : 0;
    return 0;
}

/* The next line, into c->line. */
static int read_line(struct control *c, int timeout_ms, char *err, size_t err_len)
{
    size_t seen = 0;
    for (;;) {
        char *from = c->buffer + c->used, *end = c->len > c->used + seen ? memchr(from + seen, '\n', c->len - c->used - seen) : NULL;
        if (end) {
            *end = 0;
            c->line = from;
            c->used = end + 1 - c->buffer;
            return 0;
        }
        seen = c->len - c->used;
        if (receive(c, timeout_ms, err, err_len) < 0) {
            return -1;
        }
    }
}

static bool console_line(struct control *c)
{
    char *device = c->line + strlen("console "), *text = strchr(device, ' ');
    if (!text) {
        return false;
    }
    *text++ = 0;
    long len = word_unescape(text);
    if (len < 0) {
        return false;
    }
    c->console(c->data, device, text, len);
    return true;
}

/* Lines that can come at any time. False: it is another one. */
static bool handle(struct control *c)
{
    if (!strncmp(c->line, "console ", 8)) {
        return console_line(c);
    }
    if (!strncmp(c->line, "held ", 5)) {
        char *reason;
        c->held_at = strtoull(c->line + 5, &reason, 10);
        free(c->held_reason);
        c->held_reason = strdup(*reason == ' ' ? reason + 1 : reason);
        c->held = word_unescape(c->held_reason) >= 0;
        return c->held;
    }
    return false;
}

static int odd(const struct control *c, char *err, size_t err_len)
{
    snprintf(err, err_len, "the board speaks another protocol (\"%.60s\"): rebuild with ./ingot", c->line);
    return -1;
}

int control_accept(struct control *c, char *err, size_t err_len)
{
    if (wait_readable(c->listener, ANSWER_TIMEOUT_MS, err, err_len) < 0) {
        return -1;
    }
    c->fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
    if (c->fd < 0) {
        return failed(c->path, err, err_len);
    }
    if (read_line(c, ANSWER_TIMEOUT_MS, err, err_len) < 0) {
        return -1;
    }
    return strncmp(c->line, "hello ingot-board 1 ", 20) ? odd(c, err, err_len) : 0;
}

static int send_all(struct control *c, const char *bytes, size_t len, char *err, size_t err_len)
{
    while (len) {
        ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            c->lost = true;
            snprintf(err, err_len, "the board has ended");
            return -1;
        }
        bytes += n > 0 ? n : 0;
        len -= n > 0 ? n : 0;
    }
    return 0;
}

int control_command(struct control *c, const char *line, const char **words, char *err, size_t err_len)
{
    if (!strcmp(line, "go")) {
        c->held = false;
    }
    if (send_all(c, line, strlen(line), err, err_len) < 0 || send_all(c, "\n", 1, err, err_len) < 0) {
        return -1;
    }
    do {
        if (read_line(c, ANSWER_TIMEOUT_MS, err, err_len) < 0) {
            return -1;
        }
    } while (handle(c));
    if (!strcmp(c->line, "ok") || !strncmp(c->line, "ok ", 3)) {
        if (words) {
            *words = c->line + (c->line[2] ? 3 : 2);
        }
        return 0;
    }
    if (strncmp(c->line, "error ", 6) || word_unescape(c->line + 6) < 0) {
        return odd(c, err, err_len);
    }
    snprintf(err, err_len, "%s", c->line + 6);
    return -1;
}

int control_wait(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len)
{
    while (!c->held) {
        if (read_line(c, -1, err, err_len) < 0) {
            return -1;
        }
        if (!handle(c)) {
            return odd(c, err, err_len);
        }
    }
    *time_ps = c->held_at;
    *reason = c->held_reason;
    return 0;
}

int control_look(struct control *c, uint64_t *time_ps, const char **reason, char *err, size_t err_len)
{
    while (!c->held) {
        if (read_line(c, 0, err, err_len) < 0) {
            return c->lost || interrupted ? -1 : 0;
        }
        if (!handle(c)) {
            return odd(c, err, err_len);
        }
    }
    *time_ps = c->held_at;
    *reason = c->held_reason;
    return 1;
}

int control_fd(const struct control *c) { return c->fd; }

void control_drain(struct control *c)
{
    char err[128];
    while (!c->lost && read_line(c, ANSWER_TIMEOUT_MS, err, sizeof err) == 0) {
        handle(c);
    }
}
