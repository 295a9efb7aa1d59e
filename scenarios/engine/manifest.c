/* SPDX-License-Identifier: GPL-2.0-or-later
 * A checkpoint's manifest: what it is of, and how to tell that it is whole
 */
#include "manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed.h"
#include "traces/trace.h"
#include "words.h"

#define VERSION_LINE "ingot-checkpoint 2"

/* Items that are one word, in the order of the file. */
static const struct {
    const char *name;
    size_t offset, size;
} texts[] = {
#define TEXT(member) { #member, offsetof(struct manifest, member), sizeof ((struct manifest *)0)->member }
    TEXT(scenario), TEXT(board), TEXT(domain), TEXT(system), TEXT(qemu), TEXT(configuration),
};
#define TEXT_COUNT (sizeof texts / sizeof texts[0])

static int failed(const char *path, const char *why, char *err, size_t err_len)
{
    snprintf(err, err_len, "%s: %s", path, why);
    return -1;
}

static void put_word(FILE *f, const char *item, const char *text)
{
    char *word = word_escape(text, strlen(text));
    fprintf(f, "%s %s\n", item, word);
    free(word);
}

static void put(FILE *f, const struct manifest *m)
{
    fputs(VERSION_LINE "\n", f);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        put_word(f, texts[i].name, (const char *)m + texts[i].offset);
    }
    fprintf(f, "time-ps %" PRIu64 "\n", m->time_ps);
    for (size_t i = 0; i < m->device_count; i++) {
        char *impl = word_escape(m->devices[i].impl, strlen(m->devices[i].impl));
        fprintf(f, "device %s %s %s\n", m->devices[i].name, m->devices[i].type, impl);
        free(impl);
    }
    for (size_t i = 0; i < m->probe_count; i++) {
        put_word(f, "probe", m->probes[i]);
    }
    fprintf(f, "image %" PRIu64 " %08" PRIx32 "\n", m->image.size, m->image.crc32c);
    fprintf(f, "state %" PRIu64 " %08" PRIx32 "\n", m->state.size, m->state.crc32c);
}

int manifest_write(const struct manifest *m, const char *path, char *err, size_t err_len)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    put(f, m);
    fclose(f);
    int r = sealed_write(path, text, len, err, err_len);
    free(text);
    return r;
}

/* One line into m. False: it is none of a manifest. */
static int take(struct manifest *m, char *line)
{
    char *value = strchr(line, ' ');
    if (!value) {
        return -1;
    }
    *value++ = 0;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (!strcmp(line, texts[i].name)) {
            long len = word_unescape(value);
            if (len < 0 || (size_t)len >= texts[i].size) {
                return -1;
            }
            strcpy((char *)m + texts[i].offset, value);
            return 0;
        }
    }
    if (!strcmp(line, "device") && m->device_count < MANIFEST_DEVICES_MAX) {
        size_t i = m->device_count++;
        char impl[3 * MANIFEST_IMPL_MAX];       /* each byte may be escaped */
        if (sscanf(value, "%63s %63s %3071s", m->devices[i].name, m->devices[i].type, impl) != 3 || word_unescape(impl) < 0 || strlen(impl) >= MANIFEST_IMPL_MAX) {
            return -1;
        }
        strcpy(m->devices[i].impl, impl);
        return 0;
    }
    if (!strcmp(line, "probe") && m->probe_count < MANIFEST_PROBES_MAX) {
        long len = word_unescape(value);
        if (len < 0 || (size_t)len >= sizeof m->probes[0]) {
            return -1;
        }
        strcpy(m->probes[m->probe_count++], value);
        return 0;
    }
    if (!strcmp(line, "time-ps")) {
        return sscanf(value, "%" SCNu64, &m->time_ps) == 1 ? 0 : -1;
    }
    struct manifest_file *file = !strcmp(line, "image") ? &m->image : !strcmp(line, "state") ? &m->state : NULL;
    return file && sscanf(value, "%" SCNu64 " %" SCNx32, &file->size, &file->crc32c) == 2 ? 0 : -1;
}

static int odd(const char *path, const char *again, char *err, size_t err_len)
{
    snprintf(err, err_len, "%s: written by another version of Ingot: %s", path, again);
    return -1;
}

static int parse(struct manifest *m, char *text, const char *path, const char *again, char *err, size_t err_len)
{
    char *save, *line = strtok_r(text, "\n", &save);
    if (!line || strcmp(line, VERSION_LINE)) {
        return odd(path, again, err, err_len);
    }
    while ((line = strtok_r(NULL, "\n", &save))) {
        if (take(m, line) < 0) {
            return odd(path, again, err, err_len);
        }
    }
    return 0;
}

int manifest_read(struct manifest *m, const char *path, char *err, size_t err_len)
{
    return manifest_read_of(m, path, "make the checkpoint again", err, err_len);
}

int manifest_read_of(struct manifest *m, const char *path, const char *again, char *err, size_t err_len)
{
    char *text = sealed_read(path, again, err, err_len);
    memset(m, 0, sizeof *m);
    int r = text ? parse(m, text, path, again, err, err_len) : -1;
    free(text);
    return r;
}

int manifest_measure(const char *path, struct manifest_file *file, char *err, size_t err_len)
{
    static uint8_t buf[1 << 18];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (!f) {
        return failed(path, strerror(errno), err, err_len);
    }
    *file = (struct manifest_file){ 0 };
    while ((n = fread(buf, 1, sizeof buf, f)) > 0) {
        file->crc32c = trace_crc32c(file->crc32c, buf, n);
        file->size += n;
    }
    int bad = ferror(f);
    fclose(f);
    return bad ? failed(path, "cannot be read", err, err_len) : 0;
}
