/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of addresses: from ELF files, kernel Images and text, and whose are asked
 */
#include <algorithm>
#include <elf.h>
#include <random>

#include "view_testing.h"

namespace {

struct Symbol {
    const char *name;
    uint64_t value, size;
    unsigned char info;     /* ELF64_ST_INFO */
    uint16_t section;       /* 1: .text, 2: .data */
};

/* .text at 0x1000 and .data at 0x3000, 0x1000 bytes each (both at 0 in a relocatable file), with these symbols. */
std::string elf(const std::vector<Symbol> &symbols, uint16_t type = ET_EXEC)
{
    std::string strings("\0.text\0.data\0.symtab\0.strtab\0", 29);
    std::vector<Elf64_Sym> table(1);
    for (const Symbol &s : symbols) {
        table.push_back({ (uint32_t)strings.size(), s.info, 0, s.section, s.value, s.size });
        strings += std::string(s.name) + '\0';
    }
    Elf64_Ehdr h = {};
    Elf64_Shdr s[5] = {};
    memcpy(h.e_ident, ELFMAG, SELFMAG);
    h.e_ident[EI_CLASS] = ELFCLASS64;
    h.e_ident[EI_DATA] = ELFDATA2LSB;
    h.e_ident[EI_VERSION] = h.e_version = EV_CURRENT;
    h.e_type = type;
    h.e_machine = EM_AARCH64;
    h.e_ehsize = sizeof h;
    h.e_shentsize = sizeof s[0];
    h.e_shnum = 5;
    h.e_shstrndx = 4;
    h.e_shoff = sizeof h;
    uint64_t at = sizeof h + sizeof s, base = type == ET_REL ? 0 : 0x1000;
    s[1] = { 1, SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, base, 0, 0x1000, 0, 0, 1, 0 };
    s[2] = { 7, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, base * 3, 0, 0x1000, 0, 0, 1, 0 };
    s[3] = { 13, SHT_SYMTAB, 0, 0, at, table.size() * sizeof table[0], 4, 0, 8, sizeof table[0] };
    s[4] = { 21, SHT_STRTAB, 0, 0, at + s[3].sh_size, strings.size(), 0, 0, 1, 0 };
    return std::string((char *)&h, sizeof h) + std::string((char *)s, sizeof s) + std::string((char *)table.data(), s[3].sh_size) + strings;
}

constexpr unsigned char kFunction = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), kLabel = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE),
                        kObject = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);

/* What a probe's PC (or a DMA's address) is called. */
struct Names {
    Seen s{ run_with_vms };
    char err[1024] = "";
    int add(const char *vm, const std::string &bytes, bool has_base = false, uint64_t base = 0)
    {
        TempFile file;
        file.write(bytes);
        return view_add_symbols(s.v, vm, file.path.c_str(), has_base, base, err, sizeof err);
    }
    std::string at(uint64_t pc, unsigned el = 1, uint32_t vmid = 1, enum trace_kind kind = TRACE_PROBE)
    {
        struct trace_record r = {};
        char name[600];
        r.kind = (uint16_t)kind;
        r.addr = pc;
        r.id = kind == TRACE_PROBE ? HANDLER : DMAQ;        /* linux's */
        r.size = (uint8_t)el;
        r.core = vmid == 1 ? 0 : 1;
        r.result = vmid;
        view_symbol(s.v, &r, name, sizeof name);
        return name;
    }
};

