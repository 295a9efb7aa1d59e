/* SPDX-License-Identifier: GPL-2.0-or-later
 * The result's folder: filled beside the old result, published file by file
 */
#include "forge.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    const char *dir;
    char work[PATH_MAX];
    char file[PATH_MAX];    /* being written */
    bool made, keep;        /* dir did not exist before; work stays if the run fails */
} output;

/* The work folder holds files only. */
static void remove_work(void)
{
    DIR *d = opendir(output.work);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d) {
        closedir(d);
    }
    rmdir(output.work);
}

_Noreturn void output_fail(void)
{
    if (output.keep) {
        fprintf(stderr, "forge: what was made is kept in %s\n", output.work);
    } else if (output.work[0]) {
        remove_work();
    }
    if (output.made) {
        rmdir(output.dir);
    }
    signals_release();      /* ends here if one of them came */
    exit(1);
}

static void refuse(const char *path, const char *remedy)
{
    fprintf(stderr, "forge: %s: %s: %s\n", path, strerror(errno), remedy);
    output_fail();
}

const char *output_begin(const char *dir, bool keep)
{
    output.dir = dir;
    output.made = mkdir(dir, 0777) == 0;
    if (!output.made && errno != EEXIST) {
        refuse(dir, "name a folder to write to with --out");
    }
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);   /* two runs into one folder: one after the other */
    if (lock < 0 || flock(lock, LOCK_EX) < 0) {
        refuse(dir, "name a folder to write to with --out");
    }
    snprintf(output.work, sizeof output.work, "%s/.forge", dir);
    remove_work();          /* of a run that was killed */
    if (mkdir(output.work, 0777) < 0) {
        refuse(output.work, "make the folder writable, or name another with --out");
    }
    output.keep = keep;
    return output.work;
}

FILE *output_create(const char *name, const char *ending)
{
    snprintf(output.file, sizeof output.file, "%s/%s%s", output.work, name, ending);
    FILE *f = fopen(output.file, "w");
    if (!f) {
        refuse(output.file, "make the folder writable, or name another with --out");
    }
    return f;
}

void output_finish(FILE *f)
{
    bool bad = ferror(f);
    if (fclose(f) || bad) {
        refuse(output.file, "free some space, or name another folder with --out");
    }
}

static void move(const char *name)
{
    char from[PATH_MAX + 256], to[PATH_MAX + 256];
    snprintf(from, sizeof from, "%s/%s", output.work, name);
    snprintf(to, sizeof to, "%s/%s", output.dir, name);
    if (rename(from, to) < 0) {
        refuse(to, "remove what is there, or name another folder with --out");
    }
}

void output_publish(const char *image)
{
    if (signals_pending()) {
        output_fail();
    }
    DIR *d = opendir(output.work);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && (!image || strcmp(e->d_name, image))) {
            move(e->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
    if (image) {
        move(image);
    }
    rmdir(output.work);
    signals_release();
}
