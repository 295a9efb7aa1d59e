/* SPDX-License-Identifier: GPL-2.0-or-later
 * Hold, and the scenario engine's socket (docs/control-protocol.md)
 *
 * A held board is a state of the vCPU loop: no core runs, time stands still, and the main loop stays awake, so that the
 * monitor answers and a checkpoint can be taken. Sockets are read in the main loop; all of it is under the big lock.
 */
#include "module.h"

#include <sys/socket.h>
#include <sys/un.h>
#include "sysemu/runstate.h"

#define WORDS_MAX 16
#define CONSOLE_CHUNK 4096

static int fd = -1;
static bool held, told, restored;
static GString *reason;                 /* of a hold that has not been told yet; NULL: none */
static GString *input;
static GString *consoles[BOARD_DEVICES_MAX];
static guint flush_timer;

bool control_connected(void) { return fd >= 0; }
bool control_held(void) { return held; }

static void put(const char *data, size_t len)
{
    while (fd >= 0 && len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;     /* the reader sees the end of the socket and ends the process */
        }
        data += n;
        len -= n;
    }
}

static void say(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
static void say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *line = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    put(line, strlen(line));
    put("\n", 1);
}

static void append_escaped(GString *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t c = bytes[i];
        if (c >= '!' && c <= '~' && c != '%') {
            g_string_append_c(out, c);
        } else {
            g_string_append_printf(out, "%%%02X", c);
        }
    }
}

/* In place; false on a bad escape. A NUL byte cannot be part of a word. */
static bool unescape(char *word)
{
    char *to = word;
    for (char *from = word; *from; from++) {
        unsigned value;
        if (*from != '%') {
            *to++ = *from;
        } else if (g_ascii_isxdigit(from[1]) && g_ascii_isxdigit(from[2]) && sscanf(from + 1, "%2x", &value) == 1 && value) {
            *to++ = value;
            from += 2;
        } else {
            return false;
        }
    }
    *to = 0;
    return true;
}

void control_flush(void)
{
    for (unsigned i = 0; i < bridge_count(); i++) {
        if (!consoles[i] || !consoles[i]->len) {
            continue;
        }
        if (fd >= 0) {
            g_autoptr(GString) line = g_string_new(NULL);
            append_escaped(line, consoles[i]->str, consoles[i]->len);
            say("console %s %s", bridge_name(i), line->str);
        } else {
            fwrite(consoles[i]->str, 1, consoles[i]->len, stdout);
            fflush(stdout);
        }
        g_string_truncate(consoles[i], 0);
    }
}

static gboolean flush_late(gpointer opaque)
{
    (void)opaque;
    flush_timer = 0;
    control_flush();
    return G_SOURCE_REMOVE;
}

void control_console(unsigned device, const uint8_t *bytes, size_t len)
{
    if (!consoles[device]) {
        consoles[device] = g_string_new(NULL);
    }
    g_string_append_len(consoles[device], (const char *)bytes, len);
    if (consoles[device]->len >= CONSOLE_CHUNK) {
        control_flush();
    } else if (!flush_timer) {
        flush_timer = g_timeout_add(100, flush_late, NULL);
    }
}

void control_hold(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (!reason) {
        reason = g_string_new(text);
    } else if (g_str_has_prefix(text, "watch ") && g_str_has_prefix(reason->str, "watch ")) {
        g_string_append(reason, text + strlen("watch"));    /* several matched at one instant */
    }
    vcpu_wake();
}

bool control_enter_hold(void)
{
    if (fd < 0) {
        return false;
    }
    if (!held && reason) {
        held = true;
        told = false;
    }
    if (held && !told) {
        control_flush();
        if (board.trace && trace_flush(board.trace) < 0) {
            g_string_printf(reason, "error trace: %s", strerror(errno));
        }
        say("held %" PRIu64 " %s", board_now_ps(), reason->str);
        g_string_free(reason, true);
        reason = NULL;
        told = true;
    }
    return held;
}

void control_idle(void)
{
    if (fd >= 0) {
        control_hold("idle");
    }
}

