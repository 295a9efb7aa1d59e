/* SPDX-License-Identifier: GPL-2.0-or-later
 * Symbols of ELF files: found, or a reason
 */
#include <cstring>
#include <fstream>
#include <string>

#include <elf.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "scenarios/engine/symbols.h"

namespace {

const char strings[] = "\0.text\0.data\0.symtab\0.strtab\0in_text\0in_data";
enum { TEXT = 1, DATA = 7, SYMTAB = 13, STRTAB = 21, IN_TEXT = 29, IN_DATA = 37 };

/* The least ELF file: .text, .data, two symbols. */
std::string elf(uint16_t type)
{
    Elf64_Ehdr h = {};
    Elf64_Shdr s[5] = {};
    Elf64_Sym y[3] = {};
    memcpy(h.e_ident, ELFMAG, SELFMAG);
    h.e_ident[EI_CLASS] = ELFCLASS64;
    h.e_ident[EI_DATA] = ELFDATA2LSB;
    h.e_ident[EI_VERSION] = EV_CURRENT;
    h.e_type = type;
    h.e_machine = EM_AARCH64;
    h.e_version = EV_CURRENT;
    h.e_ehsize = sizeof h;
    h.e_shentsize = sizeof s[0];
    h.e_shnum = 5;
    h.e_shstrndx = 4;
    h.e_shoff = sizeof h;
    s[1].sh_name = TEXT, s[1].sh_type = SHT_NOBITS, s[1].sh_flags = SHF_ALLOC | SHF_EXECINSTR, s[1].sh_size = 0x1000;
    s[2].sh_name = DATA, s[2].sh_type = SHT_NOBITS, s[2].sh_flags = SHF_ALLOC | SHF_WRITE, s[2].sh_size = 0x1000;
    s[3].sh_name = SYMTAB, s[3].sh_type = SHT_SYMTAB, s[3].sh_link = 4, s[3].sh_entsize = sizeof y[0], s[3].sh_size = sizeof y;
    s[3].sh_offset = sizeof h + sizeof s;
    s[4].sh_name = STRTAB, s[4].sh_type = SHT_STRTAB, s[4].sh_size = sizeof strings, s[4].sh_offset = s[3].sh_offset + sizeof y;
    y[1].st_name = IN_TEXT, y[1].st_shndx = 1, y[1].st_value = 0x120;
    y[2].st_name = IN_DATA, y[2].st_shndx = 2, y[2].st_value = 0x40;
    std::string file;
    file.append(reinterpret_cast<char *>(&h), sizeof h).append(reinterpret_cast<char *>(s), sizeof s);
    return file.append(reinterpret_cast<char *>(y), sizeof y).append(strings, sizeof strings);
}

struct Symbols : testing::Test {
    char path[32] = "/tmp/ingot-test-XXXXXX", err[256] = "";
    uint64_t addr = 0;

    void SetUp() override { close(mkstemp(path)); }
    void TearDown() override { unlink(path); }
    void put(const std::string &bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }
    int find(const char *name, bool has_base = false, uint64_t base = 0)
    {
        return symbol_find(path, name, base, has_base, &addr, err, sizeof err);
    }
};

TEST_F(Symbols, AProgramsSymbolIsItsAddress)
{
    put(elf(ET_EXEC));
    ASSERT_EQ(find("in_data"), 0) << err;
    EXPECT_EQ(addr, 0x40u);
}

TEST_F(Symbols, AModulesSymbolLiesBehindItsText)
{
    put(elf(ET_REL));
    ASSERT_EQ(find("in_text", true, 0xffff800000c10000), 0) << err;
    EXPECT_EQ(addr, 0xffff800000c10120u);
    EXPECT_EQ(find("in_data", true, 0x1000), -1) << "it is not loaded with .text";
}

TEST_F(Symbols, AModuleNeedsABaseAndAProgramHasNone)
{
    put(elf(ET_REL));
    EXPECT_EQ(find("in_text"), -1);
    EXPECT_NE(strstr(err, "base="), nullptr) << err;
    put(elf(ET_EXEC));
    EXPECT_EQ(find("in_text", true, 0x1000), -1);
}

TEST_F(Symbols, AMissingSymbolAndFileAreNamed)
{
    put(elf(ET_EXEC));
    EXPECT_EQ(find("nowhere"), -1);
    EXPECT_NE(strstr(err, "'nowhere'"), nullptr) << err;
    EXPECT_EQ(symbol_find("/nowhere/x", "y", 0, false, &addr, err, sizeof err), -1);
    EXPECT_STREQ(err, "/nowhere/x: No such file or directory");
}

TEST_F(Symbols, ATornFileIsNoElf)
{
    std::string whole = elf(ET_EXEC);
    for (size_t n = 0; n < whole.size(); n += 7) {
        put(whole.substr(0, n));
        EXPECT_EQ(find("in_text"), -1) << n << " bytes";
    }
}

}  // namespace
