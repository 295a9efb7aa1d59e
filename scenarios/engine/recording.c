/* SPDX-License-Identifier: GPL-2.0-or-later
 * What happened to a recorded board: its files
 */
#include "recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed.h"
#include "words.h"

#define ACTIONS_VERSION "ingot-actions 1"
#define RECORDING_VERSION "ingot-recording 1"

static const char *const kinds[] = { [ACTION_DO] = "do", [ACTION_REFUSED] = "refused", [ACTION_HELD] = "held" };

void actions_add(struct actions *a, enum action_kind kind, uint64_t time_ps, const char *text)
{
    if (a->count == a->room) {
        a->room = a->room ? 2 * a->room : 64;
        a->list = realloc(a->list, a->room * sizeof *a->list);
    }
    a->list[a->count++] = (struct action){ kind, time_ps, strdup(text) };
}

void actions_free(struct actions *a)
{
    for (size_t i = 0; i < a->count; i++) {
        free(a->list[i].text);
    }
    free(a->list);
    memset(a, 0, sizeof *a);
}

int actions_write(const struct actions *a, const char *path, char *err, size_t err_len)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    fputs(ACTIONS_VERSION "\n", f);
    if (*a->from) {
        fprintf(f, "from %s\n", a->from);
    }
    for (size_t i = 0; i < a->count; i++) {
        char *word = word_escape(a->list[i].text, strlen(a->list[i].text));
        fprintf(f, "%s %" PRIu64 " %s\n", kinds[a->list[i].kind], a->list[i].time_ps, word);
        free(word);
    }
    fclose(f);
    int r = sealed_write(path, text, len, err, err_len);
    free(text);
    return r;
}

static bool is_go(const struct action *x) { return x->kind == ACTION_DO && !strcmp(x->text, "go"); }

/* Time stands still between a hold and the go after it, and does not go back. */
static bool follows(const struct actions *a, enum action_kind kind, uint64_t time_ps)
{
    const struct action *last = a->count ? &a->list[a->count - 1] : NULL;
    if (!last) {
        return kind != ACTION_HELD;
    }
    return kind == ACTION_HELD ? is_go(last) && time_ps >= last->time_ps : !is_go(last) && time_ps == last->time_ps;
}

static int take_action(struct actions *a, char *line)
{
    char word[16], *text;
    uint64_t time_ps;
    int at = 0;
    if (!a->count && !*a->from && !strncmp(line, "from ", 5)) {
        snprintf(a->from, sizeof a->from, "%s", line + 5);
        return strlen(line + 5) < sizeof a->from ? 0 : -1;
    }
    if (sscanf(line, "%15s %" SCNu64 " %n", word, &time_ps, &at) != 2 || !at) {
        return -1;
    }
    text = line + at;
    long len = word_unescape(text);
    for (int kind = ACTION_DO; kind <= ACTION_HELD; kind++) {
        if (!strcmp(word, kinds[kind])) {
            if (len <= 0 || strlen(text) != (size_t)len || !follows(a, kind, time_ps)) {
                return -1;
            }
            actions_add(a, kind, time_ps, text);
            return 0;
        }
    }
    return -1;
}

/* The lines after the first, which must be `version`. Changes text. */
static int each_line(char *text, const char *path, const char *version, int (*take)(void *to, char *line), void *to, char *err, size_t err_len)
{
    char *save, *line = strtok_r(text, "\n", &save);
    bool good = line && !strcmp(line, version);
    while (good && (line = strtok_r(NULL, "\n", &save))) {
        good = take(to, line) == 0;
    }
    if (!good) {
        snprintf(err, err_len, "%s: written by another version of Ingot: " RECORDING_AGAIN, path);
    }
    return good ? 0 : -1;
}

static int take_action_line(void *to, char *line) { return take_action(to, line); }

int actions_read(struct actions *a, const char *path, char *err, size_t err_len)
{
    char *text = sealed_read(path, RECORDING_AGAIN, err, err_len);
    memset(a, 0, sizeof *a);
    int r = text ? each_line(text, path, ACTIONS_VERSION, take_action_line, a, err, err_len) : -1;
    free(text);
    if (r < 0) {
        actions_free(a);
    }
    return r;
}

size_t actions_hold_of(const struct actions *a, size_t go)
{
    return go + 1 < a->count && a->list[go + 1].kind == ACTION_HELD ? go + 1 : a->count;
}

int recording_write(const struct recording *r, const char *path, char *err, size_t err_len)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    fprintf(f, RECORDING_VERSION "\nmodule %" PRIu64 " %08" PRIx32 "\n", r->module.size, r->module.crc32c);
    for (size_t i = 0; i < r->count; i++) {
        fprintf(f, "board %s\n", r->boards[i]);
    }
    fclose(f);
    int status = sealed_write(path, text, len, err, err_len);
    free(text);
    return status;
}

static int take_board(void *to, char *line)
{
    struct recording *r = to;
    if (!strncmp(line, "board ", 6) && r->count < RECORDING_BOARDS_MAX && strlen(line + 6) < sizeof r->boards[0]) {
        strcpy(r->boards[r->count++], line + 6);
        return 0;
    }
    return sscanf(line, "module %" SCNu64 " %" SCNx32, &r->module.size, &r->module.crc32c) == 2 ? 0 : -1;
}

int recording_read(struct recording *r, const char *path, char *err, size_t err_len)
{
    char *text = sealed_read(path, RECORDING_AGAIN, err, err_len);
    memset(r, 0, sizeof *r);
    int status = text ? each_line(text, path, RECORDING_VERSION, take_board, r, err, err_len) : -1;
    free(text);
    return status;
}
