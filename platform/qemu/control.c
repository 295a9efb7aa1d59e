/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scenario engine's socket (docs/control-protocol.md)
 *
 * Lines may be said from any thread that has the big lock. What the socket does not take at once the main loop sends
 * later: a slow engine stops neither the cores nor the monitor.
 */
#include "module.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "sysemu/runstate.h"

#define LINE_MAX_BYTES (1 << 20)
#define LEAVE_MS 500    /* how long the end of the process waits for the engine to read what is left */

static int fd = -1;
static GString *input, *output;
static QEMUBH *sender;

bool control_connected(void) { return fd >= 0; }

static bool send_some(void)
{
    while (output->len) {
        ssize_t n = send(fd, output->str, output->len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;   /* full, or closed: then the reader sees it and ends the process */
        }
        g_string_erase(output, 0, n);
    }
    return true;
}

static void readable(void *opaque);

static void writable(void *opaque)
{
    bool sent = send_some();
    qemu_set_fd_handler(fd, readable, sent ? NULL : writable, NULL);
}

void control_say(const char *fmt, ...)
{
    va_list ap;
    if (fd < 0) {
        return;
    }
    va_start(ap, fmt);
    g_string_append_vprintf(output, fmt, ap);
    va_end(ap);
    g_string_append_c(output, '\n');
    if (!send_some()) {
        qemu_bh_schedule(sender);
    }
}

bool control_close(void)
{
    bool written = true;
    console_flush();
    if (fd >= 0) {
        struct pollfd p = { .fd = fd, .events = POLLOUT };
        while (!send_some() && poll(&p, 1, LEAVE_MS) > 0 && !(p.revents & (POLLERR | POLLHUP))) {
        }
        fd = -1;
    }
    if (board.devices) {
        seam_waves_end(board.devices, hold_is() ? board_now_ps() : SEAM_NEVER);
    }
    if (board.trace && trace_close(board.trace) < 0) {
        error_report("ingot: trace %s: %s: free some space and run again", board.trace_path, strerror(errno));
        written = false;
    }
    board.trace = NULL;
    return written;
}

/* The process ends here and now: guests may be spinning, and nobody is left to be asked. */
void control_leave(int status)
{
    bool written = control_close();
    fflush(NULL);
    _exit(written ? status : 1);
}

static void readable(void *opaque)
{
    char buf[4096];
    ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0 || input->len + n > LINE_MAX_BYTES) {
        control_leave(1);
    }
    g_string_append_len(input, buf, n);
    char *end;
    while ((end = memchr(input->str, '\n', input->len))) {
        g_autofree char *line = g_strndup(input->str, end - input->str);
        g_string_erase(input, 0, end - input->str + 1);
        command_run(line);
    }
}

static void greet(void)
{
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned cores = 0;
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        cores++;
    }
    for (unsigned i = 0; i < bridge_count(); i++) {
        g_string_append_printf(names, "%s%s", i ? "," : "", bridge_name(i));
    }
    control_say("hello ingot-board 1 cores=%u devices=%s", cores, names->str);
}

bool control_open(const char *path, Error **errp)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof addr.sun_path) {
        error_setg(errp, "control=%s: a Unix socket's path has at most %zu bytes: choose a shorter one", path,
                   sizeof addr.sun_path - 1);
        return false;
    }
    strcpy(addr.sun_path, path);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&addr, sizeof addr) < 0) {
        error_setg(errp, "control=%s: %s: start the engine that listens there first", path, strerror(errno));
        return false;
    }
    fd = s;
    input = g_string_new(NULL);
    output = g_string_new(NULL);
    sender = qemu_bh_new(writable, NULL);
    qemu_set_fd_handler(fd, readable, NULL, NULL);
    greet();
    hold_ask(runstate_check(RUN_STATE_INMIGRATE) ? "restored" : "start");
    return true;
}