static void leave(int status)
{
    control_flush();
    if (board.trace) {
        trace_close(board.trace);
        board.trace = NULL;
    }
    _exit(status);      /* guests may be running: there is nobody left to be asked */
}

static const char *command_send(char **words, unsigned count)
{
    int device = count == 3 ? bridge_find(words[1]) : -1;
    if (device < 0) {
        return "send: DEVICE TEXT are needed, and the device must exist";
    }
    size_t len = strlen(words[2]);
    for (size_t i = 0; i < len; i++) {
        record((struct trace_record){ .kind = TRACE_INPUT, .id = device, .value = (uint8_t)words[2][i] });
    }
    size_t taken = seam_input(board.devices, device, board_now_ps(), (const uint8_t *)words[2], len);
    board_rearm();
    return taken == len ? NULL : "send: the device took only a part of it";
}

static const char *command_cores(void)
{
    g_autoptr(GString) line = g_string_new(NULL);
    unsigned n = 0;
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        g_string_append_printf(line, " %" PRIu64, vcpu_insns(cpu->cpu_index));
        n++;
    }
    say("ok %u%s", n, line->str);
    return NULL;
}

static void command(char *line)
{
    char *words[WORDS_MAX];
    unsigned count = 0;
    const char *error = NULL;
    g_autofree char *whole = g_strdup(line);

    for (char *w = strtok(line, " "); w && count < WORDS_MAX; w = strtok(NULL, " ")) {
        if (!unescape(w)) {
            say("error bad escape in: %s", whole);
            return;
        }
        words[count++] = w;
    }
    if (!count) {
        return;
    }
    if (!strcmp(words[0], "quit")) {
        say("ok");
        leave(0);
    } else if (!strcmp(words[0], "hold")) {
        say("ok");
        if (!held) {
            control_hold("asked");
        }
        return;
    } else if (!held || !told) {
        error = "the board is running: only hold and quit are accepted";
    } else if (!strcmp(words[0], "go")) {
        say("ok");
        held = false;
        vcpu_wake();
        return;
    } else if (!strcmp(words[0], "watch")) {
        error = watch_add(words, count);
    } else if (!strcmp(words[0], "unwatch")) {
        error = watch_remove(words, count);
    } else if (!strcmp(words[0], "send")) {
        record_step(whole);
        error = command_send(words, count);
    } else if (!strcmp(words[0], "probe")) {
        error = probe_add(words, count);
    } else if (!strcmp(words[0], "unprobe")) {
        error = probe_remove(words, count);
    } else if (!strcmp(words[0], "cores")) {
        error = command_cores();
        return;
    } else {
        error = "unknown command; see docs/control-protocol.md";
    }
    if (error) {
        say("error %s", error);
    } else {
        say("ok");
    }
}

static void readable(void *opaque)
{
    char buf[4096];
    ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
    (void)opaque;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        fd = -1;
        leave(1);
    }
    g_string_append_len(input, buf, n);
    char *end;
    while ((end = memchr(input->str, '\n', input->len))) {
        g_autofree char *line = g_strndup(input->str, end - input->str);
        g_string_erase(input, 0, end - input->str + 1);
        command(line);
    }
}

bool control_open(const char *path, Error **errp)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof addr.sun_path) {
        error_setg(errp, "ingot-board: control=%s: a Unix socket's path has at most %zu bytes", path, sizeof addr.sun_path - 1);
        return false;
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        error_setg(errp, "ingot-board: control=%s: %s", path, strerror(errno));
        return false;
    }
    input = g_string_new(NULL);
    restored = runstate_check(RUN_STATE_INMIGRATE);
    reason = g_string_new(restored ? "restored" : "start");
    held = true;
    qemu_set_fd_handler(fd, readable, NULL, NULL);

    unsigned cores = 0;
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        cores++;
    }
    g_autoptr(GString) names = g_string_new(NULL);
    for (unsigned i = 0; i < bridge_count(); i++) {
        g_string_append_printf(names, "%s%s", i ? "," : "", bridge_name(i));
    }
    say("hello ingot-board 1 cores=%u devices=%s", cores, names->str);
    return true;
}
