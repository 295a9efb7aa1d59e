/* SPDX-License-Identifier: GPL-2.0-or-later
 * gdb on a replay: going back, by doing it again from the anchor before and stopping earlier
 *
 * An instant is named by what the board has executed: the instruction count of a core, or the time, which never stands
 * still while a core executes.
 */
#include "replay_gdb.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BACK "back"                         /* id of the watch that ends the way there; the recorded ones are numbers */
#define PS_PER_NS 1000
#define FAR_PS 30000000000ull               /* a way longer than 30 ms gets an anchor … */
#define NEAR_PS 3000000000ull               /* … 3 ms before its end */

/* A new process in place of the board's, at the last anchor not after at_ps. */
static void again(struct session *s, uint64_t at_ps)
{
    rsp_close(&s->stub);
    run_end(s->b);
    s->b->mute = true;
    replay_start(s->L, s->p, s->b, at_ps);
    s->ended = s->ending = false;
}

/* As again, with an anchor close before at_ps: what comes next will not be far from there. */
static void again_close_to(struct session *s, uint64_t at_ps)
{
    again(s, at_ps);
    if (at_ps > s->b->time_ps + FAR_PS && replay_to(s->L, s->p, s->b, at_ps - NEAR_PS) && s->p->within) {
        uint64_t here = s->b->time_ps;
        replay_anchor(s->L, s->p, s->b);
        replay_start(s->L, s->p, s->b, here);
    }
}

static bool take_word(char *reason, const char *word)
{
    char *at = strstr(reason, word);
    size_t n = strlen(word);
    if (!at || at == reason || at[-1] != ' ' || (at[n] && at[n] != ' ')) {
        return false;
    }
    memmove(at - 1, at + n, strlen(at + n) + 1);
    return true;
}

/* Runs, as recorded, until the watch BACK matches. False: the recording ended before. */
static bool run_to_watch(struct session *s)
{
    for (;;) {
        char reason[ENGINE_ERR];
        if (!replay_act(s->L, s->p, s->b)) {
            return false;
        }
        replay_go(s->L, s->p, s->b, REPLAY_END);
        snprintf(reason, sizeof reason, "%s", run_wait(s->L, s->b));
        bool there = take_word(reason, BACK);
        if (!there || strcmp(reason, "watch")) {
            replay_held(s->L, s->p, s->b, reason, REPLAY_END);
        }
        if (there) {
            return true;
        }
    }
}

/* Held after the core's instruction number `insns`. False: the recording begins later. */
static bool go_to_insn(struct session *s, unsigned core, uint64_t insns, uint64_t not_after_ps)
{
    again_close_to(s, not_after_ps);
    struct position at = session_where(s);
    while (at.insns[core] > insns) {
        if (!replay_last_anchor(s->p, at.time_ps)) {
            return false;
        }
        again(s, at.time_ps - PS_PER_NS);
        at = session_where(s);
    }
    if (at.insns[core] < insns) {
        run_command(s->L, s->b, "watch " BACK " insn %u %" PRIu64, core, insns);
        if (!run_to_watch(s)) {
            luaL_error(s->L, "the replay of '%s' has not come to instruction %I of core %d again", s->p->recording, (lua_Integer)insns, (int)core);
        }
    }
    return true;
}

static void stop_at_begin(struct session *s)
{
    again(s, 0);
    session_attach(s);
    session_stop(s, 0, "replaylog:begin;");
}

void session_step_back(struct session *s)
{
    unsigned core = session_core(s->resumed, s->core);
    struct position now = session_where(s);
    if (now.insns[core] && go_to_insn(s, core, now.insns[core] - 1, now.time_ps)) {
        session_attach(s);
        session_stop(s, core, "");
    } else {
        stop_at_begin(s);
    }
}

/* The stub's next stop, or NULL: the board is held at the window's end. */
static char *wait_for_stop(struct session *s, bool *over)
{
    char err[ENGINE_ERR], *packet;
    const char *reason;
    size_t len;
    for (;;) {
        if (rsp_next(&s->stub, &packet, &len) == RSP_PACKET) {
            if (*packet == 'T') {
                return packet;
            }
            continue;
        }
        if (rsp_next(&s->gdb, &packet, &len) == RSP_BREAK) {
            s->broken = *over = true;
            return NULL;
        }
        int held = control_look(s->b->control, &s->b->time_ps, &reason, err, sizeof err);
        if (held < 0) {
            luaL_error(s->L, "board '%s': %s", s->b->name, err);
        }
        if (held) {
            char why[ENGINE_ERR];
            snprintf(why, sizeof why, "%s", reason);
            if (take_word(why, BACK)) {
                *over = true;
                return NULL;
            }
            session_held(s, why);
            if (s->ended) {
                *over = true;
                return NULL;
            }
            continue;
        }
        if (!rsp_wait_any(&s->stub, &s->gdb, control_fd(s->b->control))) {
            luaL_error(s->L, control_interrupted() ? "interrupted" : "gdb, or QEMU's stub for it, has ended");
        }
    }
}

