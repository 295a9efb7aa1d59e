/* SPDX-License-Identifier: GPL-2.0-or-later
 * The recordings of the build folder
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/folders.h"
#include "recording.h"

static void dir_of(const char *build, const char *name, char path[ENGINE_PATH])
{
    snprintf(path, ENGINE_PATH, "%.*s/recordings/%s", ENGINE_PATH - 200, build, name);
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
        size_t used = strlen(words), n = strlen(e->d_name);
        bool half = n > 4 && (!strcmp(e->d_name + n - 4, ".new") || !strcmp(e->d_name + n - 4, ".old"));
        if (engine_name_is_plain(e->d_name) && !half) {
            snprintf(words + used, len - used, "%s%s", used ? " " : "", e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
}

static bool is_there(const char *build, const char *name, char *why, size_t len)
{
    char words[4096], dir[ENGINE_PATH];
    dir_of(build, name, dir);
    list(build, words, sizeof words);
    snprintf(why, len, "no recording '%s'%s: there are: %s", name, engine_nearest(name, words), *words ? words : "none (./ingot record makes one)");
    return engine_name_is_plain(name) && access(dir, F_OK) == 0;
}

void recording_must_exist(lua_State *L, const char *name)
{
    char why[ENGINE_ERR];
    if (!is_there(engine.options.build, name, why, sizeof why)) {
        luaL_error(L, "%s", why);
    }
}

static int show(const char *build, const char *name)
{
    char dir[ENGINE_PATH], path[ENGINE_PATH + 128], err[ENGINE_ERR];
    struct recording r;
    dir_of(build, name, dir);
    snprintf(path, sizeof path, "%s/recording", dir);
    if (recording_read(&r, path, err, sizeof err) < 0) {
        printf("%-24s %s\n", name, err);
        return 1;
    }
    for (size_t i = 0; i < r.count; i++) {
        struct manifest m;
        snprintf(path, sizeof path, "%s/%s/manifest", dir, r.boards[i]);
        if (manifest_read_of(&m, path, RECORDING_AGAIN, err, sizeof err) < 0) {
            printf("%-24s %s\n", name, err);
            return 1;
        }
        printf("%-24s board %s of %s, system %s, to %.6f s\n", i ? "" : name, m.board, m.scenario, m.system, m.time_ps / 1e12);
    }
    return 0;
}

int engine_list_recordings(const char *build)
{
    char words[4096], *save;
    int status = 0;
    list(build, words, sizeof words);
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
        status |= show(build, w);
    }
    return status;
}

int engine_remove_recording(const char *build, const char *recording)
{
    char dir[ENGINE_PATH], gone[ENGINE_PATH + 16], why[ENGINE_ERR];
    if (!is_there(build, recording, why, sizeof why)) {
        fprintf(stderr, "ingot: %s\n", why);
        return 1;
    }
    dir_of(build, recording, dir);
    snprintf(gone, sizeof gone, "%s.old", dir);
    folder_remove(gone);
    if (rename(dir, gone) < 0) {
        fprintf(stderr, "ingot: %s: %s: check its permissions\n", dir, strerror(errno));
        return 1;
    }
    folder_remove(gone);
    return 0;
}
