/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board's life: image, folder, domain, control
 */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints whole lines as they come, with the VM's name in front. */
static void show(struct board_run *b, size_t device)
{
    struct console *c = &b->consoles[device];
    const struct system_device *d = &b->system->devices[device];
    const char *who = d->owner >= 0 ? b->system->vms[d->owner].name : d->owner == SYSTEM_OWNER_HYPERVISOR ? "hypervisor" : d->name;
    char *end;
    while (!engine.options.quiet && (end = memchr(c->text + c->shown, '\n', c->len - c->shown))) {
        int len = end - (c->text + c->shown);
        printf("%10s| %.*s\n", who, len && end[-1] == '\r' ? len - 1 : len, c->text + c->shown);
        c->shown = end + 1 - c->text;
    }
    fflush(stdout);
}

static void console(void *data, const char *device, const char *bytes, size_t len)
{
    struct board_run *b = data;
    int i = system_find_device(b->system, device);
    if (i < 0) {
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

static void stale_image(lua_State *L, struct board_run *b, const char *xml)
{
    char files[ENGINE_PATH], hyp[ENGINE_PATH], out[ENGINE_PATH], forge[ENGINE_PATH];
    const char *build = engine.options.build;
    snprintf(files, sizeof files, "%s/guests", build);
    snprintf(hyp, sizeof hyp, "%s/hypervisor/libhyp.a", build);
    snprintf(forge, sizeof forge, "%s/hypervisor/forge/forge", build);
    snprintf(out, sizeof out, "%s/systems/%s", build, b->system->name);
    snprintf(b->image, sizeof b->image, "%s/%s.elf", out, b->system->name);

    bool stale = engine_newer(xml, b->image) || engine_newer(hyp, b->image) || engine_newer(forge, b->image);
    for (size_t v = 0; v < b->system->vm_count; v++) {
        const struct system_vm *vm = &b->system->vms[v];
        stale |= engine_newer(vm->kernel, b->image) || (vm->initramfs && engine_newer(vm->initramfs, b->image));
    }
    if (!stale) {
        return;
    }
    snprintf(files, sizeof files, "%s/systems", build);
    engine_make_dirs(L, files);
    snprintf(files, sizeof files, "%s/guests", build);
    fprintf(stderr, "forge: making the image of system %s\n", b->system->name);
    engine_run_program(L, (char *[]){ forge, (char *)xml, "--files", files, "--hyp", hyp, "--out", out, NULL });
}

static void override_devices(lua_State *L, struct board_run *b)
{
    for (const char *const *o = engine.options.overrides; *o; o++) {
        const char *eq = strchr(*o, '=');
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(eq - *o), *o);
        int i = system_find_device(b->system, name);
        if (i < 0) {
            luaL_error(L, "--device %s: system %s has no device '%s'; see %s", *o, b->system->name, name, b->system->file);
        }
        b->impl[i] = eq + 1;
    }
}

void run_prepare(lua_State *L, struct board_run *b, const char *system, const char *name)
{
    char xml[ENGINE_PATH], files[ENGINE_PATH];
    snprintf(xml, sizeof xml, strchr(system, '/') ? "%s" : "%2$s/scenarios/systems/%1$s.xml", system, engine.options.source);
    snprintf(files, sizeof files, "%s/guests", engine.options.build);
    b->system = system_load(xml, files);
    if (!b->system) {
        luaL_error(L, "system '%s' cannot be used (messages above)", system);
    }
    override_devices(L, b);
    stale_image(L, b, xml);
    snprintf(b->name, sizeof b->name, "%s", name);
    snprintf(b->dir, sizeof b->dir, "%s/runs/%s/%s", engine.options.build, engine.scenario, name);
    snprintf(b->trace, sizeof b->trace, "%s/trace", b->dir);
    snprintf(b->domain, sizeof b->domain, "ingot-%s-%s-%d", b->system->name, name, (int)getpid());
    engine_remove(b->dir);
    engine_make_dirs(L, b->dir);
    for (size_t i = 0; i < b->system->device_count; i++) {
        if (!strcmp(b->system->devices[i].type, "uart16550")) {
            char log[ENGINE_PATH + 80];
            snprintf(log, sizeof log, "%s/%s.log", b->dir, b->system->devices[i].name);
            b->consoles[i].log = fopen(log, "w");
            if (!b->consoles[i].log) {
                luaL_error(L, "%s: %s", log, strerror(errno));
            }
        }
    }
}

static char *prepare_domain(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR], module[ENGINE_PATH];
    struct domain_options o = { .name = b->domain, .image = b->image, .module = module, .trace = b->trace };
    const char *emulator = getenv("INGOT_QEMU");

    if (!engine.host && !(engine.host = host_open(engine.options.uri, engine.options.cache, err, sizeof err))) {
        luaL_error(L, "libvirt: %s", err);
    }
    b->control = control_listen(console, b, err, sizeof err);
    if (!b->control) {
        luaL_error(L, "control socket: %s", err);
    }
    snprintf(module, sizeof module, "%s/platform/qemu/ingot-qemu.so", engine.options.build);
    o.control = control_path(b->control);
    o.emulator = emulator ? emulator : "/usr/bin/qemu-system-aarch64";
    memcpy(o.impl, b->impl, sizeof o.impl);
    return domain_xml(b->system, &o);
}