TEST(SymbolNames, OfAnElfFileHaveFunctionsLabelsAndTheirEnds)
{
    Names n;
    EXPECT_EQ(n.add("linux", elf({ { "fetch", 0x1100, 0x20, kFunction, 1 }, { "$x", 0x1108, 0, kLabel, 1 }, { ".L4", 0x110c, 0, kLabel, 1 },
                                   { "alias", 0x1100, 0, kLabel, 1 }, { "vectors", 0x1800, 0, kLabel, 1 }, { "ring", 0x3000, 0x100, kObject, 2 },
                                   { "gone", 0x1100, 4, kFunction, SHN_UNDEF }, { "constant", 0x1110, 0, kLabel, SHN_ABS } })), 3) << n.err;
    EXPECT_EQ(n.at(0x10ff), "");
    EXPECT_EQ(n.at(0x1100), "fetch") << "rather than a label";
    EXPECT_EQ(n.at(0x111c), "fetch+0x1c");
    EXPECT_EQ(n.at(0x1120), "") << "behind its end";
    EXPECT_EQ(n.at(0x1a80), "vectors+0x280") << "a label without size reaches to the section's end";
    EXPECT_EQ(n.at(0x2000), "");
    EXPECT_EQ(n.at(0x3010), "") << "data is no code";
    EXPECT_EQ(n.at(0x3010, 0, 1, TRACE_DMA_READ), "ring+0x10");
    EXPECT_EQ(n.at(0x3100, 0, 1, TRACE_DMA_READ), "");
    EXPECT_EQ(n.at(0x1100, 0, 1, TRACE_WRITE), "") << "an access's address is an offset";
    uint64_t pc;
    const char *whose;
    EXPECT_EQ(view_unresolved(n.s.v, &pc, &whose), 4u) << "of probes alone";
    EXPECT_EQ(pc, 0x3010u);
    EXPECT_STREQ(whose, "linux");
}

TEST(SymbolNames, AreOfTheProgramThatRunsThere)
{
    Names n;
    for (const char *vm : { "linux", "tiny", "hypervisor" })
        EXPECT_EQ(n.add(vm, elf({ { vm, 0x1000, 0x100, kFunction, 1 } })), 1) << n.err;
    EXPECT_EQ(n.add(nullptr, elf({ { "anybody", 0x1100, 0x100, kFunction, 1 } })), 1) << n.err;
    EXPECT_EQ(n.at(0x1000, 1, 1), "linux");
    EXPECT_EQ(n.at(0x1000, 1, 3), "tiny");
    EXPECT_EQ(n.at(0x1000, 2, 1), "hypervisor") << "at EL2, whatever VM it works for";
    EXPECT_EQ(n.at(0x1000, 0, 1), "linux");
    EXPECT_EQ(n.at(0x1000, 1, 2), "") << "rt has no file, and EL1 is not the hypervisor's";
    EXPECT_EQ(n.at(0x1000, 0, 2), "hypervisor") << "EL0, or not known";
    EXPECT_EQ(n.at(0x1104, 1, 2), "anybody+0x4");
    EXPECT_EQ(n.at(0x1104, 2, 2), "anybody+0x4");
}

/* An access has the lower half of its PC. */
TEST(SymbolNames, OfAnAccessAreFoundByTheLowerHalf)
{
    Names n;
    auto access = [&](uint32_t pc, uint32_t device) {
        struct trace_record r = {};
        char name[600];
        r.kind = TRACE_WRITE;
        r.size = 4;
        r.id = device;
        r.aux = pc;
        view_symbol(n.s.v, &r, name, sizeof name);
        return std::string(name);
    };
    EXPECT_EQ(n.add("linux", "ffff7fffffffff00 t before\nffff800000000010 T at_last\n"), 2) << n.err;
    EXPECT_EQ(n.add("linux", "ffff800008010000 T _stext\nffff800008010800 T writel\n"), 2) << n.err;
    EXPECT_EQ(n.add("hypervisor", elf({ { "put", 0x1000, 0x100, kFunction, 1 } })), 1) << n.err;
    EXPECT_EQ(access(0x08010804, DMAQ), "writel+0x4");
    EXPECT_EQ(access(0xffffff04, DMAQ), "before+0x4") << "a program across a border of 4 GiB";
    EXPECT_EQ(access(0x14, DMAQ), "at_last+0x4");
    EXPECT_EQ(access(0x1010, UART), "put+0x10") << "the hypervisor's own device";
    EXPECT_EQ(access(0x08010804, UART), "") << "it is not linux that has accessed it";
    EXPECT_EQ(access(0, DMAQ), "") << "an older trace does not tell";
    uint64_t pc;
    const char *whose;
    EXPECT_EQ(view_unresolved(n.s.v, &pc, &whose), 1u);
    EXPECT_EQ(pc, 0x08010804u);
}

