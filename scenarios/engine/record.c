/* SPDX-License-Identifier: GPL-2.0-or-later
 * Recording: what a board is given and how its holds end, into BUILD/recordings/NAME
 *
 * The folder is made beside its place and moved there when the run is over, whatever way it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "platform/board/folders.h"
#include "recording.h"

struct recorded {
    struct manifest manifest;
    struct actions actions;
};

static struct recording recording;
static bool failed;

void recording_dir(const char *name, const char *below, char path[ENGINE_PATH])
{
    snprintf(path, ENGINE_PATH, "%.*s/recordings/%s%s%s", ENGINE_PATH - 300, engine.options.build, name, *below ? "/" : "", below);
}

static void work_dir(const char *below, char path[ENGINE_PATH])
{
    char name[80];
    snprintf(name, sizeof name, "%s.new", engine.options.record);
    recording_dir(name, below, path);
}

static void fail(const char *why)
{
    fprintf(stderr, "ingot: the recording fails: %s\n", why);
    failed = true;
}

static bool copy(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ssize_t n = in < 0 || out < 0 ? -1 : 1;
    while (n > 0) {
        n = copy_file_range(in, NULL, out, NULL, SSIZE_MAX, 0);
    }
    int why = errno;
    if (in >= 0) {
        close(in);
    }
    if (out >= 0) {
        close(out);
    }
    errno = why;
    return n == 0;
}

/* What replaces the file later leaves this one as it is. A daemon's QEMU may have written it, as a user of its own: then
 * the system may refuse the link. */
static int link_into(const char *from, const char *file, const char *dir, char *err, size_t err_len)
{
    char old[ENGINE_PATH + 64], new[ENGINE_PATH + 64];
    snprintf(old, sizeof old, "%s%s%s", from, *from ? "/" : "", file);
    snprintf(new, sizeof new, "%s/%s", dir, strrchr(old, '/') + 1);
    if (link(old, new) < 0 && !copy(old, new)) {
        snprintf(err, err_len, "%s: %s: check its permissions and free space", new, strerror(errno));
        return -1;
    }
    return 0;
}

/* The checkpoint that the board came from: a new one may take its name before the replay. */
static void keep_checkpoint(lua_State *L, const struct board_run *b, const char *dir)
{
    char from[ENGINE_PATH + 16], err[ENGINE_ERR];
    snprintf(from, sizeof from, "%s/from", dir);
    engine_make_dirs(L, from);
    if (link_into(b->from, "state", from, err, sizeof err) < 0 || link_into(b->from, "manifest", from, err, sizeof err) < 0) {
        luaL_error(L, "%s", err);
    }
}

void record_board(lua_State *L, struct board_run *b)
{
    char dir[ENGINE_PATH];
    if (!engine.options.record) {
        return;
    }
    if (!strcmp(b->name, "recording")) {
        luaL_error(L, "a board that is recorded cannot be named 'recording': choose another name=");
    }
    if (recording.count == RECORDING_BOARDS_MAX) {
        luaL_error(L, "a recording has at most %d boards", RECORDING_BOARDS_MAX);
    }
    if (!recording.count) {
        work_dir("", dir);
        folder_remove(dir);
    }
    work_dir(b->name, dir);
    engine_make_dirs(L, dir);
    b->recorded = calloc(1, sizeof *b->recorded);
    checkpoint_describe(L, b, &b->recorded->manifest);
    if (*b->from) {
        const char *slash = strrchr(b->from, '/');
        snprintf(b->recorded->actions.from, sizeof b->recorded->actions.from, "%s", slash + 1);
        keep_checkpoint(L, b, dir);
    }
    snprintf(recording.boards[recording.count++], sizeof recording.boards[0], "%s", b->name);
}

/* A waveform changes nothing, and a replay writes its own; what only reads is not repeated. */
static bool matters(const char *line)
{
    static const char *const words[] = { "go", "watch ", "unwatch ", "probe ", "unprobe ", "send " };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!strncmp(line, words[i], strlen(words[i]))) {
            return true;
        }
    }
    return false;
}

void record_command(struct board_run *b, const char *line, bool refused)
{
    if (b->recorded && matters(line)) {
        actions_add(&b->recorded->actions, refused ? ACTION_REFUSED : ACTION_DO, b->time_ps, line);
    }
}

void record_held(struct board_run *b, const char *reason)
{
    if (b->recorded) {
        actions_add(&b->recorded->actions, ACTION_HELD, b->time_ps, reason);
    }
}

void record_end_board(struct board_run *b)
{
    char dir[ENGINE_PATH], path[ENGINE_PATH + 16], err[ENGINE_ERR];
    struct recorded *r = b->recorded;
    if (!r) {
        return;
    }
    b->recorded = NULL;
    r->manifest.time_ps = b->time_ps;
    work_dir(b->name, dir);
    int bad = manifest_measure(b->trace, &r->manifest.state, err, sizeof err);
    snprintf(path, sizeof path, "%s/manifest", dir);
    bad = bad || manifest_write(&r->manifest, path, err, sizeof err);
    snprintf(path, sizeof path, "%s/actions", dir);
    bad = bad || actions_write(&r->actions, path, err, sizeof err) || link_into("", b->trace, dir, err, sizeof err);
    if (bad) {
        fail(err);
    }
    actions_free(&r->actions);
    free(r);
}

/* In one step: a recording is whole, or it is not there. */
static int move_to_its_place(const char *work, const char *dir)
{
    bool there = access(dir, F_OK) == 0;
    int r = renameat2(AT_FDCWD, work, AT_FDCWD, dir, there ? RENAME_EXCHANGE : RENAME_NOREPLACE), why = errno;
    folder_remove(work);
    errno = why;
    return r;
}

int record_finish(void)
{
    char work[ENGINE_PATH], dir[ENGINE_PATH], path[ENGINE_PATH + 16], err[ENGINE_ERR];
    if (!engine.options.record) {
        return 0;
    }
    if (!recording.count) {
        fail("no board was started");
        return 1;
    }
    work_dir("", work);
    recording_dir(engine.options.record, "", dir);
    snprintf(path, sizeof path, "%s/platform/qemu/ingot-qemu.so", engine.options.build);
    int bad = manifest_measure(path, &recording.module, err, sizeof err);
    snprintf(path, sizeof path, "%s/recording", work);
    bad = bad || recording_write(&recording, path, err, sizeof err);
    if (bad) {
        fail(err);
    }
    if (failed) {
        folder_remove(work);
        return 1;
    }
    if (move_to_its_place(work, dir) < 0) {
        fail(strerror(errno));
        return 1;
    }
    printf("==> recorded: %s: ./ingot replay %s\n", dir, engine.options.record);
    return 0;
}