static struct hit read_hit(struct session *s, const char *packet)
{
    struct hit h = { .at = session_where(s) };
    const char *watch = strstr(packet, "watch:");
    h.core = session_core(packet, 0);
    while (watch && watch > packet && watch[-1] != ';') {
        watch--;            /* rwatch, awatch */
    }
    if (watch) {
        snprintf(h.reason, sizeof h.reason, "%.*s;", (int)strcspn(watch, ";"), watch);
    }
    return h;
}

static void points(struct session *s, char what)
{
    for (unsigned i = 0; i < s->point_count; i++) {
        char packet[64];
        size_t len;
        snprintf(packet, sizeof packet, "%c%s", what, s->points[i] + 1);
        rsp_ask(&s->stub, packet, &len);
    }
}

/* Over the point that it stands at: the stub would stop there for ever. */
static void step_over(struct session *s, unsigned core, bool *over)
{
    char packet[64];
    points(s, 'z');
    snprintf(packet, sizeof packet, "vCont;s:p1.%x;c", core + 1);
    rsp_send(&s->stub, packet, strlen(packet));
    wait_for_stop(s, over);
    points(s, 'Z');
}

static void note(struct hits *found, const struct hit *h)
{
    if (found->count == HITS_MAX) {     /* the latest are asked for first */
        found->count /= 2;
        memmove(found->list, found->list + found->count, found->count * sizeof *found->list);
        found->from_ps = found->list[0].at.time_ps;
    }
    if (found->count == found->room) {
        found->room = found->room ? 2 * found->room : 64;
        found->list = realloc(found->list, found->room * sizeof *found->list);
    }
    found->list[found->count++] = *h;
}

/* All hits from the board's instant to until_ps, before `now`. */
static void search(struct session *s, uint64_t until_ps, const struct position *now)
{
    struct hits *found = &s->found;
    bool over = false;
    memcpy(found->points, s->points, sizeof found->points);
    found->point_count = s->point_count;
    found->count = 0;
    found->from_ps = s->b->time_ps;
    found->until_total = now->total;
    s->broken = false;
    run_command(s->L, s->b, "watch " BACK " time %" PRIu64, until_ps + PS_PER_NS);
    session_attach(s);
    while (!over) {
        rsp_send(&s->stub, "vCont;c", 7);
        char *packet = wait_for_stop(s, &over);
        if (!packet) {
            break;
        }
        struct hit h = read_hit(s, packet);
        if (h.at.total >= now->total) {
            break;
        }
        note(found, &h);
        step_over(s, h.core, &over);
    }
    if (s->broken) {
        found->point_count = 0;         /* not all of them */
    }
}

/* Has the last search seen all that was hit shortly before `now`? */
static bool is_known(const struct session *s, const struct position *now)
{
    const struct hits *found = &s->found;
    return s->point_count && found->point_count == s->point_count && !memcmp(found->points, s->points, s->point_count * sizeof s->points[0]) &&
           now->total <= found->until_total && now->time_ps > found->from_ps;
}

static const struct hit *last_known(const struct session *s, const struct position *now)
{
    for (size_t i = s->found.count; i-- > 0;) {
        if (s->found.list[i].at.total < now->total) {
            return &s->found.list[i];
        }
    }
    return NULL;
}

static void go_to_hit(struct session *s, const struct hit *h)
{
    bool watch = *h->reason;
    if (watch) {        /* after the access: gdb itself steps back over it, and compares */
        go_to_insn(s, h->core, h->at.insns[h->core] + 1, h->at.time_ps);
    } else {
        again_close_to(s, h->at.time_ps);
        replay_to(s->L, s->p, s->b, h->at.time_ps);
    }
    struct position at = session_where(s);
    if (at.insns[h->core] != h->at.insns[h->core] + watch) {
        luaL_error(s->L, "the replay of '%s' has not come to the same instruction again", s->p->recording);
    }
    session_attach(s);
    session_stop(s, h->core, h->reason);
}

static void stay(struct session *s, const struct position *now)
{
    again_close_to(s, now->time_ps);
    replay_to(s->L, s->p, s->b, now->time_ps);
    session_attach(s);
    session_stop(s, s->core, "");
}

void session_continue_back(struct session *s)
{
    struct position now = session_where(s);
    bool known = is_known(s, &now);
    uint64_t from = known ? s->found.from_ps : now.time_ps;
    const struct hit *h = known ? last_known(s, &now) : NULL;
    while (!h && s->point_count && from && (from == now.time_ps || replay_last_anchor(s->p, from))) {
        uint64_t until = from;
        again(s, from - PS_PER_NS);
        from = s->b->time_ps;
        search(s, until, &now);
        if (s->broken) {
            stay(s, &now);
            return;
        }
        h = last_known(s, &now);
    }
    if (h) {
        struct hit there = *h;
        go_to_hit(s, &there);
    } else {
        stop_at_begin(s);
    }
}