TEST(SymbolNames, OfARelocatableFileNeedItsBase)
{
    Names n;
    std::string module = elf({ { "dmaq_irq", 0x3f4, 0x100, kFunction, 1 }, { "state", 0, 0x100, kObject, 2 } }, ET_REL);
    EXPECT_EQ(n.add("linux", module), -1);
    EXPECT_NE(std::string(n.err).find("give the address of its section .text"), std::string::npos) << n.err;
    EXPECT_EQ(n.add("linux", module, true, UINT64_C(0xffff800000be0000)), 1) << n.err;
    EXPECT_EQ(n.at(UINT64_C(0xffff800000be03f8)), "dmaq_irq+0x4");
    EXPECT_EQ(n.add("linux", elf({ { "f", 0x1000, 4, kFunction, 1 } }), true, 0x1000), -1);
    EXPECT_NE(std::string(n.err).find("has fixed addresses"), std::string::npos) << n.err;
}

TEST(SymbolNames, OfTextAreThoseOfSystemMapAndKallsyms)
{
    Names n;
    EXPECT_EQ(n.add("linux", "ffff800008010000 T _stext\nffff800008010800 T vectors\nffff800008011000 t el1_irq\nffff800009000000 D jiffies\n"
                             "ffff800000be03f4 t dmaq_irq\t[dmaq]\nffff800000be0500 t dmaq_open\t[dmaq]"), 5) << n.err;
    EXPECT_EQ(n.at(UINT64_C(0xffff800008010a80)), "vectors+0x280");
    EXPECT_EQ(n.at(UINT64_C(0xffff800000be0400)), "dmaq_irq+0xc");
    EXPECT_EQ(n.at(UINT64_C(0xffff80000801ffff)), "el1_irq+0xefff");
    EXPECT_EQ(n.at(UINT64_C(0xffff800009000000)), "") << "the last reaches not so far";
    EXPECT_EQ(n.add("linux", "0000000000000000 T _text\n0000000000000000 T vectors\n"), -1);
    EXPECT_NE(std::string(n.err).find("kptr_restrict"), std::string::npos) << n.err;
}

TEST(SymbolNames, OfWhatIsNoProgramAreAnError)
{
    Names n;
    for (const std::string &bytes : { std::string(), std::string("hello\n"), std::string("\0\1\2", 3), std::string(5000, 'a') }) {
        EXPECT_EQ(n.add("linux", bytes), -1);
        EXPECT_NE(std::string(n.err).find(": has no symbols: give an ELF file"), std::string::npos) << n.err;
    }
    EXPECT_EQ(n.add("linux", "ffff800008010000 T _stext\n", true, 1), -1);
    EXPECT_EQ(view_add_symbols(n.s.v, "linux", "/nonexistent/x", false, 0, n.err, sizeof n.err), -1);
    EXPECT_STREQ(n.err, "/nonexistent/x: symbols cannot be read: No such file or directory");
    EXPECT_EQ(view_add_symbols(n.s.v, "linux", "/tmp", false, 0, n.err, sizeof n.err), -1);
    EXPECT_STREQ(n.err, "/tmp: symbols cannot be read: Is a directory");
    std::string cut = elf({ { "f", 0x1000, 4, kFunction, 1 } });
    EXPECT_EQ(n.add("linux", cut.substr(0, 200)), -1);
}

void number(std::string &s, uint64_t v, unsigned size) { s.append((const char *)&v, size); }
void align(std::string &s) { s.resize((s.size() + 7) & ~size_t(7)); }

/* A kernel's Image with `count` functions f0, f1 … at 16 bytes from each other, as scripts/kallsyms.c lays their names out. `relocated`:
 * the base is in a relocation, and 0 in its place. */
