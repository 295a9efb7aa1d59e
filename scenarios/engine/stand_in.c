/* SPDX-License-Identifier: GPL-2.0-or-later
 * Devices that are not there: a recording answers in their place (impl recorded:FILE), and the driver is held to it
 *
 * What a recording is and says, the command knows (engine_recorded). The board is given the device's part of it as a file of its own.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define DEPARTS "not as recorded: transaction "      /* platform/replay/stand_in.cpp */

const struct engine_recorded *engine_recorded;

static bool any_departed;       /* of the run's boards */

/* Bytes of impl before its file's name; 0: it is none of these. */
static size_t prefix(const char *impl)
{
    for (const char *const kinds[] = { "recorded:", "recorded-loose:" }, *const *k = kinds; k < kinds + 2; k++) {
        if (!strncmp(impl, *k, strlen(*k))) {
            return strlen(*k);
        }
    }
    return 0;
}

bool stand_in_is(const char *impl) { return prefix(impl) != 0; }

/* "a+b" is two traces, unless it is a file. Checkpoints are restored from other folders: paths are whole. */
static void make_whole(lua_State *L, const char *path, char *out, size_t len)
{
    char here[ENGINE_PATH] = "";
    const bool one = access(path, F_OK) == 0;
    size_t used = 0;
    getcwd(here, sizeof here);
    for (const char *p = path; p && used < len;) {
        const char *plus = one ? NULL : strchr(p, '+');
        int n = plus ? (int)(plus - p) : (int)strlen(p);
        used += snprintf(out + used, len - used, "%s%s%s%.*s", used ? "+" : "", *p == '/' ? "" : here, *p == '/' ? "" : "/", n, p);
        p = plus ? plus + 1 : NULL;
    }
    if (used >= len) {
        luaL_error(L, "%s: the path is too long: copy the recording to a place with a shorter one", path);
    }
}

void stand_in_choose(lua_State *L, struct board_run *b, size_t device, const char *impl, const char *who)
{
    const struct system_device *d = &b->system->devices[device];
    const int kind = (int)prefix(impl);
    const char *path = impl + kind;
    char whole[MANIFEST_IMPL_MAX - 32], file[ENGINE_PATH], err[ENGINE_ERR];
    if (!*path) {
        luaL_error(L, "%s: which recording of %s? write %sFILE, a run's trace for example", who, d->name, impl);
    }
    make_whole(L, path, whole, sizeof whole);
    snprintf(file, sizeof file, "%s/%u-%s", engine.options.runtime, engine.boards, d->name);
    if (!engine_recorded) {
        luaL_error(L, "%s: this program cannot read recordings", who);
    }
    if (engine_recorded->prepare(whole, d->name, d->type, file, err, sizeof err) < 0) {
        luaL_error(L, "%s: %s", who, err);
    }
    free(b->recording[device]);
    b->recording[device] = strdup(file);
    char *before = b->impl[device];
    if (asprintf(&b->impl[device], "%.*s%s", kind, impl, whole) < 0) {
        luaL_error(L, "out of memory");
    }
    free(before);
}

const char *stand_in_argument(const struct board_run *b, size_t device, char out[ENGINE_PATH])
{
    snprintf(out, ENGINE_PATH, "%.*s%.*s", (int)prefix(b->impl[device]), b->impl[device], ENGINE_PATH - 32, b->recording[device]);
    return out;
}

/* Its stop, in the words of the registers. */
void stand_in_stopped(lua_State *L, struct board_run *b, const char *reason)
{
    char name[64];
    int from = 0;
    if (sscanf(reason, "stop %63s %n", name, &from) != 1 || strncmp(reason + from, DEPARTS, strlen(DEPARTS))) {
        return;
    }
    int device = system_find_device(b->system, name);
    const char *now = strstr(reason + from, ": now ");
    if (device >= 0 && b->recording[device] && now) {
        b->departed = any_departed = true;
        char *words = engine_recorded->words(b->recording[device], strtoull(reason + from + strlen(DEPARTS), NULL, 10), now + strlen(": now "));
        lua_pushlstring(L, words, strlen(words) - (*words ? 1 : 0));     /* the error's own line end follows */
        free(words);
        luaL_error(L, "board '%s' stopped at %f s: %s", b->name, b->time_ps / 1e12, lua_tostring(L, -1));
    }
}

/* Before the board's end, while it is held. What the driver has left out is told here, or that there is nothing. */
void stand_in_end(struct board_run *b)
{
    char err[ENGINE_ERR], line[128];
    for (size_t i = 0; b->system && i < b->system->device_count && !b->departed; i++) {
        const char *words;
        uint64_t done, all, other;
        snprintf(line, sizeof line, "progress %s", b->system->devices[i].name);
        if (!b->recording[i] || control_command(b->control, line, &words, err, sizeof err) < 0 ||
            sscanf(words, "%" SCNu64 " %" SCNu64 " %" SCNu64, &done, &all, &other) != 3) {
            continue;
        }
        if (done == all) {
            printf("==> %s: %s: the driver is as recorded: %" PRIu64 " transactions", b->name, b->system->devices[i].name, all);
            printf(other ? ", but for %" PRIu64 " reads\n" : "\n", other);
            continue;
        }
        char *told = engine_recorded->words(b->recording[i], done, "");
        fflush(stdout);
        fprintf(stderr, "ingot: board '%s' ended at %f s: %s", b->name, b->time_ps / 1e12, told);
        free(told);
        any_departed = true;
    }
}

int stand_in_finish(void) { return any_departed; }
