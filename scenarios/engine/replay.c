/* SPDX-License-Identifier: GPL-2.0-or-later
 * A recorded board, done again: the same commands at the same instants
 */
#include "replay.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/trace.h"

#define REPLAY "ingot.replay"
#define PS_PER_NS 1000
#define STOP "replay"       /* id of our own watch; the recorded ones are numbers */

static int collect(lua_State *L)
{
    struct replay *p = luaL_checkudata(L, 1, REPLAY);
    actions_free(&p->actions);
    return 0;
}

static uint64_t last_time(const struct trace *t)
{
    struct trace_item item = { .r.time_ps = 0 };
    struct trace_cursor *c = trace_cursor_new(t);
    if (c && t->count) {
        trace_seek(c, t->count - 1);
        trace_next(c, &item);
    }
    trace_cursor_free(c);
    return item.r.time_ps;
}

/* The trace's last instant, where the run was ended between two holds. */
static uint64_t end_of(lua_State *L, const struct replay *p)
{
    char path[ENGINE_PATH + 16], err[ENGINE_ERR];
    snprintf(path, sizeof path, "%s/trace", p->dir);
    struct trace *t = trace_load(path, err, sizeof err);
    if (!t) {
        luaL_error(L, "%s", err);
    }
    uint64_t last = last_time(t), held = p->manifest.time_ps;
    trace_unload(t);
    last += (PS_PER_NS - last % PS_PER_NS) % PS_PER_NS;
    return last > held ? last : held;
}

static void must_be_whole(lua_State *L, const struct replay *p)
{
    char path[ENGINE_PATH + 16], err[ENGINE_ERR];
    struct manifest_file now;
    snprintf(path, sizeof path, "%s/trace", p->dir);
    if (manifest_measure(path, &now, err, sizeof err) < 0) {
        luaL_error(L, "recording '%s': %s: " RECORDING_AGAIN, p->recording, err);
    }
    if (now.size != p->manifest.state.size || now.crc32c != p->manifest.state.crc32c) {
        luaL_error(L, "recording '%s': %s: damaged: " RECORDING_AGAIN, p->recording, path);
    }
}

static void choose_board(lua_State *L, struct replay *p, const char *board)
{
    char path[ENGINE_PATH], err[ENGINE_ERR], words[ENGINE_PATH] = "";
    struct recording r;
    recording_dir(p->recording, "recording", path);
    if (recording_read(&r, path, err, sizeof err) < 0) {
        luaL_error(L, "recording '%s': %s", p->recording, err);
    }
    struct manifest_file module;
    snprintf(path, sizeof path, "%s/platform/qemu/ingot-qemu.so", engine.options.build);
    p->rebuilt = manifest_measure(path, &module, err, sizeof err) < 0 || module.size != r.module.size || module.crc32c != r.module.crc32c;
    for (size_t i = 0; i < r.count; i++) {
        size_t used = strlen(words);
        if (engine_name_is_plain(r.boards[i]) && (!board || !strcmp(board, r.boards[i]))) {
            snprintf(p->board, sizeof p->board, "%s", r.boards[i]);
            return;
        }
        snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", r.boards[i]);
    }
    luaL_error(L, "recording '%s' has no board '%s'%s: there are: %s", p->recording, board ? board : "", engine_nearest(board ? board : "", words), words);
}

const char *replay_why(const struct replay *p)
{
    return p->rebuilt ? ": the board's program was built anew since then: " RECORDING_AGAIN : "";
}