static void meet(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    const char *reason;
    b->live = true;
    if (control_accept(b->control, err, sizeof err) < 0 || control_wait(b->control, &b->time_ps, &reason, err, sizeof err) < 0) {
        run_end(b);
        luaL_error(L, "%s", err);
    }
}

void run_start(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    char *xml = prepare_domain(L, b);
    int r = host_start(engine.host, xml, err, sizeof err);
    free(xml);
    if (r < 0) {
        run_end(b);
        luaL_error(L, "%s", err);
    }
    meet(L, b);
}

void run_restore(lua_State *L, struct board_run *b, const char *state)
{
    char err[ENGINE_ERR];
    char *xml = prepare_domain(L, b);
    int r = host_restore(engine.host, state, xml, err, sizeof err);
    free(xml);
    if (r < 0) {
        run_end(b);
        luaL_error(L, "%s", err);
    }
    meet(L, b);
}

void run_save(lua_State *L, struct board_run *b, const char *state)
{
    char err[ENGINE_ERR];
    int r = host_save(engine.host, b->domain, state, err, sizeof err);
    run_end(b);
    if (r < 0) {
        luaL_error(L, "%s", err);
    }
}

void run_end(struct board_run *b)
{
    char err[ENGINE_ERR];
    if (b->control) {
        if (b->live && !control_interrupted) {
            control_command(b->control, err, sizeof err, "quit");   /* writes the trace's last bytes */
        }
        control_close(b->control);
        b->control = NULL;
    }
    if (engine.host && b->live) {
        host_destroy(engine.host, b->domain);
    }
    b->live = false;
    for (size_t i = 0; b->system && i < b->system->device_count; i++) {
        if (b->consoles[i].log) {
            fclose(b->consoles[i].log);
            b->consoles[i].log = NULL;
        }
    }
}

void run_command(lua_State *L, struct board_run *b, const char *fmt, ...)
{
    char err[ENGINE_ERR], *line;
    va_list ap;
    if (!b->live) {
        luaL_error(L, "board '%s' has ended", b->name);
    }
    va_start(ap, fmt);
    if (vasprintf(&line, fmt, ap) < 0) {
        luaL_error(L, "out of memory");
    }
    va_end(ap);
    int r = control_command(b->control, err, sizeof err, "%s", line);
    free(line);
    if (r < 0) {
        luaL_error(L, "%s", err);
    }
}

const char *run_go(lua_State *L, struct board_run *b)
{
    char err[ENGINE_ERR];
    const char *reason;
    run_command(L, b, "go");
    if (control_wait(b->control, &b->time_ps, &reason, err, sizeof err) < 0) {
        b->live = !strcmp(err, "interrupted");
        luaL_error(L, "%s", err);
    }
    return reason;
}

int run_console_of(lua_State *L, const struct board_run *b, const char *name)
{
    int vm = system_find_vm(b->system, name), device = system_find_device(b->system, name);
    if (vm >= 0) {
        device = b->system->vms[vm].console;
    } else if (!strcmp(name, "hypervisor")) {
        device = b->system->hyp_console;
    }
    if (device < 0 || strcmp(b->system->devices[device].type, "uart16550")) {
        luaL_error(L, "no console '%s' in system %s: name a VM, \"hypervisor\", or a uart16550", name, b->system->name);
    }
    return device;
}
