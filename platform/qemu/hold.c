/* SPDX-License-Identifier: GPL-2.0-or-later
 * Hold: a state of the vCPU loop in which no core runs and time stands still
 *
 * QEMU's main loop stays awake, so the monitor answers and a checkpoint can be taken. A hold is asked for by whoever
 * matched something; the core in turn leaves after its instruction, and the loop tells the engine when it has stopped.
 */
#include "module.h"

#include "sysemu/runstate.h"

static bool held;
static GString *reason;     /* of a hold that the loop has not reached yet; NULL: none */
static bool failed;         /* held with `error`: for good */
static bool soon;           /* a hold at the next ns is asked for, and not armed yet */
static QEMUTimer *next_ns;

bool hold_is(void) { return held; }

void hold_ask(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    g_autofree char *text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    if (!control_connected()) {
        return;
    }
    failed |= g_str_has_prefix(text, "error ");
    if (!reason) {
        reason = g_string_new(text);
    } else if (g_str_has_prefix(text, "watch ") && g_str_has_prefix(reason->str, "watch ")) {
        g_string_append(reason, text + strlen("watch"));    /* several matched at one instant */
    } else if (!strcmp(text, "poweroff") || !strcmp(text, "restored") || g_str_has_prefix(text, "error ")) {
        g_string_assign(reason, text);
    }
    vcpu_wake();
}

static void asked(void *opaque) { hold_ask("asked"); }

void hold_ask_soon(void)
{
    soon = true;
    vcpu_wake();
}

/* When wall time stops the loop, a core may have been chosen at this instant, or not: what a hold here would find is
 * no function of time. After the next ns it is, and a watch on that time finds the same. */
static void arm_soon(void)
{
    soon = false;
    if (!runstate_is_running()) {
        hold_ask("asked");
        return;
    }
    if (!next_ns) {
        next_ns = timer_new_ns(QEMU_CLOCK_VIRTUAL, asked, NULL);
    }
    timer_mod_ns(next_ns, vcpu_now_ns() + 1);
}

bool hold_enter(void)
{
    if (!held && soon) {
        arm_soon();
    }
    if (!held && reason) {
        held = true;
        console_flush();
        record_flush();
        control_say("held %" PRIu64 " %s", board_now_ps(), reason->str);
        g_string_free(reason, true);
        reason = NULL;
    }
    return held;
}

bool hold_idle(void)
{
    hold_ask("idle");
    return control_connected();
}

const char *hold_release(void)
{
    if (failed) {
        return "go: the run has failed: only quit is left";
    }
    if (runstate_check(RUN_STATE_SHUTDOWN) && !reason) {
        return "go: the board is off: only quit is left";
    }
    held = false;
    if (next_ns) {
        timer_del(next_ns);
    }
    vcpu_wake();
    return NULL;
}
