/* SPDX-License-Identifier: GPL-2.0-or-later
 * Checkpoints: a folder with libvirt's saved image and a manifest, made beside its place and renamed into it
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/folders.h"

#define AGAIN "make it again"

static void dir_of(const char *build, const char *name, char path[ENGINE_PATH])
{
    snprintf(path, ENGINE_PATH, "%.*s/checkpoints/%s", ENGINE_PATH - 200, build, name);
}

/* All there are, as words. */
static void list(const char *build, char *words, size_t len)
{
    char dir[ENGINE_PATH];
    struct dirent *e;
    dir_of(build, "", dir);
    DIR *d = opendir(dir);
    words[0] = 0;
    while (d && (e = readdir(d))) {
        size_t used = strlen(words);
        if (engine_name_is_plain(e->d_name) && !strstr(e->d_name, ".new") && !strstr(e->d_name, ".old")) {
            snprintf(words + used, len - used, "%s%s", used ? " " : "", e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
}

static void qemu_version(char *line, size_t len)
{
    engine_first_line((char *[]){ engine.emulator, "--version", NULL }, line, len);
}

void checkpoint_describe(lua_State *L, const struct board_run *b, struct manifest *m)
{
    char err[ENGINE_ERR];
    memset(m, 0, sizeof *m);
    snprintf(m->scenario, sizeof m->scenario, "%s", engine.scenario);
    snprintf(m->board, sizeof m->board, "%s", b->name);
    snprintf(m->domain, sizeof m->domain, "%s", b->domain);
    snprintf(m->system, sizeof m->system, "%s", b->system_name);
    qemu_version(m->qemu, sizeof m->qemu);
    m->time_ps = b->time_ps;
    for (size_t i = 0; i < b->system->device_count; i++) {
        const struct system_device *d = &b->system->devices[i];
        snprintf(m->devices[i].name, sizeof m->devices[i].name, "%s", d->name);
        snprintf(m->devices[i].type, sizeof m->devices[i].type, "%s", d->type);
        snprintf(m->devices[i].impl, sizeof m->devices[i].impl, "%s", image_impl(b, i));
    }
    m->device_count = b->system->device_count;
    run_configuration(b, m->configuration);
    for (size_t i = 0; i < b->probe_count; i++) {
        snprintf(m->probes[i], sizeof m->probes[i], "%s", b->probes[i]);
    }
    m->probe_count = b->probe_count;
    if (manifest_measure(b->image, &m->image, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
}

/* On the disk, whatever happens to the machine next: what a rename makes known must be there. */
static int sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -1 : fsync(fd), why = errno;
    if (fd >= 0) {
        close(fd);
    }
    errno = why;
    return r;
}

/* Moves the finished folder to its place, in one step: at no instant is there no checkpoint of that name, or half of one.
 * What was there before is in `work` then. */
static void replace(lua_State *L, const char *work, const char *dir)
{
    bool there = access(dir, F_OK) == 0;
    int r = renameat2(AT_FDCWD, work, AT_FDCWD, dir, there ? RENAME_EXCHANGE : RENAME_NOREPLACE), why = errno;
    folder_remove(work);
    if (r < 0) {
        luaL_error(L, "%s: %s: check its permissions, or keep the build folder on a local disk", dir, strerror(why));
    }
}

static int save(lua_State *L)
{
    struct board_run *b = lua_touserdata(L, 1);
    const char *work = lua_tostring(L, 2);
    char path[ENGINE_PATH + 64], err[ENGINE_ERR];
    struct manifest m;

    engine_make_dirs(L, work);
    checkpoint_describe(L, b, &m);
    snprintf(path, sizeof path, "%s/state", work);
    run_save(L, b, path);
    step_begin("ingot: %s: reading the saved state", b->name);
    int r = manifest_measure(path, &m.state, err, sizeof err);
    step_end();
    snprintf(path, sizeof path, "%s/manifest", work);
    if (r < 0 || manifest_write(&m, path, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
    char state[ENGINE_PATH + 64];
    snprintf(state, sizeof state, "%s/state", work);
    for (const char *const parts[] = { state, path, work }, *const *p = parts; p < parts + 3; p++) {
        if (sync_path(*p) < 0) {
            luaL_error(L, "%s: %s: free some space, and save again", *p, strerror(errno));
        }
    }
    return 0;
}

void checkpoint_save_in(lua_State *L, struct board_run *b, const char *dir, const char *name)
{
    char work[ENGINE_PATH + 32];
    snprintf(work, sizeof work, "%s.new", dir);
    folder_remove(work);
    lua_pushcfunction(L, save);
    lua_pushlightuserdata(L, b);
    lua_pushstring(L, work);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        folder_remove(work);
        luaL_error(L, "checkpoint '%s' was not made: %s", name, lua_tostring(L, -1));
    }
    replace(L, work, dir);
}

void checkpoint_save(lua_State *L, struct board_run *b, const char *name)
{
    char dir[ENGINE_PATH];
    if (!engine_name_is_plain(name)) {
        luaL_error(L, "checkpoint name '%s': use up to 63 letters, digits, '.', '_', '-'", name);
    }
    dir_of(engine.options.build, name, dir);
    checkpoint_save_in(L, b, dir, name);
}

/* The first thing in which the checkpoint's board is not this one. */
void checkpoint_must_fit(lua_State *L, const char *what, const struct manifest *m, const struct board_run *b)
{
    char err[ENGINE_ERR], qemu[sizeof m->qemu], configuration[sizeof m->configuration];
    struct manifest_file image;
    bool same = m->device_count == b->system->device_count;
    for (size_t i = 0; same && i < m->device_count; i++) {
        same = !strcmp(m->devices[i].name, b->system->devices[i].name) && !strcmp(m->devices[i].type, b->system->devices[i].type);
    }
    if (!same) {
        luaL_error(L, "%s: system %s has other devices now: " AGAIN, what, m->system);
    }
    for (size_t i = 0; i < m->device_count; i++) {
        if (strcmp(m->devices[i].impl, image_impl(b, i))) {
            luaL_error(L, "%s: %s was %s, and is %s now: run it without --device, or " AGAIN, what, m->devices[i].name,
                       m->devices[i].impl, image_impl(b, i));
        }
    }
    run_configuration(b, configuration);
    if (strcmp(configuration, m->configuration)) {
        luaL_error(L, "%s: system %s has another configuration now (cores, memory, addresses, interrupts or clocks): " AGAIN, what, m->system);
    }
    qemu_version(qemu, sizeof qemu);
    if (strcmp(qemu, m->qemu)) {
        luaL_error(L, "%s was made with %s; this is %s: " AGAIN, what, m->qemu, qemu);
    }
    if (manifest_measure(b->image, &image, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
    if (image.size != m->image.size || image.crc32c != m->image.crc32c) {
        luaL_error(L, "%s is of another image of system %s than %s is now: " AGAIN, what, m->system, b->image);
    }
}

static void read_manifest(lua_State *L, const char *name, const char *dir, struct manifest *m)
{
    char path[ENGINE_PATH + 16], err[ENGINE_ERR], words[4096];
    if (!engine_name_is_plain(name) || access(dir, F_OK) < 0) {
        list(engine.options.build, words, sizeof words);
        luaL_error(L, "no checkpoint '%s'%s: there are: %s", name, engine_nearest(name, words), *words ? words : "none");
    }
    snprintf(path, sizeof path, "%s/manifest", dir);
    if (manifest_read(m, path, err, sizeof err) < 0) {
        luaL_error(L, "checkpoint '%s': %s", name, err);
    }
}

static void must_be_whole(lua_State *L, const char *name, const struct manifest *m, const char *state)
{
    char err[ENGINE_ERR];
    struct manifest_file now;
    step_begin("ingot: checkpoint %s: reading the saved state", name);
    int r = manifest_measure(state, &now, err, sizeof err);
    step_end();
    if (r < 0) {
        luaL_error(L, "checkpoint '%s': %s", name, err);
    }
    if (now.size != m->state.size || now.crc32c != m->state.crc32c) {
        luaL_error(L, "checkpoint '%s': %s: damaged: make the checkpoint again", name, state);
    }
}

void checkpoint_prepare(lua_State *L, struct board_run *b, const struct manifest *m, const char *board)
{
    run_prepare(L, b, m->system, board);
    for (size_t i = 0; i < m->device_count; i++) {
        bool chosen = system_find_device(b->system, m->devices[i].name) >= 0;
        if (chosen) {
            image_choose(L, b, m->devices[i].name, m->devices[i].impl, "checkpoint");
        }
    }
    for (const char *const *o = engine.options.overrides; *o; o++) {
        lua_pushlstring(L, *o, strcspn(*o, "="));
        image_choose(L, b, lua_tostring(L, -1), strchr(*o, '=') + 1, "--device");
        lua_pop(L, 1);
    }
}

static void must_be_this(lua_State *L, const char *name, const struct manifest *m, const struct board_run *b)
{
    char what[96];
    snprintf(what, sizeof what, "checkpoint '%.64s'", name);
    checkpoint_must_fit(L, what, m, b);
}

void checkpoint_check(lua_State *L, struct board_run *b, const char *name, const char *dir, struct manifest *m, char state[ENGINE_PATH])
{
    read_manifest(L, name, dir, m);
    snprintf(state, ENGINE_PATH, "%.*s/state", ENGINE_PATH - 10, dir);
    must_be_whole(L, name, m, state);
    must_be_this(L, name, m, b);
    snprintf(b->domain, sizeof b->domain, "%s", m->domain);
}

void checkpoint_open(lua_State *L, struct board_run *b, const char *name, const char *board, struct manifest *m, char state[ENGINE_PATH])
{
    dir_of(engine.options.build, name, b->from);
    read_manifest(L, name, b->from, m);
    checkpoint_prepare(L, b, m, board);
    checkpoint_check(L, b, name, b->from, m, state);
}

/* What clones are made of was checked when it was made: it holds as long as the image and QEMU are those of then. */
void checkpoint_clone(lua_State *L, struct board_run *b, const char *name, const char *board, struct manifest *m, char base[ENGINE_PATH])
{
    char path[ENGINE_PATH + 16];
    dir_of(engine.options.build, name, b->from);
    read_manifest(L, name, b->from, m);
    checkpoint_prepare(L, b, m, board);
    snprintf(base, ENGINE_PATH, "%.*s/clones", ENGINE_PATH - 10, b->from);
    snprintf(path, sizeof path, "%s/state", base);
    if (engine_newer(b->image, path) || engine_newer(engine.emulator, path)) {
        must_be_this(L, name, m, b);
        snprintf(path, sizeof path, "%s/state", b->from);
        must_be_whole(L, name, m, path);
        folder_remove(base);
        run_take_apart(L, b, path, base);
    }
}

int engine_remove_checkpoint(const char *build, const char *checkpoint)
{
    char words[4096], dir[ENGINE_PATH], gone[ENGINE_PATH + 16];
    list(build, words, sizeof words);
    dir_of(build, checkpoint, dir);
    if (!engine_name_is_plain(checkpoint) || access(dir, F_OK) < 0) {
        fprintf(stderr, "ingot: no checkpoint '%s'%s: there are: %s\n", checkpoint, engine_nearest(checkpoint, words), *words ? words : "none");
        return 1;
    }
    snprintf(gone, sizeof gone, "%s.old", dir);     /* whole, or gone: never half of it */
    folder_remove(gone);
    if (rename(dir, gone) < 0) {
        fprintf(stderr, "ingot: %s: %s: check its permissions\n", dir, strerror(errno));
        return 1;
    }
    folder_remove(gone);
    return 0;
}

int engine_list_checkpoints(const char *build)
{
    char words[4096], dir[ENGINE_PATH], path[ENGINE_PATH + 16], err[ENGINE_ERR], *save_word;
    int status = 0;
    list(build, words, sizeof words);
    for (char *w = strtok_r(words, " ", &save_word); w; w = strtok_r(NULL, " ", &save_word)) {
        struct manifest m;
        dir_of(build, w, dir);
        snprintf(path, sizeof path, "%s/manifest", dir);
        if (manifest_read(&m, path, err, sizeof err) < 0) {
            printf("%-24s %s\n", w, err);
            status = 1;
        } else {
            printf("%-24s system %s, board %s of %s, at %.6f s, %.0f MiB\n", w, m.system, m.board, m.scenario, m.time_ps / 1e12,
                   m.state.size / 1048576.0);
        }
    }
    return status;
}
