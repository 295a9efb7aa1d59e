/* SPDX-License-Identifier: GPL-2.0-or-later
 * Output of the serial devices: gathered, and passed on to the engine, or to stdout when there is none
 */
#include "module.h"

#define CHUNK 4096      /* bytes that are passed on at once … */
#define LATE_MS 100     /* … or after so long a wait of wall time */

static GString *buffers[BOARD_DEVICES_MAX];
static guint timer;

void console_escape(GString *out, const char *bytes, size_t len)
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

void console_flush(void)
{
    for (unsigned i = 0; i < bridge_count(); i++) {
        if (!buffers[i] || !buffers[i]->len) {
            continue;
        }
        if (control_connected()) {
            g_autoptr(GString) text = g_string_new(NULL);
            console_escape(text, buffers[i]->str, buffers[i]->len);
            control_say("console %s %s", bridge_name(i), text->str);
        } else {
            fwrite(buffers[i]->str, 1, buffers[i]->len, stdout);
            fflush(stdout);
        }
        g_string_truncate(buffers[i], 0);
    }
}

static gboolean late(gpointer opaque)
{
    timer = 0;
    console_flush();
    return G_SOURCE_REMOVE;
}

void console_out(unsigned device, const uint8_t *bytes, size_t len)
{
    if (!buffers[device]) {
        buffers[device] = g_string_new(NULL);
    }
    g_string_append_len(buffers[device], (const char *)bytes, len);
    if (buffers[device]->len >= CHUNK) {
        console_flush();
    } else if (!timer) {
        timer = g_timeout_add(LATE_MS, late, NULL);
    }
}
