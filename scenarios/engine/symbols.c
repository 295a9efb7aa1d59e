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

static int search(Elf *elf, const char *path, const char *name, uint64_t base, uint64_t *addr, char *err, size_t err_len)
{
    GElf_Ehdr header;
    Elf_Scn *section = NULL;
    if (!gelf_getehdr(elf, &header)) {
        snprintf(err, err_len, "%s: no ELF file: %s", path, elf_errmsg(-1));
        return -1;
    }
    while ((section = elf_nextscn(elf, section))) {
        GElf_Shdr sh;
        gelf_getshdr(section, &sh);
        if (sh.sh_type != SHT_SYMTAB || !sh.sh_entsize) {
            continue;
        }
        Elf_Data *data = elf_getdata(section, NULL);
        for (size_t i = 0; i < sh.sh_size / sh.sh_entsize; i++) {
            GElf_Sym symbol;
            gelf_getsym(data, i, &symbol);
            const char *text = elf_strptr(elf, sh.sh_link, symbol.st_name);
            if (text && !strcmp(text, name) && symbol.st_shndx != SHN_UNDEF) {
                *addr = symbol.st_value + (header.e_type == ET_REL ? base : 0);
                return 0;
            }
        }
    }
    snprintf(err, err_len, "%s: no symbol '%s': is it built with symbols, and is the name right?", path, name);
    return -1;
}

int symbol_find(const char *path, const char *name, uint64_t base, uint64_t *addr, char *err, size_t err_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        snprintf(err, err_len, "%s: %s", path, strerror(errno));
        return -1;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    int r = search(elf, path, name, base, addr, err, err_len);
    elf_end(elf);
    close(fd);
    return r;
}
