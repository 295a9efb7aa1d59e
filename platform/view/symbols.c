/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses: the files, and who is asked
 */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST 0x10000        /* bytes that a symbol without size or successor is taken to have */

struct symbol {
    uint64_t addr, end;
    size_t name;            /* in the file's text */
    unsigned rank;
};

struct table {
    struct symbol *all;
    size_t count, cap;
};

struct symbols_file {
    struct symbols_file *next;
    char *vm;               /* or NULL */
    struct table tables[2]; /* code, data */
    char *text;
    size_t text_len, text_cap;
};

struct symbols {
    struct symbols_file *files;
};

struct symbols *symbols_new(void) { return calloc(1, sizeof(struct symbols)); }

static void free_file(struct symbols_file *f)
{
    free(f->vm);
    free(f->tables[0].all);
    free(f->tables[1].all);
    free(f->text);
    free(f);
}

void symbols_free(struct symbols *s)
{
    while (s && s->files) {
        struct symbols_file *f = s->files;
        s->files = f->next;
        free_file(f);
    }
    free(s);
}

static bool room(void **at, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return true;
    size_t more = 2 * need + 64;
    void *grown = realloc(*at, more * size);
    if (!grown)
        return false;
    *at = grown;
    *cap = more;
    return true;
}

bool symbols_put(struct symbols_file *f, uint64_t addr, uint64_t end, bool data, unsigned rank, const char *name)
{
    struct table *t = &f->tables[data];
    size_t len = strlen(name) + 1;
    if (!room((void **)&t->all, &t->cap, t->count + 1, sizeof *t->all) || !room((void **)&f->text, &f->text_cap, f->text_len + len, 1))
        return false;
    memcpy(f->text + f->text_len, name, len);
    t->all[t->count++] = (struct symbol){ addr, end, f->text_len, rank };
    f->text_len += len;
    return true;
}

static int by_addr(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

/* In order, one an address. */
static void settle(struct table *t)
{
    size_t n = 0;
    if (t->count)
        qsort(t->all, t->count, sizeof *t->all, by_addr);
    for (size_t i = 0; i < t->count; i++)
        if (!n || t->all[i].addr != t->all[n - 1].addr)
            t->all[n++] = t->all[i];
    for (size_t i = 0; i < n; i++)
        if (!t->all[i].end) {
            uint64_t last = t->all[i].addr + LAST;
            t->all[i].end = i + 1 < n ? t->all[i + 1].addr : last > t->all[i].addr ? last : UINT64_MAX;
        }
    t->count = n;
}

static int read_file(struct symbols_file *f, const char *path, bool has_base, uint64_t base, char *err, size_t err_len)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), r = 1;
    if (fd < 0 || fstat(fd, &st) < 0 || (S_ISDIR(st.st_mode) && (errno = EISDIR))) {
        snprintf(err, err_len, "%s: symbols cannot be read: %s", path, strerror(errno));
        r = -1;
    }
    if (r > 0)
        r = symbols_elf(f, path, fd, has_base, base, err, err_len);
    if (r > 0 && has_base) {
        snprintf(err, err_len, "%s: is no ELF file: a base is for a relocatable one, as a kernel's module is", path);
        r = -1;
    }
    void *bytes = r > 0 && st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (bytes != MAP_FAILED) {
        r = symbols_image(f, path, bytes, (size_t)st.st_size, err, err_len);
        if (r > 0)
            r = symbols_text(f, path, bytes, (size_t)st.st_size, err, err_len);
        munmap(bytes, (size_t)st.st_size);
    }
    if (r > 0)
        snprintf(err, err_len, "%s: has no symbols: give an ELF file, an arm64 Linux Image, System.map or /proc/kallsyms", path);
    if (fd >= 0)
        close(fd);
    return r ? -1 : 0;
}

int symbols_add(struct symbols *s, const char *vm, const char *path, bool has_base, uint64_t base, char *err, size_t err_len)
{
    struct symbols_file *f = calloc(1, sizeof *f), **last = &s->files;
    if (!f || (vm && !(f->vm = strdup(vm)))) {
        free(f);
        snprintf(err, err_len, "%s: no memory for its symbols", path);
        return -1;
    }
    if (read_file(f, path, has_base, base, err, err_len) < 0) {
        free_file(f);
        return -1;
    }
    settle(&f->tables[0]);
    settle(&f->tables[1]);
    while (*last)
        last = &(*last)->next;
    *last = f;
    return (int)(f->tables[0].count + f->tables[1].count);
}

static const struct symbol *find_in(const struct table *t, uint64_t addr)
{
    size_t low = 0, high = t->count;
    while (low < high) {        /* the first that begins behind addr */
        size_t middle = low + (high - low) / 2;
        if (t->all[middle].addr > addr)
            high = middle;
        else
            low = middle + 1;
    }
    return low && addr < t->all[low - 1].end ? &t->all[low - 1] : NULL;
}

/* A file's addresses have one upper half, or two where it reaches across a border of 4 GiB (the kernel's modules and itself). */
static const struct symbol *find_low(const struct table *t, uint32_t low, uint64_t *addr)
{
    const uint64_t upper[] = { t->count ? t->all[0].addr >> 32 : 0, t->count ? t->all[t->count - 1].addr >> 32 : 0 };
    const struct symbol *found = find_in(t, *addr = upper[0] << 32 | low);
    return found ? found : find_in(t, *addr = upper[1] << 32 | low);
}

static const char *find_of(const struct symbols *s, const char *vm, uint64_t addr, bool whole, bool data, uint64_t *offset)
{
    for (const struct symbols_file *f = s->files; f; f = f->next) {
        bool asked = f->vm && vm ? !strcmp(f->vm, vm) : f->vm == vm;
        uint64_t at = addr;
        const struct symbol *found = !asked ? NULL : whole ? find_in(&f->tables[data], at) : find_low(&f->tables[data], (uint32_t)addr, &at);
        if (found) {
            *offset = at - found->addr;
            return f->text + found->name;
        }
    }
    return NULL;
}

const char *symbols_find(const struct symbols *s, const char *vm, unsigned el, uint64_t addr, bool whole, bool data, uint64_t *offset)
{
    const char *asked[] = { el == 2 ? "hypervisor" : vm, NULL, el == 2 ? vm : el == 1 ? NULL : "hypervisor" };
    const char *name = NULL;
    for (size_t i = 0; i < sizeof asked / sizeof *asked && !name; i++)
        if (asked[i] || i == 1)         /* second: anybody's files */
            name = find_of(s, asked[i], addr, whole, data, offset);
    return name;
}
