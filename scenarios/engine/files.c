/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folders, files, names and programs
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/folders.h"
#include "platform/board/system_internal.h"

extern char **environ;

void engine_make_dirs(lua_State *L, const char *path)
{
    if (folder_make(path) < 0) {
        luaL_error(L, "%s: %s: check its permissions and free space", path, strerror(errno));
    }
}

void engine_run_program(lua_State *L, char *const argv[])
{
    pid_t pid;
    int status, r = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
    if (r) {
        luaL_error(L, "%s: %s: build it first (./ingot does)", argv[0], strerror(r));
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        if (control_interrupted()) {
            kill(pid, SIGTERM);
        }
    }
    if (control_interrupted()) {
        luaL_error(L, "interrupted");
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        luaL_error(L, "%s failed (its messages are above)", argv[0]);
    }
}

void engine_first_line(char *const argv[], char *line, size_t len)
{
    posix_spawn_file_actions_t actions;
    int out[2];
    pid_t pid;
    line[0] = 0;
    if (pipe(out) < 0) {
        return;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    int r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    FILE *f = fdopen(out[0], "r");
    if (!fgets(line, len, f)) {
        line[0] = 0;
    }
    while (fgetc(f) != EOF) {
    }
    fclose(f);
    while (!r && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    line[strcspn(line, "\n")] = 0;
}

bool engine_newer(const char *a, const char *b)
{
    struct stat sa, sb;
    if (stat(a, &sa) < 0 || stat(b, &sb) < 0) {
        return true;
    }
    return sa.st_mtim.tv_sec > sb.st_mtim.tv_sec ||
           (sa.st_mtim.tv_sec == sb.st_mtim.tv_sec && sa.st_mtim.tv_nsec > sb.st_mtim.tv_nsec);
}

bool engine_name_is_plain(const char *name)
{
    return *name && *name != '.' && strlen(name) < 64 &&
           name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == 0;
}

bool engine_name_fits(const char *name) { return engine_name_is_plain(name); }

const char *engine_nearest(const char *word, const char *words)
{
    static char text[128];
    const char *near = system_nearest(word, words);
    snprintf(text, sizeof text, near ? " (did you mean '%s'?)" : "", near);
    return text;
}
