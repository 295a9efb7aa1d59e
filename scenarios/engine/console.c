/* SPDX-License-Identifier: GPL-2.0-or-later
 * Consoles: kept whole, logged as they are, shown in lines with the VM's name in front
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *owner_of(const struct system *s, size_t device)
{
    int owner = s->devices[device].owner;
    for (size_t v = 0; v < s->vm_count; v++) {
        if (s->vms[v].monitor.line && s->vms[v].monitor.console == (int)device) {
            return s->vms[v].name;          /* what its monitor emulates ends there */
        }
    }
    return owner >= 0 ? s->vms[owner].name : owner == SYSTEM_OWNER_HYPERVISOR ? "hypervisor" : s->devices[device].name;
}

static bool is_console(const struct system *s, size_t device) { return !strcmp(s->devices[device].type, "uart16550"); }

static int width(const struct system *s)
{
    size_t w = 0;
    for (size_t i = 0; i < s->device_count; i++) {
        size_t n = is_console(s, i) ? strlen(owner_of(s, i)) : 0;
        w = n > w ? n : w;
    }
    return w;
}

/* A line without its end, its control characters (but tabs) left out. */
static void show_line(const struct board_run *b, size_t device, const char *line, size_t len)
{
    const char *on = "", *off = "";
    static const char *const colors[] = { "\033[36m", "\033[33m", "\033[35m", "\033[32m", "\033[34m", "\033[31m" };
    if (engine.options.color) {
        on = colors[device % (sizeof colors / sizeof colors[0])];
        off = "\033[0m";
    }
    printf("%s%*s|%s ", on, width(b->system), owner_of(b->system, device), off);
    for (size_t i = 0; i < len; i++) {
        if (line[i] == '\t' || ((unsigned char)line[i] >= ' ' && line[i] != 0x7f)) {
            putchar(line[i]);
        }
    }
    putchar('\n');
}

static void show(struct board_run *b, size_t device)
{
    struct console *c = &b->consoles[device];
    char *end;
    if (b->attached == device + 1) {        /* as it is, whole lines or not */
        fwrite(c->text + c->shown, 1, c->len - c->shown, stdout);
        c->shown = c->len;
    }
    while (!engine.options.quiet && (end = memchr(c->text + c->shown, '\n', c->len - c->shown))) {
        show_line(b, device, c->text + c->shown, end - (c->text + c->shown));
        c->shown = end + 1 - c->text;
    }
    fflush(stdout);
}

void console_show_rest(struct board_run *b)
{
    for (size_t i = 0; !engine.options.quiet && i < b->system->device_count; i++) {
        struct console *c = &b->consoles[i];
        if (c->len > c->shown) {
            show_line(b, i, c->text + c->shown, c->len - c->shown);
            c->shown = c->len;
        }
    }
    fflush(stdout);
}

void console_receive(void *board, const char *device, const char *bytes, size_t len)
{
    struct board_run *b = board;
    int i = system_find_device(b->system, device);
    if (i < 0 || b->mute) {
        return;
    }
    struct console *c = &b->consoles[i];
    if (c->len + len + 1 > c->cap) {
        c->cap = (c->len + len + 1) * 2;
        c->text = realloc(c->text, c->cap);
    }
    memcpy(c->text + c->len, bytes, len);
    c->len += len;
    c->text[c->len] = 0;
    if (c->log) {
        fwrite(bytes, 1, len, c->log);
    }
    show(b, i);
}

int console_of(lua_State *L, const struct board_run *b, const char *name)
{
    const struct system *s = b->system;
    int vm = system_find_vm(s, name), device = system_find_device(s, name);
    char words[4096] = "";
    if (vm >= 0) {
        device = s->vms[vm].console;
    } else if (!strcmp(name, "hypervisor")) {
        device = s->hyp_console;
    }
    if (device >= 0 && is_console(s, device)) {
        return device;
    }
    for (size_t i = 0; i < s->device_count; i++) {
        if (is_console(s, i)) {
            size_t used = strlen(words);
            snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", owner_of(s, i));
        }
    }
    return luaL_error(L, "system %s has no console '%s'%s: there are: %s", s->name, name, engine_nearest(name, words), words);
}