struct replay *replay_open(lua_State *L, const char *recording, const char *board)
{
    char path[ENGINE_PATH + 16], err[ENGINE_ERR];
    struct replay *p = lua_newuserdatauv(L, sizeof *p, 0);
    memset(p, 0, sizeof *p);
    if (luaL_newmetatable(L, REPLAY)) {
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    snprintf(p->recording, sizeof p->recording, "%s", recording);
    recording_must_exist(L, recording);
    choose_board(L, p, board);
    recording_dir(recording, p->board, p->dir);
    snprintf(path, sizeof path, "%s/manifest", p->dir);
    if (manifest_read_of(&p->manifest, path, RECORDING_AGAIN, err, sizeof err) < 0) {
        luaL_error(L, "recording '%s': %s", recording, err);
    }
    snprintf(path, sizeof path, "%s/actions", p->dir);
    if (actions_read(&p->actions, path, err, sizeof err) < 0) {
        luaL_error(L, "recording '%s': %s", recording, err);
    }
    must_be_whole(L, p);
    const struct actions *a = &p->actions;
    p->cut = a->count && a->list[a->count - 1].kind == ACTION_DO && !strcmp(a->list[a->count - 1].text, "go");
    p->end_ps = p->cut ? end_of(L, p) : p->manifest.time_ps;
    return p;
}

void replay_prepare(lua_State *L, struct replay *p, struct board_run *b)
{
    char what[96];
    checkpoint_prepare(L, b, &p->manifest, p->board);
    snprintf(what, sizeof what, "recording '%s'", p->recording);
    checkpoint_must_fit(L, what, &p->manifest, b);
}

static void anchor_dir(const struct replay *p, uint64_t time_ps, char dir[ENGINE_PATH + 32])
{
    snprintf(dir, ENGINE_PATH + 32, "%.*s/at-%" PRIu64, ENGINE_PATH - 40, p->dir, time_ps);
}

uint64_t replay_last_anchor(const struct replay *p, uint64_t at_ps)
{
    char state[ENGINE_PATH + 64], module[ENGINE_PATH + 64];
    struct dirent *e;
    uint64_t best = 0;
    DIR *d = opendir(p->dir);
    snprintf(module, sizeof module, "%s/platform/qemu/ingot-qemu.so", engine.options.build);
    while (d && (e = readdir(d))) {
        char *end;
        uint64_t t = strncmp(e->d_name, "at-", 3) ? 0 : strtoull(e->d_name + 3, &end, 10);
        snprintf(state, sizeof state, "%s/%.40s/state", p->dir, e->d_name);
        if (t > best && t <= at_ps && !*end && !engine_newer(module, state)) {
            best = t;
        }
    }
    if (d) {
        closedir(d);
    }
    return best;
}

/* One recorded command. A refusal then is a refusal now. */
static void give(lua_State *L, struct replay *p, struct board_run *b, const struct action *x)
{
    char err[ENGINE_ERR];
    bool forgotten = p->anchored && !strncmp(x->text, "unwatch ", 8);
    int r = control_command(b->control, x->text, NULL, err, sizeof err);
    if (control_lost(b->control) || control_interrupted()) {
        luaL_error(L, "board '%s': %s", b->name, err);
    }
    if ((r < 0) != (x->kind == ACTION_REFUSED) && !forgotten) {
        luaL_error(L, "the replay of '%s' parts from the recording at %f s: '%s' was %s then: %s%s", p->recording, b->time_ps / 1e12, x->text,
                   r < 0 ? "accepted" : "refused", r < 0 ? err : "it is accepted now", replay_why(p));
    }
}

static bool is_go(const struct action *x) { return x->kind == ACTION_DO && !strcmp(x->text, "go"); }

bool replay_act(lua_State *L, struct replay *p, struct board_run *b)
{
    if (p->within) {
        return true;
    }
    while (p->next < p->actions.count && !is_go(&p->actions.list[p->next])) {
        give(L, p, b, &p->actions.list[p->next++]);
    }
    return p->next < p->actions.count;
}

/* When the go at p->next ends. */
static uint64_t hold_time(const struct replay *p)
{
    size_t hold = actions_hold_of(&p->actions, p->next);
    return hold < p->actions.count ? p->actions.list[hold].time_ps : p->end_ps;
}

void replay_go(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps)
{
    size_t hold = actions_hold_of(&p->actions, p->next);
    uint64_t end = hold_time(p);
    bool asked = hold == p->actions.count || !strcmp(p->actions.list[hold].text, "asked");
    if (!p->within) {
        p->anchored = false;
    }
    p->within = true;
    char err[ENGINE_ERR];
    if (p->watched) {       /* it may have matched */
        control_command(b->control, "unwatch " STOP, NULL, err, sizeof err);
    }
    p->watched = at_ps < end || asked || p->anchored;
    if (p->watched) {
        run_command(L, b, "watch " STOP " time %" PRIu64, at_ps < end ? at_ps : end);
    }
    run_command(L, b, "go");
}

bool replay_held(lua_State *L, struct replay *p, struct board_run *b, const char *reason, uint64_t at_ps)
{
    size_t hold = actions_hold_of(&p->actions, p->next);
    uint64_t end = hold_time(p);
    bool ours = !strcmp(reason, "watch " STOP);
    if (ours && at_ps < end && b->time_ps == at_ps) {
        return true;
    }
    const char *then = hold < p->actions.count ? p->actions.list[hold].text : "asked";
    bool same = ours || p->anchored || !strcmp(then, "asked") || !strcmp(reason, then);
    if (b->time_ps != end || !same) {
        luaL_error(L, "the replay of '%s' parts from the recording: held at %f s (%s), it was at %f s (%s)%s", p->recording,
                   b->time_ps / 1e12, reason, end / 1e12, then, replay_why(p));
    }
    p->next = hold < p->actions.count ? hold + 1 : hold;
    p->within = false;
    return at_ps <= end;
}

bool replay_to(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps)
{
    while (b->time_ps < at_ps) {
        char reason[ENGINE_ERR];
        if (!replay_act(L, p, b)) {
            return false;
        }
        replay_go(L, p, b, at_ps);
        snprintf(reason, sizeof reason, "%s", run_wait(L, b));
        replay_held(L, p, b, reason, at_ps);
    }
    return true;
}

/* Restored at an anchor: it lies strictly between a go and its hold. */
static void continue_anchor(lua_State *L, struct replay *p, struct board_run *b, uint64_t time_ps)
{
    for (p->next = 0; p->next < p->actions.count; p->next++) {
        const struct action *x = &p->actions.list[p->next];
        if (is_go(x) && hold_time(p) > time_ps) {
            break;
        }
        if (!strncmp(x->text, "probe ", 6) || !strncmp(x->text, "unprobe ", 8)) {
            give(L, p, b, x);
        }
    }
    p->within = p->anchored = true;
}

void replay_start(lua_State *L, struct replay *p, struct board_run *b, uint64_t at_ps)
{
    char dir[ENGINE_PATH + 32], state[ENGINE_PATH];
    struct manifest m;
    uint64_t anchor = replay_last_anchor(p, at_ps);
    p->next = 0;
    p->within = p->anchored = p->watched = false;
    if (anchor) {
        anchor_dir(p, anchor, dir);
        checkpoint_check(L, b, "anchor", dir, &m, state);
        run_restore(L, b, state);
        continue_anchor(L, p, b, anchor);
    } else if (*p->actions.from) {
        snprintf(dir, sizeof dir, "%s/from", p->dir);
        checkpoint_check(L, b, p->actions.from, dir, &m, state);
        run_restore(L, b, state);
    } else {
        run_start(L, b);
    }
}

void replay_anchor(lua_State *L, struct replay *p, struct board_run *b)
{
    char dir[ENGINE_PATH + 32];
    anchor_dir(p, b->time_ps, dir);
    checkpoint_save_in(L, b, dir, "anchor");
}
