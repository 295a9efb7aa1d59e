/* SPDX-License-Identifier: GPL-2.0-or-later
 * A board's life: boot, save, restore, clone, as a scenario does them (life.lua), in wall time
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { RESTORE, CLONE, MEMORY, MEMORY_LATER, SAVE, SAVE_MEMORY, SAVE_REST };
static struct bench_row rows[] = {
    [RESTORE] = { "restore", "boot of first-light", "", "restore of a checkpoint, against booting to the same point", BENCH_AT_MOST, 0.1, 0, 0, 0, "" },
    [CLONE] = { "clone", "boot of first-light", "", "start of a copy-on-write clone, against booting", BENCH_AT_MOST, 0.02, 0, 0, 0, "" },
    [MEMORY] = { "clone.memory", "memory of the board", "", "private memory of a clone that has just started, against the board's 320 MiB", BENCH_NONE, 0, 0, 0, 0, "" },
    [MEMORY_LATER] = { "clone.memory-1s", "memory of the board", "", "the same after 1 s of guest time", BENCH_NONE, 0, 0, 0, 0, "" },
    [SAVE] = { "save", "boot of first-light", "", "a checkpoint: stop, save, check sum, manifest", BENCH_NONE, 0, 0, 0, 0, "" },
    [SAVE_MEMORY] = { "save.memory", "", " MiB", "of it, the memory's pages", BENCH_NONE, 0, 0, 0, 0, "" },
    [SAVE_REST] = { "save.rest", "", " MiB", "of it, cores, GIC, devices, RTL", BENCH_NONE, 0, 0, 0, 0, "" },
    { 0 }
};

#define BOARD_KIB (320 * 1024.0)

static double mib_of(const char *file)
{
    char path[4200];
    struct stat st;
    snprintf(path, sizeof path, "%s/checkpoints/bench/clones/%s", bench.build, file);
    return stat(path, &st) < 0 ? -1 : st.st_blocks * 512 / 1048576.0;
}

static void finish(double boot, double save, double restore, double clone, double first, double later)
{
    bench_set(&rows[RESTORE], restore / boot);
    bench_set(&rows[CLONE], clone / boot);
    bench_set(&rows[MEMORY], first / BOARD_KIB);
    bench_set(&rows[MEMORY_LATER], later / BOARD_KIB);
    bench_set(&rows[SAVE], save / boot);
    bench_set(&rows[SAVE_MEMORY], mib_of("ram"));
    bench_set(&rows[SAVE_REST], mib_of("state"));
}

static void run(void)
{
    bool wanted = false;
    for (struct bench_row *r = rows; r->name; r++) {
        wanted |= bench_wanted(r);
    }
    if (!wanted) {
        return;
    }
    char command[8400], line[512], last[512] = "";
    double boot = 0, save = 0, restore = 1e9, clone = 1e9, since = 0, first = 0, later = 0;
    snprintf(command, sizeof command, "'%s/platform/cli/ingot' run --quiet '%s/platform/bench/life.lua' 2>&1", bench.build, bench.source);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        double now = bench_now(), took = now - since;
        if (!strncmp(line, "==> mark ", 9)) {
            const char *mark = line + 9;
            boot = !strcmp(mark, "booted\n") ? took : boot;
            save = !strcmp(mark, "saved\n") ? took : save;
            restore = !strcmp(mark, "restored\n") && took < restore ? took : restore;
            clone = !strcmp(mark, "cloned\n") && took < clone ? took : clone;
            since = now;
        }
        sscanf(line, "==> value private %lf", &first);
        sscanf(line, "==> value later %lf", &later);
        snprintf(last, sizeof last, "%s", line);
    }
    int status = f ? pclose(f) : -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) || boot <= 0) {
        last[strcspn(last, "\n")] = 0;
        for (struct bench_row *r = rows; r->name; r++) {
            bench_failed(r, "life.lua: %s", last);
        }
        return;
    }
    finish(boot, save, restore, clone, first, later);
}

const struct bench_group bench_life = { rows, run };
