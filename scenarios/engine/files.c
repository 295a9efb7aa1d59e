/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folders, files and programs
 */
#include "internal.h"

#include <errno.h>
#include <ftw.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

void engine_make_dirs(lua_State *L, const char *path)
{
    char copy[ENGINE_PATH];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p) {
            continue;
        }
        char end = *p;
        *p = 0;
        if (mkdir(copy, 0777) < 0 && errno != EEXIST) {
            luaL_error(L, "%s: %s", copy, strerror(errno));
        }
        if (!end) {
            return;
        }
        *p = end;
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void engine_remove(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

void engine_run_program(lua_State *L, char *const argv[])
{
    pid_t pid;
    int status, r = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
    if (r) {
        luaL_error(L, "%s: %s", argv[0], strerror(r));
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        luaL_error(L, "%s failed (its messages are above)", argv[0]);
    }
}

bool engine_newer(const char *a, const char *b)
{
    struct stat sa, sb;
    if (stat(a, &sa) < 0 || stat(b, &sb) < 0) {
        return true;
    }
    return sa.st_mtim.tv_sec > sb.st_mtim.tv_sec || (sa.st_mtim.tv_sec == sb.st_mtim.tv_sec && sa.st_mtim.tv_nsec > sb.st_mtim.tv_nsec);
}
