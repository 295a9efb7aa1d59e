/* SPDX-License-Identifier: GPL-2.0-or-later
 * Budgets: what an instance is made of: its ELF's sections, and the sources in its debug information
 *
 * Bytes: of all sections that are loaded and not written to, without payloads (.vm<n>_*) and without tables that the MMU
 * and the SMMU walk; alignment counts. Lines: neither blank nor comment, of each .c and .S that is a compilation unit.
 */
#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench.h"
#include "budget.h"

struct image {
    unsigned char *data;
    size_t size;
    const Elf64_Ehdr *head;
    const Elf64_Shdr *sections;
    const char *names;
};

static bool image_load(struct image *im, const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    im->size = f && !fstat(fileno(f), &st) ? st.st_size : 0;
    im->data = malloc(im->size + 1);
    bool good = im->size > sizeof *im->head && fread(im->data, 1, im->size, f) == im->size;
    if (f) {
        fclose(f);
    }
    im->head = (const Elf64_Ehdr *)im->data;
    if (!good || memcmp(im->data, ELFMAG, SELFMAG) || im->head->e_shoff + (uint64_t)im->head->e_shnum * sizeof *im->sections > im->size ||
        im->head->e_shstrndx >= im->head->e_shnum) {
        free(im->data);
        return false;
    }
    im->sections = (const Elf64_Shdr *)(im->data + im->head->e_shoff);
    im->names = (const char *)im->data + im->sections[im->head->e_shstrndx].sh_offset;
    return true;
}

static bool is_payload(const char *name) { return !strncmp(name, ".vm", 3) && isdigit((unsigned char)name[3]); }

static bool counts(const struct image *im, const Elf64_Shdr *s)
{
    return s->sh_flags & SHF_ALLOC && !(s->sh_flags & SHF_WRITE) && s->sh_type != SHT_NOBITS && !is_payload(im->names + s->sh_name);
}

static bool is_table(const char *name)
{
    static const char *const prefixes[] = { "pt_", "hyp_s2_", "hyp_m_", "hyp_r_", "hyp_el2_root", "hyp_stream_table", "streams_" };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (!strncmp(name, prefixes[i], strlen(prefixes[i]))) {
            return true;
        }
    }
    return false;
}

struct mark {
    uint64_t at;
    bool table;
};

static int by_place(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : y->table - x->table;
}

/* Bytes from each table's symbol to the next symbol behind it: tables fill their pages. */
static uint64_t tables_in(const struct image *im, const Elf64_Shdr *section, const Elf64_Shdr *symtab)
{
    const Elf64_Sym *symbols = (const Elf64_Sym *)(im->data + symtab->sh_offset);
    const char *strings = (const char *)im->data + im->sections[symtab->sh_link].sh_offset;
    size_t count = symtab->sh_size / sizeof *symbols, n = 0;
    struct mark *marks = calloc(count + 1, sizeof *marks);
    for (size_t i = 0; i < count; i++) {
        const char *name = strings + symbols[i].st_name;
        if (name[0] != '$' && symbols[i].st_value - section->sh_addr < section->sh_size && ELF64_ST_TYPE(symbols[i].st_info) != STT_SECTION) {
            marks[n++] = (struct mark){ symbols[i].st_value, is_table(name) };
        }
    }
    qsort(marks, n, sizeof *marks, by_place);
    marks[n] = (struct mark){ section->sh_addr + section->sh_size, false };
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (marks[i].table && (!i || marks[i - 1].at != marks[i].at)) {
            size_t next = i + 1;
            while (next < n && marks[next].at == marks[i].at) {
                next++;
            }
            bytes += (marks[next].at - marks[i].at) & ~0xfffull;
        }
    }
    free(marks);
    return bytes;
}

static uint64_t bytes_of(const struct image *im)
{
    const Elf64_Shdr *end = im->sections + im->head->e_shnum, *symtab = NULL;
    uint64_t bytes = 0;
    for (const Elf64_Shdr *s = im->sections; s < end; s++) {
        symtab = s->sh_type == SHT_SYMTAB ? s : symtab;
    }
    for (const Elf64_Shdr *s = im->sections; s < end; s++) {
        if (counts(im, s)) {
            bytes += s->sh_size - (symtab ? tables_in(im, s, symtab) : 0);
        }
    }
    return bytes;
}

int budget_lines(const char *path)
{
    FILE *f = fopen(path, "r");
    int c, last = 0, count = 0;
    bool comment = false, rest = false, text = false;
    int quote = 0;
    if (!f) {
        return -1;
    }
    while ((c = getc(f)) != EOF) {
        if (c == '\n') {
            count += text;
            text = rest = false;
            quote = 0;
        } else if (comment) {
            comment = !(last == '*' && c == '/');
            c = comment ? c : ' ';
        } else if (!rest && !quote && c == '/') {
            int next = getc(f);
            rest = next == '/';
            comment = next == '*';
            if (!rest && !comment) {
                text = true;
                ungetc(next, f);
            }
            c = ' ';
        } else if (!rest && !isspace(c)) {
            text = true;
            quote = quote ? (c == quote && last != '\\' ? 0 : quote) : c == '"' ? c : 0;
        }
        last = last == '\\' && c == '\\' ? 0 : c;
    }
    fclose(f);
    return count + text;
}

/* Where the last "/hypervisor/" begins, or NULL: the tree may lie below a folder of that name itself. */
static char *in_tree(char *line)
{
    char *last = NULL;
    for (char *at = line; (at = strstr(at, "/hypervisor/")); at++) {
        last = at;
    }
    return last;
}

/* Compilation units below hypervisor/, by readelf; -1 and `why` if there are none or one cannot be read. */
static int lines_of(const char *elf, char *why, size_t why_len)
{
    char command[8400], line[4600];
    int total = 0;
    snprintf(command, sizeof command, "readelf --debug-dump=info --dwarf-depth=1 '%s' 2>/dev/null", elf);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        char *path = strstr(line, "DW_AT_name") ? in_tree(line) : NULL, file[9000];
        if (!path) {
            continue;
        }
        path[strcspn(path, "\n")] = 0;
        snprintf(file, sizeof file, "%s%s", bench.source, path);
        int n = budget_lines(file);
        if (n < 0) {
            snprintf(why, why_len, "%.400s: it cannot be read", file);
            pclose(f);
            return -1;
        }
        total += n;
    }
    if (f) {
        pclose(f);
    }
    snprintf(why, why_len, "%.400s has no debug information, or there is no readelf", elf);
    return total ? total : -1;
}

static bool make(const char *dir, char *why, size_t why_len)
{
    char command[13000], line[512] = "?";
    snprintf(command, sizeof command, "mkdir -p '%s' && '%s/platform/cli/ingot' forge --out='%s' '%s/scenarios/systems/" INSTANCE ".xml' 2>&1",
             dir, bench.build, dir, bench.source);
    FILE *f = popen(command, "r");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
    }
    snprintf(why, why_len, "%s", line);
    return f && pclose(f) == 0;
}

void budget_size(void)
{
    char dir[4200], elf[4400], why[512] = "";
    struct image im;
    int made = -1;
    snprintf(dir, sizeof dir, "%s/bench/" INSTANCE, bench.build);
    snprintf(elf, sizeof elf, "%s/" INSTANCE ".elf", dir);
    for (struct budget_row *r = budget_rows; r->name; r++) {
        if (!r->wanted || (r->count != BUDGET_SOURCE && r->count != BUDGET_BYTES)) {
            continue;
        }
        made = made < 0 ? make(dir, why, sizeof why) : made;
        int value = -1;
        if (made && r->count == BUDGET_SOURCE) {
            value = lines_of(elf, why, sizeof why);
        } else if (made && image_load(&im, elf)) {
            value = bytes_of(&im);
            free(im.data);
        } else if (made) {
            snprintf(why, sizeof why, "%.400s is no ELF", elf);
        }
        r->runs = value >= 0;
        r->value = r->maximum = value;
        if (value < 0) {
            budget_failed(r, "%s", why);
        }
    }
}
