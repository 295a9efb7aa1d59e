/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folders, made and removed as a whole
 */
#include "folders.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

int folder_make(const char *path)
{
    char copy[4096];
    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy) {
        errno = ENAMETOOLONG;
        return -1;
    }
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p) {
            continue;
        }
        char end = *p;
        *p = 0;
        if (mkdir(copy, 0777) < 0 && errno != EEXIST) {
            return -1;
        }
        if (!end) {
            return 0;
        }
        *p = end;
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void folder_remove(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }
