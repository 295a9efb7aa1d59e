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

bool hold_enter(void)
{
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
    vcpu_wake();
    return NULL;
}
