/* SPDX-License-Identifier: GPL-2.0-or-later
 * Symbols of guest programs, by libelf
 */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct wanted {
    const char *name, *text;        /* text: NULL, or the section that it must lie in */
    size_t names;                   /* index of the section names */
    uint64_t value;
};

/* Looks through one symbol table. */
static bool found_in(Elf *elf, Elf_Scn *table, struct wanted *w)
{
    GElf_Shdr sh, section;
    GElf_Sym symbol;
    if (!gelf_getshdr(table, &sh) || sh.sh_type != SHT_SYMTAB || !sh.sh_entsize) {
        return false;
    }
    Elf_Data *data = elf_getdata(table, NULL);
    for (size_t i = 0; data && i < sh.sh_size / sh.sh_entsize && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, sh.sh_link, symbol.st_name);
        if (!name || strcmp(name, w->name) || symbol.st_shndx == SHN_UNDEF) {
            continue;
        }
        if (w->text) {
            Elf_Scn *in = elf_getscn(elf, symbol.st_shndx);
            const char *where = in && gelf_getshdr(in, &section) ? elf_strptr(elf, w->names, section.sh_name) : NULL;
            if (!where || strcmp(where, w->text)) {
                continue;
            }
        }
        w->value = symbol.st_value;
        return true;
    }
    return false;
}

static int search(Elf *elf, const char *path, const char *name, uint64_t base, bool has_base, uint64_t *addr, char *err, size_t err_len)
{
    GElf_Ehdr header;
    struct wanted w = { .name = name };
    if (!elf || !gelf_getehdr(elf, &header) || elf_getshdrstrndx(elf, &w.names) < 0) {
        snprintf(err, err_len, "%s: no ELF file", path);
        return -1;
    }
    bool relocatable = header.e_type == ET_REL;
    if (relocatable != has_base) {
        snprintf(err, err_len, relocatable ? "%s: is loaded somewhere by the guest: give base=, the address of its section .text"
                                           : "%s: has fixed addresses: leave base= out", path);
        return -1;
    }
    w.text = relocatable ? ".text" : NULL;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
        if (found_in(elf, s, &w)) {
            *addr = w.value + base;
            return 0;
        }
    }
    snprintf(err, err_len, "%s: no symbol '%s'%s: is the name right, and the file not stripped?", path, name, relocatable ? " in .text" : "");
    return -1;
}

int symbol_find(const char *path, const char *name, uint64_t base, bool has_base, uint64_t *addr, char *err, size_t err_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        snprintf(err, err_len, "%s: %s", path, strerror(errno));
        return -1;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    int r = search(elf, path, name, base, has_base, addr, err, err_len);
    elf_end(elf);
    close(fd);
    return r;
}
