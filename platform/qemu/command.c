/* SPDX-License-Identifier: GPL-2.0-or-later
 * The engine's commands
 */
#include "module.h"

#include "qemu/cutils.h"
#include "sysemu/runstate.h"
#include "exec/gdbstub.h"

/* %XX in place. Bytes, or -1 on a bad escape. */
static ssize_t unescape(char *word)
{
    char *to = word;
    for (char *from = word; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
        } else if (g_ascii_isxdigit(from[1]) && g_ascii_isxdigit(from[2])) {
            *to++ = g_ascii_xdigit_value(from[1]) << 4 | g_ascii_xdigit_value(from[2]);
            from += 2;
        } else {
            return -1;
        }
    }
    *to = 0;
    return to - word;
}

static const char *split(char *line, struct words *w)
{
    char *rest = line, *word;
    w->count = 0;
    while ((word = strsep(&rest, " "))) {
        ssize_t len = unescape(word);
        if (len < 0) {
            return "a % is not followed by two hexadecimal digits";
        }
        if (w->count == ARRAY_SIZE(w->word)) {
            return "too many words";
        }
        w->word[w->count] = word;
        w->len[w->count++] = len;
    }
    return NULL;
}

const char *command_number(const char *word, uint64_t *value)
{
    return *word == '-' || qemu_strtou64(word, NULL, 0, value) < 0 ? "that is not a number" : NULL;
}

static const char *command_send(const struct words *w, const char *line)
{
    static char told[64];
    int device = w->count == 3 ? bridge_find(w->word[1]) : -1;
    if (device < 0) {
        return w->count == 3 ? "send: no such device" : "send: DEVICE TEXT are needed";
    }
    const uint8_t *bytes = (const uint8_t *)w->word[2];
    record_data((struct trace_record){ .kind = TRACE_STEP, .value = trace_crc32c(0, line, strlen(line)), .aux = strlen(line) }, line);
    board_advance();
    seam_ps now = board_now_ps();
    record_begin(now, (struct trace_record){ 0 });
    size_t taken = seam_input(board.devices, device, now, bytes, w->len[2]);
    for (size_t i = 0; i < taken; i++) {
        record_cause((struct trace_record){ .kind = TRACE_INPUT, .id = device, .value = bytes[i] });
    }
    record_end();
    board_rearm();
    if (taken == w->len[2]) {
        return NULL;
    }
    snprintf(told, sizeof told, "send: the device took only %zu of %zu bytes", taken, w->len[2]);
    return told;
}

static const char *command_waves(const struct words *w)
{
    static char told[512];
    uint64_t from, to;
    int device = w->count == 5 ? bridge_find(w->word[1]) : -1;
    if (device < 0) {
        return w->count == 5 ? "waves: no such device" : "waves: DEVICE FILE FROM TO are needed";
    }
    if (command_number(w->word[3], &from) || (strcmp(w->word[4], "end") && command_number(w->word[4], &to))) {
        return "waves: FROM and TO are picoseconds, TO may be 'end'";
    }
    if (!strcmp(w->word[4], "end")) {
        to = SEAM_NEVER;
    }
    board_advance();
    int r = seam_waves(board.devices, device, w->word[2], board_now_ps(), from, to, told, sizeof told);
    board_rearm();
    return r < 0 ? told : NULL;
}

static void put_cores(const char *first)
{
    g_autoptr(GString) line = g_string_new(NULL);
    unsigned n = 0;
    CPUState *cpu;
    CPU_FOREACH(cpu) {
        g_string_append_printf(line, " %" PRIu64, vcpu_insns(cpu->cpu_index, 0));
        n++;
    }
    control_say("ok %s%u%s", first, n, line->str);
}

/* A debugger's stops are no holds, but time stands still as well. */
static const char *command_where(void)
{
    char now[32];
    if (!hold_is() && runstate_is_running()) {
        return "where: the board is running";
    }
    snprintf(now, sizeof now, "%" PRIu64 " ", board_now_ps());
    put_cores(now);
    return NULL;
}

static const char *command_progress(const struct words *w)
{
    uint64_t done, all, other_reads;
    int device = w->count == 2 ? bridge_find(w->word[1]) : -1;
    int departed = device < 0 ? -1 : seam_progress(board.devices, device, &done, &all, &other_reads);
    if (departed) {
        return departed < 0 ? "progress: a device whose impl is recorded:FILE is needed" : "progress: the driver has departed from its recording";
    }
    control_say("ok %" PRIu64 " %" PRIu64 " %" PRIu64, done, all, other_reads);
    return NULL;
}

static const char *command_state(const struct words *w)
{
    uint64_t core;
    g_autoptr(GString) line = g_string_new(NULL);
    if (w->count != 2 || command_number(w->word[1], &core) || core >= INT_MAX || !qemu_get_cpu(core)) {
        return "state: the number of a core of the board is needed";
    }
    inspect_core(core, line);
    control_say("ok%s", line->str);
    return NULL;
}

/* The machine is stopped, and a debugger on that socket has it. `go` then only ends the hold. */
static const char *command_gdb(const struct words *w)
{
    if (w->count != 2) {
        return "gdb: the path of a socket is needed";
    }
    g_autofree char *chardev = g_strdup_printf("unix:%s,server=on,wait=off", w->word[1]);
    if (strchr(w->word[1], ',') || gdbserver_start(chardev) < 0) {
        return "gdb: there is a debugger already, or the socket cannot be made";
    }
    vm_stop(RUN_STATE_PAUSED);
    return NULL;
}

static void answer(const char *error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (error) {
        console_escape(text, error, strlen(error));
        control_say("error %s", text->str);
    } else {
        control_say("ok");
    }
}

static void command_held(const struct words *w, const char *line)
{
    const char *name = w->word[0];
    if (!hold_is()) {
        answer("the board is running: only hold and quit are accepted");
    } else if (!strcmp(name, "go")) {
        answer(hold_release());
    } else if (!strcmp(name, "watch")) {
        answer(watch_add(w));
    } else if (!strcmp(name, "unwatch")) {
        answer(watch_remove(w));
    } else if (!strcmp(name, "send")) {
        answer(command_send(w, line));
    } else if (!strcmp(name, "probe")) {
        answer(probe_add(w));
    } else if (!strcmp(name, "unprobe")) {
        answer(probe_remove(w));
    } else if (!strcmp(name, "waves")) {
        answer(command_waves(w));
    } else if (!strcmp(name, "keep")) {
        answer(w->count == 2 ? record_keep(w->word[1]) : "keep: the path of a file is needed");
    } else if (!strcmp(name, "gdb")) {
        answer(command_gdb(w));
    } else if (!strcmp(name, "state")) {
        const char *error = command_state(w);
        if (error) {
            answer(error);
        }
    } else if (!strcmp(name, "progress")) {
        const char *error = command_progress(w);
        if (error) {
            answer(error);
        }
    } else if (!strcmp(name, "cores")) {
        put_cores("");
    } else {
        answer("unknown command: see docs/control-protocol.md");
    }
}

void command_run(char *line)
{
    g_autofree char *whole = g_strdup(line);
    struct words w;
    const char *error = split(line, &w);

    if (error) {
        answer(error);
    } else if (!strcmp(w.word[0], "quit")) {
        answer(NULL);
        control_leave(0);
    } else if (!strcmp(w.word[0], "hold")) {
        answer(NULL);
        if (!hold_is()) {
            hold_ask_soon();
        }
    } else if (!strcmp(w.word[0], "where")) {
        error = command_where();
        if (error) {
            answer(error);
        }
    } else {
        command_held(&w, whole);
    }
}
