/* SPDX-License-Identifier: GPL-2.0-or-later
 * Checkpoints: a folder with libvirt's saved image and a manifest, made beside its place and renamed into it
 */
#include "internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace.h"

static void dir_of(const char *name, char path[ENGINE_PATH]) { snprintf(path, ENGINE_PATH, "%s/checkpoints/%s", engine.options.build, name); }

static uint32_t file_crc(lua_State *L, const char *path, uint64_t *size)
{
    static uint8_t buf[1 << 16];
    uint32_t crc = 0;
    size_t n;
    FILE *f = fopen(path, "rb");
    *size = 0;
    if (!f) {
        luaL_error(L, "%s: %s", path, strerror(errno));
    }
    while ((n = fread(buf, 1, sizeof buf, f)) > 0) {
        crc = trace_crc32c(crc, buf, n);
        *size += n;
    }
    fclose(f);
    return crc;
}

/* What a checkpoint belongs to: it can be restored only where all of this is the same. */
static void describe(lua_State *L, const struct board_run *b, luaL_Buffer *out)
{
    uint64_t size;
    char line[ENGINE_PATH + 256];
    snprintf(line, sizeof line, "system %s\nimage %08x\n", b->system->name, file_crc(L, b->image, &size));
    luaL_addstring(out, line);
    for (size_t i = 0; i < b->system->device_count; i++) {
        const struct system_device *d = &b->system->devices[i];
        const char *impl = b->impl[i] ? b->impl[i] : d->impl ? d->impl : "default";
        snprintf(line, sizeof line, "device %s %s %s\n", d->name, d->type, impl);
        luaL_addstring(out, line);
    }
}

void checkpoint_save(lua_State *L, struct board_run *b, const char *name)
{
    char dir[ENGINE_PATH], work[ENGINE_PATH + 16], path[ENGINE_PATH + 64], old[ENGINE_PATH + 16];
    uint64_t size, time_ps = b->time_ps;
    luaL_Buffer what;

    if (!*name || strchr(name, '/')) {
        luaL_error(L, "checkpoint '%s': a name without '/' is needed", name);
    }
    dir_of(name, dir);
    snprintf(work, sizeof work, "%s.new", dir);
    snprintf(old, sizeof old, "%s.old", dir);
    engine_remove(work);
    engine_make_dirs(L, work);
    luaL_buffinit(L, &what);
    describe(L, b, &what);
    luaL_pushresult(&what);

    snprintf(path, sizeof path, "%s/state", work);
    run_save(L, b, path);
    uint32_t crc = file_crc(L, path, &size);
    snprintf(path, sizeof path, "%s/manifest", work);
    FILE *f = fopen(path, "w");
    if (!f || fprintf(f, "ingot checkpoint 1\n%stime_ps %" PRIu64 "\nstate %" PRIu64 " %08x\n", lua_tostring(L, -1), time_ps, size, crc) < 0 || fclose(f)) {
        luaL_error(L, "%s: %s", path, strerror(errno));
    }
    lua_pop(L, 1);
    rename(dir, old);
    if (rename(work, dir) < 0) {
        luaL_error(L, "%s: %s", dir, strerror(errno));
    }
    engine_remove(old);
}

void checkpoint_open(lua_State *L, struct board_run *b, const char *name, const char *run, char state[ENGINE_PATH])
{
    char dir[ENGINE_PATH], path[ENGINE_PATH + 64], line[512], system[128] = "";
    uint64_t size = 0, have;
    unsigned crc = 0;
    luaL_Buffer want, is;

    dir_of(name, dir);
    snprintf(path, sizeof path, "%s/manifest", dir);
    FILE *f = fopen(path, "r");
    if (!f) {
        luaL_error(L, "no checkpoint '%s': %s: make it with board:checkpoint(\"%s\")", name, path, name);
    }
    if (!fgets(line, sizeof line, f) || strcmp(line, "ingot checkpoint 1\n")) {
        fclose(f);
        luaL_error(L, "checkpoint '%s': its manifest is damaged or of another version: make it again", name);
    }
    luaL_buffinit(L, &want);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "state %" SCNu64 " %x", &size, &crc) == 2 || sscanf(line, "time_ps %" SCNu64, &b->time_ps) == 1) {
            continue;
        }
        sscanf(line, "system %127s", system);
        luaL_addstring(&want, line);
        char device[64], type[64], impl[64];
        if (sscanf(line, "device %63s %63s %63s", device, type, impl) == 3 && strcmp(impl, "default")) {
            for (size_t i = 0; i < SYSTEM_DEVICES_MAX; i++) {
                if (!b->impl_text[i]) {
                    b->impl_text[i] = strdup(line + 7);     /* "NAME TYPE IMPL" */
                    break;
                }
            }
        }
    }
    fclose(f);
    luaL_pushresult(&want);
    if (!*system || !size) {
        luaL_error(L, "checkpoint '%s': its manifest is damaged: make it again", name);
    }
    run_prepare(L, b, system, run);
    for (size_t k = 0; k < SYSTEM_DEVICES_MAX && b->impl_text[k]; k++) {
        char *text = b->impl_text[k], *device = strtok(text, " "), *type = strtok(NULL, " "), *impl = strtok(NULL, " \n");
        int i = system_find_device(b->system, device);
        if (i >= 0 && type && impl) {
            b->impl[i] = impl;
        }
    }
    luaL_buffinit(L, &is);
    describe(L, b, &is);
    luaL_pushresult(&is);
    if (strcmp(lua_tostring(L, -1), lua_tostring(L, -2))) {
        luaL_error(L, "checkpoint '%s' is of another board:\n--- it\n%s--- now\n%s(make it again)", name, lua_tostring(L, -2), lua_tostring(L, -1));
    }
    lua_pop(L, 2);
    snprintf(state, ENGINE_PATH, "%s/state", dir);
    if (file_crc(L, state, &have) != crc || have != size) {
        luaL_error(L, "checkpoint '%s' is damaged: %s does not agree with its manifest: make it again", name, state);
    }
}
