/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows as text
 */
#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MARK "<!-- ./ingot bench %s--write: %s -->\n"

#define FOR_ROWS(r, groups)                                             \
    for (const struct bench_group *const *g_ = (groups); *g_; g_++)     \
        for (const struct bench_row *r = (*g_)->rows; r->name; r++)     \
            if (r->wanted)

static bool met(const struct bench_row *r)
{
    return r->measured && (r->kind == BENCH_NONE || (r->kind == BENCH_AT_MOST ? r->value <= r->goal : r->value >= r->goal));
}

static const char *goal_of(const struct bench_row *r, char text[32])
{
    snprintf(text, 32, r->kind == BENCH_NONE ? "" : r->kind == BENCH_AT_MOST ? "<= %g" : ">= %g", r->goal);
    return text;
}

static const char *value_of(const struct bench_row *r, char text[64])
{
    strcpy(text, "failed");
    if (r->measured) {
        snprintf(text, 64, r->value >= 100 ? "%.0f%s" : r->value >= 10 ? "%.1f%s" : r->value >= 0.1 ? "%.2f%s" : "%.4f%s", r->value, r->unit);
    }
    return text;
}

static const char *verdict(const struct bench_row *r) { return r->kind == BENCH_NONE ? "" : met(r) ? "met" : "missed"; }

void results_list(const struct bench_group *const *groups)
{
    FOR_ROWS(r, groups) {
        printf("%-16s %s\n", r->name, r->meaning);
    }
}

void results_table(FILE *out, const struct bench_group *const *groups)
{
    char goal[32], value[64];
    fprintf(out, "%-16s %10s  %-8s %-7s %-24s %s\n", "figure", "value", "goal", "", "against", "meaning");
    FOR_ROWS(r, groups) {
        fprintf(out, "%-16s %10s  %-8s %-7s %-24s %s\n", r->name, value_of(r, value), goal_of(r, goal), verdict(r), r->comparator, r->measured ? r->meaning : r->why);
    }
}

void results_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        if ((unsigned char)*text >= ' ') {
            fputc(*text, out);
        }
    }
    fputc('"', out);
}

void results_json(FILE *out, const struct bench_group *const *groups)
{
    const char *comma = "";
    char goal[32];
    fputs("[", out);
    FOR_ROWS(r, groups) {
        fprintf(out, "%s\n  {\"name\": ", comma);
        results_quoted(out, r->name);
        fputs(", \"value\": ", out);
        if (r->measured) {
            fprintf(out, "%.6g", r->value);
        } else {
            fputs("null", out);
        }
        fputs(", \"comparator\": ", out);
        results_quoted(out, r->comparator);
        fputs(", \"goal\": ", out);
        if (r->kind == BENCH_NONE) {
            fputs("null", out);
        } else {
            results_quoted(out, goal_of(r, goal));
        }
        fprintf(out, ", \"met\": %s", met(r) ? "true" : "false");
        if (!r->measured) {
            fputs(", \"why\": ", out);
            results_quoted(out, r->why);
        }
        fputs("}", out);
        comma = ",";
    }
    fputs("\n]\n", out);
}

bool results_all_measured(const struct bench_group *const *groups)
{
    bool all = true;
    FOR_ROWS(r, groups) {
        all &= r->measured;
    }
    return all;
}

static void first_line(const char *command, char *line, size_t len)
{
    FILE *f = popen(command, "r");
    if (!f || !fgets(line, len, f)) {
        snprintf(line, len, "?");
    }
    line[strcspn(line, "\n")] = 0;
    if (f) {
        pclose(f);
    }
}

static const struct bench_group *const *shown;

static void markdown(FILE *out)
{
    char goal[32], value[64], cpu[256], qemu[256], verilator[256], date[32];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%Y-%m-%d", gmtime(&now));
    first_line("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1", cpu, sizeof cpu);
    first_line("qemu-system-aarch64 --version", qemu, sizeof qemu);
    first_line("verilator --version", verilator, sizeof verilator);
    fprintf(out, "%s, %s; %s; %s.\n\n| figure | value | goal | | against | meaning |\n|---|---|---|---|---|---|\n", date, cpu, qemu, verilator);
    FOR_ROWS(r, shown) {
        fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", r->name, value_of(r, value), goal_of(r, goal), verdict(r), r->comparator, r->measured ? r->meaning : r->why);
    }
}

/* The file's text in *text (NULL: it cannot be read); free() it. */
static void read_whole(const char *path, char **text)
{
    FILE *f = fopen(path, "r");
    size_t len = 0;
    *text = NULL;
    if (f && getdelim(text, &len, 0, f) < 0) {
        free(*text);
        *text = NULL;
    }
    if (f) {
        fclose(f);
    }
}

int results_write(const char *path, const struct bench_group *const *groups)
{
    shown = groups;
    return results_put(path, "", markdown);
}

int results_put(const char *path, const char *which, void (*body)(FILE *out))
{
    char first[128], last[128], *text;
    snprintf(first, sizeof first, MARK, which, "begin");
    snprintf(last, sizeof last, MARK, which, "end");
    read_whole(path, &text);
    char *begin = text ? strstr(text, first) : NULL, *end = begin ? strstr(begin, last) : NULL;
    FILE *f = end ? fopen(path, "w") : NULL;
    if (!f) {
        fprintf(stderr, "ingot: %s: %s%s\n", path, !text || end ? strerror(errno) : "it has not the two marks between which the table goes: ", text && !end ? first : "");
        free(text);
        return -1;
    }
    fwrite(text, 1, begin - text + strlen(first), f);
    body(f);
    fputs(end, f);
    bool bad = ferror(f);
    if (fclose(f) || bad) {
        fprintf(stderr, "ingot: %s: not written whole: free some space and run again\n", path);
        free(text);
        return -1;
    }
    free(text);
    return 0;
}