std::string image(unsigned count, bool relocated)
{
    const uint64_t start = UINT64_C(0xffff800008000000);
    std::string s(64, 0), names, markers, tokens, index;
    memcpy(&s[56], "ARM\x64", 4);
    s += std::string(4000, 'x');
    align(s);
    for (unsigned i = 0; i < count; i++)
        number(s, 16 * i, 4);
    align(s);
    size_t base_at = s.size();
    number(s, relocated ? 0 : start + 0x10000, 8);
    number(s, count, 8);
    for (unsigned i = 0; i < count; i++) {
        std::string name = (i % 2 ? "tf" : "Tf") + std::to_string(i);
        if (i % 256 == 0)
            number(markers, names.size(), 4);
        if (i == 5)
            name += std::string(150, 'z');      /* a length of two bytes */
        if (name.size() > 127)
            names += (char)(0x80 | (name.size() & 0x7f));
        names += (char)(name.size() > 127 ? name.size() >> 7 : name.size());
        names += name;
    }
    s += names;
    align(s);
    s += markers;
    align(s);
    for (unsigned t = 0; t < 256; t++) {        /* each character is its own token; the others are never used */
        number(index, tokens.size(), 2);
        tokens += (t > ' ' && t < 127 ? std::string(1, (char)t) : std::string()) + '\0';
    }
    s += tokens;
    align(s);
    s += index;
    align(s);
    if (relocated)
        for (uint64_t v : { start + base_at, UINT64_C(0x403), start + 0x10000 })
            number(s, v, 8);
    s.resize(s.size() + 0x20000);
    return s;
}

TEST(SymbolNames, OfAKernelImageAreItsKallsyms)
{
    for (bool relocated : { false, true }) {
        Names n;
        EXPECT_EQ(n.add("linux", image(1500, relocated)), 1500) << n.err;
        EXPECT_EQ(n.at(UINT64_C(0xffff800008010000)), "f0");
        EXPECT_EQ(n.at(UINT64_C(0xffff800008010000) + 16 * 777 + 4), "f777+0x4");
        EXPECT_EQ(n.at(UINT64_C(0xffff800008010000) + 16 * 5), "f5" + std::string(150, 'z'));
        EXPECT_EQ(n.at(UINT64_C(0xffff80000800ffff)), "");
    }
}

TEST(SymbolNames, OfADamagedImageDoNoHarm)
{
    std::mt19937 random(3);
    const std::string whole = image(1500, true);
    unsigned refused = 0;
    for (int i = 0; i < 300; i++) {
        Names n;
        std::string bytes = whole.substr(0, i % 3 ? whole.size() : random() % whole.size());
        for (int k = 0; k < 3 && bytes.size() > 64; k++)
            bytes[64 + random() % (bytes.size() - 64)] ^= (char)(1 + random() % 255);
        refused += n.add("linux", bytes) < 0;
    }
    EXPECT_GT(refused, 50u);
}

TEST(SymbolNames, AreShownAndChosenByName)
{
    Names n;
    EXPECT_EQ(n.add("linux", elf({ { "dmaq_irq", 0x1ff0, 0x10, kFunction, 1 } })), 1) << n.err;
    EXPECT_EQ(n.add("tiny", elf({ { "nowhere", 0x1000, 0x10, kFunction, 1 } })), 1) << n.err;
    EXPECT_EQ(n.add("hypervisor", "0000000000002000 T route\n0000000000003000 T end\n"), 2) << n.err;
    EXPECT_HAS(n.s.show(), "       31  tiny/0      0.000910 ms  core 1 insn 910  probe dmaq irq at 0x2000, value 0x0, aux 0  EL2  route\n");
    EXPECT_HAS(n.s.json(), R"("aux":0,"symbol":"route"})");
    n.s.f.reg = "route";
    EXPECT_EQ(count(n.s.show(), "\n"), 3u) << "EL2, and both of which the level is not known";
    EXPECT_HAS(n.s.json(), R"("aux":0,"symbol":"route"})");
}

}
