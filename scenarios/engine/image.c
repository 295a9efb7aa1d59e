/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board's system: its XML, the implementations of its devices, its image
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/system_internal.h"

static void list_systems(char *words, size_t len)
{
    char dir[ENGINE_PATH];
    struct dirent *e;
    snprintf(dir, sizeof dir, "%s/scenarios/systems", engine.options.source);
    DIR *d = opendir(dir);
    words[0] = 0;
    while (d && (e = readdir(d))) {
        size_t n = strlen(e->d_name), used = strlen(words);
        if (n > 4 && !strcmp(e->d_name + n - 4, ".xml")) {
            snprintf(words + used, len - used, "%s%.*s", used ? " " : "", (int)n - 4, e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
}

/* A name among scenarios/systems, or a path. */
static void find_system(lua_State *L, const char *system, char xml[ENGINE_PATH])
{
    char words[4096];
    if (strchr(system, '/') || strstr(system, ".xml")) {
        snprintf(xml, ENGINE_PATH, "%s", system);
        if (access(xml, R_OK) < 0) {
            luaL_error(L, "no system file '%s'", xml);
        }
        return;
    }
    snprintf(xml, ENGINE_PATH, "%s/scenarios/systems/%s.xml", engine.options.source, system);
    if (access(xml, R_OK) < 0) {
        list_systems(words, sizeof words);
        luaL_error(L, "no system '%s'%s: there are: %s", system, engine_nearest(system, words), words);
    }
}

/* What forge finds beside libhyp.a. */
static bool stale_program(const struct board_run *b, const char *name)
{
    char path[ENGINE_PATH];
    snprintf(path, sizeof path, "%s/hypervisor/vmm/%s", engine.options.build, name);
    return engine_newer(path, b->image);
}

static bool stale(const struct board_run *b, const char *xml, const char *hyp, const char *forge)
{
    bool s = engine_newer(xml, b->image) || engine_newer(hyp, b->image) || engine_newer(forge, b->image) || stale_program(b, "monitor.bin") || stale_program(b, "restart.bin");
    for (size_t v = 0; v < b->system->vm_count; v++) {
        const struct system_vm *vm = &b->system->vms[v];
        s |= engine_newer(vm->kernel, b->image) || (vm->initramfs && engine_newer(vm->initramfs, b->image));
        s |= vm->dtb && engine_newer(vm->dtb, b->image);
        s |= (vm->monitor.program && engine_newer(vm->monitor.program, b->image)) || (vm->monitor.disk && engine_newer(vm->monitor.disk, b->image));
        for (size_t m = 0; m < vm->module_count; m++) {
            s |= engine_newer(vm->modules[m].image, b->image);
        }
    }
    return s;
}

/* One forge at a time in this build folder. The lock goes with the process, at the latest. */
static int take_lock(lua_State *L, const char *systems)
{
    char path[ENGINE_PATH];
    snprintf(path, sizeof path, "%s/.lock", systems);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    step_begin("ingot: waiting for another command that makes an image");
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        luaL_error(L, "%s: %s", path, control_interrupted() ? "interrupted" : strerror(errno));
    }
    step_end();
    return fd;
}

static void make_image(lua_State *L, struct board_run *b, const char *xml)
{
    char files[ENGINE_PATH], hyp[ENGINE_PATH], forge[ENGINE_PATH], out[ENGINE_PATH - 128];
    const char *build = engine.options.build;
    snprintf(files, sizeof files, "%s/guests", build);
    snprintf(hyp, sizeof hyp, "%s/hypervisor/libhyp.a", build);
    snprintf(forge, sizeof forge, "%s/hypervisor/forge/forge", build);
    snprintf(out, sizeof out, "%s/systems", build);
    snprintf(b->image, sizeof b->image, "%s/%s/%s.elf", out, b->system->name, b->system->name);
    if (stale(b, xml, hyp, forge)) {
        engine_make_dirs(L, out);
        int lock = take_lock(L, out);
        if (!stale(b, xml, hyp, forge)) {
            close(lock);        /* another command has made it meanwhile */
            return;
        }
        snprintf(out, sizeof out, "%s/systems/%s", build, b->system->name);
        step_begin("ingot: forge makes the image of system %s", b->system->name);
        engine_run_program(L, (char *[]){ forge, (char *)xml, "--files", files, "--hyp", hyp, "--out", out, NULL });
        step_end();
        close(lock);
    }
}

void image_choose(lua_State *L, struct board_run *b, const char *device, const char *impl, const char *who)
{
    char words[4096] = "";
    const struct system *s = b->system;
    int i = system_find_device(s, device);
    if (i < 0) {
        for (size_t k = 0; k < s->device_count; k++) {
            size_t used = strlen(words);
            snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", s->devices[k].name);
        }
        luaL_error(L, "%s: system %s has no device '%s'%s: there are: %s", who, s->name, device, engine_nearest(device, words), words);
    }
    if (stand_in_is(impl)) {
        stand_in_choose(L, b, i, impl, who);
        return;
    }
    const struct system_type *type = system_type(s->devices[i].type);
    snprintf(words, sizeof words, " %s ", type->impls);
    char wanted[80];
    snprintf(wanted, sizeof wanted, " %s ", impl);
    if (!strstr(words, wanted) || strchr(impl, ' ')) {
        luaL_error(L, "%s: a %s has no implementation '%s'%s: there are: %s, and recorded:FILE, recorded-loose:FILE", who, type->name, impl,
                   engine_nearest(impl, type->impls), type->impls);
    }
    free(b->impl[i]);
    free(b->recording[i]);
    b->recording[i] = NULL;
    b->impl[i] = strdup(impl);
}

const char *image_impl(const struct board_run *b, size_t device)
{
    static char first[SYSTEM_DEVICES_MAX][64];
    const struct system_device *d = &b->system->devices[device];
    if (b->impl[device] || d->impl) {
        return b->impl[device] ? b->impl[device] : d->impl;
    }
    const char *impls = system_type(d->type)->impls;
    snprintf(first[device], sizeof first[device], "%.*s", (int)strcspn(impls, " "), impls);
    return first[device];
}

void image_prepare(lua_State *L, struct board_run *b, const char *system)
{
    char xml[ENGINE_PATH], files[ENGINE_PATH];
    snprintf(b->system_name, sizeof b->system_name, "%s", system);
    find_system(L, system, xml);
    snprintf(files, sizeof files, "%s/guests", engine.options.build);
    b->system = system_load(xml, files);
    if (!b->system) {
        luaL_error(L, "system '%s' cannot be used (its errors are above)", system);
    }
    make_image(L, b, xml);
}
