/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses, from ELF files by libelf: functions, labels and objects of the sections that are loaded
 */
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>

#include "symbols.h"

/* A64's mapping symbols ("$x", "$d.1": ELF for the Arm 64-bit Architecture, 5.5.4) and assemblers' own labels name nothing. */
static bool names_something(const char *name) { return name && *name && *name != '$' && strncmp(name, ".L", 2); }

static unsigned rank_of(const GElf_Sym *s)
{
    return (GELF_ST_BIND(s->st_info) == STB_LOCAL) + 2u * (GELF_ST_TYPE(s->st_info) == STT_NOTYPE);
}

static bool put_symbol(struct symbols_file *f, Elf *elf, const GElf_Sym *s, const char *name, size_t section_names, bool relocatable, uint64_t base)
{
    unsigned type = GELF_ST_TYPE(s->st_info);
    GElf_Shdr section;
    if (type > STT_FUNC || !names_something(name) || s->st_shndx == SHN_UNDEF || s->st_shndx >= SHN_LORESERVE)
        return true;
    Elf_Scn *in = elf_getscn(elf, s->st_shndx);
    if (!in || !gelf_getshdr(in, &section) || !(section.sh_flags & SHF_ALLOC))
        return true;
    bool code = section.sh_flags & SHF_EXECINSTR;
    const char *where = relocatable ? elf_strptr(elf, section_names, section.sh_name) : NULL;
    if (relocatable && (!where || strcmp(where, ".text")))
        return true;
    if (!code && (!s->st_size || type != STT_OBJECT))
        return true;
    uint64_t addr = s->st_value + base, end = s->st_size ? addr + s->st_size : section.sh_addr + section.sh_size + base;
    return end <= addr || symbols_put(f, addr, end, !code, rank_of(s), name);
}

static int read_all(struct symbols_file *f, Elf *elf, const char *path, bool has_base, uint64_t base, char *err, size_t err_len)
{
    GElf_Ehdr header;
    GElf_Shdr sh;
    GElf_Sym symbol;
    size_t section_names;
    bool room = true, table = false;
    if (!gelf_getehdr(elf, &header) || elf_getshdrstrndx(elf, &section_names) < 0)
        return 1;
    bool relocatable = header.e_type == ET_REL;
    if (relocatable != has_base) {
        snprintf(err, err_len, relocatable ? "%s: is loaded somewhere by the guest: give the address of its section .text, %s@0xADDRESS"
                                           : "%s: has fixed addresses: leave @ away", path, path);
        return -1;
    }
    for (Elf_Scn *s = NULL; room && (s = elf_nextscn(elf, s));) {
        if (!gelf_getshdr(s, &sh) || sh.sh_type != SHT_SYMTAB || !sh.sh_entsize)
            continue;
        Elf_Data *data = elf_getdata(s, NULL);
        table = true;
        for (size_t i = 0; room && data && i < sh.sh_size / sh.sh_entsize && gelf_getsym(data, (int)i, &symbol); i++)
            room = put_symbol(f, elf, &symbol, elf_strptr(elf, sh.sh_link, symbol.st_name), section_names, relocatable, base);
    }
    if (!room || !table) {
        snprintf(err, err_len, room ? "%s: has no symbol table: it is stripped" : "%s: no memory for its symbols", path);
        return -1;
    }
    return 0;
}

int symbols_elf(struct symbols_file *f, const char *path, int fd, bool has_base, uint64_t base, char *err, size_t err_len)
{
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    int r = elf && elf_kind(elf) == ELF_K_ELF ? read_all(f, elf, path, has_base, base, err, err_len) : 1;
    elf_end(elf);
    return r;
}
